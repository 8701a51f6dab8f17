"""Files as people save them, and as nobody should send them."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook

from committee import sheets
from committee.enums import FileFault
from umkm.selectors.imports import named

HEAD = ["indicator", "year", "value"]


def sheet_of(name, content):
    return sheets.read(name, content, named)


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return saved(book)


def saved(book):
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def fault(name, content):
    with pytest.raises(sheets.NotAccepted) as caught:
        sheet_of(name, content)
    return caught.value.fault


@pytest.mark.parametrize("mark", [";", ",", "\t"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])
def test_csv_is_read_whichever_separator_it_has(mark, start):
    lines = ["indikator|Tahun|NILAI", 'A|2017|"1.234,5"', "", "B|2018|9", ""]
    text = "\r\n".join(lines).replace("|", mark)

    found = sheet_of("angka.CSV", start + text.encode())

    assert found.heading == ["indikator", "Tahun", "NILAI"]
    assert found.rows == [(2, ["A", "2017", "1.234,5"]), (4, ["B", "2018", "9"])]


def test_what_our_own_files_guard_is_read_as_it_was_written():
    found = sheet_of("a.csv", b"indicator;source\nA;'=HYPERLINK(1)\nB;''=x\nC;'tis\n")

    assert [cells[1] for _number, cells in found.rows] == ["=HYPERLINK(1)", "'=x", "'tis"]


def test_numbers_of_a_spreadsheet_stay_numbers_and_formulas_are_marked():
    content = workbook(
        HEAD, ["A", 2017, 57.9], [None, None, None], ["B", "2018", "=1+1"],
        ["C", date(2018, 12, 31), "1.234,5"],
    )  # fmt: skip

    found = sheet_of("a.xlsx", content)

    assert found.heading == HEAD
    assert found.rows == [
        (2, ["A", 2017, 57.9]),
        (4, ["B", "2018", {"formula": True}]),
        (5, ["C", "2018-12-31", "1.234,5"]),
    ]


@pytest.mark.parametrize(
    ("shape", "value", "read"),
    [("0%", 0.97, "97%"), ("0.0%", 0.579, "57.9%"), ('0"%"', 97, 97), ("0.00", 0.97, 0.97)],
)
def test_a_cell_that_shows_a_percentage_is_read_as_it_is_shown(shape, value, read):
    book = Workbook()
    for row in (HEAD, ["A", 2017, value]):
        book.active.append(row)
    book.active["C2"].number_format = shape

    assert sheet_of("a.xlsx", saved(book)).rows == [(2, ["A", 2017, read])]


@pytest.mark.parametrize(("written", "shown"), [("1e999", "inf"), ("9" * 400, "9" * 400)])
def test_a_number_too_large_to_be_kept_is_read_as_text(written, shown):
    file, content = io.BytesIO(), io.BytesIO(workbook(HEAD, ["A", 2017, 4711]))
    with zipfile.ZipFile(content) as there, zipfile.ZipFile(file, "w") as made:
        for name in there.namelist():
            made.writestr(name, there.read(name).replace(b"<v>4711<", f"<v>{written}<".encode()))

    assert sheet_of("a.xlsx", file.getvalue()).rows == [(2, ["A", 2017, shown])]


def archive(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return file.getvalue()


BOOK = {"xl__workbook_dot_xml": "<workbook/>"}
BAD = [
    ("a.pdf", b"%PDF", FileFault.KIND),
    ("a.xlsm", workbook(HEAD), FileFault.KIND),
    ("a.csv", b"x" * (sheets.MOST_BYTES + 1), FileFault.TOO_LARGE),
    ("a.csv", b"indicator;year\nJos\xe9;2017\n", FileFault.ENCODING),
    ("a.csv", b"indicator;year\nA\0;2017\n", FileFault.BROKEN),
    ("a.csv", b'indicator;year\n"A;2017\n', FileFault.BROKEN),
    ("a.csv", b"", FileFault.EMPTY),
    ("a.csv", b"indicator;year\n;\n", FileFault.EMPTY),
    ("a.csv", b"nama;umur\nA;7\n", FileFault.HEADING),
    ("a.csv", b"indicator;" + b";" * 61 + b"\nA;1\n", FileFault.TOO_WIDE),
    ("a.csv", b"indicator\n" + b"A\n" * 20_001, FileFault.TOO_MANY_ROWS),
    ("a.xlsx", b"not a workbook", FileFault.BROKEN),
    ("a.xlsx", archive(hello="x"), FileFault.BROKEN),
    ("a.xlsx", archive(**BOOK), FileFault.BROKEN),
    ("a.xlsx", archive(**BOOK, bomb="0" * 5_000_000), FileFault.UNSAFE),
    ("a.xlsx", archive(**BOOK, xl__vbaProject_dot_bin="x"), FileFault.UNSAFE),
    ("a.xlsx", archive(**BOOK, **{"..__evil": "x"}), FileFault.UNSAFE),
    ("a.xlsx", archive(**BOOK, **{f"n{n}": "" for n in range(2_000)}), FileFault.UNSAFE),
    ("a.xlsx", workbook(["nama"], ["A"]), FileFault.HEADING),
    ("a.xlsx", workbook(HEAD), FileFault.EMPTY),
]


@pytest.mark.parametrize(("name", "content", "expected"), BAD, ids=range(len(BAD)))
def test_a_bad_file_is_refused_whole_with_its_reason(name, content, expected):
    assert fault(name, content) == expected


def far_cell(place):
    book = Workbook()
    book.active.append(HEAD)
    book.active[place] = 1
    return saved(book)


@pytest.mark.parametrize(
    ("place", "expected"),
    [("A1048576", FileFault.TOO_MANY_ROWS), ("A20002", FileFault.TOO_MANY_ROWS),
     ("BI2", FileFault.TOO_WIDE)],
)  # fmt: skip
def test_a_cell_far_away_is_found_and_nothing_before_it_counts(place, expected):
    assert fault("a.xlsx", far_cell(place)) == expected


def test_the_last_row_that_fits_is_read():
    assert sheet_of("a.xlsx", far_cell("A20001")).rows[-1][0] == 20_001


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_without_end_are_refused(encoding):
    content = io.BytesIO(workbook(HEAD, ["A", 2017, 1]))
    laughs = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;'>]><x>&b;</x>"
    file = io.BytesIO()
    with zipfile.ZipFile(content) as there, zipfile.ZipFile(file, "w") as made:
        for name in there.namelist():
            made.writestr(name, laughs.encode(encoding) if "sheet1" in name else there.read(name))

    assert fault("a.xlsx", file.getvalue()) == FileFault.UNSAFE
