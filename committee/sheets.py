"""A list somebody brings as rows of cells: CSV or XLSX, judged before anything is unpacked.

Which headings a list may have, its caller says: `named` gives a heading's column, or None.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from committee import archives
from committee.enums import FileFault

Named = Callable[[str], str | None]
Rows = list[tuple[int, list[Any]]]
MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 60
SECONDS = 30
CHILD = Path(__file__).with_name("xlsx_child.py")
# What begins a formula; full-width forms count too: Excel reads them like the plain ones.
FORMULA = "=+\\-@\t\r\uff1d\uff0b\uff0d\uff20"
GUARDED = re.compile(rf"(^|[;,\t\r\n])'(?='*[{FORMULA}])")

# How Excel itself notes the separator, in a line above the heading.
SAYS_MARK = re.compile(r"sep=([;,\t])\r?\n", re.IGNORECASE)


class NotAccepted(Exception):
    """The file is refused whole; `fault` says why."""

    def __init__(self, fault: FileFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds: its heading, and each row under it with its number as people count."""

    heading: list[str]
    rows: Rows


def read(name: str, content: bytes, named: Named) -> Sheet:
    """Read a file; a number that a spreadsheet keeps as a number stays one.

    :raises NotAccepted: if it is no CSV or XLSX file, too large, unsafe, broken or empty.
    """
    if _is_xlsx(name, content):
        return _sheet(_read_xlsx(content), named)
    return read_text(_decoded(content), named)


def read_text(text: str, named: Named) -> Sheet:
    """Read the text of a CSV file.

    :raises NotAccepted: if it is broken, too large or empty.
    """
    return _sheet(_read_csv(text, named), named)


def unguarded(value: str) -> str:
    """Read back a text that our own CSV files wrote so that it begins no formula."""
    return GUARDED.sub(r"\1", value)


def text_of(name: str, content: bytes) -> str:
    """Give a file as text that a person can mend and send again, row by row where it stood.

    A CSV file may also be in the encoding of an older Excel.

    :raises NotAccepted: if it is no CSV or XLSX file, too large, unsafe or broken.
    """
    if not _is_xlsx(name, content):
        return _decoded(content, "cp1252")
    lines: list[list[str]] = []
    for number, cells in _read_xlsx(content):
        lines += [[] for _missing in range(number - 1 - len(lines))]
        lines.append(["=" if isinstance(cell, dict) else str(cell) for cell in cells])
    file = io.StringIO()
    csv.writer(file, delimiter=";", lineterminator="\n").writerows(lines)
    return file.getvalue()


def _is_xlsx(name: str, content: bytes) -> bool:
    """Tell the two kinds apart by their names.

    :raises NotAccepted: if it is neither, or too large.
    """
    if len(content) > MOST_BYTES:
        raise NotAccepted(FileFault.TOO_LARGE)
    kind = PurePath(name).suffix.lower()
    if kind not in (".csv", ".xlsx"):
        raise NotAccepted(FileFault.KIND)
    return kind == ".xlsx"


def _sheet(read: Rows, named: Named) -> Sheet:
    rows = [(number, found) for number, cells in read if (found := _trimmed(cells))]
    if len(rows) < 2:
        raise NotAccepted(FileFault.EMPTY)
    (_number, first), *rest = rows
    heading = [cell.strip() if isinstance(cell, str) else str(cell) for cell in first]
    if not any(named(one) for one in heading):
        raise NotAccepted(FileFault.HEADING)
    return Sheet(heading, rest)


def _trimmed(cells: list[Any]) -> list[Any]:
    """Leave out the empty cells at the end of a row."""
    cells = list(cells)
    while cells and isinstance(cells[-1], str) and not cells[-1].strip():
        cells.pop()
    return cells


def _decoded(content: bytes, *otherwise: str) -> str:
    """Read UTF-8, or UTF-16 that says so; `otherwise` names what else it may be."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", *otherwise):
        with suppress(UnicodeDecodeError):
            return content.decode(encoding)
    raise NotAccepted(FileFault.ENCODING)


def _read_csv(text: str, named: Named) -> Rows:
    if "\0" in text:
        raise NotAccepted(FileFault.BROKEN)
    said, mark = _mark(text, named)
    rows: Rows = []
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        for number, cells in enumerate(lines, start=1):
            if len(cells) > MOST_COLUMNS:
                raise NotAccepted(FileFault.TOO_WIDE)
            rows.append((number, [unguarded(cell) for cell in cells]))
            if len(rows) > MOST_ROWS + 1:
                raise NotAccepted(FileFault.TOO_MANY_ROWS)
    except csv.Error:
        raise NotAccepted(FileFault.BROKEN) from None
    return rows[said:]


def _mark(text: str, named: Named) -> tuple[int, str]:
    """Find what separates cells, and in how many lines before the heading it was said."""
    if found := SAYS_MARK.match(text):
        return 1, found[1]
    head = text.lstrip("\r\n").partition("\n")[0]
    return 0, max(";,\t", key=lambda one: sum(bool(named(cell)) for cell in _split(head, one)))


def _split(head: str, mark: str) -> list[str]:
    return [cell.strip().strip('"') for cell in head.split(mark)]


def _read_xlsx(content: bytes) -> Rows:
    _check_archive(content)
    limits = map(str, (MOST_ROWS, MOST_COLUMNS, archives.MOST_UNPACKED))
    command = [sys.executable, str(CHILD), *limits]
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            command, input=content, capture_output=True, timeout=SECONDS, check=True
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise NotAccepted(FileFault.BROKEN) from None
    said = json.loads(done.stdout)
    if "fault" in said:
        raise NotAccepted(FileFault(said["fault"]))
    return [(number, cells) for number, cells in said["rows"]]


def _check_archive(content: bytes) -> None:
    """Judge a workbook by its directory, and by what it says of its parts."""
    file = io.BytesIO(content)
    try:
        names = [entry.filename for entry in archives.directory(file)]
    except archives.Unreadable:
        raise NotAccepted(FileFault.BROKEN) from None
    except archives.Unsafe:
        raise NotAccepted(FileFault.UNSAFE) from None
    if "xl/workbook.xml" not in names or archives.TYPES not in names:
        raise NotAccepted(FileFault.BROKEN)
    if archives.says_macros(file):
        raise NotAccepted(FileFault.UNSAFE)
