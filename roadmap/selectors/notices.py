"""What stands under somebody's bell: how much, and what each notice tells of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Value

from committee.models.prepared import ANY_DAY, load
from roadmap.models import Obstacle, Reminder
from roadmap.rules.reminders import DECIDED
from roadmap.selectors import items
from roadmap.selectors.items import Item, Source


@dataclass(frozen=True, slots=True)
class Told:
    """One notice with what it is about and what it tells of; either may be gone by now."""

    reminder: Reminder
    item: Item | None
    source: Source | None


def standing(member_id: int) -> QuerySet[Reminder]:
    """Give the notices that stand under somebody's bell, newest first."""
    return Reminder.objects.filter(under_bell=True, recipient=member_id).order_by("-due_at", "-pk")


def count(member_id: int) -> int:
    """Count what stands under somebody's bell: one query, of an index that holds nothing else."""
    return int(load(_counted, ANY_DAY, member=member_id)[0])


def _counted(_today: date, *, member: int) -> Any:
    """Count, in one row for all of them."""
    whole = standing(member).order_by().annotate(all=Value(1)).values("all")
    return whole.annotate(number=Count("pk")).values_list("number", flat=True)


def told(reminders: Sequence[Reminder]) -> list[Told]:
    """Load what notices are about and tell of: one query for each kind of them."""
    about = items.items(reminder.item for reminder in reminders)
    sources = items.sources(reminder.occasion for reminder in reminders)
    return [
        Told(reminder, about.get(reminder.item), sources.get(reminder.occasion))
        for reminder in reminders
    ]


def decided_of(reminders: Iterable[Reminder]) -> dict[tuple[int, str], Obstacle]:
    """Give the obstacles that a decision closed and some notices tell of, by the words of it."""
    wanted = {items.split(one.item)[1] for one in reminders if one.stage == DECIDED}
    if not wanted:
        return {}
    found = Obstacle.objects.filter(action__in=wanted, decision__isnull=False).order_by("pk")
    rows = found.select_related("decision__meeting")
    return {(obstacle.action_id, obstacle.closing_note): obstacle for obstacle in rows}
