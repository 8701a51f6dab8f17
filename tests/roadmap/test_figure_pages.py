"""Entering and correcting figures in the browser, and bringing them in files."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook

from committee.enums import Role
from tests import factories
from tests.roadmap.forms import sent
from umkm.models import Import, Observation

pytestmark = pytest.mark.usefixtures("opening_day", "workstreams")
HEADING = "indicator,year,kind,value,unit,source,confidence"
GIVEN = {
    "year": "2017",
    "part": "Y",
    "kind": "actual",
    "value": "62,93",
    "notation": "comma",
    "region": "",
    "citation": "Kemenkop",
    "confidence": "high",
}


@pytest.fixture
def indicator():
    return factories.indicator("UMKM_COUNT", unit="juta unit", measure="stock")


@pytest.fixture
def secretariat(client_of, indicator):
    client = client_of(factories.member(Role.SECRETARIAT, name="Sari", language="en"))
    client.line = indicator.series.get()
    return client


def enter(client, **changed):
    address = reverse("roadmap:figure-create", args=["UMKM_COUNT"])
    return client.post(address, sent(None, series=client.line.pk, **GIVEN | changed))


def text(answer):
    return answer.content.decode()


def test_a_figure_is_entered_and_shown_with_its_source(secretariat):
    answer = enter(secretariat)

    page = secretariat.get(answer["Location"])
    assert "62.93 juta unit" in text(page)
    assert "Kemenkop" in text(page)
    assert Observation.objects.get().entered_by == secretariat.member


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"year": "1800"}, "1800 is no year from 1945 to 2100."),
        ({"value": "1.234,5", "notation": ""}, "“1.234,5” can be read in two ways"),
        ({"value": "1,234.5", "notation": ""}, "“1,234.5” can be read in two ways"),
        ({"value": "1,234.5"}, "“1,234.5” is not written as chosen"),
        ({"value": "banyak"}, "“banyak” is not a number."),
        ({"year": "2030"}, "only a target can lie ahead"),
        ({"known_from": "2020-01-01"}, "cannot be known from a day to come"),
        ({"citation": ""}, "This field is required."),
        ({"url": "javascript:alert(1)"}, "begins with https://"),
    ],
)
def test_bad_input_is_answered_with_a_sentence_and_what_was_typed(secretariat, changed, sentence):
    answer = enter(secretariat, **changed)

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert f'value="{changed.get("value", "62,93")}"' in text(answer)
    assert not Observation.objects.exists()


def test_a_second_figure_for_the_same_place_is_refused(secretariat):
    enter(secretariat)

    answer = enter(secretariat, value="57,9")

    assert answer.status_code == 422
    assert "A figure stands here already: 62.93." in text(answer)
    assert Observation.objects.count() == 1


def test_a_correction_shows_old_and_new_who_and_when(secretariat, client):
    enter(secretariat)
    old = Observation.objects.get()

    answer = secretariat.post(
        reverse("roadmap:figure-correct", args=[old.pk]),
        sent(None, **GIVEN | {"value": "64,19"}, why="Angka sementara."),
    )

    assert answer.status_code == 302
    address = reverse("roadmap:figure-history", args=["UMKM_COUNT"])
    inside, outside = text(secretariat.get(address)), text(client.get(address))
    assert "<s>62.93 juta unit</s>" in inside
    assert "In the place of 62.93 juta unit." in inside
    assert "by Sari: Angka sementara." in inside
    assert "Sari" not in outside
    assert "Angka sementara" not in outside


def test_a_figure_of_a_province_is_corrected_from_the_history(secretariat, client):
    enter(secretariat, region="32")
    address = reverse("roadmap:figure-history", args=["UMKM_COUNT"])
    door = reverse("roadmap:figure-correct", args=[Observation.objects.get().pk])

    assert f'href="{door}"' in text(secretariat.get(address))
    assert door not in text(client.get(address))
    secretariat.post(door, sent(None, **GIVEN | {"value": "64", "region": "32"}, why="Keliru."))
    assert f'href="{door}"' not in text(secretariat.get(address))


def test_a_file_is_no_burden_on_the_history(secretariat):
    apply(secretariat, bring(secretariat, row(), notation="point"))

    with CaptureQueriesContext(connection) as asked:
        page = secretariat.get(reverse("roadmap:figure-history", args=["UMKM_COUNT"]))

    assert "From the file angka.csv." in text(page)
    assert not any('"rows"' in one["sql"] for one in asked)


def test_a_figure_corrected_meanwhile_is_not_corrected_twice(secretariat):
    enter(secretariat)
    address = reverse("roadmap:figure-correct", args=[Observation.objects.get().pk])
    secretariat.post(address, sent(None, **GIVEN | {"value": "64"}, why="Salah ketik."))

    answer = secretariat.post(address, sent(None, **GIVEN | {"value": "65"}, why="Salah ketik."))

    assert answer.status_code == 422
    assert "Somebody else saved this meanwhile" in text(answer)
    assert Observation.objects.standing().get().value == 64


def test_a_withdrawn_figure_leaves_the_page_and_stays_in_the_history(secretariat):
    enter(secretariat)
    address = reverse("roadmap:figure-withdraw", args=[Observation.objects.get().pk])

    secretariat.post(address, sent(None, why="Bukan dari sumber ini."))

    page = secretariat.get(reverse("roadmap:indicator", args=["UMKM_COUNT"]))
    history = secretariat.get(reverse("roadmap:figure-history", args=["UMKM_COUNT"]))
    assert "62.93" not in text(page)
    assert "Bukan dari sumber ini." in text(history)


def test_a_number_is_written_for_correction_as_its_reader_writes(secretariat):
    enter(secretariat)

    page = secretariat.get(reverse("roadmap:figure-correct", args=[Observation.objects.get().pk]))

    form = page.context["form"]
    assert (form["value"].value(), form["notation"].value()) == ("62.93", "point")


def bring(client, *rows, name="angka.csv", notation="", content=None):
    """Bring a file, and give the page of its preview."""
    content = content or "\r\n".join([HEADING, *rows]).encode()
    file = SimpleUploadedFile(name, content)
    address = reverse("roadmap:figures-import")
    return client.post(address, sent(None, file=file, notation=notation), follow=True)


def apply(client, page):
    """Press the button of a preview."""
    digest = page.context["plan"].digest if page.context["plan"] else "0" * 64
    draft = page.context["draft"]
    address = reverse("roadmap:figures-apply", args=[draft.pk])
    return client.post(address, sent(draft, digest=digest), follow=True)


def row(value="62.93", year=2017, unit="juta unit", code="UMKM_COUNT"):
    return f'{code},{year},actual,"{value}",{unit},Kemenkop,high'


def sheet(*values):
    """Write a workbook of one figure a year."""
    book, file = Workbook(), io.BytesIO()
    book.active.append(HEADING.split(","))
    for number, value in enumerate(values):
        kept = ("UMKM_COUNT", 2010 + number, "actual", value, "juta unit", "Kemenkop", "high")
        book.active.append(kept)
    book.save(file)
    return file.getvalue()


def test_a_file_is_shown_before_it_is_applied_and_twice_changes_nothing(secretariat):
    page = bring(secretariat, row(), row("64.19", 2016), notation="point")

    assert "2 figures would be added." in text(page)
    assert not Observation.objects.exists()
    assert "2 figures were added" in text(apply(secretariat, page))
    again = bring(secretariat, row(), row("64.19", 2016), notation="point")
    assert "All 2 figures of this file stand there already." in text(again)
    assert Observation.objects.count() == 2


def test_a_workbook_keeps_its_numbers_and_needs_no_notation(secretariat):
    apply(secretariat, bring(secretariat, name="angka.xlsx", content=sheet(61.65, 62.93)))

    assert [str(one.value) for one in Observation.objects.order_by("year")] == [
        "61.6500",
        "62.9300",
    ]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (row("62", 1800), "Row 3, column “year”: 1800 is no year from 1945 to 2100."),
        (row("1.234,5"), "Row 3, column “value”: “1.234,5” can be read in two ways"),
        (row("1,234.5"), "Row 3, column “value”: “1,234.5” can be read in two ways"),
        (row("63", 2010), "Row 3, column “value”: The same figure already stands on row 2."),
        (row(code="UMKM_X"), "Row 3, column “indicator”: There is no indicator “UMKM_X”."),
        (row(unit="unit"), "Row 3, column “unit”: “unit” is not the unit of this indicator"),
    ],
)
def test_one_wrong_row_applies_nothing(secretariat, wrong, sentence):
    page = bring(secretariat, row("62", 2010), wrong)

    assert sentence in text(page)
    assert 'action="' + reverse("roadmap:figures-apply", args=[Import.objects.get().pk]) not in (
        text(page)
    )
    assert "Nothing was applied" in text(apply(secretariat, page))
    assert not Observation.objects.exists()


def test_how_a_file_writes_numbers_is_asked_and_then_read_so(secretariat):
    bring(secretariat, row("1.234,5"))
    draft = Import.objects.get()
    address = reverse("roadmap:figures-notation", args=[draft.pk])

    page = secretariat.post(address, sent(draft, notation="comma"), follow=True)

    assert "1,234.5 juta unit" in text(page)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("angka.pdf", b"%PDF-1.4", "Only CSV and XLSX files can be read."),
        ("angka.xlsx", b"PK\x03\x04", "The file cannot be read; save it anew as XLSX or CSV."),
        ("angka.csv", b"a,b\r\n1,2", "The first row names none of the columns"),
        ("angka.csv", HEADING.encode(), "The file holds no rows under its heading."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(secretariat, name, content, sentence):
    page = bring(secretariat, name=name, content=content)

    assert page.status_code == 422
    assert sentence in text(page)
    assert not Import.objects.exists()


def test_what_was_shown_and_has_changed_since_is_not_applied(secretariat):
    page = bring(secretariat, row())
    enter(secretariat, value="60")

    assert "Nothing was applied" in text(apply(secretariat, page))
    assert Observation.objects.count() == 1


def test_a_lead_enters_figures_of_the_own_workstream_only(client_of, indicator, workstreams):
    lead = factories.member(language="en")
    factories.seat(lead, workstreams[0])
    factories.indicator("LPI", workstream=workstreams[0], unit="juta unit")
    client = client_of(lead)

    page = bring(client, row("63", code="LPI"), row("62"))

    assert "Only the secretariat and the lead of its workstream" in text(page)
    assert client.get(reverse("roadmap:figure-create", args=["LPI"])).status_code == 200
    assert client.get(reverse("roadmap:figure-create", args=["UMKM_COUNT"])).status_code == 403


def test_the_sample_file_names_columns_that_are_read(secretariat):
    sample = secretariat.get(reverse("roadmap:figures-sample")).content

    page = bring(secretariat, content=sample)

    assert "There is no indicator “UMKM_ONLINE”." in text(page)
    assert "column is" not in text(page)
