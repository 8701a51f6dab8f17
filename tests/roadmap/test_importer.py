"""The public record never takes back what is known, and never overrides a person."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.management import call_command

from committee.models import Member
from roadmap.models import ActionItem, DueDateChange, StatusUpdate
from roadmap.seed import importer
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def rehearsal():
    call_command("seed", "--rehearsal", "--as-of", "2018-09-24", verbosity=0)


def test_an_event_before_a_persons_report_is_a_note_beside_the_chain(rehearsal):
    action = ActionItem.objects.get(code="COMM-01")
    person = Member.objects.get(email="kominfo@demo.test")
    factories.update(action, by=person, at=factories.moment(date(2018, 12, 20)))
    importer.learn(date(2018, 12, 19))
    note = StatusUpdate.objects.get(action=action, at__date=date(2018, 12, 4))
    assert note.superseded_at == note.at
    assert ActionItem.objects.get(code="COMM-01").reported_on == action.reported_on


def test_a_note_does_not_end_silence(rehearsal):
    note = StatusUpdate.objects.get(note__startswith="BI menargetkan implementasi GPN")
    assert note.superseded_at == note.at
    assert note.reported_on == date(2017, 12, 4)


def test_a_withdrawn_rule_is_returned_and_falls_to_zero(rehearsal):
    importer.learn(date(2019, 3, 28))
    assert ActionItem.objects.get(code="TAX-03").status == "submitted"
    importer.learn(date(2019, 3, 29))
    action = ActionItem.objects.get(code="TAX-03")
    assert (action.status, action.progress, action.submitted_on) == ("in_progress", 0, None)


def test_a_move_stands_in_the_history_by_itself_beside_an_event_of_its_day(rehearsal):
    move = StatusUpdate.objects.get(action__code="CONS-01", changes__due_date__1="2018-10-31")

    assert move.superseded_at > move.at
    assert str(move.due_date) == "2018-10-31"


def test_a_move_from_a_date_no_longer_in_force_is_a_note(rehearsal):
    ActionItem.objects.filter(code="EDU-01").update(due_date=date(2021, 6, 30))
    importer.learn(date(2018, 10, 23))
    assert not DueDateChange.objects.get(action__code="EDU-01").is_applied
    assert ActionItem.objects.get(code="EDU-01").due_date == date(2021, 6, 30)


def test_a_submission_after_the_date_in_force_is_late(rehearsal):
    importer.learn(date(2019, 1, 1))
    action = ActionItem.objects.get(code="FUND-06")
    assert action.is_submitted_late == (action.submitted_on > action.due_date)
    assert action.status == "submitted"


def test_a_rehearsal_without_the_record_learns_nothing():
    factories.action()
    assert importer.learn(date(2019, 1, 1)) == 0
