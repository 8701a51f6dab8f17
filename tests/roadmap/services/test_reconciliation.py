"""The nightly comparison: what it finds, what it must not take for a fault, and how often it runs.

Each fault is made behind the planner's back; the same day without it is clean.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from committee import gate, outbox
from committee.enums import HoldReason, LetterKind
from committee.heartbeats import beat
from committee.models import Heartbeat, Letter, LetterAttempt, Member
from roadmap import tasks
from roadmap.enums import UpdateKind
from roadmap.models import Reminder, ReminderRule
from roadmap.selectors import reconciliation as selectors
from roadmap.services import bundling, planning, reconciliation
from roadmap.services.reminders import cancel
from tests import factories
from tests.factories import TODAY, days, moment
from tests.roadmap.reminding import a_day, plan

pytestmark = pytest.mark.django_db

EVENING, NIGHT = moment(TODAY, 20), moment(days(1), 0) + timedelta(minutes=1)


@pytest.fixture
def told():
    """Let one owner be told of two late actions and a milestone's lead of it, by letters sent."""
    place = factories.workstream("CYB")
    sari = factories.member(name="Sari")
    factories.seat(sari, place)
    factories.member("secretariat")
    for due in (days(-1), days(-9)):
        factories.action(workstream=place, owner=sari, due_date=due, reported_on=TODAY)
    factories.milestone(workstream=place, due_date=days(-3))
    a_day()
    assert Letter.objects.get().state == "sent"
    return sari


def compare(now=NIGHT):
    return reconciliation.reconcile(now=now)


def line():
    return Reminder.objects.order_by("pk").first()


def forget_an_action():
    """An action nobody planned for: its rows are gone, and the plan does not see it."""
    Reminder.objects.filter(item=line().item).delete()


def lose_a_line():
    """Its letter is cancelled, and the line in it is not: nobody will be told."""
    other = outbox.enqueue(
        kind=LetterKind.REMINDERS, recipient=line().recipient, policy_date=TODAY, dedupe_key="x"
    )
    Reminder.objects.filter(pk=line().pk).update(letter=other)
    Letter.objects.filter(pk=other.pk).update(state="cancelled", last_error="no renderer")


def hold_back_a_line():
    """It stood in no letter when its reader's hour came, and no letter was made."""
    LetterAttempt.objects.all().delete()
    told = Reminder.objects.filter(letter__isnull=False)
    told.update(letter=None, due_at=moment(TODAY, 0))
    Letter.objects.all().delete()


def call_for_nothing():
    """A line waits for a letter on an occasion that has passed."""
    Reminder.objects.create(
        item=line().item,
        occasion="due:9",
        stage="0d",
        recipient=line().recipient,
        due_at=moment(days(1), 9),
    )


def test_a_day_on_which_all_was_told_is_clean(told):
    found = compare(EVENING)

    assert found.is_clean
    assert (found.day, found.expected, found.told) == (TODAY, 3, 3)
    note = Heartbeat.objects.get(name="reconcile").note
    assert note.startswith("2018-09-24: expected 3, told 3, missing 0 (")
    assert selectors.read(note) == found


@pytest.mark.parametrize(
    ("fault", "wrong"),
    [
        (lambda: None, {}),
        (forget_an_action, {"untold": 1, "unplanned": 1}),
        (lose_a_line, {"lost": 1}),
        (hold_back_a_line, {"waiting": 3}),
        (call_for_nothing, {"extra": 1}),
        (lambda: LetterAttempt.objects.all().delete(), {"unrecorded": 1}),
        (lambda: Reminder.objects.update(cancelled_at=NIGHT, cancel_reason="x"), "unrecorded"),
    ],
)
def test_each_fault_is_found(told, monkeypatch, fault, wrong):
    plan(days(1), 0)
    fault()
    # Broken for good: it adds nothing, so what is missing stays so.
    monkeypatch.setattr(planning, "plan", lambda now: 0)

    found = compare()

    if wrong == "unrecorded":
        assert found.unrecorded == 1
        return
    parts = ("unplanned", "untold", "waiting", "lost", "extra", "unrecorded")
    counted = {name: getattr(found, name) for name in parts if getattr(found, name)}
    assert counted == wrong
    assert found.missing == sum(
        count for name, count in wrong.items() if name not in ("extra", "unrecorded")
    )
    assert found.is_clean == (not wrong)


def test_who_is_to_be_told_and_was_not_is_not_counted_as_told(told, monkeypatch):
    forget_an_action()
    monkeypatch.setattr(planning, "plan", lambda now: 0)

    found = compare(EVENING)

    assert (found.expected, found.told) == (3, 2)


def test_what_somebody_changes_meanwhile_is_no_fault(told):
    factories.action(owner=told, due_date=days(-2), reported_on=TODAY)  # after the day's plan

    assert compare(EVENING).is_clean


def test_a_date_moved_and_never_told_again_is_found(told):
    """The plan that forgets is not asked whether it forgot: the tables alone say so."""
    Reminder.objects.filter(item__startswith="action:").update(occasion="due:7")

    assert selectors.untold_actions(TODAY).count() == 2
    assert selectors.untold_milestones(TODAY).count() == 0


def test_without_a_rule_nobody_need_be_told(told):
    Reminder.objects.all().delete()
    ReminderRule.objects.filter(amount__lte=0).update(is_active=False)

    assert selectors.untold_actions(TODAY).count() == 0


@pytest.mark.parametrize(
    "why", [{"paused_from": days(-1), "paused_until": days(3)}, {"is_active": False}]
)
def test_who_gets_no_letter_misses_none(told, why):
    hold_back_a_line()
    Member.objects.filter(pk=told.pk).update(**why)

    assert reconciliation._waiting_past_their_hour(days(1)) == 0


@pytest.mark.parametrize(
    ("day", "waiting"),
    [(TODAY, 0), (days(1), 3), (days(6), 0)],  # before the hour, after it, and after a Saturday
)
def test_only_a_letter_day_that_is_over_can_be_missed(told, day, waiting):
    hold_back_a_line()

    assert reconciliation._waiting_past_their_hour(day) == waiting


def test_a_day_whose_letter_was_made_waits_for_the_next_by_right(told):
    call_for_nothing()
    Reminder.objects.filter(letter=None).update(due_at=moment(TODAY, 0))

    assert reconciliation._waiting_past_their_hour(days(1)) == 0


def test_what_the_secretariat_discarded_is_not_lost(told):
    lose_a_line()
    Letter.objects.filter(state="cancelled").update(last_error=gate.DISCARDED)

    assert not selectors.lost_lines().exists()


def test_a_change_of_mind_leaves_nothing_lost(told):
    factories.action(owner=told, due_date=days(-2), reported_on=days(0))
    plan(days(1))
    bundling.bundle(now=moment(days(1), 9))
    for row in Reminder.objects.filter(letter__state="pending"):
        cancel(item=row.item, why=UpdateKind.VERIFIED)

    assert Letter.objects.filter(state="cancelled").exists()
    assert not selectors.lost_lines().exists()


class TestOnceADay:
    def test_the_first_plan_of_a_day_is_followed_by_one(self, told):
        reconciliation.keep(now=EVENING)
        first = Heartbeat.objects.get(name="reconcile")

        reconciliation.keep(now=moment(TODAY, 21))
        same = Heartbeat.objects.get(name="reconcile")
        reconciliation.keep(now=NIGHT)
        next_one = Heartbeat.objects.get(name="reconcile")

        assert (first.at, first.note) == (same.at, same.note)
        assert next_one.note.startswith("2018-09-25: ")

    def test_the_bell_of_the_plan_rings_it(self):
        tasks.plan()

        assert Heartbeat.objects.get(name="reconcile").note.startswith(
            str(timezone.localdate(timezone=timezone.get_default_timezone()))
        )

    def test_a_day_that_was_compared_costs_one_query(self, told, django_assert_num_queries):
        reconciliation.keep(now=EVENING)

        with django_assert_num_queries(1):
            reconciliation.keep(now=EVENING)

    @pytest.mark.parametrize("rows", [3, 60])
    def test_it_costs_the_same_however_many(self, told, rows, django_assert_num_queries):
        factories.actions(rows, workstream=factories.workstream(), owner=told, late=True)
        plan()

        with django_assert_num_queries(22):
            compare(EVENING)


@pytest.mark.parametrize("note", ["", "2018-09-24: held", "expected 3"])
def test_a_note_that_is_no_line_is_none(note):
    beat("reconcile", note)

    assert selectors.read(note) is None


def test_a_hold_takes_nothing_away(told):
    gate.hold(HoldReason.RESTORED)

    assert compare(EVENING).is_clean
