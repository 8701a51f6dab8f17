"""What stands in the way, each thing once: how old it is, who must decide, what waits behind it.

A thing is a root with the obstacles joined to it. It stands in the way since the first of them
was raised, and is needed by the first day any of them names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext_lazy as _

from committee.models import Institution
from roadmap.models import ActionItem, Obstacle, undone
from roadmap.models.undone import not_yet
from roadmap.rules import obstacles as rules
from roadmap.selectors.actions import known

PAGE_SIZE = 25
COMMITTEE = "committee"


class Show(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    ALL = "all", _("All")


class Watch(models.TextChoices):
    """What the secretariat looks for among the open ones."""

    OLD = "old", _("Older than 30 days")
    OVERDUE = "overdue", _("Overdue")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which obstacles a reader asked for; `who` is an institution's code, or the committee."""

    show: str = Show.OPEN
    who: str = ""
    workstream: str = ""
    watch: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing: its root, the days it has stood there, and the actions behind it."""

    obstacle: Obstacle
    since: date
    needed_by: date | None
    age: int
    is_overdue: bool
    actions: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What is open, and how much of it is old, overdue, or the committee's to decide."""

    open: int
    old: int
    overdue: int
    committee: int


@dataclass(frozen=True, slots=True)
class ObstacleList:
    page: Page[Obstacle]
    rows: list[Row]
    summary: Summary


@dataclass(frozen=True, slots=True)
class Behind:
    """An action that waits behind a thing, its signal, and how it was raised there."""

    obstacles: list[Obstacle]
    action: ActionItem
    signal: str


@dataclass(frozen=True, slots=True)
class ObstaclePage:
    row: Row
    page: Page[Any]
    behind: list[Behind] = field(default_factory=list)


def things(today: date) -> QuerySet[Any, Any]:
    """Give the roots raised by a day, each with since when, by when, and how many actions wait.

    What was joined to one raised later stood alone then, and is a root of that day.
    """
    joined = Q(joined__raised_on__lte=today)
    joined_need = Min("joined__needed_by", filter=joined)
    elsewhere = ~Q(joined__action=F("action")) & joined
    return Obstacle.objects.filter(is_root(today), raised_on__lte=today).annotate(
        since=Least("raised_on", Coalesce(Min("joined__raised_on", filter=joined), F("raised_on"))),
        needed_first=Least(
            Coalesce("needed_by", joined_need), Coalesce(joined_need, F("needed_by"))
        ),
        waiting=Count("joined__action", filter=elsewhere, distinct=True) + 1,
    )


def is_root(today: date) -> Q:
    """Say what was joined to nothing, as far as a day knows."""
    return Q(joined_to=None) | Q(joined_to__raised_on__gt=today)


def listing(*, wanted: Wanted, today: date, page: Any) -> ObstacleList:
    """Give one page, the oldest first: the summary, a count, the rows."""
    shown = _asked(things(today), wanted, today).order_by("since", "pk")
    found = Paginator(shown.select_related(*_LOADED), PAGE_SIZE).get_page(page)
    return ObstacleList(
        page=found,
        rows=[row_of(one, today) for one in found.object_list],
        summary=summary(today),
    )


def summary(today: date) -> Summary:
    """Count the open ones: one query."""
    counted = (
        things(today)
        .filter(not_yet("closed_on", today))
        .aggregate(
            open=Count("pk"),
            old=Count("pk", filter=_is(Watch.OLD, today)),
            overdue=Count("pk", filter=_is(Watch.OVERDUE, today)),
            committee=Count("pk", filter=Q(needed_from=None)),
        )
    )
    return Summary(**counted)


def obstacle_page(*, obstacle: Obstacle, today: date, page: Any) -> ObstaclePage:
    """Gather the page of a root: its facts, and every action behind it with its signal."""
    root = things(today).select_related(*_LOADED).get(pk=obstacle.pk)
    family = Obstacle.objects.filter(Q(pk=root.pk) | Q(joined_to=root), raised_on__lte=today)
    waiting = family.values("action").annotate(first=Min("raised_on")).order_by("first", "action")
    paginator = Paginator(waiting.values_list("action", flat=True), PAGE_SIZE)
    paginator.count = root.waiting  # type: ignore[misc]  # it is counted already
    found = paginator.get_page(page)
    return ObstaclePage(row_of(root, today), found, _behind(family, list(found), today))


def row_of(root: Any, today: date) -> Row:
    """Make the row of a root as `things` gives it."""
    root = undone.obstacle(root, today)
    return Row(
        obstacle=root,
        since=root.since,
        needed_by=root.needed_first,
        age=rules.age(root.since, root.closed_on, today),
        is_overdue=rules.is_overdue(root.needed_first, root.closed_on, today),
        actions=root.waiting,
    )


def candidates(obstacle: Obstacle, text: str = "") -> QuerySet[Obstacle]:
    """Give the open roots that may be the same thing as another, oldest first."""
    found = Obstacle.objects.filter(joined_to=None, closed_on=None).exclude(pk=obstacle.pk)
    if text:
        found = found.filter(Q(needed__icontains=text) | Q(action__code__icontains=text))
    return found.select_related("action").order_by("raised_on", "pk")


def joined(obstacle: Obstacle) -> QuerySet[Obstacle]:
    """Give what is joined to a root, oldest first."""
    return obstacle.joined.select_related("action").order_by("raised_on", "pk")


def deciders() -> QuerySet[Institution]:
    """Give the institutions something was ever needed from."""
    asked = Exists(Obstacle.objects.filter(needed_from=OuterRef("pk")))
    return Institution.objects.filter(asked).order_by("code")


_LOADED = ("action__workstream", "needed_from", "raised_by", "closed_by", "decision__meeting")


def _asked(found: QuerySet[Any, Any], wanted: Wanted, today: date) -> QuerySet[Any, Any]:
    if wanted.watch:
        found = found.filter(_is(Watch(wanted.watch), today), not_yet("closed_on", today))
    elif wanted.show != Show.ALL:
        still_open = not_yet("closed_on", today)
        found = found.filter(still_open if wanted.show == Show.OPEN else ~still_open)
    if wanted.who:
        decider = None if wanted.who == COMMITTEE else wanted.who
        found = (
            found.filter(needed_from__code=decider) if decider else found.filter(needed_from=None)
        )
    if wanted.workstream:
        own = Q(action__workstream__code=wanted.workstream)
        behind = Obstacle.objects.filter(
            joined_to=OuterRef("pk"),
            raised_on__lte=today,
            action__workstream__code=wanted.workstream,
        )
        found = found.filter(own | Exists(behind))
    return found


def _is(watch: Watch, today: date) -> Q:
    conditions: Mapping[Watch, Q] = {
        Watch.OLD: Q(since__lt=rules.old_before(today)),
        Watch.OVERDUE: Q(needed_first__lt=today),
    }
    return conditions[watch]


def _behind(family: QuerySet[Obstacle], pks: list[int], today: date) -> list[Behind]:
    """Give each action once, however often the thing was raised there: two queries."""
    actions: dict[int, Any] = known(today).for_rows().with_signal(today).in_bulk(pks)
    raised: dict[int, list[Obstacle]] = {pk: [] for pk in pks}
    shown = family.filter(action__in=pks).select_related("raised_by")
    for one in shown.order_by("raised_on", "pk"):
        raised[one.action_id].append(one)
    known_by_then = [pk for pk in pks if pk in actions]
    return [
        Behind(raised[pk], actions[pk], actions[pk].signal or "cancelled") for pk in known_by_then
    ]
