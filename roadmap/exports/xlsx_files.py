"""XLSX: a sheet of typed cells under a frozen heading, and a sheet that says what it is.

openpyxl makes the workbook: its styles, its headings, its second sheet. The rows are written by
hand into the place it leaves for them: openpyxl takes more than a minute over 100,000 of them.
The list comes first, so a program that reads the first sheet needs to know nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from roadmap.exports.safe import BEGINS_FORMULA, NOT_XML, for_xml
from roadmap.exports.tables import Column, Kind

SHEET = "xl/worksheets/sheet1.xml"
DAY_ONE = date(1899, 12, 30)  # from which spreadsheets count days
LAST_ROW = 1_048_576
# Formats 14 and 22 of every spreadsheet: day and moment as the reader's region writes them.
FORMATS = {Kind.DATE: "mm-dd-yy", Kind.MOMENT: "m/d/yy h:mm"}
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
LINES_AT_ONCE = 500

Facts = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Styles:
    """The numbers openpyxl gave to what cells look like."""

    day: int
    moment: int
    quoted: int


def write(
    file: BinaryIO,
    title: str,
    columns: list[Column],
    rows: Iterable[Any],
    about: Callable[[int], Facts],
) -> int:
    """Write a workbook and say how many rows its list has; `about` is told the number."""
    book = Workbook()
    styles = _styles(book)
    _head(book, title, columns)
    start, end = _around_rows(book)
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=4) as parts:
        with parts.open(SHEET, "w", force_zip64=True) as sheet:
            sheet.write(start)
            count = 0
            for lines, so_far in _lines(columns, rows, styles):
                sheet.write(lines)
                count = so_far
            sheet.write(end.replace(str(LAST_ROW).encode(), str(count + 1).encode()))
        _describe(book, about(count))
        for name, part in _parts(book):
            if name != SHEET:
                parts.writestr(name, part)
    return count


def _styles(book: Workbook) -> Styles:
    """Have the styles of cells numbered; the cells that showed them are taken away again."""
    sheet = book.active
    shown = {}
    for place, kind in enumerate(FORMATS, start=1):
        cell = sheet.cell(2, place)
        cell.number_format = FORMATS[kind]
        shown[kind] = cell.style_id
    quoted = sheet.cell(2, 3)
    # Or a text that looks like a formula would become one as soon as somebody edits its cell.
    quoted.quotePrefix = True
    made = Styles(shown[Kind.DATE], shown[Kind.MOMENT], quoted.style_id)
    sheet.delete_rows(1, 2)
    return made


def _head(book: Workbook, title: str, columns: list[Column]) -> None:
    sheet = book.active
    sheet.title = FORBIDDEN.sub(" ", title)[:31].strip()
    for place, column in enumerate(columns, start=1):
        cell = sheet.cell(1, place)
        cell.value, cell.data_type = NOT_XML.sub("", column.heading), "s"
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="0A3F3B")
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{LAST_ROW}"


def _describe(book: Workbook, facts: Facts) -> None:
    """Say on a sheet of its own what was exported, for whom, when, and what is left out."""
    sheet = book.create_sheet(_("About this file"))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 100
    for place, (label, words) in enumerate(facts, start=1):
        for column, value in enumerate((label, words), start=1):
            cell = sheet.cell(place, column)
            cell.value, cell.data_type = NOT_XML.sub("", value), "s"
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if BEGINS_FORMULA.match(value):
                cell.quotePrefix = True
        sheet.cell(place, 1).font = Font(bold=True)


def _parts(book: Workbook) -> Iterator[tuple[str, bytes]]:
    file = BytesIO()
    book.save(file)
    with ZipFile(file) as parts:
        yield from ((name, parts.read(name)) for name in parts.namelist())


def _around_rows(book: Workbook) -> tuple[bytes, bytes]:
    """Give what stands before and after the rows in the sheet as openpyxl writes it."""
    whole = dict(_parts(book))[SHEET]
    start, end, rest = whole.partition(b"</sheetData>")
    # It would name the heading as all there is.
    return re.sub(rb"<dimension[^>]*/>", b"", start), end + rest


def _lines(
    columns: list[Column], rows: Iterable[Any], styles: Styles
) -> Iterator[tuple[bytes, int]]:
    """Give rows of the sheet as XML, many at once, with how many there are so far."""
    cells = _cells(styles)
    writers = [(one.value, cells[one.kind]) for one in columns]
    lines: list[str] = []
    count = 0
    for count, row in enumerate(rows, start=1):
        lines.append("".join(["<row>", *[cell(value(row)) for value, cell in writers], "</row>"]))
        if len(lines) == LINES_AT_ONCE:
            yield "".join(lines).encode(), count
            lines.clear()
    yield "".join(lines).encode(), count


def _cells(styles: Styles) -> dict[Kind, Callable[[Any], str]]:
    """Give what writes each kind of cell; one without a value still takes its place."""
    quoted, plain = f'<c s="{styles.quoted}" t="inlineStr">', '<c t="inlineStr">'
    dated, timed = f'<c s="{styles.day}"><v>', f'<c s="{styles.moment}"><v>'

    def text(value: Any) -> str:
        if not value:
            return "<c/>"
        words = str(value)
        start = quoted if BEGINS_FORMULA.match(words) else plain
        return f'{start}<is><t xml:space="preserve">{for_xml(words)}</t></is></c>'

    def number(value: int | float | Decimal | None) -> str:
        return "<c/>" if value is None else f"<c><v>{value}</v></c>"

    def day(value: date | None) -> str:
        return f"{dated}{(value - DAY_ONE).days}</v></c>" if value else "<c/>"

    def moment(value: datetime | None) -> str:
        return f"{timed}{_serial(value):.5f}</v></c>" if value else "<c/>"

    return {Kind.TEXT: text, Kind.NUMBER: number, Kind.DATE: day, Kind.MOMENT: moment}


def _serial(value: datetime) -> float:
    """Count a moment in days, on the reader's clock: a spreadsheet knows no zones."""
    local = timezone.localtime(value)
    return (local.date() - DAY_ONE).days + (local.hour * 60 + local.minute) / (24 * 60)
