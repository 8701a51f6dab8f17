"""What a new due date would do: whom it pushes, and which milestones are run past on the way.

A milestone moved meets the actions that gate it. An action moved meets the milestones it gates,
and pushes the actions that wait for it (rules/dependencies.py), which in turn run past theirs.
What is found is kept with the answer to a request, as it was seen then; read back, it meets
today's titles. Nothing here moves anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from committee.enums import SeatKind
from committee.models import Seat, Workstream
from roadmap.models import ActionItem, Milestone
from roadmap.rules import dependencies as rules
from roadmap.rules.dependencies import Push
from roadmap.selectors.actions import known
from roadmap.selectors.dependencies import links_after, links_from, spans_of
from roadmap.selectors.items import split

Item = ActionItem | Milestone
MOST_SHOWN = 50
MOST_OF_PLACE = 7  # of seven workstreams: some fifty rows


@dataclass(frozen=True, slots=True)
class Overrun:
    """Something with a due date, and by how many days the new date runs past it.

    `by` is the code of the pushed action that runs past it, where the moved one does not itself.
    """

    item: Item
    due_date: date
    due_precision: str
    days: int
    by: str = ""

    @property
    def room(self) -> int:
        return -self.days

    @property
    def code(self) -> str:
        return str(getattr(self.item, "code", ""))


@dataclass(frozen=True, slots=True)
class Pushed:
    """An action that would have to move, by how many days, and the code of what pushes it.

    One without dates is named with no days: nobody can say what happens to it.
    """

    item: ActionItem
    days: int
    old_due: date | None
    due_precision: str
    new_start: date | None
    new_due: date | None
    by: str


@dataclass(frozen=True, slots=True)
class Place:
    """What is pushed in one workstream, by how many days at most, and who leads it."""

    workstream: Workstream
    leads: list[str]
    pushes: list[Pushed]

    @property
    def most(self) -> int:
        return max(one.days for one in self.pushes)

    @property
    def shown(self) -> list[Pushed]:
        return self.pushes[:MOST_OF_PLACE]

    @property
    def left_out(self) -> int:
        return len(self.pushes) - len(self.shown)


@dataclass(frozen=True, slots=True)
class Ripple:
    """All that a new date would do."""

    overruns: list[Overrun] = field(default_factory=list)
    pushes: list[Pushed] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)

    @property
    def is_any(self) -> bool:
        return bool(self.overruns or self.pushes)

    @property
    def shown(self) -> list[Overrun]:
        return self.overruns[:MOST_SHOWN]

    @property
    def left_out(self) -> int:
        return len(self.overruns) - len(self.shown)

    @property
    def mark(self) -> str:
        """Name what was seen, so that a confirmation speaks of this and of nothing else."""
        return hashlib.sha256(repr(stored(self)).encode()).hexdigest()[:16] if self.is_any else ""


def look(item: Item, new_date: date, today: date) -> Ripple:
    """Give all that a new date would do: seven queries for an action, one for a milestone."""
    pushes = _pushes(item, new_date, today) if _is_action(item) else []
    found = [*overruns(item, new_date, today), *_run_past(pushes, today)]
    worst: dict[int, Overrun] = {}
    for one in sorted(found, key=lambda one: (-one.days, one.by)):
        worst.setdefault(one.item.pk, one)
    return Ripple(_worst_first(worst.values()), pushes, _places(pushes, today))


def overruns(item: Item, new_date: date, today: date) -> list[Overrun]:
    """Give what does not fit with a new date itself, the worst first."""
    found = [_of(one, new_date, 1 if _is_action(item) else -1) for one in _beyond(item, today)]
    return _worst_first(one for one in found if one.days > 0)


def reach(item: Item, day: date, today: date) -> list[Overrun]:
    """Give all that hangs on a due date and is still open, with the days it lies beyond it.

    Negative days are the room that is left; for an action also to those that wait for it.
    """
    found = [_of(one, day, 1 if _is_action(item) else -1) for one in _beyond(item, today)]
    return _worst_first(found + (_waiting(item, day, today) if _is_action(item) else []))


def stored(found: Ripple) -> list[dict[str, Any]]:
    """Write it as it is kept with an answer."""
    return [_stored_overrun(one) for one in found.overruns] + [
        {
            "item": f"action:{one.item.pk}",
            "days": one.days,
            "due_date": _iso(one.old_due),
            "due_precision": one.due_precision,
            "pushed_to": [_iso(one.new_start), _iso(one.new_due)],
            "by": one.by,
        }
        for one in found.pushes
    ]


def read(kept: Iterable[dict[str, Any]], today: date) -> Ripple:
    """Read back what was kept: four queries at most, however much there is."""
    rows = list(kept)
    pks = _pks(rows, "action")
    actions = ActionItem.objects.select_related("workstream").in_bulk(pks) if pks else {}
    pks = _pks(rows, "milestone")
    milestones = Milestone.objects.in_bulk(pks) if pks else {}
    overran, pushes = [], []
    for row in rows:
        kind, pk = split(row["item"])
        item: Item | None = actions.get(pk) if kind == "action" else milestones.get(pk)
        if isinstance(item, ActionItem) and "pushed_to" in row:
            pushes.append(_read_push(item, row))
        elif item is not None:
            due = date.fromisoformat(row["due_date"])
            shown = (due, row["due_precision"], row["days"], row.get("by", ""))
            overran.append(Overrun(item, *shown))
    return Ripple(overran, pushes, _places(pushes, today))


def _is_action(item: Item) -> bool:
    return hasattr(item, "code")  # an action of a past day is a row of a view


def _beyond(item: Item, today: date) -> Iterable[Any]:
    """Load the open milestones an action gates, or the open actions that gate a milestone."""
    gates: Any = Milestone.actions.through.objects
    found: Any
    if _is_action(item):
        pks = gates.filter(actionitem_id=item.pk).values("milestone_id")
        found = Milestone.objects.known_on(today).open()
    else:
        pks = gates.filter(milestone_id=item.pk).values("actionitem_id")
        found = known(today).open()
    return list(found.filter(pk__in=pks, due_date__isnull=False))


def _pushes(item: Item, new_date: date, today: date) -> list[Pushed]:
    """Ask the rule whom the move of an action pushes, and load them."""
    links = links_after(item.pk, today)
    if not links:
        return []
    spans = spans_of({pk for link in links for pk in (link.before, link.after)}, today)
    if item.pk not in spans:
        return []
    found = rules.pushes(links, spans, item.pk, new_date)
    actions = _actions([push.item for push in found], today)
    codes = {pk: one.code for pk, one in actions.items()} | {item.pk: str(item.code)}  # type: ignore[union-attr]
    return [_pushed(push, actions[push.item], codes[push.by]) for push in found]


def _pushed(push: Push, action: Any, by: str) -> Pushed:
    due, precision = action.due_date, action.due_precision
    return Pushed(action, push.days, due, precision, push.new_start, push.new_due, by)


def _actions(pks: list[int], today: date) -> dict[int, Any]:
    found = known(today).filter(pk__in=pks).select_related("workstream", "lead_institution")
    return {one.pk: one for one in found} if pks else {}


def _run_past(pushes: list[Pushed], today: date) -> list[Overrun]:
    """Give the open milestones that the pushed actions gate and would run past."""
    moved = {one.item.pk: one for one in pushes if one.new_due is not None}
    if not moved:
        return []
    gates = Milestone.actions.through.objects.filter(actionitem_id__in=list(moved))
    pairs = list(gates.values_list("milestone_id", "actionitem_id"))
    due: Any = Milestone.objects.known_on(today).open().filter(due_date__isnull=False)
    milestones = {one.pk: one for one in due.filter(pk__in={pk for pk, _action in pairs})}
    found = [
        _of(milestones[pk], moved[action].new_due, 1, moved[action].item.code)
        for pk, action in pairs
        if pk in milestones
    ]
    return [one for one in found if one.days > 0]


def _waiting(item: Item, day: date, today: date) -> list[Overrun]:
    """Give the open actions that wait for this one, and the room before each."""
    links = links_from(item.pk, today)
    spans = spans_of({link.after for link in links} | {item.pk}, today) if links else {}
    rooms = {
        link.after: room
        for link in links
        if (room := rules.room(link, spans)) is not None and not spans[link.after].is_done
    }
    actions = _actions(list(rooms), today)
    return [
        Overrun(one, one.due_date or day, one.due_precision, -rooms[pk])
        for pk, one in actions.items()
    ]


def _places(pushes: list[Pushed], today: date) -> list[Place]:
    """Group what is pushed by workstream, with the names of those who lead there: one query."""
    if not pushes:
        return []
    leads: dict[int, list[str]] = {}
    held = Seat.objects.held_on(today).filter(kind=SeatKind.LEAD).order_by("from_date", "pk")
    for workstream, name in held.holders():
        leads.setdefault(workstream, []).append(name)
    ordered = sorted(pushes, key=lambda one: (one.item.workstream.order, one.item.workstream_id))
    groups = groupby(ordered, key=lambda one: one.item.workstream)
    return [Place(place, leads.get(place.pk, []), list(found)) for place, found in groups]


def _of(item: Any, day: Any, sign: int, by: str = "") -> Overrun:
    return Overrun(item, item.due_date, item.due_precision, sign * (day - item.due_date).days, by)


def _worst_first(found: Iterable[Overrun]) -> list[Overrun]:
    return sorted(found, key=lambda one: (-one.days, one.item.pk))


def _stored_overrun(one: Overrun) -> dict[str, Any]:
    kept = {
        "item": f"{'action' if one.code else 'milestone'}:{one.item.pk}",
        "due_date": one.due_date.isoformat(),
        "due_precision": one.due_precision,
        "days": one.days,
    }
    return kept | ({"by": one.by} if one.by else {})


def _read_push(item: ActionItem, row: dict[str, Any]) -> Pushed:
    start, due = (date.fromisoformat(day) if day else None for day in row["pushed_to"])
    old = date.fromisoformat(row["due_date"]) if row["due_date"] else None
    return Pushed(item, row["days"], old, row["due_precision"], start, due, row["by"])


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _pks(rows: Iterable[dict[str, Any]], kind: str) -> list[int]:
    return [pk for its_kind, pk in (split(row["item"]) for row in rows) if its_kind == kind]
