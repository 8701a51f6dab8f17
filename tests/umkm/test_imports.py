"""A file of figures is shown, then applied whole or not at all."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from openpyxl import Workbook

from committee import sheets
from committee.access import actor_of
from committee.changes import Stale
from committee.enums import Role, SeatKind
from committee.models import AuditEntry
from tests import factories
from tests.factories import TODAY
from tests.umkm.entering import attempt, stated
from tests.unchanged import Fault as Break
from tests.unchanged import everything, failing_after, unchanged
from umkm.enums import Fault, Notation
from umkm.models import Import, Observation
from umkm.selectors.imports import named, plan
from umkm.services import imports, observations

pytestmark = pytest.mark.django_db
HEAD = "indicator;year;kind;value;unit;region;source;confidence"
GOOD = "UMKM_COUNT;2017;actual;62,93;juta unit;;Kemenko;high"


@pytest.fixture
def indicator():
    return factories.indicator(
        "UMKM_COUNT", unit="juta unit", unit_en="million units", workstream=factories.workstream()
    )


@pytest.fixture
def secretariat(indicator):
    return factories.member(Role.SECRETARIAT)


def bring(by, *lines, head=HEAD, notation=Notation.COMMA):
    sheet = sheets.read("angka.csv", "\n".join([head, *lines]).encode(), named)
    brought = imports.Brought("angka.csv", "0" * 64, sheet.heading, sheet.rows, notation)
    return imports.keep_file(attempt=attempt(by), brought=brought)


def planned(draft, by):
    return plan(draft, actor_of(by, TODAY), TODAY)


def apply(draft, by):
    digest = planned(draft, by).digest
    return imports.apply_import(draft=draft, attempt=attempt(by), digest=digest)


def test_the_import_does_what_the_preview_said(secretariat):
    draft = bring(
        secretariat, GOOD, "UMKM_COUNT;2018;aktual;1.064,2;Million units;Jawa Barat;B;sedang"
    )
    shown = planned(draft, secretariat)
    assert (len(shown.planned), shown.unchanged, shown.complaints) == (2, 0, [])

    done = apply(draft, secretariat)

    assert (done.added, done.unchanged) == (2, 0)
    told = AuditEntry.objects.filter(object_type="umkm.observation", verb="add")
    assert told.count() == 2
    there = Observation.objects.order_by("year")
    assert [(one.value, one.region, one.confidence) for one in there] == [
        (Decimal("62.93"), "", "high"),
        (Decimal("1064.2"), "32", "medium"),
    ]
    assert {(one.entered_by, one.batch, one.known_from) for one in there} == {
        (secretariat, done, TODAY)
    }


def test_the_same_file_twice_changes_nothing_the_second_time(secretariat):
    apply(bring(secretariat, GOOD), secretariat)

    again = bring(secretariat, GOOD)
    assert planned(again, secretariat).planned == []
    done = apply(again, secretariat)

    assert (done.added, done.unchanged, Observation.objects.count()) == (0, 1, 1)


def test_a_spreadsheet_is_brought_with_its_own_numbers_and_formulas_are_refused(secretariat):
    book = Workbook()
    for row in (
        HEAD.split(";"),
        ["UMKM_COUNT", 2017, "actual", 62.93, "juta unit", "", "Kemenko", "high"],
        ["UMKM_COUNT", 2018, "actual", "=60+4", "juta unit", "", "Kemenko", "high"],
    ):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    sheet = sheets.read("angka.xlsx", file.getvalue(), named)
    brought = imports.Brought("angka.xlsx", "0" * 64, sheet.heading, sheet.rows)
    draft = imports.keep_file(attempt=attempt(secretariat), brought=brought)

    found = planned(draft, secretariat)

    assert [one.stated.value for one in found.planned] == [Decimal("62.93")]
    assert [(one.row, one.column, one.fault) for one in found.complaints] == [
        (3, "value", Fault.FORMULA)
    ]
    with unchanged(imports.ImportRefused):
        apply(draft, secretariat)


def test_text_that_looks_like_a_formula_stays_text(secretariat):
    apply(bring(secretariat, GOOD.replace("Kemenko", "'=cmd|'/c calc'!A1")), secretariat)

    assert Observation.objects.get().source.citation == "=cmd|'/c calc'!A1"


def test_the_same_click_twice_is_one(secretariat):
    draft = bring(secretariat, GOOD)
    digest = planned(draft, secretariat).digest
    for _ in range(2):
        imports.apply_import(draft=draft, attempt=attempt(secretariat), digest=digest)

    assert Observation.objects.count() == 1


BAD = [
    ("UMKM_COUNT;1800;actual;1;juta unit;;S;high", "year", Fault.YEAR),
    ("UMKM_COUNT;tahun ini;actual;1;juta unit;;S;high", "year", Fault.YEAR),
    ("UMKM_COUNT;2017;actual;1,234.5;juta unit;;S;high", "value", Fault.OTHER_NOTATION),
    ("UMKM_COUNT;2017;actual;;juta unit;;S;high", "value", Fault.MISSING),
    ("UMKM_COUNT;2017;actual;banyak;juta unit;;S;high", "value", Fault.NUMBER),
    ("UMKM_COUNT;2017;actual;0,12345;juta unit;;S;high", "value", Fault.TOO_EXACT),
    ("UMKM_COUNT;2017;actual;1;ribu unit;;S;high", "unit", Fault.UNIT),
    ("UMKM_COUNT;2017;actual;1;;;S;high", "unit", Fault.UNIT),
    ("UMKN_COUNT;2017;actual;1;juta unit;;S;high", "indicator", Fault.INDICATOR),
    ("UMKM_COUNT;2017;guess;1;juta unit;;S;high", "kind", Fault.KIND),
    ("UMKM_COUNT;2017;actual;1;juta unit;93;S;high", "region", Fault.REGION),
    ("UMKM_COUNT;2017;actual;1;juta unit;;;high", "source", Fault.MISSING),
    ("UMKM_COUNT;2017;actual;1;juta unit;;S;certain", "confidence", Fault.CONFIDENCE),
    ("UMKM_COUNT;2030;actual;1;juta unit;;S;high", "year", Fault.FUTURE),
    (f"UMKM_COUNT;2017;actual;1;juta unit;;{'S' * 441};high", "source", Fault.TOO_LONG),
    ("UMKM_COUNT;2017;actual;1;juta unit;;S\x07;high", "source", Fault.CONTROL),
    (GOOD, "value", Fault.TWICE),
]


@pytest.mark.parametrize(("line", "column", "fault"), BAD)
def test_one_bad_row_is_named_by_row_and_column_and_nothing_is_applied(
    secretariat, line, column, fault
):
    draft = bring(secretariat, GOOD, line)

    (complaint,) = planned(draft, secretariat).complaints

    assert (complaint.row, complaint.column, complaint.fault) == (3, column, fault)
    assert complaint.sentence.startswith(f"Row 3, column “{column}”: ") or "3" in complaint.sentence
    assert "%(" not in complaint.sentence
    with unchanged(imports.ImportRefused):
        apply(draft, secretariat)


def test_every_bad_cell_of_a_row_is_named(secretariat):
    draft = bring(secretariat, "UMKM_COUNT;1800;guess;banyak;ribu;93;;certain")

    columns = {one.column for one in planned(draft, secretariat).complaints}

    assert columns >= {"kind", "value", "unit", "region", "source", "confidence"}


@pytest.mark.parametrize("value", ["1.234,5", "1,234.5", "57.9", "57,9"])
def test_a_notation_is_asked_and_never_guessed(secretariat, value):
    line = f"UMKM_COUNT;2017;actual;{value};juta unit;;S;high"
    draft = bring(secretariat, line, notation=None)

    found = planned(draft, secretariat)

    assert found.needs_notation
    assert [one.fault for one in found.complaints] == [Fault.WHICH_NOTATION]


@pytest.mark.parametrize(
    ("notation", "value"), [(Notation.COMMA, "1234"), (Notation.POINT, "1.234")]
)
def test_the_person_says_how_the_file_writes_numbers(secretariat, notation, value):
    line = "UMKM_COUNT;2017;actual;1.234;juta unit;;S;high"
    draft = bring(secretariat, line, notation=None)

    draft = imports.choose_notation(draft=draft, attempt=attempt(secretariat), notation=notation)
    apply(draft, secretariat)

    assert Observation.objects.get().value == Decimal(value)


HEADINGS = [
    ("indicator;year;kind;value;unit;source", [("confidence", Fault.COLUMN_MISSING)]),
    (f"{HEAD};catatan", [("catatan", Fault.COLUMN_UNKNOWN)]),
    (f"{HEAD};nilai", [("nilai", Fault.COLUMN_TWICE)]),
]


@pytest.mark.parametrize(("head", "expected"), HEADINGS)
def test_a_heading_that_would_be_misread_is_refused(secretariat, head, expected):
    found = planned(bring(secretariat, GOOD, head=head), secretariat)

    assert [(one.column, one.fault) for one in found.complaints] == expected
    assert found.planned == []


def test_a_comma_that_parts_a_number_is_not_taken_for_two_cells(secretariat):
    head, line = (text.replace(";", ",") for text in (HEAD, GOOD))

    (complaint,) = planned(bring(secretariat, line, head=head), secretariat).complaints

    assert (complaint.row, complaint.fault) == (2, Fault.TOO_MANY_CELLS)


def test_a_figure_that_stands_is_never_overwritten(secretariat, indicator):
    line = indicator.series.get()
    observations.record_observation(
        series=line, attempt=attempt(secretariat), stated=stated("57.9", citation="Artikel")
    )

    (complaint,) = planned(bring(secretariat, GOOD), secretariat).complaints

    assert complaint.fault == Fault.STANDS
    assert "57.9 (Artikel)" in complaint.sentence


def test_a_figure_that_stood_keeps_the_days_it_stood(secretariat, indicator):
    row, head = f"{GOOD};2018-01-01", f"{HEAD};known_from"
    apply(bring(secretariat, row, head=head), secretariat)
    there = Observation.objects.get()
    observations.withdraw_observation(observation=there, attempt=attempt(secretariat), why="x")

    found = planned(bring(secretariat, row, head=head), secretariat)

    assert [(one.column, one.fault) for one in found.complaints] == [("known_from", Fault.STOOD)]
    assert planned(bring(secretariat, GOOD), secretariat).complaints == []


def test_a_formula_for_a_code_is_told_as_one(secretariat):
    draft = bring(secretariat, GOOD)
    draft.rows = [[2, [{"formula": True}, *GOOD.split(";")[1:]]]]

    (complaint,) = planned(draft, secretariat).complaints

    assert "“=…”" in complaint.sentence


def test_a_line_is_chosen_by_its_code(secretariat, indicator):
    factories.series(indicator, "FOUNDING")
    head = f"{HEAD};seri"
    draft = bring(secretariat, f"{GOOD};", f"{GOOD};founding", f"{GOOD};LAIN", head=head)

    found = planned(draft, secretariat)

    assert [one.series.code for one in found.planned] == ["MAIN", "FOUNDING"]
    assert [(one.row, one.fault) for one in found.complaints] == [(4, Fault.SERIES)]


def test_a_lead_brings_the_figures_of_the_own_workstream_only(secretariat, indicator):
    factories.indicator("LAIN", unit="juta unit")
    lead = factories.member()
    factories.seat(lead, indicator.workstream, kind=SeatKind.LEAD)

    draft = bring(lead, GOOD, GOOD.replace("UMKM_COUNT", "LAIN"))

    (complaint,) = planned(draft, lead).complaints
    assert (complaint.row, complaint.fault) == (3, Fault.ELSEWHERE)
    assert apply(bring(lead, GOOD), lead).added == 1


def test_a_colleague_with_the_same_rights_applies_no_file_of_mine(secretariat):
    draft, colleague = bring(secretariat, GOOD), factories.member(Role.SECRETARIAT)

    with unchanged(PermissionDenied):
        apply(draft, colleague)
    with unchanged(PermissionDenied):
        imports.choose_notation(draft=draft, attempt=attempt(colleague), notation=Notation.POINT)


def test_a_role_taken_since_the_preview_applies_nothing(secretariat):
    draft = bring(secretariat, GOOD)
    digest = planned(draft, secretariat).digest
    type(secretariat).objects.filter(pk=secretariat.pk).update(role=Role.VIEWER)

    with unchanged(PermissionDenied):
        imports.apply_import(draft=draft, attempt=attempt(secretariat), digest=digest)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SECRETARIAT])
def test_nobody_else_brings_or_applies_a_file(secretariat, role):
    draft, stranger = bring(secretariat, GOOD), factories.member(role)

    with unchanged(PermissionDenied):
        bring(stranger, GOOD)
    with unchanged(PermissionDenied):
        apply(draft, stranger)
    with unchanged(PermissionDenied):
        imports.choose_notation(draft=draft, attempt=attempt(stranger), notation=Notation.POINT)


def test_a_long_name_of_a_file_is_cut_where_its_column_ends(secretariat):
    for length, kept in ((200, 200), (201, 200)):
        brought = imports.Brought("a" * length, "0" * 64, [], [])
        draft = imports.keep_file(attempt=attempt(secretariat), brought=brought)
        assert len(draft.name) == kept


def test_what_was_not_shown_is_not_done(secretariat):
    shown = planned(bring(secretariat, GOOD), secretariat).digest
    draft = bring(secretariat, GOOD.replace("62,93", "1"))

    with unchanged(Stale):
        imports.apply_import(draft=draft, attempt=attempt(secretariat), digest=shown)


def test_a_second_file_takes_the_place_of_one_never_applied(secretariat):
    apply(bring(secretariat, GOOD), secretariat)
    bring(secretariat, GOOD)
    last = bring(secretariat, GOOD)

    assert list(Import.objects.filter(applied_at=None)) == [last]
    assert Import.objects.count() == 2


@pytest.mark.parametrize("number", range(1, 5))
def test_a_fault_leaves_nothing_of_a_file(secretariat, number):
    lines = [f"UMKM_COUNT;{year};target;1;juta unit;;S{year};low" for year in range(1945, 2100)]
    draft = bring(secretariat, *lines)
    before = everything()

    with pytest.raises(Break), failing_after(number):
        apply(draft, secretariat)

    assert everything() == before


def test_it_asks_as_much_for_one_row_as_for_many(secretariat, django_assert_num_queries):
    for years in (1, 150):
        lines = [f"UMKM_COUNT;{1945 + n};target;1;juta unit;;S;low" for n in range(years)]
        draft = bring(secretariat, *lines)
        actor = actor_of(secretariat, TODAY)
        with django_assert_num_queries(3):
            assert len(plan(draft, actor, TODAY).planned) == years
