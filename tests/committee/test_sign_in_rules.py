"""Whom a second factor is asked of, and until when; how long a session lasts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from committee.enums import Role
from committee.rules import second_factor
from committee.rules.permissions import Actor
from committee.rules.sessions import is_fresh, is_over

TODAY = date(2026, 3, 2)
GRACE = timedelta(days=14)
LEADS = frozenset({7})
HOUR = 3600


@pytest.mark.parametrize(
    ("role", "lead_of", "is_active", "is_rehearsal", "asked"),
    [
        (Role.SECRETARIAT, frozenset(), True, False, True),
        (Role.CHAIR, frozenset(), True, False, True),
        (Role.ADMIN, frozenset(), True, False, True),
        (Role.MEMBER, frozenset(), True, False, False),
        (Role.ADVISER, frozenset(), True, False, False),
        (Role.VIEWER, frozenset(), True, False, False),
        # A lead seat asks for it whatever the role.
        (Role.MEMBER, LEADS, True, False, True),
        (Role.VIEWER, LEADS, True, False, True),
        (Role.MEMBER, LEADS, False, False, False),
        (Role.ADMIN, frozenset(), False, False, False),
        # A rehearsal only offers it.
        (Role.SECRETARIAT, frozenset(), True, True, False),
        (Role.ADMIN, LEADS, True, True, False),
        (Role.MEMBER, LEADS, True, True, False),
    ],
)
def test_who_is_asked(role, lead_of, is_active, is_rehearsal, asked):
    actor = Actor(id=1, role=role, is_active=is_active, lead_of=lead_of)

    assert second_factor.is_asked(actor, is_rehearsal=is_rehearsal) is asked


def test_the_grace_counts_from_the_day_that_was_kept_else_from_today():
    assert second_factor.last_day(None, today=TODAY, grace=GRACE) == date(2026, 3, 16)
    assert second_factor.last_day(TODAY, today=date(2027, 1, 1), grace=GRACE) == TODAY


@pytest.mark.parametrize(("days", "due"), [(-1, False), (0, False), (1, True), (400, True)])
def test_it_is_due_the_day_after_the_last(days, due):
    assert second_factor.is_due(TODAY, today=TODAY + timedelta(days=days)) is due


@pytest.mark.parametrize(
    ("signed_in", "seen", "over"),
    [
        (0, 0, False),
        (1 * HOUR, 59 * 60, False),
        (1 * HOUR, 60 * 60, True),
        (2 * HOUR, 61 * 60, True),
        (12 * HOUR - 1, 0, False),
        (12 * HOUR, 0, True),
        (None, 0, True),
        (0, None, True),
        (None, None, True),
    ],
)
def test_a_session_ends_idle_or_old_or_when_it_does_not_say(signed_in, seen, over):
    now = 1_000_000.0
    at, used = (None if ago is None else now - ago for ago in (signed_in, seen))

    assert is_over(at, used, now=now, idle=HOUR, longest=12 * HOUR) is over


@pytest.mark.parametrize(("ago", "fresh"), [(0, True), (1799, True), (1800, False), (None, False)])
def test_a_sign_in_is_fresh_for_half_an_hour(ago, fresh):
    now = 1_000_000.0

    assert is_fresh(None if ago is None else now - ago, now=now, lasts=1800) is fresh
