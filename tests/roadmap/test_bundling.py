"""From facts to letters: one a person a working day, at their hour, only if there is news."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from committee.clock import end_of
from committee.enums import LetterState
from committee.models import Letter
from roadmap.models import Reminder
from roadmap.services import bundling, planning
from tests import factories
from tests.factories import TODAY, days, moment

pytestmark = pytest.mark.django_db
FRIDAY, SATURDAY, MONDAY = days(4), days(5), days(7)


@pytest.fixture
def owner():
    return factories.member()


def fact(to, day=TODAY, item="action:1", **fields):
    values = {"occasion": "due:0", "stage": f"{day:%j}d", "due_at": moment(day, 0)} | fields
    return Reminder.objects.create(item=item, recipient=to, **values)


def bundle(day=TODAY, hour=8):
    return bundling.bundle(now=moment(day, hour))


def test_everything_that_waits_for_a_person_is_in_one_letter(owner):
    other = factories.member()
    for number in range(3):
        fact(owner, item=f"action:{number}")
    fact(other)

    assert bundle() == 2
    letter = Letter.objects.get(recipient=owner)
    assert letter.reminders.count() == 3
    assert (letter.policy_date, letter.state) == (TODAY, LetterState.PENDING)


def test_nothing_new_makes_no_letter(owner):
    fact(owner)
    bundle()

    assert bundle(days(1)) == 0


def test_a_second_run_makes_no_second_letter_though_more_came_up(owner):
    fact(owner)
    bundle()
    late = fact(owner, item="action:2")

    assert bundle(hour=9) == 0
    late.refresh_from_db()
    assert late.letter is None
    assert bundle(days(1)) == 1


def test_whoever_has_their_letter_of_the_day_costs_a_ring_nothing(owner, django_assert_num_queries):
    for person in (owner, factories.member(), factories.member()):
        fact(person)
        bundle()
        fact(person, item="action:2", stage="late")

    with django_assert_num_queries(2):  # who waits, and whose letter is made
        assert bundle(hour=9) == 0


def test_no_letter_leaves_before_the_members_hour(owner):
    fact(owner)

    assert bundle(hour=7) == 0
    assert bundle(hour=8) == 1


def test_the_hour_is_the_members_own():
    early = factories.member(letter_hour=6, time_zone="Asia/Jayapura")
    fact(early, due_at=datetime(2018, 9, 23, 15, tzinfo=UTC))

    assert bundling.bundle(now=datetime(2018, 9, 23, 20, 59, tzinfo=UTC)) == 0
    assert bundling.bundle(now=datetime(2018, 9, 23, 21, 0, tzinfo=UTC)) == 1


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"])
@pytest.mark.parametrize("letter_hour", [0, 1, 8, 22])
def test_every_stage_of_a_day_is_in_that_days_letter_whatever_the_zone(zone, letter_hour):
    place = factories.workstream()
    member = factories.member(time_zone=zone, letter_hour=letter_hour)
    factories.action(workstream=place, owner=member, due_date=days(-1), reported_on=TODAY)

    for hour in range(24):
        planning.plan(now=moment(TODAY, hour))
        bundling.bundle(now=moment(TODAY, hour))

    assert Letter.objects.get().policy_date == TODAY


def test_a_weekend_makes_no_letter_and_monday_tells_all(owner):
    fact(owner, SATURDAY)
    fact(owner, MONDAY)

    assert bundle(SATURDAY) == 0
    assert bundle(MONDAY) == 1
    assert Letter.objects.get().reminders.count() == 2


def test_on_a_day_they_did_not_choose_there_is_no_letter_and_the_next_one_tells_all():
    weekly = factories.member(letter_days="1")
    fact(weekly, days(1))
    fact(weekly, FRIDAY, item="action:2")

    assert [bundle(days(number)) for number in range(1, 8)] == [0, 0, 0, 0, 0, 0, 1]
    assert Letter.objects.get().policy_date == MONDAY
    assert Letter.objects.get().reminders.count() == 2


def test_a_week_whose_chosen_day_is_free_is_passed_over():
    weekly = factories.member(letter_days="1")
    christmas = TODAY.replace(month=12, day=24)  # cuti bersama, a Monday
    fact(weekly, christmas)

    made = [bundle(christmas + timedelta(days=number)) for number in range(8)]

    assert made == [0, 0, 0, 0, 0, 0, 0, 1]


def test_east_of_jakarta_a_letter_waits_until_the_day_has_begun_here():
    early = factories.member(letter_hour=0, time_zone="Asia/Jayapura")
    fact(early, due_at=moment(days(-3), 11))  # left over, with which a letter could begin too soon

    assert bundling.bundle(now=moment(days(-1), 23)) == 0
    assert bundling.bundle(now=moment(TODAY, 0)) == 1


def test_cuti_bersama_makes_no_letter(owner):
    day = TODAY.replace(month=12, day=24)
    fact(owner, day)

    assert bundle(day) == 0


def test_a_member_who_is_away_gets_none_until_they_are_back():
    away = factories.member(paused_from=TODAY, paused_until=TODAY)
    fact(away)

    assert bundle() == 0
    assert bundle(days(1)) == 1


def test_a_closed_account_gets_none():
    fact(factories.member(is_active=False))

    assert bundle() == 0


def test_what_is_cancelled_makes_no_letter(owner):
    fact(owner, cancelled_at=moment(TODAY), cancel_reason="submitted")

    assert bundle() == 0


def test_an_unsent_letter_is_overtaken_by_the_next_days_which_tells_its_lines(owner):
    first = fact(owner)
    bundle()
    fact(owner, days(1), item="action:2")

    bundle(days(1))

    old, new = Letter.objects.order_by("policy_date")
    first.refresh_from_db()
    assert (old.state, first.letter) == (LetterState.CANCELLED, new)
    assert old.last_error == "overtaken by the letter of 2018-09-25"


def test_in_a_walk_no_letter_is_overtaken(owner):
    fact(owner)
    bundle()
    fact(owner, days(1), item="action:2")

    bundling.bundle(now=end_of(days(1)), may_overtake=False)

    assert Letter.objects.filter(state=LetterState.PENDING).count() == 2


def test_a_letter_that_left_is_not_overtaken(owner):
    told = fact(owner)
    bundle()
    Letter.objects.update(state=LetterState.SENT, sent_at=moment(TODAY))
    fact(owner, days(1), item="action:2")

    bundle(days(1))

    told.refresh_from_db()
    assert told.letter.state == LetterState.SENT
