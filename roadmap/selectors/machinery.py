"""Signs of life of what runs behind the pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from committee.enums import LetterState
from committee.models import Heartbeat, Letter


@dataclass(frozen=True, slots=True)
class Signs:
    """When the parts last did their round, and since when the oldest letter has waited."""

    plan_at: datetime | None
    drain_at: datetime | None
    oldest_unsent_at: datetime | None


def signs_of_life() -> Signs:
    """Read the signs: two queries."""
    beats = dict(Heartbeat.objects.values_list("name", "at"))
    unsent = Letter.objects.filter(state__in=(LetterState.PENDING, LetterState.SENDING))
    oldest = unsent.aggregate(at=Min("created_at"))["at"]
    return Signs(beats.get("plan"), beats.get("drain"), oldest)
