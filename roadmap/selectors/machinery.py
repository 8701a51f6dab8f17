"""Signs of life of what runs behind the pages: for monitors, and for the line on every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Min, QuerySet, Value
from django.utils import timezone

from committee.enums import LetterState
from committee.models import Heartbeat, Letter, MailGate
from committee.models.prepared import ANY_DAY, load

# The two rounds without which no letter leaves.
ROUNDS = ("plan", "drain")
SILENT_AFTER = timedelta(minutes=30)
HELD = "held"


@dataclass(frozen=True, slots=True)
class Signs:
    """When the parts last did their round, since when the oldest letter has waited, and a hold."""

    plan_at: datetime | None
    drain_at: datetime | None
    oldest_unsent_at: datetime | None
    held_at: datetime | None


@dataclass(frozen=True, slots=True)
class Alarm:
    """Why nothing is being sent; a day is missing where a round was never made."""

    held_at: datetime | None
    silent_since: datetime | None


def signs_of_life() -> Signs:
    """Read the signs: two queries."""
    beats = _beats_and_hold()
    unsent = Letter.objects.filter(state__in=(LetterState.PENDING, LetterState.SENDING))
    oldest = unsent.aggregate(at=Min("created_at"))["at"]
    return Signs(beats.get("plan"), beats.get("drain"), oldest, beats.get(HELD))


def alarm() -> Alarm | None:
    """Tell whether letters are held, or a round has not been made for long: one query."""
    beats = _beats_and_hold()
    held_at, made = beats.pop(HELD, None), [beats.get(name) for name in ROUNDS]
    since = min(at for at in made if at) if all(made) else None
    if since is not None and timezone.now() - since <= SILENT_AFTER:
        return Alarm(held_at, None) if held_at else None
    return Alarm(held_at, since)


def _beats_and_hold() -> dict[str, datetime]:
    """Read when each round was last made, and since when letters are held: one query."""
    return dict(load(_signs, ANY_DAY))


def _signs(_today: date) -> QuerySet[Any, Any]:
    beats = Heartbeat.objects.filter(name__in=ROUNDS).values_list("name", "at")
    holds = MailGate.objects.filter(held_at__isnull=False).values_list(Value(HELD), "held_at")
    return beats.union(holds, all=True)
