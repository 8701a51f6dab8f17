"""Moving a due date: the slip ledger is one for actions and milestones."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from roadmap.enums import Precision
from roadmap.models import DueDateChange, Reminder
from roadmap.rules.refusals import Refused
from roadmap.services import dates
from roadmap.services.changes import Stale
from tests import factories
from tests.factories import TODAY, days
from tests.roadmap.services.verbs import attempt
from tests.unchanged import Fault, everything, failing_after, unchanged

pytestmark = pytest.mark.django_db
THINGS = pytest.mark.parametrize("kind", ["action", "milestone"])
REASON = "Rancangan belum selesai."


@pytest.fixture
def things(people, action):
    milestone = factories.milestone(workstream=people.place)
    for thing in (action, milestone):
        type(thing).objects.filter(pk=thing.pk).update(
            due_date=date(2018, 12, 31), first_due_date=date(2018, 12, 31)
        )
        thing.refresh_from_db()
    return {"action": action, "milestone": milestone}


def move(thing, by, to=date(2019, 2, 10), *, tried=None, **fields):
    wanted = {"precision": Precision.DAY, "reason": REASON} | fields
    service, name = dates.move_milestone_date, "milestone"
    if hasattr(thing, "code"):
        service, name = dates.move_action_date, "action"
    return service(
        attempt=tried or attempt(by, thing), move=dates.Move(to=to, **wanted), **{name: thing}
    )


@THINGS
def test_a_move_is_named_with_old_new_who_and_why(people, things, kind):
    thing = things[kind]

    move(thing, people.secretariat, asked_by="Kominfo")

    thing.refresh_from_db()
    slip = thing.slips.get()
    assert (slip.old_date, slip.new_date, slip.on) == (
        date(2018, 12, 31),
        date(2019, 2, 10),
        TODAY,
    )
    assert (slip.by, slip.asked_by, slip.reason) == (people.secretariat, "Kominfo", REASON)
    assert (thing.due_date, thing.first_due_date) == (date(2019, 2, 10), date(2018, 12, 31))
    assert (thing.times_moved, thing.days_moved, thing.date_generation) == (1, 41, 1)


@THINGS
def test_away_and_back_are_two_moves(people, things, kind):
    thing = things[kind]

    move(thing, people.secretariat)
    move(thing, people.secretariat, date(2018, 12, 31))

    thing.refresh_from_db()
    assert (thing.times_moved, thing.days_moved, thing.date_generation) == (2, 0, 2)


@THINGS
@pytest.mark.parametrize(
    ("precision", "last_day"),
    [
        (Precision.MONTH, date(2019, 2, 28)),
        (Precision.QUARTER, date(2019, 3, 31)),
        (Precision.YEAR, date(2019, 12, 31)),
    ],
)
def test_a_period_counts_from_its_last_day(people, things, kind, precision, last_day):
    move(things[kind], people.secretariat, precision=precision)

    things[kind].refresh_from_db()
    assert (things[kind].due_date, things[kind].due_precision) == (last_day, precision)


@THINGS
def test_the_same_day_said_less_exactly_is_no_slip(people, things, kind):
    move(things[kind], people.secretariat, date(2018, 12, 1), precision=Precision.MONTH)

    things[kind].refresh_from_db()
    assert things[kind].due_precision == Precision.MONTH
    assert (things[kind].times_moved, DueDateChange.objects.count()) == (0, 0)


@THINGS
def test_a_first_date_is_no_slip(people, things, kind):
    thing = things[kind]
    type(thing).objects.filter(pk=thing.pk).update(due_date=None, first_due_date=None)

    move(thing, people.secretariat)

    thing.refresh_from_db()
    assert thing.first_due_date == thing.due_date == date(2019, 2, 10)
    assert (thing.times_moved, DueDateChange.objects.count()) == (0, 0)


@THINGS
@pytest.mark.parametrize("who", ["lead", "deputy_seat", "owner", "chair", "admin", "viewer"])
def test_nobody_but_the_secretariat_moves_a_date(people, things, kind, who):
    with unchanged(PermissionDenied):
        move(things[kind], getattr(people, who))


@THINGS
@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"reason": "  "}, "needs_reason"),
        ({"to": date(2018, 12, 31)}, "same_date"),
    ],
)
def test_a_refused_move_changes_nothing(people, things, kind, fields, reason):
    with unchanged(Refused) as caught:
        move(things[kind], people.secretariat, **fields)

    assert caught.value.reason == reason


def test_an_action_is_not_due_before_it_starts(people, action):
    with unchanged(Refused) as caught:
        move(action, people.secretariat, days(-101))

    assert caught.value.reason == "not_planned_yet"


@pytest.mark.parametrize("ended", [{"achieved": True}, {"missed": True}])
def test_a_milestone_that_has_ended_moves_no_more(people, ended):
    milestone = factories.milestone(**ended)

    with unchanged(Refused) as caught:
        move(milestone, people.secretariat)

    assert caught.value.reason == "already_ended"


@THINGS
def test_a_stale_form_moves_nothing(people, things, kind):
    thing, mine = things[kind], attempt(people.secretariat, things[kind])
    move(thing, people.secretariat)

    with unchanged(Stale):
        move(thing, people.secretariat, days(300), tried=mine)


@THINGS
def test_a_form_sent_twice_moves_once(people, things, kind):
    mine = attempt(people.secretariat, things[kind])

    first = move(things[kind], None, tried=mine)
    again = move(things[kind], None, tried=mine)

    assert first == again
    assert DueDateChange.objects.count() == 1


@THINGS
def test_a_fault_after_any_write_leaves_nothing_behind(people, things, kind):
    """Among the writes: the ledger, the state, the reminders withdrawn, the notice."""
    thing = things[kind]
    Reminder.objects.create(
        item=f"{kind}:{thing.pk}",
        occasion="due:0",
        stage="-7d",
        recipient=people.owner,
        due_at=factories.moment(TODAY),
    )
    before, number, done = everything(), 1, False
    while not done:
        try:
            with failing_after(number) as writes:
                move(thing, people.secretariat)
            done = True
        except Fault:
            assert everything() == before, writes
            number += 1

    assert any("roadmap_reminder" in sql for sql in writes)
    assert any("roadmap_duedatechange" in sql for sql in writes)


def test_who_stands_in_for_the_owner_is_told_and_old_reminders_are_withdrawn(people, action):
    waiting = Reminder.objects.create(
        item=f"action:{action.pk}",
        occasion="due:0",
        stage="-7d",
        recipient=people.owner,
        due_at=factories.moment(TODAY),
    )

    move(action, people.secretariat)

    waiting.refresh_from_db()
    notice = Reminder.objects.get(occasion__startswith="notice:")
    assert waiting.cancel_reason == "due date moved"
    assert (notice.stage, notice.recipient) == ("moved", people.deputy)


def test_the_history_of_an_action_names_both_dates(people, action):
    old = action.due_date

    update = move(action, people.secretariat)

    assert update.changes == {"due_date": [old.isoformat(), "2019-02-10"]}
