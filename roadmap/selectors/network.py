"""What waits for what, read for a timeline: arrows between rows, what a slip pushes, chains.

The arithmetic is rules/dependencies.py's; here is which actions it is asked about.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, DateField, F, Q, When
from django.utils.text import Truncator

from committee.models.prepared import load
from roadmap.enums import Status
from roadmap.models import Dependency, Milestone
from roadmap.rules.dependencies import Link, Push, Span, critical_chain, pushes, violated
from roadmap.selectors.actions import known

DONE = (Status.SUBMITTED, Status.VERIFIED)
MOST_TARGETS = 50
LABEL = 70
NOBODY = (0,)  # asked for where there is nobody: a page costs the same, whatever it shows


@dataclass(frozen=True, slots=True)
class Network:
    """Links between actions, the days these take, and what they are called."""

    links: list[Link] = field(default_factory=list)
    spans: dict[int, Span] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)

    def broken(self) -> set[tuple[int, int]]:
        """Give the pairs whose successor begins too early."""
        return {(link.before, link.after) for link in violated(self.links, self.spans)}


@dataclass(frozen=True, slots=True)
class Target:
    """A milestone a chain can be asked for."""

    pk: int
    name: str
    due_date: date | None

    @property
    def value(self) -> str:
        return str(self.pk)

    @property
    def label(self) -> str:
        return Truncator(self.name).chars(LABEL)


def around(actions: Collection[int], today: date) -> Network:
    """Read the links that begin or end at some actions: two queries."""
    asked = actions or NOBODY
    touching = Q(predecessor__in=asked) | Q(successor__in=asked)
    return _network(Dependency.objects.in_force(today).filter(touching), today)


def whole(today: date) -> Network:
    """Read every link in force."""
    return _network(Dependency.objects.in_force(today), today)


def _network(found: Any, today: date) -> Network:
    rows = found.order_by("pk").values_list("predecessor_id", "successor_id", "lag_days")
    links = [Link(*row) for row in rows]
    ends = {pk for link in links for pk in (link.before, link.after)}
    spans, codes = {}, {}
    for pk, code, start, due, status in _spans(ends or NOBODY, found, today):
        codes[pk] = code
        spans[pk] = Span(start, due, status in DONE)
    live = [link for link in links if link.before in spans and link.after in spans]
    return Network(live, spans, codes)


def _spans(ends: Collection[int], links: Any, today: date) -> Iterable[tuple[Any, ...]]:
    """Read the days of both ends; of a submitted action the day it was finished."""
    live = known(today).exclude(status=Status.CANCELLED)
    of_links = Q(pk__in=links.values("predecessor")) | Q(pk__in=links.values("successor"))
    few = Q(pk__in=ends) if len(ends) <= 1000 else of_links
    finished = Case(
        When(status__in=DONE, submitted_on__isnull=False, then=F("submitted_on")),
        default=F("due_date"),
        output_field=DateField(),
    )
    rows = live.filter(few).annotate(until=finished)
    return rows.values_list("pk", "code", "start_date", "until", "status")


def pushed(network: Network, action: dict[str, Any], days: int) -> list[Push]:
    """Say what moves when an action's due date slips by so many days."""
    if action["due_date"] is None or action["pk"] not in network.spans:
        return []
    return pushes(
        network.links, network.spans, action["pk"], action["due_date"] + timedelta(days=days)
    )


def chain(network: Network, milestone: int, today: date) -> list[int]:
    """Give the critical chain to a milestone; one action alone where nothing it waits for."""
    gates = list(
        Milestone.actions.through.objects.filter(milestone_id=milestone).values_list(
            "actionitem_id", flat=True
        )
    )
    spans = dict(network.spans)
    alone = [pk for pk in gates if pk not in spans]
    rows = known(today).filter(pk__in=alone).exclude(status=Status.CANCELLED)
    for pk, start, due, status in rows.values_list("pk", "start_date", "due_date", "status"):
        spans[pk] = Span(start, due, status in DONE)
    return critical_chain(network.links, spans, gates)


def passed(dues: dict[int, tuple[date, date]], today: date) -> list[tuple[Any, int]]:
    """Give the open milestones whose gates were in time and would no longer be, with the days.

    `dues` are those of the actions that move: the present one and the new one.
    """
    gates = Milestone.actions.through.objects.filter(actionitem__in=list(dues))
    gating = list(gates.values_list("milestone_id", "actionitem_id"))
    found = Milestone.objects.known_on(today).open().filter(due_date__isnull=False)
    milestones = found.in_bulk([milestone for milestone, _action in gating])
    late: dict[int, int] = {}
    for pk, action in gating:
        due, (old, new) = pk in milestones and milestones[pk].due_date, dues[action]
        if due and old <= due < new:
            late[pk] = max((new - due).days, late.get(pk, 0))
    worst = sorted((-days, pk) for pk, days in late.items())
    return [(milestones[pk], -days) for days, pk in worst]


def named(actions: Collection[int], today: date) -> dict[int, dict[str, Any]]:
    """Give what actions are called and when they are due."""
    rows = (
        known(today)
        .filter(pk__in=actions)
        .values(
            *("pk", "code", "title", "title_en", "start_date", "due_date", "due_precision"),
            *("due_basis", "workstream__code"),
        )
    )
    return {row["pk"]: row for row in rows}


def targets(today: date, language: str) -> list[Target]:
    """List the open milestones that actions gate, the next ones first."""
    return [
        Target(pk, (title_en if language == "en" else "") or title, due)
        for pk, title, title_en, due in load(_gated, today)
    ]


def _gated(today: date) -> Any:
    gated = Milestone.actions.through.objects.values("milestone")
    found = Milestone.objects.known_on(today).open().filter(pk__in=gated)
    rows = found.order_by(F("due_date").asc(nulls_last=True), "pk")
    return rows.values_list("pk", "title", "title_en", "due_date")[:MOST_TARGETS]
