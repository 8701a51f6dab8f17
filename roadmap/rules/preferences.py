"""What somebody's choices come to: the next letter, and who reads while they are away.

The same functions decide it that the planner asks, so what is promised here is what is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from committee.rules.days import JAKARTA
from roadmap.rules import letter_days
from roadmap.rules.letter_days import Habit
from roadmap.rules.reminders import Desk, Person, responsible

FARTHEST = timedelta(days=730)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Away:
    """The days somebody is away, first and last."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def is_over(self, today: date) -> bool:
        return self.last < today


def next_letter(now: datetime, habit: Habit, away: Away | None) -> datetime | None:
    """Give the moment of the next letter there can be; None when that is years away."""
    today = now.astimezone(JAKARTA).date()
    day = today
    while day - today < FARTHEST:
        is_away = away is not None and day in away
        if not is_away and letter_days.is_letter_day(day, habit.days):
            moment = letter_days.moment(day, habit)
            if moment > now:
                return moment
        day += DAY
    return None


def readers(member_id: int, desks: Iterable[Desk], people: Mapping[int, Person]) -> tuple[int, ...]:
    """Give who is told instead of somebody at these desks, as the planner chooses them."""
    found = [pk for desk in desks for pk in responsible(member_id, desk, people)]
    return tuple(dict.fromkeys(found))
