"""S22-S24: a workbook is judged before it is opened, and opened where it can do no harm."""

from __future__ import annotations

import io
import resource
import time
import zipfile

import openpyxl.xml
import pytest
from defusedxml import EntitiesForbidden
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from committee import archives, sheets, xlsx_child
from committee.enums import FileFault
from tests import factories
from tests.roadmap.conftest import client_of, opening_day  # noqa: F401 - fixtures
from tests.roadmap.forms import sent
from tests.security.payloads import files as made
from tests.security.payloads import payloads
from umkm.models import Import
from umkm.selectors.imports import named

MEGABYTE = made.MEGABYTE
FIGURE = made.workbook(made.HEAD, ["A", 2017, 1])
READ = [(2, ["A", 2017, 1])]


def with_part(name, content, **options):
    return made.replaced(FIGURE, {name: content}, **options)


def far_cell(place="XFD1048576"):
    book = Workbook(write_only=False)
    book.active.append(made.HEAD)
    book.active[place] = 1
    return made.saved(book)


def with_link():
    """Make a workbook whose figure lies in another one, elsewhere."""
    link = b"<externalLink xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'/>"
    place = (
        b"<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
        b"<Relationship Id='rId1' Type='x/externalLinkPath' TargetMode='External'"
        b" Target='http://127.0.0.1:9/x.xlsx'/></Relationships>"
    )
    parts = {"xl/externalLinks/externalLink1.xml": link}
    parts |= {"xl/externalLinks/_rels/externalLink1.xml.rels": place}
    return made.replaced(made.workbook(made.HEAD, ["A", 2017, "='[1]Sheet1'!A1"]), parts)


def entities(part, text, encoding="utf-8"):
    return made.replaced(FIGURE, {part: text.encode(encoding)})


REFUSED = {
    # S22: how much, how many, where to.
    "63 MB in 160 kB": (with_part("xl/x.xml", b"0" * 63 * MEGABYTE), FileFault.UNSAFE),
    "more than a hundredfold": (with_part("xl/x.xml", b"0" * 9 * MEGABYTE), FileFault.UNSAFE),
    "50,000 parts": (
        made.zipped([(zipfile.ZipInfo(f"xl/{n}"), b"") for n in range(50_000)]),
        FileFault.UNSAFE,
    ),
    "outside": (with_part("../../x", b"x"), FileFault.UNSAFE),
    "outside, backwards": (with_part("xl\\..\\..\\x", b"x"), FileFault.UNSAFE),
    "absolute": (with_part("/etc/cron.d/x", b"x"), FileFault.UNSAFE),
    "a drive": (with_part("C:\\x", b"x"), FileFault.UNSAFE),
    "a symbolic link": (made.linked("xlsx"), FileFault.UNSAFE),
    "one part twice": (made.twice("xlsx"), FileFault.UNSAFE),
    "encrypted": (made.encrypted(FIGURE, "xl/workbook.xml"), FileFault.BROKEN),
    "an archive of archives": (made.nested(4), FileFault.BROKEN),
    "packed with bzip2": (made.document("xlsx", packed=zipfile.ZIP_BZIP2), FileFault.BROKEN),
    "packed with LZMA": (made.document("xlsx", packed=zipfile.ZIP_LZMA), FileFault.BROKEN),
    # What a directory says of itself need not be true.
    "ten million said to be ten": (
        made.lying(with_part("xl/x.xml", b"0" * 10 * MEGABYTE), "xl/x.xml", 10),
        FileFault.BROKEN,
    ),
    # S23
    "the last cell of all": (far_cell(), FileFault.TOO_MANY_ROWS),
    "the last column": (far_cell("XFD2"), FileFault.TOO_WIDE),
    # S24
    "entities in a sheet": (entities("sheet1.xml", made.LAUGHS), FileFault.UNSAFE),
    "entities in its texts": (entities("sharedStrings.xml", made.LAUGHS), FileFault.UNSAFE),
    "entities in its properties": (entities("docProps/core.xml", made.LAUGHS), FileFault.UNSAFE),
    "entities in its list of parts": (entities(made.TYPES, made.LAUGHS), FileFault.UNSAFE),
    "entities in UTF-16": (entities("sheet1.xml", made.LAUGHS, "utf-16"), FileFault.UNSAFE),
    "entities under another ending": (entities("xl/x.dat", made.LAUGHS), FileFault.UNSAFE),
    "a file of the server": (entities("sharedStrings.xml", made.OUTSIDE), FileFault.UNSAFE),
    "macros": (with_part("xl/vbaProject.bin", b"x"), FileFault.UNSAFE),
    "macros under another name": (
        made.document("xlsx", types=made.MACROS_ELSEWHERE),
        FileFault.UNSAFE,
    ),
    "no list of parts": (
        made.zipped([(zipfile.ZipInfo("xl/workbook.xml"), b"<x/>")]),
        FileFault.BROKEN,
    ),
}


def read(content, name="a.xlsx"):
    return sheets.read(name, content, named)


def fault(content, name="a.xlsx"):
    with pytest.raises(sheets.NotAccepted) as caught:
        read(content, name)
    return caught.value.fault


@pytest.fixture
def never_opened(monkeypatch):
    """Fail where a workbook would be handed to the process that opens it."""
    monkeypatch.setattr(sheets, "CHILD", "/nonexistent")
    monkeypatch.setattr(sheets.subprocess, "run", lambda *_, **__: pytest.fail("it was opened"))


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_with_its_reason_and_soon(what):
    content, expected = REFUSED[what]
    begin = time.monotonic()

    assert fault(content) == expected
    assert expected.label
    assert time.monotonic() - begin < 15


@pytest.mark.parametrize("what", list(REFUSED)[:13])
@pytest.mark.usefixtures("never_opened")
def test_what_its_directory_tells_is_refused_before_it_is_opened(what):
    content, expected = REFUSED[what]

    assert fault(content) == expected


@pytest.mark.usefixtures("never_opened")
def test_control_what_its_directory_does_not_tell_would_be_opened():
    with pytest.raises(pytest.fail.Exception):
        read(REFUSED["the last cell of all"][0])


@pytest.mark.parametrize("name", ["a.xlsm", "a.xltm", "a.xlsb", "a.xls", "a.zip", "a.xlsx.exe"])
def test_only_one_kind_of_workbook_is_read(name):
    assert fault(FIGURE, name) == FileFault.KIND


@pytest.mark.parametrize("check", ["_is_odd", "_is_too_much"])
def test_control_without_its_check_it_would_be_read(monkeypatch, check):
    what = {"_is_odd": "outside", "_is_too_much": "more than a hundredfold"}[check]
    monkeypatch.setattr(archives, check, lambda _of: False)

    assert read(REFUSED[what][0]).rows == READ


class TestInside:
    """What only whoever opens it can find."""

    def test_the_reader_of_xml_expands_nothing(self):
        assert openpyxl.xml.DEFUSEDXML is True

    @pytest.mark.parametrize("text", [made.LAUGHS, made.OUTSIDE])
    def test_it_would_refuse_entities_even_if_nobody_looked_first(self, monkeypatch, text):
        monkeypatch.setattr(xlsx_child, "_is_unsafe", lambda *_: False)

        with pytest.raises(ValueError, match="Unable to read") as caught:
            xlsx_child._read(entities("sheet1.xml", text), 20, 20)

        assert isinstance(caught.value.__context__, EntitiesForbidden)

    def test_control_a_reader_that_expands_would_be_fooled(self):
        from xml.etree import ElementTree

        few = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><x>&b;</x>"

        assert ElementTree.fromstring(few).text == "haha"

    def test_bytes_are_counted_while_they_are_read(self):
        content = with_part("xl/x.bin", bytes(range(256)) * 40)

        assert xlsx_child._is_unsafe(content, 10_000)
        assert not xlsx_child._is_unsafe(content, 1_000_000)

    def test_what_lies_elsewhere_is_not_asked_for(self):
        assert read(with_link()).rows == [(2, ["A", 2017, {"formula": True}])]

    @pytest.mark.parametrize("text", payloads("formulas"))
    def test_a_formula_is_marked_and_a_text_that_looks_like_one_stays_text(self, text):
        (_number, cells), *_none = read(made.workbook(made.HEAD, [text, 2017, 1])).rows

        assert cells[0] == ({"formula": True} if text.startswith("=") else text.replace("\r", "\n"))

    def test_a_picture_in_it_is_left_alone(self):
        flood = made.png(8_000, 8_000)

        assert read(with_part("xl/media/image1.png", flood + bytes(20_000))).rows == READ

    def test_a_size_that_is_not_true_says_nothing(self):
        with zipfile.ZipFile(io.BytesIO(FIGURE)) as there:
            sheet = there.read("xl/worksheets/sheet1.xml")
        told = sheet.replace(b'ref="A1:C2"', b'ref="A1:XFD1048576"')
        assert told != sheet

        assert read(made.replaced(FIGURE, {"sheet1.xml": told})).rows == READ


class TestLimits:
    """The process that opens a workbook ends by itself, whatever is in it."""

    @pytest.fixture
    def child(self, tmp_path, monkeypatch):
        """Put other code in the place of what reads a sheet, within the same limits."""

        def doing(code):
            source = (sheets.CHILD).read_text()
            began = "def _read("
            assert source.count(began) == 1
            file = tmp_path / "child.py"
            file.write_text(source.replace(began, f"def _read(*_):\n    {code}\n\n\ndef _was("))
            monkeypatch.setattr(sheets, "CHILD", file)

        return doing

    def test_one_that_wants_too_much_memory_is_refused(self, child):
        child("return {'rows': [[1, [len(bytearray(600 * 1024 * 1024))]]] * 2}")

        assert fault(FIGURE) == FileFault.BROKEN

    def test_control_less_is_let_through(self, child):
        child("return {'rows': [[n, ['year', len(bytearray(1024))]] for n in (1, 2)]}")

        assert read(FIGURE).rows == [(2, ["year", 1024])]

    def test_one_that_never_ends_is_refused(self, child, monkeypatch):
        child("import signal; signal.pause()")
        monkeypatch.setattr(sheets, "SECONDS", 2)

        assert fault(FIGURE) == FileFault.BROKEN

    def test_one_that_only_computes_ends_by_its_own_limit(self, child):
        child("resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\n    while True: pass")

        assert fault(FIGURE) == FileFault.BROKEN

    def test_the_limits_are_those_agreed(self, child):
        names = "resource.RLIMIT_AS, resource.RLIMIT_CPU"
        child(f"return {{'rows': [[n, ['year', *(resource.getrlimit(x)[1] for x in ({names}))]]"
              " for n in (1, 2)]}")  # fmt: skip

        assert read(FIGURE).rows == [(2, ["year", 512 * MEGABYTE, 20])]
        assert sheets.SECONDS == 30
        assert resource.getrlimit(resource.RLIMIT_AS)[1] != 512 * MEGABYTE  # ours, not theirs


def test_control_openpyxl_by_itself_reads_what_we_refuse():
    """The bomb is one: its bytes come out when it is opened as people do."""
    content = REFUSED["more than a hundredfold"][0]

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert len(archive.read("xl/x.xml")) > 100 * len(content)
    assert load_workbook(io.BytesIO(content)).active["A2"].value == "A"


@pytest.mark.django_db
@pytest.mark.usefixtures("opening_day")
@pytest.mark.parametrize("what", ["63 MB in 160 kB", "the last cell of all", "macros"])
def test_the_page_says_why_and_keeps_nothing(client_of, what):  # noqa: F811
    secretariat = client_of(factories.member("secretariat", language="en"))
    content, expected = REFUSED[what]
    fields = sent(None, notation="") | {"file": SimpleUploadedFile("a.xlsx", content)}

    answer = secretariat.post(reverse("roadmap:figures-import"), fields)

    assert answer.status_code == 422
    assert str(expected.label) in answer.content.decode()
    assert not Import.objects.exists()
