"""On which days, and from which moment, somebody's letter may be made."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from roadmap.rules import letter_days
from roadmap.rules.letter_days import EVERY_DAY, Habit

MONDAY = date(2018, 9, 24)


@pytest.mark.parametrize(
    ("day", "days", "is_one"),
    [
        (MONDAY, EVERY_DAY, True),
        (MONDAY, "1", True),
        (MONDAY, "2345", False),
        (date(2018, 9, 28), "5", True),
        (date(2018, 9, 29), EVERY_DAY, False),  # a Saturday
        (date(2018, 12, 24), EVERY_DAY, False),  # cuti bersama
        (date(2018, 12, 24), "1", False),
        (date(2018, 6, 14), "4", False),  # a holiday on a chosen Thursday
    ],
    ids=str,
)
def test_a_letter_day_is_a_working_day_that_was_chosen(day, days, is_one):
    assert letter_days.is_letter_day(day, days) is is_one


@pytest.mark.parametrize(
    ("day", "days", "following"),
    [
        (MONDAY, EVERY_DAY, MONDAY),
        (MONDAY, "13", MONDAY),
        (date(2018, 9, 25), "13", date(2018, 9, 26)),
        (date(2018, 9, 29), EVERY_DAY, date(2018, 10, 1)),
        (date(2018, 9, 25), "1", date(2018, 10, 1)),
        # Lebaran 2018: 11 to 20 June were free, so the Mondays of two weeks running.
        (date(2018, 6, 11), "1", date(2018, 6, 25)),
        (date(2018, 6, 11), EVERY_DAY, date(2018, 6, 21)),
        (date(2018, 6, 12), "24", date(2018, 6, 21)),
        (date(2018, 12, 24), "12", date(2018, 12, 31)),  # and 25 December is Christmas
    ],
    ids=str,
)
def test_a_week_whose_chosen_days_are_all_free_waits_for_the_next(day, days, following):
    assert letter_days.next_letter_day(day, days) == following


@pytest.mark.parametrize(
    ("hour", "zone", "at"),
    [
        (8, "Asia/Jakarta", datetime(2018, 9, 24, 1, tzinfo=UTC)),
        (8, "Asia/Jayapura", datetime(2018, 9, 23, 23, tzinfo=UTC)),
        (23, "Asia/Jayapura", datetime(2018, 9, 24, 14, tzinfo=UTC)),
        (0, "Asia/Jakarta", datetime(2018, 9, 23, 17, tzinfo=UTC)),
        # The day has begun there, but not in Jakarta, where days are counted: it waits for that.
        (0, "Asia/Makassar", datetime(2018, 9, 23, 17, tzinfo=UTC)),
        (1, "Asia/Jayapura", datetime(2018, 9, 23, 17, tzinfo=UTC)),
        (2, "Asia/Jayapura", datetime(2018, 9, 23, 17, tzinfo=UTC)),
        (3, "Asia/Jayapura", datetime(2018, 9, 23, 18, tzinfo=UTC)),
    ],
)
def test_the_moment_is_the_members_hour_once_the_day_has_begun(hour, zone, at):
    assert letter_days.moment(MONDAY, Habit(hour, zone)) == at
