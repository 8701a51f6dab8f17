"""The database itself refuses to change a closed meeting; without its locks it would not."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from django.db import IntegrityError, transaction

from committee import guards
from committee.models import (
    Advice,
    AgendaItem,
    Attendance,
    Decision,
    Meeting,
    MinutesCorrection,
)
from tests import committee_factories, factories
from tests.factories import TODAY, days
from tests.stage.meetings import correction
from tests.unchanged import everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed():
    """Give a closed meeting that holds one of everything."""
    made = committee_factories.meeting()
    item = committee_factories.agenda_item(made, minutes="Dibahas.")
    place = factories.institution("BI")
    Attendance.objects.create(meeting=made, institution=place, presence="absent")
    committee_factories.decision(made, agenda_item=item)
    advice = committee_factories.advice(workstreams=[factories.workstream()])
    answer = {"answer": "accepted", "answer_reason": "Sejalan.", "answered_on": TODAY}
    by = factories.member("secretariat")
    Advice.objects.filter(pk=advice.pk).update(**answer, answered_at=made, answered_by=by)
    committee_factories.agenda_item(committee_factories.meeting(), title="Lain")
    committee_factories.close(made)
    correction(made)
    return made


def rows(model):
    """Reach past every service: as a script or another program would."""
    return model.objects.filter(
        **{"answered_at__status" if model is Advice else "meeting__status": "closed"}
    )


def another(meeting):
    return AgendaItem.objects.exclude(meeting=meeting)


def links_of_another():
    """Name a workstream for an advice that nobody answered."""
    advice = committee_factories.advice(workstreams=[factories.workstream()])
    return Advice.workstreams.through.objects.filter(advice=advice)


WRITES = {
    "its date": lambda m: Meeting.objects.filter(pk=m.pk).update(date="2018-01-01"),
    "its status": lambda m: Meeting.objects.filter(pk=m.pk).update(
        status="open", closed_on=None, closed_by=None
    ),
    "its version": lambda m: Meeting.objects.filter(pk=m.pk).update(version=9),
    "a new point": lambda m: committee_factories.agenda_item(m),
    "a point moved in": lambda m: another(m).update(meeting=m),
    "a point moved out": lambda m: rows(AgendaItem).update(meeting=committee_factories.meeting()),
    "its minutes": lambda m: rows(AgendaItem).update(minutes="Tidak dibahas."),
    "a new attendance": lambda m: Attendance.objects.create(
        meeting=m, institution=factories.institution(), presence="present"
    ),
    "who attended": lambda m: rows(Attendance).update(presence="present"),
    "an attendance less": lambda m: rows(Attendance).delete(),
    "a new decision": lambda m: committee_factories.decision(m),
    "the words of a decision": lambda m: rows(Decision).update(text="Lain."),
    "the day of a decision": lambda m: rows(Decision).update(due_date=TODAY),
    "a decision less": lambda m: rows(Decision).delete(),
    "who carries a decision out": lambda m: rows(Decision).update(responsible=factories.member()),
    "which institution carries it out": lambda m: rows(Decision).update(
        institution=factories.institution()
    ),
    "the reason of an answer": lambda m: rows(Advice).update(answer_reason="Lain."),
    "an answer": lambda m: rows(Advice).update(answer="declined"),
    "an advice less": lambda m: rows(Advice).delete(),
    "one more workstream of an advice": lambda m: (
        rows(Advice).get().workstreams.add(factories.workstream())
    ),
    "another workstream of an advice": lambda m: Advice.workstreams.through.objects.filter(
        advice__answered_at=m
    ).update(workstream=factories.workstream()),
    "a workstream of an advice moved to another": lambda m: (
        Advice.workstreams.through.objects.filter(advice__answered_at=m).update(
            advice=committee_factories.advice()
        )
    ),
    "a workstream of another moved to an advice": lambda m: links_of_another().update(
        advice=rows(Advice).get()
    ),
    "a workstream of an advice less": lambda m: rows(Advice).get().workstreams.clear(),
    "a correction": lambda m: rows(MinutesCorrection).update(new="Lain."),
    "the reason of a correction": lambda m: rows(MinutesCorrection).update(reason="Lain."),
    "a correction less": lambda m: rows(MinutesCorrection).delete(),
}
# A point is held by its decision, a meeting by both: these go alone.
ALONE = {
    "a point less": lambda m: rows(AgendaItem).delete(),
    "the meeting": lambda m: Meeting.objects.filter(pk=m.pk).delete(),
}


@pytest.fixture
def bare():
    """Give a closed meeting that nothing holds but a point without a decision."""
    made = committee_factories.meeting()
    committee_factories.agenda_item(made)
    return committee_factories.close(made)


@contextmanager
def unlocked():
    """Take the locks of the database away for a moment."""
    guards.remove("default", guards.GUARDS)
    try:
        yield
    finally:
        guards.install("default", guards.GUARDS)


def refused(write, meeting):
    before = everything()
    with pytest.raises(IntegrityError, match="locked"), transaction.atomic():
        write(meeting)
    assert everything() == before


def goes_through(write, meeting):
    before = everything()
    with unlocked():
        write(meeting)
    assert everything() != before


@pytest.mark.parametrize("what", WRITES)
def test_a_closed_meeting_refuses(closed, what):
    refused(WRITES[what], closed)


@pytest.mark.parametrize("what", WRITES)
def test_control_without_the_locks_goes_through(closed, what):
    goes_through(WRITES[what], closed)


@pytest.mark.parametrize("what", ALONE)
def test_what_nothing_else_holds_is_held_by_the_lock(bare, what):
    refused(ALONE[what], bare)


@pytest.mark.parametrize("what", ALONE)
def test_control_of_what_nothing_else_holds(bare, what):
    goes_through(ALONE[what], bare)


def test_the_locks_are_back_after_a_control(closed):
    goes_through(WRITES["its minutes"], closed)

    refused(WRITES["its minutes"], closed)


def test_what_is_carried_out_later_is_still_recorded(closed):
    done = {"done_on": TODAY, "done_by": factories.member(), "done_note": "Terbit."}

    assert rows(Decision).update(**done) == 1


DONE = {
    "the day": {"done_on": days(-1)},
    "who did": {"done_by": None},
    "how": {"done_note": "Lain."},
    "all of it": {"done_on": None, "done_by": None, "done_note": ""},
}


@pytest.fixture
def done(db):
    """Give a task that was carried out, of a meeting that is still open."""
    said = {"done_on": TODAY, "done_by": factories.member(), "done_note": "Terbit."}
    return committee_factories.decision(effect="task", **said)


def rewrite(what):
    fields = dict(DONE[what])
    if what == "who did":
        fields["done_by"] = factories.member("chair")
    return lambda decision: Decision.objects.filter(pk=decision.pk).update(**fields)


@pytest.mark.parametrize("what", DONE)
def test_what_was_carried_out_stays_as_it_was_said(done, what):
    refused(rewrite(what), done)


@pytest.mark.parametrize("what", DONE)
def test_control_of_what_was_carried_out(done, what):
    goes_through(rewrite(what), done)


def test_the_words_of_what_was_carried_out_change_while_the_meeting_is_open(done):
    assert Decision.objects.filter(pk=done.pk).update(text="Lain.", version=3) == 1


def test_the_workstreams_of_an_advice_answered_at_an_open_meeting_change():
    advice = committee_factories.advice(answered=True, workstreams=[factories.workstream()])

    advice.workstreams.set([factories.workstream()])

    assert advice.workstreams.count() == 1


def test_every_lock_has_a_name_of_its_own():
    names = [guard.name for guard in guards.GUARDS]

    assert len(set(names)) == len(names)


def test_corrections_are_added_to_a_closed_meeting(closed):
    correction(closed, old="Kantor", new="Bappenas")

    assert closed.corrections.count() == 2


def test_an_open_meeting_takes_every_change():
    made = committee_factories.meeting()
    item = committee_factories.agenda_item(made)
    AgendaItem.objects.filter(pk=item.pk).update(minutes="Dibahas.")
    item.delete()
    Meeting.objects.filter(pk=made.pk).update(place="Istana")

    assert made.delete()[0] == 1
