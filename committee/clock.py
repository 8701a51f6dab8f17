"""What time it is: the real one, or the rehearsal's.

Policy time (which day is it, what is due) follows a rehearsal; delivery, sessions and mail
headers are real. Only views, tasks and commands read this; everything else is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from committee.models import RehearsalClock
from committee.models.prepared import ANY_DAY, load
from committee.rules.days import JAKARTA, end_of, start_of

__all__ = ["JAKARTA", "MORNING", "Moment", "end_of", "read", "rehearsal_now", "start_of"]
MORNING = time(8, 5)


@dataclass(frozen=True, slots=True)
class Moment:
    """One reading of the clock; `rehearsal` is None on a real roadmap."""

    now: datetime
    today: date
    rehearsal: RehearsalClock | None


def read() -> Moment:
    """Read the policy clock: one query."""
    row = next(iter(load(_clock, ANY_DAY)), None)
    now = timezone.now() if row is None else rehearsal_now(row, timezone.now())
    return Moment(now, now.astimezone(JAKARTA).date(), row)


def _clock(_today: date) -> QuerySet[RehearsalClock]:
    return RehearsalClock.objects.filter(pk=1)


def rehearsal_now(row: RehearsalClock, real_now: datetime) -> datetime:
    """Give 08:05 of the rehearsal's day plus the real time since, before its midnight."""
    elapsed = max(real_now - row.since, timedelta(0))
    return min(datetime.combine(row.day, MORNING, JAKARTA) + elapsed, end_of(row.day))
