"""What a timeline shows: its workstreams, their actions with first and present dates, milestones.

A fixed number of queries, whatever is shown. What waits for what is network.py's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Max, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from committee.models.prepared import load
from roadmap.enums import Status
from roadmap.models import DueDateChange, Milestone
from roadmap.models.querysets import ActionQuerySet, is_late, signal_case
from roadmap.selectors.actions import ActionQuery, Option, known, matching

# A chart of more rows is read in parts: by workstream, or page by page.
MOST_ROWS = 400
PAGE_ROWS = 50
MOST_MOVED = 50
FIELDS = (
    *("pk", "code", "title", "title_en", "workstream__code", "start_date", "due_date"),
    *("due_precision", "due_basis", "first_due_date", "times_moved", "created_on", "signal"),
    "lead_institution__code",
)
MILESTONE_FIELDS = (
    *("pk", "title", "title_en", "workstream__code", "due_date", "due_precision"),
    *("first_due_date", "achieved_date", "closing", "times_moved"),
)


@dataclass(frozen=True, slots=True)
class Group:
    """A workstream on the timeline: how many of its actions were found, and from when to when."""

    code: str
    title: str
    found: int
    late: int
    first: date | None
    last: date | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class Part:
    """Which of the rows are shown: those of the open workstreams, or one page of them."""

    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def start(self) -> int:
        return (self.page - 1) * self.size


@dataclass(frozen=True, slots=True)
class Found:
    """All workstreams with what they hold, and the rows of those that are open."""

    groups: list[Group]
    cancelled: int
    part: Part
    actions: list[dict[str, Any]]
    milestones: list[Any]

    @property
    def total(self) -> int:
        return sum(group.found for group in self.groups)

    @property
    def days(self) -> list[date]:
        """Give the days the chart has to reach: those of every workstream and milestone."""
        ends = [day for group in self.groups for day in (group.first, group.last) if day]
        return ends + [day for one in self.milestones if (day := stands_on(one))]


def timeline(
    *,
    query: ActionQuery,
    today: date,
    workstreams: Iterable[Option],
    opened: frozenset[str] | None,
    page: int,
    inside: bool,
) -> Found:
    """Gather a timeline: a count, the rows, the milestones.

    `opened` are the codes of the open workstreams; None opens all, unless they are too many.
    """
    counted = _counted(query, today)
    groups = _groups(workstreams, counted, query, opened)
    shown = [group for group in groups if group.is_open]
    part = _part(sum(group.found for group in shown), page)
    return Found(
        groups=groups,
        cancelled=sum(row["cancelled"] for row in counted.values()),
        part=part,
        actions=_rows(query, today, [group.code for group in shown], part, inside),
        milestones=_milestones(query, today),
    )


def stands_on(milestone: Any) -> date | None:
    """Give the day a milestone is drawn at: achieved, else due."""
    day: date | None = milestone.achieved_date or milestone.due_date
    return day


def _counted(query: ActionQuery, today: date) -> dict[str, dict[str, Any]]:
    rows = query.load(_counting, today)
    return {row["workstream__code"]: row for row in rows}


def _counting(today: date, query: ActionQuery) -> Any:
    live = Q() if query.status == Status.CANCELLED else ~Q(status=Status.CANCELLED)
    cancelled = Q(pk=None) if query.status == Status.CANCELLED else Q(status=Status.CANCELLED)
    found = matching(query, today).values("workstream__code").order_by()
    return found.annotate(
        found=Count("pk", filter=live),
        cancelled=Count("pk", filter=cancelled),
        late=Count("pk", filter=is_late(today)),
        start=Min("start_date", filter=live),
        first=Min("due_date", filter=live),
        last=Max("due_date", filter=live),
        latest=Max("start_date", filter=live),
    )


def _groups(
    workstreams: Iterable[Option],
    counted: Mapping[str, dict[str, Any]],
    query: ActionQuery,
    opened: frozenset[str] | None,
) -> list[Group]:
    asks_signal = bool(query.signal)  # then a second one would open another list
    total = sum(row["found"] for row in counted.values())
    by_itself = bool(query.workstream) or total <= MOST_ROWS
    groups = []
    for option in workstreams:
        if query.workstream not in ("", option.value):
            continue
        row = counted.get(option.value, {})
        is_open = by_itself if opened is None else option.value in opened
        ends = [row.get(name) for name in ("start", "first", "last", "latest")]
        days = [day for day in ends if day]
        groups.append(
            Group(
                code=option.value,
                title=option.label,
                found=row.get("found", 0),
                late=0 if asks_signal else row.get("late", 0),
                first=min(days, default=None),
                last=max(days, default=None),
                is_open=is_open,
            )
        )
    return groups


def _part(total: int, page: int) -> Part:
    part = Part(total, 1, MOST_ROWS if total <= MOST_ROWS else PAGE_ROWS)
    return Part(total, min(max(1, page), part.pages), part.size)


def _shown(query: ActionQuery, today: date) -> ActionQuerySet:
    found = matching(query, today)
    return found if query.status == Status.CANCELLED else found.exclude(status=Status.CANCELLED)


def _rows(
    query: ActionQuery, today: date, codes: list[str], part: Part, inside: bool
) -> list[dict[str, Any]]:
    # Asked even where all are closed: a page costs the same, whatever it shows.
    shown = (tuple(codes) or ("",), part.start, part.size, inside)
    return query.load(_drawn, today, *shown)


def _drawn(
    today: date, query: ActionQuery, codes: tuple[str, ...], start: int, size: int, inside: bool
) -> Any:
    found = _shown(query, today).filter(workstream__code__in=codes)
    fields = (*FIELDS, "owner__name") if inside else FIELDS
    ordered = found.annotate(signal=signal_case(today)).order_by(
        "workstream__order",
        F("start_date").asc(nulls_last=True),
        F("due_date").asc(nulls_last=True),
        "number",
        "pk",
    )
    return ordered.values(*fields)[start : start + size]


def _milestones(query: ActionQuery, today: date) -> list[Any]:
    """Give the milestones of the workstreams shown and of the whole roadmap, in order of time."""
    return load(_marked, today, query.workstream)


def _marked(today: date, workstream: str) -> Any:
    found = Milestone.objects.known_on(today)
    if workstream:
        found = found.filter(Q(workstream=None) | Q(workstream__code=workstream))
    at = Coalesce("achieved_date", "due_date")
    ordered = found.order_by(at.asc(nulls_last=True), "pk")
    return ordered.values_list(*MILESTONE_FIELDS, named=True)


def old_dates(actions: Iterable[int], milestones: Iterable[int], since: date, today: date) -> Any:
    """Give the due date each had on a day before it moved: ({action: day}, {milestone: day})."""
    of_these = Q(action__in=list(actions)) | Q(milestone__in=list(milestones))
    moves = DueDateChange.objects.filter(of_these, is_applied=True, on__gte=since, on__lte=today)
    rows = moves.order_by("-on", "-pk").values_list("action_id", "milestone_id", "old_date")
    of_actions: dict[int, date] = {}
    of_milestones: dict[int, date] = {}
    for action, milestone, old in rows:  # the earliest comes last, and stays
        if action:
            of_actions[action] = old
        else:
            of_milestones[milestone] = old
    return of_actions, of_milestones


def moved(query: ActionQuery, since: date, today: date) -> list[dict[str, Any]]:
    """List the actions found whose due date moved since a day, with the date they had then.

    One more than is shown says that there are more.
    """
    moves = DueDateChange.objects.filter(is_applied=True, on__gte=since, on__lte=today)
    first = moves.filter(action=OuterRef("pk")).order_by("on", "pk").values("old_date")[:1]
    found = _shown(query, today).filter(pk__in=moves.exclude(action=None).values("action"))
    rows = found.annotate(old_date=Subquery(first)).order_by("workstream__order", "number")
    told = rows.values("code", "title", "title_en", "due_date", "due_precision", "old_date")
    return [dict(row) for row in told[: MOST_MOVED + 1]]


def action_called(code: str, today: date) -> dict[str, Any] | None:
    """Give the action of this code, as it is known on a day; None when there is none."""
    found = known(today).filter(code=code).values("pk", "code", "title", "title_en", "due_date")
    return next((dict(row) for row in found), None)
