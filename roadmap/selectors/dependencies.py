"""What waits for what, read for pages: one action's links, the chain to a milestone, the reach.

The rules decide on numbers and days; here they are fetched, each in a fixed number of queries,
however far the links lead. A day looked back at is read as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import OuterRef, Q, Subquery, TextChoices
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from committee.models.prepared import load
from roadmap.enums import DueBasis, Status
from roadmap.models import ActionItem, Dependency, Milestone
from roadmap.rules import dependencies as rules
from roadmap.rules.dependencies import Link, Span
from roadmap.selectors.actions import known

PAGE_SIZE = 50
PART = 500
SHOWN = 5
LONGEST_CHAIN = 50
LINK = ("predecessor_id", "successor_id", "lag_days")


class Stood(NamedTuple):
    """A link with the number of its row."""

    pk: int
    link: Link


class Side(TextChoices):
    """Which end of a link an action stands at."""

    WAITS = "waits", _("It waits for")
    NEEDED = "needed", _("Waiting for it")


@dataclass(frozen=True, slots=True)
class Row:
    """A link as the page of one of its actions shows it: the other action, and what is wrong.

    `first` is the day the successor may begin; `short` how many days it is planned too early.
    """

    pk: int
    side: Side
    action: Any
    lag: int
    first: date | None
    short: int
    is_illustrative: bool

    @property
    def is_cancelled(self) -> bool:
        return bool(self.action.status == Status.CANCELLED)

    @property
    def is_done(self) -> bool:
        return self.action.status in (Status.SUBMITTED, Status.VERIFIED)


@dataclass(frozen=True, slots=True)
class Links:
    """The first links of an action at either end, and how many there are."""

    waits: list[Row]
    needed: list[Row]
    waits_count: int
    needed_count: int

    @property
    def is_any(self) -> bool:
        return bool(self.waits_count or self.needed_count)


@dataclass(frozen=True, slots=True)
class LinkList:
    """One page of an action's links at one end."""

    side: Side
    page: Page[Any]
    rows: list[Row]
    counts: list[tuple[Side, int]]


@dataclass(frozen=True, slots=True)
class ChainRow:
    """An action of a critical chain, and the days before the next one begins: None at its end."""

    action: Any
    room: int | None

    @property
    def short(self) -> int:
        return -(self.room or 0)

    @property
    def is_illustrative(self) -> bool:
        return bool(self.action.due_basis == DueBasis.ILLUSTRATIVE)


@dataclass(frozen=True, slots=True)
class Chain:
    """The chain whose slip moves a milestone; `room` lies between its end and the milestone.

    `before` counts the first of a very long chain, which are not shown; `undated` the open
    actions before the milestone that have no due date, which nobody can measure.
    """

    rows: list[ChainRow]
    room: int | None
    before: int
    undated: int

    @property
    def short(self) -> int:
        return -(self.room or 0)


def links_of(action: ActionItem, today: date) -> Links:
    """Give the first links of an action at either end: two queries."""
    waits, needed = _ends(action, today)
    rows = _rows(action, [*waits[:SHOWN], *needed[:SHOWN]], today)
    return Links(
        waits=[row for row in rows if row.side == Side.WAITS],
        needed=[row for row in rows if row.side == Side.NEEDED],
        waits_count=len(waits),
        needed_count=len(needed),
    )


def listing(*, action: ActionItem, side: Side, today: date, page: Any) -> LinkList:
    """Give one page of the links of an action at one end: two queries."""
    waits, needed = _ends(action, today)
    found = Paginator(waits if side == Side.WAITS else needed, PAGE_SIZE).get_page(page)
    counts = [(Side.WAITS, len(waits)), (Side.NEEDED, len(needed))]
    return LinkList(side, found, _rows(action, list(found.object_list), today), counts)


def in_parts(action: ActionItem, links: list[Stood], today: date) -> Iterator[Row]:
    """Give all rows of some links, so that only a part of them is in memory."""
    for first in range(0, len(links), PART):
        yield from _rows(action, links[first : first + PART], today)


def chain_to(milestone: Any, today: date) -> Chain:
    """Give the critical chain to an open milestone: four queries, one where nothing gates it."""
    gates = list(
        Milestone.actions.through.objects.filter(milestone_id=milestone.pk)
        .order_by("actionitem_id")
        .values_list("actionitem_id", flat=True)
    )
    if not gates:
        return Chain([], None, 0, 0)
    links = links_before(gates, today)
    spans = spans_of({*gates, *(link.before for link in links)}, today)
    way = rules.critical_chain(links, spans, gates)
    shown = way[-LONGEST_CHAIN:]
    last = spans[way[-1]].due if way else None
    return Chain(
        rows=_chain_rows(shown, links, spans, today),
        room=(milestone.due_date - last).days if last and milestone.due_date else None,
        before=len(way) - len(shown),
        undated=sum(1 for one in spans.values() if not one.is_done and one.due is None),
    )


def links_after(pk: int, today: date) -> list[Link]:
    """Load every link that can be reached from an action, onwards: one query."""
    return _reached("predecessor_id", "successor_id", [pk], today)


def links_from(pk: int, today: date) -> list[Link]:
    """Load the links that begin at an action: one query."""
    standing = Dependency.objects.in_force(today).filter(predecessor=pk)
    return [Link(*found) for found in standing.order_by("pk").values_list(*LINK)]


def links_before(pks: Iterable[int], today: date) -> list[Link]:
    """Load every link from which these actions can be reached: one query."""
    return _reached("successor_id", "predecessor_id", list(pks), today)


def spans_of(pks: Iterable[int], today: date) -> dict[int, Span]:
    """Load the days that actions take, cancelled ones left out: one query.

    What was submitted can no longer be pushed, and was finished on the day of its submission.
    """
    found = known(today).filter(pk__in=list(pks)).exclude(status=Status.CANCELLED)
    columns = ("pk", "status", "start_date", "due_date", "submitted_on")
    return {pk: _span(*days) for pk, *days in found.values_list(*columns)}


def _span(status: str, start: date | None, due: date | None, submitted: date | None) -> Span:
    is_done = status in (Status.SUBMITTED, Status.VERIFIED)
    return Span(start, (submitted or due) if is_done else due, is_done)


def _reached(here: str, there: str, pks: list[int], today: date) -> list[Link]:
    """Walk along the links in the database itself, whose UNION forgets what it has seen."""
    if not pks:
        return []
    starts = ", ".join(["%s"] * len(pks))
    walk = (
        "WITH RECURSIVE reached(id) AS ("  # noqa: S608 - names of our own
        f"SELECT id FROM roadmap_actionitem WHERE id IN ({starts}) UNION "
        f"SELECT d.{there} FROM roadmap_dependency d JOIN reached r ON d.{here} = r.id "
        "WHERE d.created_on <= %s AND (d.removed_on IS NULL OR d.removed_on > %s)) "
        "SELECT id FROM reached"
    )
    day = today.isoformat()
    reached = RawSQL(walk, [*pks, day, day])  # noqa: S611 - every value is a parameter
    standing = Dependency.objects.in_force(today).filter(**{f"{here}__in": reached})
    return [Link(*found) for found in standing.order_by("pk").values_list(*LINK)]


def _ends(action: ActionItem, today: date) -> tuple[list[Stood], list[Stood]]:
    """Load the links at either end of an action, in the order of the codes."""
    rows = load(_ends_of, today, action=action.pk)
    links = [Stood(pk, Link(*link)) for pk, *link in rows]
    waits = [one for one in links if one.link.after == action.pk]
    return waits, [one for one in links if one.link.before == action.pk]


def _ends_of(today: date, *, action: int) -> Any:
    ends = Q(predecessor=action) | Q(successor=action)
    found = Dependency.objects.in_force(today).filter(ends)
    return found.order_by(_code("predecessor"), _code("successor")).values_list("pk", *LINK)


def _code(end: str) -> Subquery:
    """Look a code up for the few links found; a join might read every action for each link."""
    return Subquery(ActionItem.objects.filter(pk=OuterRef(end)).values("code"))


def _rows(action: ActionItem, links: list[Stood], today: date) -> list[Row]:
    """Make rows of some links: one query."""
    actions = _actions({pk for _pk, link in links for pk in (link.before, link.after)}, today)
    spans = {pk: _span_of(one) for pk, one in actions.items() if one.status != Status.CANCELLED}
    there = [one for one in links if {one.link.before, one.link.after} <= actions.keys()]
    return [_row(action, one, actions, spans) for one in there]


def _row(action: ActionItem, stood: Stood, actions: dict[int, Any], spans: rules.Spans) -> Row:
    link = stood.link
    is_violated = bool(rules.violated([link], spans))
    waits = link.after == action.pk
    return Row(
        pk=stood.pk,
        side=Side.WAITS if waits else Side.NEEDED,
        action=actions[link.before if waits else link.after],
        lag=link.lag,
        first=rules.earliest(link, spans),
        short=-(rules.room(link, spans) or 0) if is_violated else 0,
        is_illustrative=is_violated and _is_illustrative(link, actions),
    )


def _is_illustrative(link: Link, actions: dict[int, Any]) -> bool:
    bases = (actions[link.before].due_basis, actions[link.after].due_basis)
    return DueBasis.ILLUSTRATIVE in bases


def _actions(pks: Iterable[int], today: date) -> dict[int, Any]:
    """Load actions as they were on a day, with their workstreams: one query, if any."""
    wanted = list(pks)
    found = known(today).filter(pk__in=wanted).select_related("workstream")
    return {one.pk: one for one in found} if wanted else {}


def _span_of(action: Any) -> Span:
    return _span(action.status, action.start_date, action.due_date, action.submitted_on)


def _chain_rows(
    way: list[int], links: Iterable[Link], spans: rules.Spans, today: date
) -> list[ChainRow]:
    actions = _actions(way, today)
    by_ends = {(link.before, link.after): link for link in links}
    rooms = [rules.room(by_ends[ends], spans) for ends in pairwise(way)]
    return [ChainRow(actions[pk], room) for pk, room in zip(way, [*rooms, None], strict=False)]
