"""Days in Jakarta, where the roadmap lives, and the day a page looks back at."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

JAKARTA = ZoneInfo("Asia/Jakarta")
# Before this day nothing can have been recorded; an address that asks for more is mistaken.
EARLIEST = date(2000, 1, 1)


class PastDay(date):
    """A day looked back at: whatever is read for it is read from the history.

    It is a date in every respect. The few functions that choose between a row as it is now and
    as it was (`known`, `known_on`) ask which of the two they were given.
    """

    def __conform__(self, _protocol: object) -> str:
        """Say how SQLite is given such a day in SQL of our own: as any other date."""
        return self.isoformat()


def start_of(day: date) -> datetime:
    """Give midnight in Jakarta at the beginning of a day."""
    return datetime.combine(day, time.min, JAKARTA)


def end_of(day: date) -> datetime:
    """Give the last moment of a day in Jakarta."""
    return datetime.combine(day, time(23, 59, 59), JAKARTA)


def night_after(day: date) -> datetime:
    """Give the moment a day is over: what was written before it was known on that day."""
    return start_of(date(day.year, day.month, day.day) + timedelta(days=1))


def jakarta_day(at: date | datetime) -> date:
    """Give the day in Jakarta on which a moment lies; a day is itself."""
    return at.astimezone(JAKARTA).date() if isinstance(at, datetime) else at


def past_day(text: str, today: date) -> PastDay | None:
    """Read a day to look back at, written `2018-10-01`; None for today itself.

    :raises ValueError: for what is no day, lies ahead, or comes before the year 2000.
    """
    day = PastDay.fromisoformat(text)
    if not EARLIEST <= day <= today:
        raise ValueError(text)
    return before(day, today)


def before(day: date, today: date) -> PastDay | None:
    """Give a day as one looked back at; None for today itself, and for what lies ahead."""
    return PastDay(day.year, day.month, day.day) if day < today else None
