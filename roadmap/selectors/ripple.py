"""What a new due date would run past: the milestones an action gates, the actions that gate one.

What is found is kept with the answer to a request, as it was seen then; read back, it meets
today's titles. The two directions are two questions, and each answers with the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from roadmap.models import ActionItem, Milestone

Item = ActionItem | Milestone


@dataclass(frozen=True, slots=True)
class Overrun:
    """Something with a due date, and by how many days the new date runs past it."""

    item: Item
    due_date: date
    due_precision: str
    days: int

    @property
    def room(self) -> int:
        return -self.days

    @property
    def code(self) -> str:
        return self.item.code if isinstance(self.item, ActionItem) else ""


def overruns(item: Item, new_date: date, today: date) -> list[Overrun]:
    """Give what does not fit with a new date, the worst first."""
    return [one for one in reach(item, new_date, today) if one.days > 0]


def reach(item: Item, day: date, today: date) -> list[Overrun]:
    """Give all that hangs on a due date and is still open, with the days it lies beyond it.

    Negative days are the room that is left.
    """
    if isinstance(item, ActionItem):
        found = [_of(one, day, 1) for one in _milestones(item, today)]
    else:
        found = [_of(one, day, -1) for one in _actions(item, today)]
    return sorted(found, key=lambda one: (-one.days, one.item.pk))


def stored(found: Iterable[Overrun]) -> list[dict[str, Any]]:
    """Write them as they are kept with an answer."""
    return [
        {
            "item": f"{'action' if one.code else 'milestone'}:{one.item.pk}",
            "due_date": one.due_date.isoformat(),
            "due_precision": one.due_precision,
            "days": one.days,
        }
        for one in found
    ]


def read(kept: Iterable[dict[str, Any]]) -> list[Overrun]:
    """Read back what was kept: two queries, however many there are."""
    rows = list(kept)
    actions = ActionItem.objects.in_bulk(_pks(rows, "action"))
    milestones = Milestone.objects.in_bulk(_pks(rows, "milestone"))
    found = []
    for row in rows:
        kind, pk = _split(row["item"])
        item: Item | None = actions.get(pk) if kind == "action" else milestones.get(pk)
        if item is not None:
            due = date.fromisoformat(row["due_date"])
            found.append(Overrun(item, due, row["due_precision"], row["days"]))
    return found


def _milestones(action: ActionItem, today: date) -> Iterable[Milestone]:
    known = Milestone.objects.known_on(today).open()
    return known.filter(actions=action, due_date__isnull=False)


def _actions(milestone: Milestone, today: date) -> Iterable[ActionItem]:
    known = ActionItem.objects.open().filter(created_on__lte=today)
    return known.filter(milestones=milestone, due_date__isnull=False)


def _of(item: Item, day: date, sign: int) -> Overrun:
    assert item.due_date is not None  # as both questions ask
    return Overrun(item, item.due_date, item.due_precision, sign * (day - item.due_date).days)


def _pks(rows: Iterable[dict[str, Any]], kind: str) -> list[int]:
    return [pk for its_kind, pk in (_split(row["item"]) for row in rows) if its_kind == kind]


def _split(item: str) -> tuple[str, int]:
    kind, _colon, pk = item.partition(":")
    return kind, int(pk)
