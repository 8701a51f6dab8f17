"""How far along: claimed, verified, expected, and how many owners speak."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from roadmap.enums import Status
from roadmap.rules.progress import Part, expected, progress

TODAY = date(2018, 9, 24)


def days(number):
    return TODAY + timedelta(days=number)


def part(status=Status.IN_PROGRESS, **fields):
    return Part(status=status, **fields)


def test_means_are_weighted():
    parts = [part(weight=3, progress=100), part(weight=1, progress=0)]

    assert progress(parts, TODAY).claimed == 75


def test_what_is_cancelled_counts_nowhere():
    parts = [part(progress=40), part(Status.CANCELLED, progress=100, was_reported=False)]

    found = progress(parts, TODAY)

    assert (found.claimed, found.verified, found.never_reported) == (40, 0, 0)


@pytest.mark.parametrize("parts", [[], [part(Status.CANCELLED, progress=90)], [part(weight=0)]])
def test_without_anything_to_weigh_there_is_no_mean(parts):
    found = progress(parts, TODAY)

    assert (found.claimed, found.verified, found.expected) == (None, None, None)


def test_never_reported_counts_nought_and_is_counted_beside():
    parts = [part(progress=80), part(progress=80, was_reported=False)]

    found = progress(parts, TODAY)

    assert (found.claimed, found.never_reported) == (40, 1)


@pytest.mark.parametrize("status", Status)
def test_only_what_is_verified_is_verified(status):
    found = progress([part(status, progress=100)], TODAY).verified

    assert found == {Status.VERIFIED: 100, Status.CANCELLED: None}.get(status, 0)


@pytest.mark.parametrize(
    ("start", "due", "share"),
    [
        (days(-50), days(50), 50),
        (days(-75), days(25), 75),
        (TODAY, days(10), 0),
        (days(1), days(10), 0),
        (days(-10), TODAY, 100),
        (days(-10), days(-1), 100),
        (TODAY, TODAY, 0),
        (days(-1), days(-1), 100),
        (days(9), days(3), 0),  # starts after it is due, both still to come
        (days(9), days(-3), 100),
        (days(-3), days(-9), 100),
        (None, days(10), 0),
        (None, TODAY, 0),
        (None, days(-1), 100),
    ],
)
def test_the_share_of_time_gone(start, due, share):
    assert expected(part(start_date=start, due_date=due), TODAY) == share


def test_nothing_is_expected_of_what_has_no_date():
    parts = [part(), part(start_date=days(-50), due_date=days(50), weight=2)]

    assert progress(parts, TODAY).expected == 50
