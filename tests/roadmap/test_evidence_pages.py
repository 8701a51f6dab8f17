"""Attaching a link or a file, what is not accepted, and handing a file out again."""

from __future__ import annotations

import hashlib
import io
import logging
import zipfile
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from roadmap.models import Evidence
from tests import factories
from tests.roadmap.forms import sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]

PDF = b"%PDF-1.4\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
JPG = b"\xff\xd8\xff\xe0" + b"\x00" * 20


@pytest.fixture
def owner(client_of):
    return client_of(factories.member(language="en"))


@pytest.fixture
def action(owner, workstreams):
    return factories.action("LOG-01", workstream=workstreams[0], owner=owner.member)


@pytest.fixture
def add(owner, action):
    """Send the form; a file is a pair of name and bytes."""
    url = reverse("roadmap:evidence-add", args=[action.code])

    def send(file=None, **fields):
        values = sent(action, title="Peraturan 12/2018") | fields
        if file:
            values["file"] = SimpleUploadedFile(file[0], file[1], "application/pdf")
        return owner.post(url, values)

    return send


def document(part: str, *, extra: tuple[str, ...] = (), filler: bytes = b"<x/>") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (part, "[Content_Types].xml", *extra):
            archive.writestr(name, filler)
    return target.getvalue()


ACCEPTED = {
    "peraturan.pdf": PDF,
    "FOTO.PNG": PNG,
    "foto.jpeg": JPG,
    "tabel.csv": b"wilayah;jumlah\nPapua;12 000\n",
    "surat.docx": document("word/document.xml"),
    "angka.xlsx": document("xl/workbook.xml"),
    "paparan.pptx": document("ppt/presentation.xml"),
}
REFUSED = {
    "page.png": b"<html><script>alert(1)</script></html>",
    "gambar.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
    "page.html": b"<html></html>",
    "page.csv": b"\xef\xbb\xbf <html><script>alert(1)</script></html>",
    "photo.csv": PNG,
    "x.php.jpg": b"<?php system('id');",
    "surat.pdf": PNG,
    "foto.png": PDF,
    "surat.docx": document("xl/workbook.xml"),
    "angka.xlsx": b"PK\x03\x04 not an archive",
    "makro.xlsm": document("xl/workbook.xml"),
    "makro.xlsx": document("xl/workbook.xml", extra=("xl/vbaProject.bin",)),
    "keluar.docx": document("word/document.xml", extra=("../../etc/passwd",)),
    "banyak.docx": document("word/document.xml", extra=tuple(f"a/{n}" for n in range(2001))),
    "bom.docx": document("word/document.xml", extra=("b",), filler=b"\x00" * 18_000_000),
    "kosong.pdf": b"",
    "tanpa-akhiran": PDF,
}


def test_a_link_is_attached(add, action):
    answer = add(url="https://jdih.example/2018/12")

    found = action.evidence.get()
    assert answer["Location"] == f"{action.get_absolute_url()}#evidence"
    assert (found.url, found.title) == ("https://jdih.example/2018/12", "Peraturan 12/2018")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://a.example/x", "data:text/html,x", "x\x00y", "//"]
)
def test_only_a_web_address_is_a_link(add, action, url):
    assert add(url=url).status_code == 422
    assert not action.evidence.exists()


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_file_is_attached_under_a_random_name_with_its_hash(add, action, name):
    assert add((name, ACCEPTED[name])).status_code == 302

    found = action.evidence.get()
    assert found.file_name == name
    assert found.sha256 == hashlib.sha256(ACCEPTED[name]).hexdigest()
    assert name not in found.stored_name
    assert (settings.EVIDENCE_ROOT / found.stored_name).read_bytes() == ACCEPTED[name]
    assert found.content_type != "application/pdf" or name.endswith(".pdf")


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_not_what_it_says_is_refused(add, action, name):
    answer = add((name, REFUSED[name]))

    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert 'value="Peraturan 12/2018"' in answer.content.decode()
    assert not action.evidence.exists()


def test_a_file_of_21_megabytes_is_refused_and_the_title_stays(add, action):
    answer = add(("besar.pdf", PDF + b"0" * 21 * 1024 * 1024))

    assert answer.status_code == 422
    assert "larger than 20 MB" in answer.content.decode()
    assert 'value="Peraturan 12/2018"' in answer.content.decode()
    assert not action.evidence.exists()


@pytest.mark.parametrize(
    "name", ["a\x00.pdf", 'a"\r\nX: y.pdf', "../../etc/x.pdf", "CON.pdf", "é" * 300 + ".pdf"]
)
def test_an_odd_name_breaks_nothing(add, owner, action, name):
    answer = add((name, PDF))

    assert answer.status_code in (302, 422)
    for found in action.evidence.all():
        download = owner.get(reverse("roadmap:evidence", args=[found.pk]))
        assert download.status_code == 200
        assert "X" not in download.headers
        assert len(found.file_name) <= 255
        assert b"".join(download.streaming_content) == PDF


def test_a_link_or_a_file_but_not_both_nor_neither(add, action):
    assert add().status_code == 422
    assert add(("a.pdf", PDF), url="https://a.example/").status_code == 422
    assert not action.evidence.exists()


def test_sending_twice_attaches_once(owner, action):
    url = reverse("roadmap:evidence-add", args=[action.code])
    fields = sent(action, title="Peraturan", url="https://a.example/1")

    assert [owner.post(url, fields).status_code for _ in range(2)] == [302, 302]

    assert Evidence.objects.count() == 1


def test_somebody_elses_update_makes_nobody_choose_a_file_again(add, action):
    assert add(("a.pdf", PDF), version="999").status_code == 302
    assert action.evidence.exists()


def test_a_stranger_attaches_nothing(client_of, action):
    url = reverse("roadmap:evidence-add", args=[action.code])
    fields = sent(action, title="Peraturan", url="https://a.example/1")

    assert client_of("member").post(url, fields).status_code == 403
    assert not Evidence.objects.exists()


@pytest.fixture
def attached(add, action):
    add(("data é.pdf", PDF))
    return action.evidence.get()


def test_a_download_is_never_a_page_of_ours(attached, client_of):
    answer = client_of("viewer").get(reverse("roadmap:evidence", args=[attached.pk]))

    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"] == f"attachment; filename*=UTF-8''{quote('data é.pdf')}"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Type"] == "application/pdf"


def test_only_who_is_signed_in_downloads(attached, client):
    answer = client.get(reverse("roadmap:evidence", args=[attached.pk]))

    assert answer.status_code == 302
    assert reverse("account_login") in answer["Location"]


def test_evidence_that_is_not_there_is_404(client_of, db):
    for pk in (999_999, 10**30):
        assert client_of("viewer").get(reverse("roadmap:evidence", args=[pk])).status_code == 404


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_bytes_that_are_not_those_attached_are_not_handed_out(attached, client_of, damage, caplog):
    path = settings.EVIDENCE_ROOT / attached.stored_name
    path.unlink() if damage == "gone" else path.write_bytes(PDF + b"x")

    with caplog.at_level(logging.ERROR):
        answer = client_of(factories.member("viewer", language="en")).get(
            reverse("roadmap:evidence", args=[attached.pk])
        )

    assert answer.status_code == 410
    assert "cannot be opened" in answer.content.decode()
    assert str(attached.pk) in caplog.text
