"""Figures are entered by those who may, corrected in the open, and never rewritten."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from committee.changes import Stale
from committee.enums import Role, SeatKind
from tests import factories
from tests.factories import TODAY, days
from tests.umkm.entering import attempt, stated
from tests.unchanged import Fault as Break
from tests.unchanged import everything, failing_after, unchanged
from umkm.enums import Fault, ObservationKind
from umkm.models import Observation, Source
from umkm.rules.refusals import Refused
from umkm.services import observations

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    place = factories.workstream()
    return factories.indicator("UMKM_COUNT", workstream=place).series.get()


@pytest.fixture
def secretariat():
    return factories.member(Role.SECRETARIAT)


def record(line, by, said=None, **how):
    return observations.record_observation(
        series=line, attempt=attempt(by, **how), stated=said or stated()
    )


def test_a_figure_is_entered_exactly_with_who_and_when(line, secretariat):
    made = record(line, secretariat, stated("62.9301", citation="Kemenko", url="https://a.id/x"))

    made.refresh_from_db()
    assert made.value == Decimal("62.9301")
    assert (made.entered_by, made.known_from) == (secretariat, TODAY)
    assert (made.source.citation, made.source.url) == ("Kemenko", "https://a.id/x")


def test_the_address_of_a_source_is_kept_from_whoever_gave_one_first(line, secretariat):
    for year, url in ((2014, ""), (2015, "https://a.id/x"), (2016, "https://b.id/y")):
        record(line, secretariat, stated(year=year, citation="BPS", url=url))

    assert Source.objects.get(citation="BPS").url == "https://a.id/x"


def seated(line, kind, role=Role.MEMBER):
    who = factories.member(role)
    factories.seat(who, line.indicator.workstream, kind=kind)
    return who


@pytest.mark.parametrize("kind", [SeatKind.LEAD, SeatKind.DEPUTY])
def test_a_lead_enters_the_figures_of_the_own_workstream(line, kind):
    assert record(line, seated(line, kind)).pk


def strangers(line):
    yield seated(line, SeatKind.CONTRIBUTOR)
    other = factories.member()
    factories.seat(other, factories.workstream(), kind=SeatKind.LEAD)
    yield other
    for role in Role:
        if role != Role.SECRETARIAT:
            yield factories.member(role)


def test_nobody_else_enters_corrects_or_withdraws(line, secretariat):
    there = record(line, secretariat)
    for who in strangers(line):
        with unchanged(PermissionDenied):
            record(line, who, stated(year=2016))
        with unchanged(PermissionDenied):
            observations.correct_observation(
                observation=there, attempt=attempt(who), stated=stated("1"), why="x"
            )
        with unchanged(PermissionDenied):
            observations.withdraw_observation(observation=there, attempt=attempt(who), why="x")


REFUSED = [
    (stated(year=1800), "year", Fault.YEAR),
    (stated(year=2101, kind=ObservationKind.TARGET), "year", Fault.YEAR),
    (stated(year=TODAY.year + 1), "year", Fault.FUTURE),
    (stated(region="99"), "region", Fault.REGION),
    (stated(citation="  "), "source", Fault.MISSING),
    (stated(known_from=days(1)), "known_from", Fault.NOT_KNOWN_YET),
]


@pytest.mark.parametrize(("said", "field", "fault"), REFUSED)
def test_what_makes_no_sense_is_refused_by_field(line, secretariat, said, field, fault):
    with unchanged(Refused) as caught:
        record(line, secretariat, said)

    assert (caught.value.field, caught.value.fault) == (field, fault)
    assert "%(" not in caught.value.sentence


@pytest.mark.parametrize("value", ["0", "-3", "4.5"])
def test_a_rank_is_a_whole_number_from_one(line, secretariat, value):
    line.indicator.measure = "rank"
    line.indicator.save()

    with unchanged(Refused) as caught:
        record(line, secretariat, stated(value))

    assert caught.value.fault == Fault.NO_RANK


def test_a_second_figure_of_one_place_is_refused_and_names_the_first(line, secretariat):
    record(line, secretariat)

    with unchanged(Refused) as caught:
        record(line, secretariat, stated("57.9"))

    assert caught.value.fault == Fault.STANDS
    assert "62.93" in caught.value.sentence
    for said in (stated(kind=ObservationKind.BASELINE), stated(part="Q1"), stated(region="32")):
        assert record(line, secretariat, said).pk


def test_conflicting_figures_stand_in_two_lines(line, secretariat):
    record(line, secretariat)
    other = factories.series(line.indicator, "FOUNDING")

    assert record(other, secretariat, stated("57.9")).pk


def test_the_same_form_sent_twice_enters_one(line, secretariat):
    token = uuid4()

    assert record(line, secretariat, token=token) == record(line, secretariat, token=token)
    assert Observation.objects.count() == 1


def correct(there, by, said, why="Salah ketik", **how):
    return observations.correct_observation(
        observation=there, attempt=attempt(by, **how), stated=said, why=why
    )


def test_a_correction_stands_in_its_place_and_the_past_still_shows_the_old(line, secretariat):
    old = factories.observation(line, year=2017, value="62.9", known_from=days(-50))
    other = factories.member(Role.SECRETARIAT)

    made = correct(old, other, stated("62.93"))

    old.refresh_from_db()
    assert (made.replaces, old.replaced_by) == (old, made)
    assert (old.value, old.superseded_on) == (Decimal("62.9"), TODAY)
    assert (old.superseded_by, old.superseded_why) == (other, "Salah ketik")
    assert list(Observation.objects.known_on(TODAY)) == [made]
    assert list(Observation.objects.known_on(TODAY - timedelta(days=1))) == [old]


def test_a_correction_may_move_a_figure_to_another_year_but_not_onto_another(line, secretariat):
    old, there = record(line, secretariat), record(line, secretariat, stated("64.2", year=2016))

    with unchanged(Refused) as caught:
        correct(old, secretariat, stated(year=2016))

    assert caught.value.fault == Fault.STANDS
    assert correct(there, secretariat, stated("64.2", year=2015)).year == 2015


@pytest.mark.parametrize(
    ("said", "why", "fault"),
    [(stated(), "x", Fault.SAME), (stated("1"), " ", Fault.NO_REASON)],
)
def test_a_correction_changes_something_and_says_why(line, secretariat, said, why, fault):
    there = record(line, secretariat)

    with unchanged(Refused) as caught:
        correct(there, secretariat, said, why)

    assert caught.value.fault == fault


def test_the_second_of_two_correctors_is_told(line, secretariat):
    there = record(line, secretariat)
    correct(there, secretariat, stated("1"))

    with unchanged(Stale):
        correct(there, secretariat, stated("2"))
    with unchanged(Stale):
        observations.withdraw_observation(observation=there, attempt=attempt(secretariat), why="x")


def test_what_is_withdrawn_leaves_the_pages_and_its_place(line, secretariat):
    there = record(line, secretariat)

    gone = observations.withdraw_observation(
        observation=there, attempt=attempt(secretariat), why="Bukan seri ini"
    )

    assert (gone.superseded_on, gone.superseded_why) == (TODAY, "Bukan seri ini")
    assert not Observation.objects.known_on(TODAY).exists()
    assert record(line, secretariat).pk != there.pk


def test_the_button_that_withdraws_pressed_twice_is_one(line, secretariat):
    there = record(line, secretariat)

    first, again = (
        observations.withdraw_observation(
            observation=there, attempt=attempt(secretariat), why="Bukan seri ini"
        )
        for _press in range(2)
    )

    assert first == again == Observation.objects.get()


def test_what_takes_the_place_of_a_withdrawn_figure_is_not_known_before_that(line, secretariat):
    there = record(line, secretariat, stated(known_from=date(2018, 1, 1)))
    observations.withdraw_observation(observation=there, attempt=attempt(secretariat), why="x")

    with unchanged(Refused) as caught:
        record(line, secretariat, stated("1", known_from=date(2018, 1, 1)))

    assert (caught.value.field, caught.value.fault) == ("known_from", Fault.STOOD)
    record(line, secretariat, stated("1", known_from=TODAY))
    assert [one.value for one in Observation.objects.known_on(date(2018, 1, 2))] == [there.value]


@pytest.mark.parametrize("number", range(1, 5))
def test_a_fault_leaves_no_half_of_a_correction(line, secretariat, number):
    there = record(line, secretariat)
    before = everything()

    with pytest.raises(Break), failing_after(number):
        correct(there, secretariat, stated("1", citation="Baru"))

    assert everything() == before


def test_what_was_stated_cannot_be_rewritten_even_past_the_services(line, secretariat):
    there = record(line, secretariat)
    rows = Observation.objects.filter(pk=there.pk)
    breaks = [
        lambda: rows.update(value=1),
        lambda: rows.update(source=Source.objects.create(citation="lain")),
        lambda: rows.update(known_from=days(-9)),
        lambda: rows.delete(),
    ]
    observations.withdraw_observation(
        observation=record(line, secretariat, stated(year=2016)),
        attempt=attempt(secretariat),
        why="x",
    )
    gone = Observation.objects.filter(year=2016)
    breaks.append(lambda: gone.update(superseded_why="lain"))
    for rewrite in breaks:
        with pytest.raises(IntegrityError, match="locked"), transaction.atomic():
            rewrite()


def test_a_correction_is_known_from_its_own_day_and_no_other(line, secretariat):
    old = record(line, secretariat, stated(known_from=days(-30)))

    def correct(known):
        return observations.correct_observation(
            observation=old,
            attempt=attempt(secretariat),
            stated=stated("63", known_from=known),
            why="Angka tetap terbit.",
        )

    for day, fault in ((days(-1), Fault.STOOD), (days(1), Fault.NOT_KNOWN_YET)):
        with unchanged(Refused) as caught:
            correct(day)
        assert (caught.value.field, caught.value.fault) == ("known_from", fault)
    assert correct(None).known_from == TODAY


def test_a_refusal_names_the_field_to_mend(line, secretariat):
    there = record(line, secretariat)

    with unchanged(Refused) as caught:
        observations.withdraw_observation(observation=there, attempt=attempt(secretariat), why="  ")
    assert (caught.value.field, caught.value.fault) == ("why", Fault.NO_REASON)
    with unchanged(Refused) as caught:
        observations.correct_observation(
            observation=there, attempt=attempt(secretariat), stated=stated(), why="Salah."
        )
    assert (caught.value.field, caught.value.fault) == ("value", Fault.SAME)


def test_what_a_colleague_withdrew_is_not_withdrawn_again(line, secretariat):
    there, other = record(line, secretariat), factories.member(Role.SECRETARIAT)
    observations.withdraw_observation(observation=there, attempt=attempt(other), why="Salah.")

    for why in ("Salah.", "Lain."):
        with unchanged(Stale):
            observations.withdraw_observation(
                observation=there, attempt=attempt(secretariat), why=why
            )
    with unchanged(Stale):
        observations.withdraw_observation(observation=there, attempt=attempt(other), why="Lain.")
