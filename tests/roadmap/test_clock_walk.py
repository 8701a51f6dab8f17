"""A step of the rehearsal's clock walks day by day, so that no day loses its letters."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from committee import clock, outbox
from committee.enums import LetterState
from committee.models import Letter, RehearsalClock
from roadmap.services import letters, rehearsal
from roadmap.services.rehearsal import ClockRefused
from tests import factories
from tests.factories import TODAY, days
from tests.roadmap.reminding import Postbox, action

pytestmark = pytest.mark.django_db
WORKING_DAYS = [days(number) for number in (1, 2, 3, 4, 7)]


@pytest.fixture(autouse=True)
def opening_day():
    RehearsalClock.objects.create(day=TODAY, target=TODAY, since=timezone.now())


@pytest.fixture
def place():
    return factories.workstream("CYB")


def deliver():
    return outbox.drain(renderers=letters.renderers(clock.read), session=Postbox())


def walk(to, *, learned=None, deliver=deliver):
    rehearsal.set_target(to=to)
    found = [] if learned is None else learned
    return rehearsal.walk(learn=lambda day: found.append(day) or 0, deliver=deliver)


def days_told():
    sent = Letter.objects.filter(state=LetterState.SENT).order_by("policy_date")
    return list(sent.values_list("policy_date", flat=True))


def test_a_week_gives_each_working_day_its_letter(place):
    owner = factories.member()
    for day in WORKING_DAYS:
        action(place, owner, day + timedelta(days=7))

    assert walk(days(7))

    assert days_told() == WORKING_DAYS
    assert RehearsalClock.objects.get().day == days(7)


@pytest.mark.parametrize("hour", [0, 8, 23])
def test_every_letter_hour_comes_on_a_day_passed(place, hour):
    owner = factories.member(letter_hour=hour)
    action(place, owner, days(8))

    walk(days(2))

    assert days_told() == [days(1)]


def test_each_day_learns_what_became_known_once_and_in_order():
    learned = []

    walk(days(3), learned=learned)
    walk(days(5), learned=learned)

    assert learned == [days(number) for number in range(1, 6)]


def test_the_walk_waits_until_the_days_letters_have_been_tried_and_then_goes_on(place):
    owner = factories.member()
    for day in WORKING_DAYS[:2]:
        action(place, owner, day + timedelta(days=7))

    assert not walk(days(2), deliver=lambda: None)
    assert RehearsalClock.objects.get().day == days(1)
    assert not Letter.objects.filter(state=LetterState.CANCELLED).exists()

    assert rehearsal.walk(learn=lambda _day: 0, deliver=deliver)
    assert days_told() == WORKING_DAYS[:2]


def test_a_walk_is_repeated_without_effect(place):
    action(place, factories.member(), days(8))
    walk(days(2))

    assert walk(days(2))

    assert days_told() == [days(1)]


def test_the_clock_never_goes_back_nor_leaps_years():
    for to in (days(-1), days(400)):
        with pytest.raises(ClockRefused):
            rehearsal.set_target(to=to)


def test_a_real_roadmap_has_no_clock_to_step():
    RehearsalClock.objects.all().delete()

    with pytest.raises(ClockRefused):
        rehearsal.set_target(to=days(1))


@pytest.mark.parametrize("role", ["viewer", "adviser", "member", "chair"])
def test_only_the_secretariat_and_admin_step_it(role):
    with pytest.raises(PermissionDenied):
        rehearsal.step(by=factories.member(role), days=1, moment=clock.read())


@pytest.mark.parametrize("role", ["secretariat", "admin"])
def test_a_step_adds_to_the_day_it_was_told_to_walk_to(role):
    by = factories.member(role)

    rehearsal.step(by=by, days=1, moment=clock.read())
    rehearsal.step(by=by, days=7, moment=clock.read())

    assert RehearsalClock.objects.get().target == days(8)
