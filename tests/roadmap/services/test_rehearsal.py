"""How far the rehearsal's clock may be told to walk; the walk itself is test_clock_walk.py."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from committee.models import RehearsalClock
from roadmap.services import rehearsal
from roadmap.services.rehearsal import ClockRefused
from tests import factories
from tests.factories import TODAY, days
from tests.roadmap.services.verbs import at
from tests.unchanged import unchanged

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    return RehearsalClock.objects.create(day=TODAY, target=TODAY, since=timezone.now())


def step(role, number=1):
    return rehearsal.step(by=factories.member(role), days=number, moment=at())


@pytest.mark.parametrize("role", ["secretariat", "admin"])
def test_a_step_names_a_day_and_the_walk_goes_there_later(clock, role):
    assert step(role, 7) == days(7)

    clock.refresh_from_db()
    assert (clock.day, clock.target) == (TODAY, days(7))


def test_two_steps_before_the_walk_are_added_up(clock):
    step("secretariat", 1)

    assert step("secretariat", 7) == days(8)


@pytest.mark.parametrize("role", ["viewer", "adviser", "member", "chair"])
def test_the_clock_is_not_everybodys(clock, role):
    by = factories.member(role)

    with unchanged(PermissionDenied):
        rehearsal.step(by=by, days=1, moment=at())


@pytest.mark.parametrize("number", [-1, 367])
def test_it_goes_neither_back_nor_too_far(clock, number):
    by = factories.member("secretariat")

    with unchanged(ClockRefused):
        rehearsal.step(by=by, days=number, moment=at())


def test_a_real_roadmap_has_no_such_clock(db):
    by = factories.member("secretariat")

    with unchanged(ClockRefused):
        rehearsal.step(by=by, days=1, moment=at())
    with unchanged(ClockRefused):
        rehearsal.set_target(to=TODAY + timedelta(days=1))
