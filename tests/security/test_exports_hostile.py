"""S26: no file we hand out makes a spreadsheet compute what somebody wrote, and none loses it."""

from __future__ import annotations

import ast
import csv
import re
from io import BytesIO, StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest
from openpyxl import load_workbook

from committee import sheets
from roadmap.exports import csv_files, xlsx_files
from roadmap.exports.tables import text
from tests.cast import address
from tests.checks import ROOT
from tests.security.payloads import payloads
from tests.security.test_injection import plant
from tests.test_permissions import read, undone
from tests.test_security import NAMES, OnStage

FORMULAS = payloads("formulas")
EXECUTED = tuple("=+-@\t\r＝＋－＠")
NUMBER = re.compile(r"-?\d+([.,]\d+)?\Z")
SUFFIX = {"csv": ".csv", "csv-id": ".csv", "xlsx": ".xlsx"}
DIALECTS = (csv_files.PLAIN, csv_files.INDONESIAN)
TEXTS = [
    *FORMULAS,
    *("'=1", "''=1", "a;=1+1;+b", "catatan\n=1+1\n- satu", "x '=1'", "it's =1", "harga, '-1"),
    *("Rp4,8 miliar", 'dua "tanda"', "a\tb", "−5"),
]


def begins_formula(cell):
    return cell.startswith(EXECUTED) and not NUMBER.match(cell)


def places_of_files():
    """Count where the code hands out a list as a file."""
    calls = [
        node
        for path in sorted((ROOT / "roadmap" / "views").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "file_of"
    ]
    return len(calls)


class TestEveryFile(OnStage):
    """Every list that comes as a file, with a formula in every text that is stored."""

    lists: ClassVar[list[str]] = []

    def files(self, kind):
        """Give every list as a file of this kind, by its address's name."""
        client = self.client_of("secretariat", headers={"Accept-Encoding": "identity"})
        for name in self.lists or NAMES:
            with undone():
                answer = client.get(address(self.cast, name), {"format": kind})
                content = read(answer)
                if SUFFIX[kind] in answer.headers.get("Content-Disposition", ""):
                    yield name, content

    def setUp(self):
        """Find once for all tests of this class which addresses hand out lists."""
        super().setUp()
        if not self.lists:
            self.lists.extend(name for name, _content in self.files("csv"))

    def test_they_are_all_that_the_code_hands_out(self):
        # The sample of figures is a file too; it holds nothing that anybody wrote.
        assert len({*self.lists} - {"roadmap:figures-sample"}) == places_of_files() >= 20

    def test_no_cell_of_csv_begins_one_however_it_is_opened(self):
        bad, found = set(), set()
        for formula in FORMULAS:
            with undone():
                plant(formula)
                for name, content in self.files("csv"):
                    cells = list(self.cells(content.decode()))
                    bad |= {(name, cell) for cell in cells if begins_formula(cell)}
                    found |= {formula for cell in cells if formula[1:] in cell}

        assert bad == set()
        assert found == set(FORMULAS)

    def test_neither_does_one_for_indonesia(self):
        with undone():
            plant(FORMULAS[0])
            bad = {
                (name, cell)
                for name, content in self.files("csv-id")
                for cell in self.cells(content.decode("utf-8-sig"))
                if begins_formula(cell)
            }

        assert bad == set()

    def cells(self, content):
        for mark in ",;\t":
            lines = csv.reader(StringIO(content, newline=""), delimiter=mark)
            yield from (cell for line in lines for cell in line)

    def test_every_text_of_a_workbook_says_that_it_is_one(self):
        computed, shown = set(), 0
        for formula in FORMULAS:
            with undone():
                plant(formula)
                for name, content in self.files("xlsx"):
                    for sheet in load_workbook(BytesIO(content)):
                        cells = [cell for row in sheet for cell in row if cell.value is not None]
                        computed |= {(name, c.value) for c in cells if c.data_type in "fe"}
                        shown += sum(c.value == formula.replace("\r", "\n") for c in cells)

        assert computed == set()
        assert shown > 100

    def test_control_without_the_guard_they_would(self):
        with undone(), pytest.MonkeyPatch.context() as patch:
            patch.setattr(csv_files, "guarded", str)
            plant(FORMULAS[0])
            bad = [
                name
                for name, content in self.files("csv")
                if any(map(begins_formula, self.cells(content.decode())))
            ]

        assert len(bad) > 10


def as_csv(values, dialect):
    file = BytesIO()
    columns = [text(name, lambda row, at=at: row[at]) for at, name in enumerate(("isi", "kode"))]
    csv_files.write(file, columns, [(value, "A") for value in values], dialect)
    return file.getvalue()


def as_xlsx(values):
    file = BytesIO()
    columns = [text(name, lambda row, at=at: row[at]) for at, name in enumerate(("isi", "kode"))]
    xlsx_files.write(file, "Uji", columns, [(value, "A") for value in values], lambda count: [])
    return file.getvalue()


def brought(name, content):
    """Read a file as one that somebody brings."""
    found = sheets.read(name, content, lambda heading: heading)
    return [cells[0] for _number, cells in found.rows]


class TestThereAndBack:
    """What we wrote and somebody brings back is what was there, and is written alike again."""

    @pytest.mark.parametrize("dialect", DIALECTS, ids=["csv", "csv-id"])
    def test_by_csv(self, dialect):
        written = as_csv(TEXTS, dialect)

        assert brought("a.csv", written) == TEXTS
        assert as_csv(brought("a.csv", written), dialect) == written

    def test_by_workbook(self):
        written = as_xlsx(TEXTS)

        found = brought("a.xlsx", written)

        assert found == [one.replace("\r", "\n") for one in TEXTS]  # a cell knows no other line
        assert brought("a.xlsx", as_xlsx(found)) == found

    def test_control_a_reader_that_takes_off_only_the_first_is_found(self, monkeypatch):
        first = re.compile("(?<!')'(?='*[=+\\-@])")
        only = SimpleNamespace(sub=lambda with_, value: first.sub("", value, count=1))
        monkeypatch.setattr(sheets, "GUARDED", only)

        assert brought("a.csv", as_csv(TEXTS, csv_files.PLAIN)) != TEXTS


def test_nothing_else_writes_csv_or_workbooks():
    """A second writer would need the guard a second time."""
    writers = re.compile(r"csv\.(writer|DictWriter)|openpyxl.*\bWorkbook\b|xlsxwriter")
    found = {
        str(path.relative_to(ROOT))
        for app in ("committee", "umkm", "roadmap")
        for path in Path(ROOT / app).rglob("*.py")
        if writers.search(path.read_text())
    }

    # What sheets.py writes is the text of a file for the form it came from, to be mended there.
    ours = {"roadmap/exports/csv_files.py", "roadmap/exports/xlsx_files.py"}
    assert found == {"committee/sheets.py", *ours}
