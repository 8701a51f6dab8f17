"""Correcting the minutes of a closed meeting: a later entry that shows both texts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied

from committee.models import Attendance, MinutesCorrection
from roadmap.rules.refusals import Refused
from roadmap.selectors import meetings as selectors
from roadmap.services import meetings as services
from roadmap.services.changes import Attempt, Stale
from roadmap.services.meetings import Correction
from tests import committee_factories, factories
from tests.factories import TODAY
from tests.roadmap.services.verbs import at, attempt
from tests.unchanged import unchanged

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(people):
    """Give an open meeting with two points and a decision under the first."""
    made = committee_factories.meeting()
    first = committee_factories.agenda_item(made, order=1, title="Logistik", minutes="Dibahas.")
    committee_factories.agenda_item(made, order=2, title="Pajak")
    committee_factories.decision(made, agenda_item=first)
    answered = {"answered_at": made, "answered_by": people.secretariat}
    committee_factories.advice(answered=True, **answered)
    return made


@pytest.fixture
def institution(db):
    return factories.institution(committee_role="member")


def correct(meeting, by, what="place", new="Kantor", reason="Salah tulis.", *, tried=None):
    return services.correct_minutes(
        meeting=meeting,
        attempt=tried or attempt(by),
        correction=Correction(what, new, reason),
    )


@pytest.fixture
def closed(meeting, institution):
    Attendance.objects.create(meeting=meeting, institution=institution, presence="absent")
    return committee_factories.close(meeting)


def test_what_stood_is_taken_from_the_minutes(people, closed):
    item = closed.agenda.get(title="Logistik")

    made = correct(closed, people.secretariat, f"minutes:{item.pk}", "Ditunda.")

    assert (made.old, made.new, made.agenda_item) == ("Dibahas.", "Ditunda.", item)
    assert (made.by, made.on, made.reason) == (people.secretariat, TODAY, "Salah tulis.")
    item.refresh_from_db()
    assert item.minutes == "Dibahas."


def test_a_second_correction_starts_from_the_first(people, closed):
    correct(closed, people.secretariat, new="Istana")
    made = correct(closed, people.secretariat, new="Bappenas")

    assert (made.old, made.new) == ("Istana", "Bappenas")
    assert selectors.passage_of(closed, "place").text == "Bappenas"


def test_every_part_can_be_corrected_and_names_what_it_speaks_of(people, closed, institution):
    news = {"date": "2018-09-25", "attendance": "present:Rudi", "answer": "partly"}
    news |= {"carried_by": f"{institution.pk}:", "by_when": "2018-12-31"}
    passages = selectors.minutes_of(closed).passages()

    for passage in passages:
        correct(closed, people.secretariat, passage.what, news.get(passage.part, "Baru"))

    after = selectors.minutes_of(closed).passages()
    assert len(after) == closed.corrections.count() == 2 + 1 + 2 * 2 + 3 + 2
    assert {one.text for one in after} == {"Baru", *news.values()}
    seated = MinutesCorrection.objects.get(part="attendance")
    assert (seated.old, seated.institution) == ("absent:", institution)


def test_who_was_forgotten_can_be_added(people, closed):
    late = factories.institution(committee_role="member")

    made = correct(closed, people.secretariat, f"attendance:{late.pk}", "present:")

    assert (made.old, made.institution) == ("", late)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"new": "Kantor Menko"}, "same_text"),
        ({"reason": " "}, "needs_reason"),
        ({"what": "minutes:0"}, "no_such_passage"),
        ({"what": "weather"}, "no_such_passage"),
    ],
)
def test_what_makes_no_sense_is_refused(people, closed, fields, reason):
    with unchanged(Refused) as caught:
        correct(closed, people.secretariat, **fields)

    assert caught.value.reason == reason


@pytest.fixture
def whats(closed):
    """Name each kind of passage of the closed meeting."""
    return {one.part.value: one.what for one in selectors.minutes_of(closed).passages()}


@pytest.mark.parametrize(
    ("part", "new"),
    [
        ("date", "kemarin"),
        ("date", ""),
        ("decision", " "),
        ("by_when", "2018-02-30"),
        ("by_when", "akhir tahun"),
        ("carried_by", ""),
        ("carried_by", "Sari"),
        ("carried_by", "999999:"),
        ("carried_by", ":999999"),
        ("carried_by", "1:2:3"),
        ("carried_by", f":{10**30}"),
        ("carried_by", "0:"),
        ("answer", ""),
        ("answer", "maybe"),
        ("answer_why", " "),
    ],
)
def test_what_does_not_exist_cannot_be_right(people, closed, whats, part, new):
    with unchanged(Refused) as caught:
        correct(closed, people.secretariat, whats[part], new)

    assert caught.value.reason == "not_possible"


def test_a_decision_may_turn_out_to_name_nobody_and_no_day(people, closed, whats):
    named = f":{people.member.pk}"
    correct(closed, people.secretariat, whats["carried_by"], named)
    correct(closed, people.secretariat, whats["by_when"], "2018-12-31")

    who = correct(closed, people.secretariat, whats["carried_by"], ":")
    when = correct(closed, people.secretariat, whats["by_when"], "")

    assert (who.old, who.new, who.decision) == (named, ":", closed.decisions.get())
    assert (when.old, when.new) == ("2018-12-31", "")


def test_an_answer_names_the_advice_it_was_given_to(people, closed, whats):
    made = correct(closed, people.secretariat, whats["answer"], "declined")

    assert (made.old, made.new) == ("accepted", "declined")
    assert made.advice == closed.answers.get()
    assert made.advice.answer == "accepted"  # as it was minuted


@pytest.mark.parametrize("kind", ["actions", "decisions"])
def test_what_something_follows_from_was_not_declined(people, closed, whats, kind):
    advice = closed.answers.get()
    if kind == "actions":
        factories.action(advice=advice)
    else:
        committee_factories.decision(advice=advice)

    with unchanged(Refused) as caught:
        correct(closed, people.secretariat, whats["answer"], "declined")

    assert caught.value.reason == "advice_carried_out"


@pytest.mark.parametrize("part", ["carried_by", "by_when", "answer", "answer_why"])
def test_the_second_of_two_correcting_a_decision_or_an_answer_is_told(people, closed, whats, part):
    first, second = {
        "carried_by": (f":{people.member.pk}", f":{people.lead.pk}"),
        "by_when": ("2018-12-30", "2018-12-31"),
        "answer": ("partly", "declined"),
        "answer_why": ("Terlalu luas.", "Lain."),
    }[part]
    mine = Attempt(people.secretariat, at(), version=0)
    correct(closed, people.secretariat, whats[part], first)

    with unchanged(Stale) as caught:
        correct(closed, None, whats[part], second, tried=mine)

    assert caught.value.current.text == first


def test_an_open_meeting_is_changed_not_corrected(people, meeting):
    with unchanged(Refused) as caught:
        correct(meeting, people.secretariat)

    assert caught.value.reason == "meeting_not_closed"


def test_the_second_of_two_correcting_one_part_is_told(people, closed):
    mine = Attempt(people.secretariat, at(), version=0)
    correct(closed, people.secretariat, new="Istana")

    with unchanged(Stale) as caught:
        correct(closed, None, tried=mine)

    assert caught.value.current.text == "Istana"


def test_corrections_of_two_parts_do_not_meet(people, closed):
    mine = Attempt(people.secretariat, at(), version=0)
    correct(closed, people.secretariat, "date", "2018-09-25")

    assert correct(closed, None, tried=mine).old == "Kantor Menko"


def test_a_form_sent_twice_corrects_once(people, closed):
    mine = replace(attempt(people.secretariat), version=0)

    assert correct(closed, None, tried=mine) == correct(closed, None, tried=mine)
    assert closed.corrections.count() == 1


@pytest.mark.parametrize("who", ["viewer", "adviser", "member", "lead", "admin", "chair"])
def test_only_the_secretariat_corrects(people, closed, who):
    with unchanged(PermissionDenied):
        correct(closed, getattr(people, who))
