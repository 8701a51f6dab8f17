"""When a member's letter is made: on working days they chose, at their hour.

The planner's bundling and the forecast both ask here, so neither can promise what the other
does not do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from committee.rules.days import start_of
from roadmap.rules import calendar, reminders

EVERY_DAY = "12345"


@dataclass(frozen=True, slots=True)
class Habit:
    """What a member chose for their letters: the hour, its zone, and days from 1, a Monday."""

    hour: int = 8
    zone: str = "Asia/Jakarta"
    days: str = EVERY_DAY


def is_letter_day(day: date, days: str) -> bool:
    """Tell whether a letter may be made on a day: a working day, and one that was chosen.

    A week whose chosen days are all free has none; what waits goes on to the next chosen day.
    """
    return str(day.isoweekday()) in days and calendar.is_working_day(day)


def next_letter_day(day: date, days: str) -> date:
    """Give the day itself, or the first day after it on which a letter may be made."""
    while not is_letter_day(day, days):
        day += timedelta(days=1)
    return day


def moment(day: date, habit: Habit) -> datetime:
    """Give the moment of a member's letter on a day, at their hour in their zone.

    Days are counted in Jakarta. Further east one may begin there first: its letter waits until it
    has begun here too, and so has all there is to tell that day.
    """
    theirs = reminders.instant(day, habit.hour, habit.zone)
    return max(theirs, start_of(day).astimezone(UTC))
