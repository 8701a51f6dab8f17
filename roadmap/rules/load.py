"""How much falls due in each week, and which week holds too much of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from roadmap.rules.calendar import is_working_day

WEEKS_AHEAD = 13
# A week is a crush when it holds at least this many, and this many times what others hold …
CRUSH_AT_LEAST = 3
CRUSH_TIMES = 2
# … or is short: around a long holiday the same work meets fewer working days.
SHORT_WEEK = 3
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """A week from Monday to Sunday, how much falls due in it, and the days there are for it."""

    monday: date
    due: int
    working_days: int

    @property
    def is_short(self) -> bool:
        return self.working_days <= SHORT_WEEK


def monday_of(day: date) -> date:
    """Give the Monday of a day's week."""
    return date(day.year, day.month, day.day) - timedelta(days=day.weekday())


def mondays(today: date) -> list[date]:
    """Give the Mondays of the weeks looked ahead to, this week's first."""
    first = monday_of(today)
    return [first + WEEK * number for number in range(WEEKS_AHEAD)]


def sunday_of(monday: date) -> date:
    return monday + timedelta(days=6)


def working_days(monday: date) -> int:
    """Count the working days of a week."""
    return sum(is_working_day(monday + timedelta(days=number)) for number in range(7))


def usual(week: Week, weeks: Sequence[Week]) -> float:
    """Give the median of the other weeks in which something falls due; 0 where there is none.

    The week itself is left out: among two it would pull the median up and never stand out.
    """
    return float(median([one.due for one in weeks if one.due and one is not week] or [0]))


def is_crush(week: Week, weeks: Sequence[Week]) -> bool:
    """Say whether a week holds too much, beside the others."""
    if week.due < CRUSH_AT_LEAST:
        return False
    return week.is_short or week.due >= CRUSH_TIMES * usual(week, weeks)


def median_age(ages: Iterable[tuple[int, int]]) -> float | None:
    """Give the median of ages, each with how many have it; None where there are none."""
    every = sorted(ages)
    total = sum(number for _age, number in every)
    if not total:
        return None
    return (_nth(every, (total - 1) // 2) + _nth(every, total // 2)) / 2


def _nth(ages: list[tuple[int, int]], place: int) -> int:
    """Give the age at a place of the row in which each stands as often as it is there."""
    for age, number in ages:
        place -= number
        if place < 0:
            return age
    raise IndexError(place)
