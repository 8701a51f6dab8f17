"""Read the first sheet of a workbook in a process of its own, within limits of time and memory.

The workbook comes on standard input, rows leave as JSON on standard output. Django is not loaded:
`sheets.py` starts this file and nothing else does.
"""

from __future__ import annotations

import json
import re
import resource
import sys
from contextlib import suppress
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook

XML = (".xml", ".rels", ".vml")
SECONDS = 20
BYTES = 512 * 1024 * 1024
MOST = 1e300
# In a number's format: what stands there as it is written.
LITERAL = re.compile(r'"[^"]*"|\\.')


def main(most_rows: int, most_columns: int, most_bytes: int) -> None:
    """Write the rows that hold anything, or the fault for which the sheet is refused."""
    for kind, most in ((resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_AS, BYTES)):
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))
    content = sys.stdin.buffer.read()
    if _is_unsafe(content, most_bytes):
        said: dict[str, Any] = {"fault": "unsafe"}
    else:
        said = _read(content, most_rows, most_columns)
    json.dump(said, sys.stdout)


def _read(content: bytes, most_rows: int, most_columns: int) -> dict[str, Any]:
    sheet = load_workbook(BytesIO(content), read_only=True, keep_links=False).worksheets[0]
    sheet.reset_dimensions()  # what a file says of its size need not be true
    rows: list[Any] = []
    # Without a width, rows that are not there cost nothing: there may be a million.
    for number, line in enumerate(sheet.iter_rows(), start=1):
        cells = _trimmed(line)
        if not cells:
            continue
        if number > most_rows + 1:
            return {"fault": "too_many_rows"}
        if len(cells) > most_columns:
            return {"fault": "too_wide"}
        rows.append([number, [_plain(cell) for cell in cells]])
    return {"rows": rows}


def _is_unsafe(content: bytes, most_bytes: int) -> bool:
    """Say whether there is more than was said, or a part could name entities without end.

    A spreadsheet needs no entities. Parts in UTF-16, which would hide them, hold NUL bytes; no
    spreadsheet program writes them. Which parts are read is said inside, so each is looked at.
    """
    left = most_bytes
    with ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            with archive.open(name) as part:
                text = part.read(left + 1)
            left -= len(text)
            if left < 0 or b"<!DOCTYPE" in text or (name.endswith(XML) and b"\0" in text):
                return True
    return False


def _trimmed(line: Any) -> list[Any]:
    last = max((place for place, cell in enumerate(line) if cell.value is not None), default=-1)
    return list(line[: last + 1])


def _plain(cell: Any) -> Any:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return {"formula": True}
    if isinstance(value, (bool, str)):
        return str(value)
    if isinstance(value, (int, float)):
        return _number(value, cell.number_format)
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _number(value: float, shape: str) -> float | str:
    """Give a number; as text, what is shown as a percentage, or is too large to be kept."""
    # The cell that shows 97% holds 0.97: which of them is meant must be said.
    if "%" in LITERAL.sub("", shape):
        return f"{float(value) * 100:.12g}%"
    return value if -MOST < value < MOST else str(value)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
