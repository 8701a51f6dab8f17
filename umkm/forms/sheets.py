"""A file of figures as rows of cells: CSV or XLSX, judged before anything of it is unpacked."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from umkm.enums import FileFault
from umkm.selectors.imports import named

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 60
MOST_ENTRIES = 2_000
MOST_UNPACKED = 50 * 1024 * 1024
MOST_RATIO = 100
SECONDS = 30
CHILD = Path(__file__).with_name("xlsx_child.py")
# As our own CSV files write a text that would begin a formula.
GUARDED = re.compile("(?<!')'(?='*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20])")


class NotAccepted(Exception):
    """The file is refused whole; `fault` says why."""

    def __init__(self, fault: FileFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds: its heading, and each row under it with its number as people count."""

    heading: list[str]
    rows: list[tuple[int, list[Any]]]


def read(name: str, content: bytes) -> Sheet:
    """Read a file; a number that a spreadsheet keeps as a number stays one.

    :raises NotAccepted: if it is no CSV or XLSX file, too large, unsafe, broken or empty.
    """
    if len(content) > MOST_BYTES:
        raise NotAccepted(FileFault.TOO_LARGE)
    readers = {".csv": _read_csv, ".xlsx": _read_xlsx}
    reader = readers.get(PurePath(name).suffix.lower())
    if reader is None:
        raise NotAccepted(FileFault.KIND)
    rows = [(number, found) for number, cells in reader(content) if (found := _trimmed(cells))]
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


def _read_csv(content: bytes) -> list[tuple[int, list[Any]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotAccepted(FileFault.ENCODING) from None
    if "\0" in text:
        raise NotAccepted(FileFault.BROKEN)
    head = text.lstrip("\r\n").partition("\n")[0]
    mark = max(";,\t", key=lambda one: sum(bool(named(cell)) for cell in _split(head, one)))
    rows: list[tuple[int, list[Any]]] = []
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        for number, cells in enumerate(lines, start=1):
            if len(cells) > MOST_COLUMNS:
                raise NotAccepted(FileFault.TOO_WIDE)
            rows.append((number, [GUARDED.sub("", cell, count=1) for cell in cells]))
            if len(rows) > MOST_ROWS + 1:
                raise NotAccepted(FileFault.TOO_MANY_ROWS)
    except csv.Error:
        raise NotAccepted(FileFault.BROKEN) from None
    return rows


def _split(head: str, mark: str) -> list[str]:
    return [cell.strip().strip('"') for cell in head.split(mark)]


def _read_xlsx(content: bytes) -> list[tuple[int, list[Any]]]:
    _check_archive(content)
    command = [sys.executable, str(CHILD), str(MOST_ROWS), str(MOST_COLUMNS)]
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
    """Judge a workbook by its directory alone."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise NotAccepted(FileFault.BROKEN) from None
    names = [entry.filename for entry in entries]
    if "xl/workbook.xml" not in names or any(entry.flag_bits & 1 for entry in entries):
        raise NotAccepted(FileFault.BROKEN)
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    too_much = unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(packed, 1)
    if len(entries) > MOST_ENTRIES or too_much or any(map(_is_odd, names)):
        raise NotAccepted(FileFault.UNSAFE)


def _is_odd(name: str) -> bool:
    path = name.replace("\\", "/")
    return path.startswith("/") or ".." in path.split("/") or "vbaproject" in path.lower()
