"""S20, S21, S25: files are what they say, are called harmlessly, and leave as downloads only."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tracemalloc
import zipfile
from urllib.parse import quote

import pytest
from django.conf import settings
from django.urls import reverse

from roadmap.forms import uploads
from roadmap.models import Evidence
from roadmap.rules import file_names
from roadmap.rules.file_names import plain_name
from tests import factories
from tests.checks import ROOT
from tests.roadmap.conftest import client_of, opening_day  # noqa: F401 - fixtures
from tests.roadmap.forms import sent
from tests.security.payloads import files as made
from tests.security.payloads import payloads
from tests.test_architecture import sources

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]
NAMES = payloads("file_names")
MACROS = {"word/x.bin": b"x"}
SAFE = {
    "a.pdf": made.PDF,
    "a.png": made.png(8, 8),
    "a.jpg": made.JPG,
    "a.docx": made.document("docx"),
    "a.xlsx": made.workbook(made.HEAD),
    "a.pptx": made.document("pptx"),
    "a.csv": "wilayah;jumlah\nPapua;12 000\nMaluku “baru”;3\n".encode(),
    "older-excel.csv": "wilayah;jumlah\nMaluku “baru”;3\n".encode("cp1252"),
    "eicar.csv": made.EICAR,  # text, and nothing here runs it
}
NOT_WHAT_THEY_SAY = {
    "eicar.pdf": made.EICAR,
    "page.png": made.PAGE,
    "header-then-page.png": made.PNG_START + made.PAGE,
    "header-then-page.jpg": made.JPG + made.PAGE,
    "header-then-page.pdf": made.PDF + made.PAGE.upper(),
    "script-then-pdf.pdf": made.POLYGLOT,
    "x.php.jpg": b"<?php system($_GET['c']);",
    "svg.png": made.SVG,
    "svg.csv": made.SVG,
    "page.csv": b"\xef\xbb\xbf\r\n\x0c" + made.PAGE,
    "page-after-a-line.csv": b"wilayah;jumlah\n" + made.PAGE,
    "nul-late.csv": b"a;b\n" * 30_000 + b"\0",
    "escape.csv": b"a;b\n\x1b[2J;1\n",
    "no-text.csv": b"a;b\n\x81\x8d;1\n",
    "no-text-late.csv": b"a;b\n" * 30_000 + b"\x81",
    "sheet.docx": made.document("xlsx"),
    "no-list-of-parts.docx": made.zipped([(zipfile.ZipInfo("word/document.xml"), b"<x/>")]),
    "no-archive.docx": b"PK\x03\x04" + b"\0" * 100,
    "encrypted.docx": made.encrypted(made.document(), made.TYPES),
    "slow-packing.docx": made.document(packed=zipfile.ZIP_BZIP2),
    "slower-packing.docx": made.document(packed=zipfile.ZIP_LZMA),
    "nested.xlsx": made.nested(3),
}
NOT_SAFE = {
    "macros.docx": made.document(extra={"word/vbaProject.bin": b"x"}),
    "macros-elsewhere.docx": made.document(extra=MACROS, types=made.MACROS_ELSEWHERE),
    "macros-by-type.docx": made.document(types=made.WITH_MACROS),
    "macros-in-utf-16.docx": made.document(types=made.WITH_MACROS.decode().encode("utf-16")),
    "macros.xlsx": made.document("xlsx", types=made.WITH_MACROS),
    "two-lists.docx": made.twice("docx"),
    "list-that-lies.docx": made.lying(made.document(types=b" " * 9_000), made.TYPES, 9),
    "list-too-long.docx": made.document(types=os.urandom(2 * made.MEGABYTE)),
    "link.docx": made.linked("docx"),
    "outside.docx": made.document(extra={"../../x": b"x"}),
    "absolute.docx": made.document(extra={"/etc/x": b"x"}),
    "drive.docx": made.document(extra={"C:\\x": b"x"}),
    "backwards.docx": made.document(extra={"word\\..\\..\\x": b"x"}),
    "many.docx": made.document(extra={f"word/{n}": b"" for n in range(2_000)}),
    "ratio.docx": made.document(extra={"word/media/x": b"0" * made.MEGABYTE}),
    "large.docx": made.document(extra={"word/media/x": b"0" * 51 * made.MEGABYTE}),
}
NOT_ALLOWED = ("a.svg", "a.html", "a.docm", "a.xlsm", "a.exe", "a.zip", "a.pdf.exe")
BOUNDARY = "batas"
DOWNLOAD = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
}


@pytest.fixture
def owner(client_of):  # noqa: F811
    return client_of(factories.member(language="en"))


@pytest.fixture
def action(owner):
    return factories.action("LOG-01", workstream=factories.workstream("LOG"), owner=owner.member)


@pytest.fixture
def attach(owner, action):
    """Send a file under a name with the form."""

    def send(name, content):
        body = form(sent(action, title="Peraturan 12/2018"), name, content)
        address = reverse("roadmap:evidence-add", args=[action.code])
        return owner.post(address, body, content_type=f"multipart/form-data; boundary={BOUNDARY}")

    return send


def form(fields, name, content):
    """Write a form as a program may, not as a browser does: every letter of the name arrives."""
    parts = [f'; name="{field}"\r\n\r\n{value}'.encode() for field, value in fields.items()]
    file = f"; name=\"file\"; filename*=UTF-8''{quote(name, safe='')}\r\nContent-Type: text/html"
    begin = f"--{BOUNDARY}\r\nContent-Disposition: form-data".encode()
    whole = [*parts, file.encode() + b"\r\n\r\n" + content]
    return b"".join(begin + part + b"\r\n" for part in whole) + f"--{BOUNDARY}--\r\n".encode()


def said(answer):
    assert answer.status_code == 422
    return answer.content.decode()


def on_disk():
    root = settings.EVIDENCE_ROOT
    return sorted(one.name for one in root.iterdir()) if root.exists() else []


class TestWhatTheyAre:
    @pytest.mark.parametrize("name", SAFE)
    def test_what_is_what_it_says_is_kept_under_a_name_by_lot(self, attach, action, name):
        before = on_disk()

        assert attach(name, SAFE[name]).status_code == 302

        found = action.evidence.get()
        assert (settings.EVIDENCE_ROOT / found.stored_name).read_bytes() == SAFE[name]
        assert len(found.stored_name) == 32
        assert set(found.stored_name) <= set("0123456789abcdef")
        assert len(on_disk()) == len(before) + 1

    @pytest.mark.parametrize(
        ("name", "content", "sentence"),
        [
            *((name, one, "not what its name says") for name, one in NOT_WHAT_THEY_SAY.items()),
            *((name, one, "holds macros, or far more") for name, one in NOT_SAFE.items()),
            *((name, made.PDF, "Only pdf, png, jpg") for name in NOT_ALLOWED),
        ],
    )
    def test_what_is_not_is_refused_with_its_reason_and_leaves_nothing(
        self, attach, action, name, content, sentence
    ):
        before = on_disk()

        page = said(attach(name, content))

        assert sentence in page
        assert 'value="Peraturan 12/2018"' in page
        assert not action.evidence.exists()
        assert on_disk() == before

    @pytest.mark.parametrize(
        ("part", "name"),
        [
            ("_is_page", "header-then-page.png"),
            ("_is_page", "page-after-a-line.csv"),
            ("archives.says_macros", "macros-elsewhere.docx"),
            ("archives._is_odd", "link.docx"),
            ("archives._is_too_much", "ratio.docx"),
        ],
    )
    def test_control_without_its_check_each_would_be_kept(self, attach, monkeypatch, part, name):
        owner, _dot, plain = part.rpartition(".")
        place = getattr(uploads, owner) if owner else uploads
        monkeypatch.setattr(place, plain, lambda *_given: False)

        assert attach(name, (NOT_WHAT_THEY_SAY | NOT_SAFE)[name]).status_code == 302


class TestWhatTheyAreCalled:
    @pytest.mark.parametrize(("name", "plain"), NAMES)
    def test_a_name_is_no_place_no_device_and_no_second_line(self, name, plain):
        assert plain_name(name) == plain
        assert plain_name(plain) == plain

    @pytest.mark.parametrize("letter", ["x", "é", "\U0001f4ca", "."])
    def test_a_name_without_end_is_cut_and_keeps_its_ending(self, letter):
        name = plain_name(letter * 300 + "x.pdf")

        assert len(name) <= file_names.LONGEST
        assert name.endswith(".pdf")

    @pytest.mark.parametrize("name", [name for name, _plain in NAMES if name.endswith(".pdf")])
    def test_what_is_handed_out_has_the_plain_name(self, attach, owner, action, name):
        if attach(name, made.PDF).status_code == 422:  # Django takes no such name either
            assert not action.evidence.exists()
            return

        found = action.evidence.get()
        answer = owner.get(reverse("roadmap:evidence", args=[found.pk]))
        assert b"".join(answer.streaming_content) == made.PDF
        assert plain_name(found.file_name) == found.file_name
        assert answer["Content-Disposition"] == (
            f"attachment; filename*=UTF-8''{quote(found.file_name, safe='')}"
        )
        assert "X-Evil" not in answer.headers

    def test_control_a_row_of_old_is_handed_out_with_a_plain_name_too(self, attach, owner, action):
        attach("a.pdf", made.PDF)
        found = action.evidence.get()
        Evidence.objects.update(file_name='../CON"\r\nX-Evil: y.pdf')

        answer = owner.get(reverse("roadmap:evidence", args=[found.pk]))

        assert b"".join(answer.streaming_content) == made.PDF
        assert answer["Content-Disposition"] == "attachment; filename*=UTF-8''CONX-Evil%20y.pdf"


class TestDownloads:
    @pytest.mark.parametrize("name", SAFE)
    @pytest.mark.parametrize("asked", ["", "?inline=1", "?download=0&disposition=inline"])
    def test_every_kind_leaves_as_a_file_and_never_as_a_page(self, attach, owner, name, asked):
        attach(name, SAFE[name])
        found = Evidence.objects.get()

        answer = owner.get(reverse("roadmap:evidence", args=[found.pk]) + asked)

        assert b"".join(answer.streaming_content) == SAFE[name]
        assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
        assert answer["Content-Type"] == found.content_type in uploads.TYPES.values()
        assert {name: answer[name] for name in DOWNLOAD} == DOWNLOAD

    def test_no_kind_is_one_that_a_browser_runs(self):
        dangerous = ("html", "svg", "javascript", "text/xml", "application/xml", "text/plain")
        kinds = uploads.TYPES.values()

        assert [kind for kind in kinds if any(one in kind for one in dangerous)] == []

    def test_who_may_is_asked_each_time(self, attach, owner, client_of):  # noqa: F811
        attach("a.pdf", made.PDF)
        reader = client_of(factories.member("viewer"))
        address = reverse("roadmap:evidence", args=[Evidence.objects.get().pk])

        before = reader.get(address)
        assert b"".join(before.streaming_content) == made.PDF
        type(reader.member).objects.filter(pk=reader.member.pk).update(is_active=False)

        assert (before.status_code, reader.get(address).status_code) == (200, 302)


# A process in which nothing that opens pictures can be loaded.
WITHOUT = """
import sys
sys.modules["PIL"] = sys.modules["weasyprint"] = None
import django; django.setup()
import roadmap.config.wsgi
from django.urls import get_resolver
from roadmap.forms import uploads
get_resolver().url_patterns
print(uploads.content_type_of("a.png", open(sys.argv[1], "rb")))
"""


def opens_pictures(source):
    """Find what would read a picture: the library, or a field that calls it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = getattr(node, "module", None) or ""
            if "PIL" in {one.split(".")[0] for one in [module, *(a.name for a in node.names)]}:
                return True
        if getattr(node, "attr", getattr(node, "id", "")) in ("ImageField", "get_image_dimensions"):
            return True
    return False


@pytest.fixture(scope="module")
def flood():
    """Give 900 million pixels in a file of some 100 kB."""
    content = made.png(30_000, 30_000)
    assert len(content) < 150_000
    return content


class TestPixelFloods:
    """A picture is bytes like any other: what its pixels would take is never taken."""

    def test_one_is_kept_and_handed_out_at_the_cost_of_its_bytes(self, attach, owner, flood):
        tracemalloc.start()

        answer = attach("banjir.png", flood)
        download = owner.get(reverse("roadmap:evidence", args=[Evidence.objects.get().pk]))
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert answer.status_code == 302
        assert b"".join(download.streaming_content) == flood
        assert most < 30_000 * 30_000 / 8 / 4  # a quarter of its pixels at a bit each

    def test_one_is_taken_where_nothing_that_opens_pictures_can_be_loaded(self, flood, tmp_path):
        file = tmp_path / "banjir.png"
        file.write_bytes(flood)
        command = [sys.executable, "-c", WITHOUT, str(file)]

        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)

        assert done.stdout.strip() == "image/png"

    def test_no_module_opens_one(self):
        assert [str(path) for path in sources() if opens_pictures(path.read_text())] == []

    @pytest.mark.parametrize(
        "source", ["from PIL import Image", "import PIL.Image", "forms.ImageField()"]
    )
    def test_control_one_that_does_is_found(self, source):
        assert opens_pictures(source)
