"""Items added to the roadmap and removed from it since a day: slips of another kind.

Added is what exists from then on, removed what is cancelled and was not before. Both are asked of
actions and milestones at once, so that one list holds them in the order of their days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import TruncDate

from committee.rules.days import JAKARTA, night_after, start_of
from roadmap.enums import MilestoneClosing, Status, UpdateKind
from roadmap.models import Milestone, StatusUpdate
from roadmap.selectors.actions import known, of_institution
from roadmap.selectors.milestones import WHOLE_ROADMAP
from roadmap.selectors.slips import ACTION, MILESTONE, Kind, Show, SlipQuery

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Beside:
    """An item added or removed: the day, and of what was removed who did it and why."""

    kind: str
    item: Any
    day: date
    by: str = ""
    note: str = ""
    is_public: bool = False


def counts(query: SlipQuery, since: date, today: date) -> dict[Show, int]:
    """Count what was added and removed since a day: four queries."""
    return {
        show: sum(part.count() for part in _parts(show, query, since, today))
        for show in (Show.ADDED, Show.REMOVED)
    }


def listing(query: SlipQuery, since: date, today: date, page: Any) -> Page[Any]:
    """Give one page of what was added or removed, the latest first."""
    actions, milestones = _parts(query.show, query, since, today)
    together = actions.union(milestones, all=True).order_by("-day", "what", "-row")
    found = Paginator(together, PAGE_SIZE).get_page(page)
    found.object_list = rows_of(list(found.object_list), query.show, today)
    return found


def _parts(
    show: Show, query: SlipQuery, since: date, today: date
) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """Give the actions and the milestones of one list, as kind, number and day."""
    actions: Any = known(today)
    milestones: Any = Milestone.objects.known_on(today)
    if show == Show.ADDED:
        made = actions.filter(created_on__gte=since).annotate(day=F("created_on"))
        seen = milestones.filter(known_from__gte=since).annotate(day=F("known_from"))
    else:
        entered = _entering(today).filter(action=OuterRef("pk")).order_by("-at", "-pk")
        gone = actions.filter(status=Status.CANCELLED)
        gone = gone.annotate(at_last=Subquery(entered.values("at")[:1]))
        made = gone.filter(at_last__gte=start_of(since))
        made = made.annotate(day=TruncDate("at_last", tzinfo=JAKARTA))
        ended = milestones.filter(closing=MilestoneClosing.CANCELLED, closed_on__gte=since)
        seen = ended.annotate(day=F("closed_on"))
    return _asked(made, query, Kind.ACTION), _asked(seen, query, Kind.MILESTONE)


def _entering(today: date) -> QuerySet[StatusUpdate]:
    """Give the updates by which actions were cancelled, by the end of a day."""
    kinds = (UpdateKind.CANCELLED, UpdateKind.IMPORTED)
    found = StatusUpdate.objects.filter(
        status=Status.CANCELLED, kind__in=kinds, at__lt=night_after(today)
    )
    return found.exclude(superseded_at=F("at"))


def _asked(found: Any, query: SlipQuery, kind: Kind) -> QuerySet[Any]:
    """Filter by what was asked of items; which way a date moved is no question to them."""
    is_other = query.kind not in ("", kind) or (query.institution and kind == Kind.MILESTONE)
    if is_other or query.item:
        found = found.none()
    if query.institution and kind == Kind.ACTION:
        found = found.filter(of_institution(query.institution))
    if query.workstream:
        code = None if query.workstream == WHOLE_ROADMAP else query.workstream
        found = found.filter(workstream__code=code) if code else found.filter(workstream=None)
    if query.text:
        says = Q(title__icontains=query.text) | Q(title_en__icontains=query.text)
        found = found.filter(says | Q(code__icontains=query.text) if kind == Kind.ACTION else says)
    what = Value(kind.value, output_field=CharField())
    return found.annotate(what=what, row=F("pk")).values("what", "row", "day")


def rows_of(found: list[dict[str, Any]], show: Show, today: date) -> list[Beside]:
    """Load the items of one page: two queries, and one for why actions were removed."""
    numbers = {kind: [one["row"] for one in found if one["what"] == kind] for kind in Kind}
    actions = {one.pk: one for one in known(today).for_rows().filter(pk__in=numbers[Kind.ACTION])}
    asked = Milestone.objects.known_on(today).select_related("workstream")
    milestones = {one.pk: one for one in asked.filter(pk__in=numbers[Kind.MILESTONE])}
    whys = _whys(numbers[Kind.ACTION], today) if show == Show.REMOVED else {}
    rows = []
    for one in found:
        item = (actions if one["what"] == ACTION else milestones)[one["row"]]
        why = whys.get(one["row"]) if one["what"] == ACTION else None
        rows.append(_row(one, item, why))
    return rows


def _row(one: dict[str, Any], item: Any, why: StatusUpdate | None) -> Beside:
    if why is None:
        note = item.closing_reason if one["what"] == MILESTONE else ""
        return Beside(one["what"], item, one["day"], note=note)
    is_public = why.kind == UpdateKind.IMPORTED and not why.is_illustrative
    by = why.by.name if why.by else ""
    return Beside(one["what"], item, one["day"], by=by, note=why.note, is_public=is_public)


def _whys(actions: list[int], today: date) -> dict[int, StatusUpdate]:
    """Give the update by which each action was last cancelled."""
    found = _entering(today).filter(action_id__in=actions).select_related("by")
    return {one.action_id: one for one in found.order_by("at", "pk")}
