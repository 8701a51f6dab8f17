"""Which days people work: no weekends, public holidays or cuti bersama of Indonesia."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from functools import lru_cache

import holidays


@lru_cache(maxsize=64)
def free_days(year: int) -> frozenset[date]:
    """Give the public holidays and cuti bersama of a year."""
    found = holidays.country_holidays(
        "ID", years=year, categories=("public", "government"), language="id"
    )
    return frozenset(found)


@lru_cache(maxsize=64)
def working_days(year: int) -> tuple[date, ...]:
    """Give the working days of a year, in order."""
    first = date(year, 1, 1)
    days = (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))
    return tuple(day for day in days if is_working_day(day))


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in free_days(day.year)


def this_or_previous(day: date) -> date:
    """Give the day itself, or the last working day before it."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def this_or_next(day: date) -> date:
    """Give the day itself, or the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def add_working(day: date, count: int) -> date:
    """Give the `count`-th working day after a day (before it, when negative)."""
    year = day.year
    days = working_days(year)
    place = bisect_right(days, day) + count - 1 if count > 0 else bisect_left(days, day) + count
    while place < 0:
        year -= 1
        days = working_days(year)
        place += len(days)
    while place >= len(days):
        place -= len(days)
        year += 1
        days = working_days(year)
    return days[place]
