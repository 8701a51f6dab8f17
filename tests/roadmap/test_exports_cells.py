"""Cells no spreadsheet executes, and texts that come back as they were written (S26)."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from committee.sheets import unguarded
from roadmap.exports import csv_files, xlsx_files
from roadmap.exports.safe import guarded
from roadmap.exports.tables import number, text
from tests import factories
from tests.roadmap.exporting import body, book_of, cells_of, rows_of

EXECUTED = tuple("=+-@\t\r＝＋－＠")
BAD = (
    '=HYPERLINK("http://evil.example","x")',
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "'=1",
    "''=1",
    "a;=1+1;b",
    "a,=1+1,b",
    "catatan\n=1+1\n- satu",
    "a;'=1",
)
PLAIN = ("", "Rp4,8 miliar", "BI; OJK", "a - b", "3+4", "'tanda petik'", "baris\nkedua", "it's =1")


def written(values, dialect, headings=("Isi",)):
    file = BytesIO()
    columns = [text(heading, lambda row: row) for heading in headings]
    csv_files.write(file, columns, values, dialect)
    return file.getvalue().decode(dialect.encoding)


@pytest.mark.parametrize("value", BAD)
@pytest.mark.parametrize("dialect", [csv_files.PLAIN, csv_files.INDONESIAN])
@pytest.mark.parametrize("opened_with", [",", ";"])
def test_no_cell_of_csv_begins_a_formula_however_it_is_opened(value, dialect, opened_with):
    """Excel in Indonesia cuts at `;`, Excel elsewhere at `,`: whichever file it is given."""
    lines = list(csv.reader(StringIO(written([value, value], dialect)), delimiter=opened_with))

    cells = [cell for line in lines for cell in line]
    assert [cell for cell in cells if cell.startswith(EXECUTED)] == []


@pytest.mark.parametrize("value", [*BAD, *PLAIN])
def test_what_is_read_back_is_what_was_written(value):
    (_heading, *lines) = csv.reader(StringIO(written([value], csv_files.PLAIN), newline=""))

    assert unguarded(lines[0][0] if lines[0] else "") == value


@pytest.mark.parametrize("value", PLAIN)
def test_a_harmless_text_is_left_alone(value):
    assert guarded(value) == value


def test_a_heading_is_guarded_too():
    assert written([], csv_files.PLAIN, headings=["=1+1"]).strip() == "'=1+1"


def test_numbers_stay_numbers():
    file = BytesIO()
    csv_files.write(file, [number("Geser", lambda row: row)], [-304, None, 0], csv_files.PLAIN)

    assert file.getvalue().decode().split("\r\n") == ["Geser", "-304", '""', "0", ""]


@pytest.mark.parametrize("value", [*BAD, *(one for one in PLAIN if one)])
def test_a_cell_of_a_workbook_is_text_and_says_so(value):
    file = BytesIO()
    xlsx_files.write(file, "Uji", [text("Isi", lambda row: row)], [value], lambda count: [])

    cell = load_workbook(file).worksheets[0]["A2"]

    assert cell.data_type in ("s", "inlineStr")
    assert cell.value == value.replace("\r", "\n")
    assert cell.quotePrefix == value.startswith((*EXECUTED, "\n"))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a\x00b\x0bc\x1fd", "abcd"),
        ("\ufffe x", " x"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("_x0041_", "_x0041_"),
        (" tepi ", " tepi "),
        ("x" * 40_000, "x" * 32_766 + "…"),
        ("\U0001f680", "\U0001f680"),
    ],
)
def test_a_workbook_opens_whatever_a_text_holds(value, shown):
    file = BytesIO()
    xlsx_files.write(file, "a/b*[c]?", [text("Isi", lambda row: row)], [value], lambda count: [])

    sheet = load_workbook(file).worksheets[0]

    # openpyxl leaves Excel's own escapes as they stand in the file.
    assert str(sheet["A2"].value).replace("_x005F_", "_") == shown
    assert sheet.title == "a b  c"


def test_a_workbook_holds_no_formula_and_nothing_from_elsewhere():
    file = BytesIO()
    xlsx_files.write(file, "Uji", [text("Isi", lambda row: row)], BAD, lambda count: [("a", "=1")])

    with ZipFile(file) as parts:
        assert parts.testzip() is None
        names = parts.namelist()
        sheets = [parts.read(name) for name in names if "worksheets" in name]
    assert all(b"<f>" not in sheet and b"<f " not in sheet for sheet in sheets)
    assert len(names) == len(set(names))
    assert not [name for name in names if "external" in name.lower() or "vba" in name.lower()]


@pytest.mark.django_db
@pytest.mark.usefixtures("opening_day")
@pytest.mark.parametrize("value", BAD)
def test_what_people_type_arrives_as_text(client, value):
    factories.action(title=value, output=value)

    heads = {"Accept-Language": "en"}
    line = rows_of(client.get("/actions/", {"format": "csv"}, headers=heads))[0]
    cell = cells_of(client.get("/actions/", {"format": "xlsx"}, headers=heads))[0]
    book = book_of(client.get("/actions/", {"format": "xlsx", "q": "=1+1"}, headers=heads))

    assert unguarded(line["Output (Indonesian)"]) == value
    assert not line["Title (Indonesian)"].startswith(EXECUTED)
    assert cell["Title (Indonesian)"] == value.replace("\r", "\n")
    assert all(one.data_type != "f" for sheet in book for row in sheet for one in row)


@pytest.mark.django_db
@pytest.mark.usefixtures("opening_day")
def test_control_without_the_guard_a_formula_would_arrive(client, monkeypatch):
    monkeypatch.setattr(csv_files, "guarded", str)
    factories.action(title="=1+1")

    assert b",=1+1," in body(client.get("/actions/", {"format": "csv"}))
