"""The slip ledger across the whole roadmap: how often dates moved, how far, and what moved most.

An announcement that did not match the date then in force is a note: it stands in the list, marked,
and in no sum. Items that were added or removed are slips of another kind, and stand beside them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from statistics import mean
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Count, F, Max, Q, QuerySet, Sum, Window
from django.db.models.functions import Coalesce, RowNumber
from django.utils.translation import gettext_lazy as _

from roadmap.enums import DueBasis
from roadmap.models import ActionItem, DueDateChange, Milestone
from roadmap.selectors.actions import Option, known, of_institution
from roadmap.selectors.milestones import WHOLE_ROADMAP
from roadmap.selectors.progress import DaysBetween
from roadmap.selectors.since import Since
from roadmap.selectors.sources import parts

PAGE_SIZE = 50
MOST_MOVED = 10
ACTION, MILESTONE = "action", "milestone"
SHIFT = DaysBetween(F("new_date"), F("old_date"))
APPLIED = Q(is_applied=True)


class Show(models.TextChoices):
    """What the list holds."""

    ALL = "all", _("Everything on the ledger")
    APPLIED = "applied", _("Moves")
    NOTES = "notes", _("Notes")
    ITEMS = "items", _("Items that moved")
    ADDED = "added", _("Items added")
    REMOVED = "removed", _("Items removed")


class Kind(models.TextChoices):
    """Of what the dates are."""

    ACTION = ACTION, _("Actions")
    MILESTONE = MILESTONE, _("Milestones")


class Way(models.TextChoices):
    """Which way a date moved."""

    LATER = "later", _("Moved later")
    EARLIER = "earlier", _("Moved earlier")


@dataclass(frozen=True, slots=True)
class SlipQuery:
    """What a reader asked to see; empty means no wish. `item` is `action:LOG-01`, `milestone:3`."""

    workstream: str = ""
    institution: str = ""
    kind: str = ""
    way: str = ""
    item: str = ""
    text: str = ""
    since: Since | None = None
    show: Show = Show.ALL


@dataclass(frozen=True, slots=True)
class Sums:
    """How often, how far: over the applied moves asked for."""

    moves: int
    notes: int
    later: int
    earlier: int
    items: int
    days: int
    median: float | None


@dataclass(frozen=True, slots=True)
class Place:
    """A workstream with its moves; the whole roadmap's milestones have one of their own."""

    code: str
    label: str
    moves: int
    days: int
    median: float


@dataclass(frozen=True, slots=True)
class Moved:
    """One item with how often and how far it moved."""

    key: str
    item: ActionItem | Milestone
    times: int
    days: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands above the entries: sums, then where, then what moved most."""

    sums: Sums
    places: list[Place]
    most: list[Moved]


def summary(*, query: SlipQuery, today: date, inside: bool, offered: list[Option]) -> Summary:
    """Give how often and how far dates moved, in all, by workstream, by item: six queries."""
    found = matching(query, today, inside=inside)
    moves, sums = found.filter(APPLIED), _sums(found)
    return Summary(
        sums=replace(sums, median=_median(moves, sums.moves)),
        places=_places(moves, offered),
        most=moved(_by_item(moves)[:MOST_MOVED]),
    )


def entries(*, query: SlipQuery, today: date, inside: bool, sums: Sums, page: Any) -> Page[Any]:
    """Give one page of the ledger, the newest first; or of the items that moved, the most first."""
    found = matching(query, today, inside=inside)
    is_of_items = query.show == Show.ITEMS
    rows = _by_item(found.filter(APPLIED)) if is_of_items else _in_order(_shown(found, query.show))
    counts = {Show.APPLIED: sums.moves, Show.NOTES: sums.notes, Show.ITEMS: sums.items}
    paginator = Paginator(rows, PAGE_SIZE)
    paginator.count = counts.get(query.show, sums.moves + sums.notes)  # type: ignore[misc]
    asked = paginator.get_page(page)
    listed = list(asked.object_list)
    asked.object_list = moved(listed) if is_of_items else based(listed, today)
    return asked


def based(rows: list[Any], today: date) -> list[Any]:
    """Say of each entry where it is from, and whether its date is only an example: one query."""
    numbers = [one.action_id for one in rows if one.action_id]
    examples = known(today).filter(pk__in=numbers, due_basis=DueBasis.ILLUSTRATIVE)
    illustrative = set(examples.values_list("pk", flat=True))
    for one in rows:
        one.is_illustrative = one.action_id in illustrative
        one.source_parts = parts(one.source)
    return rows


def matching(query: SlipQuery, today: date, *, inside: bool) -> QuerySet[Any]:
    """Give the entries known on a day that meet the filters; what to show is not among them."""
    is_known = Q(action__created_on__lte=today) | Q(milestone__known_from__lte=today)
    found: QuerySet[Any] = DueDateChange.objects.filter(is_known, on__lte=today)
    if query.since is not None:
        found = found.filter(on__gte=query.since.day)
    if query.kind:
        found = found.filter(**{f"{query.kind}__isnull": False})
    if query.way:
        further = Q(new_date__gt=F("old_date"))
        found = found.filter(further if query.way == Way.LATER else ~further)
    if query.workstream:
        found = found.filter(_of_workstream(query.workstream))
    if query.institution:
        theirs = known(today).filter(of_institution(query.institution))
        found = found.filter(action_id__in=theirs.values("pk"))
    if query.item:
        found = found.filter(of_item(query.item))
    return found.filter(_says(query.text, inside=inside)) if query.text else found


def _shown(found: QuerySet[Any], show: Show) -> QuerySet[Any]:
    """Give the moves, the notes, or both."""
    if show not in (Show.APPLIED, Show.NOTES):
        return found
    return found.filter(APPLIED if show == Show.APPLIED else ~APPLIED)


def of_item(key: str) -> Q:
    """Say which entries are of one item, named by its key."""
    kind, _colon, name = key.partition(":")
    return Q(action__code=name) if kind == ACTION else Q(milestone_id=int(name))


def _of_workstream(code: str) -> Q:
    if code == WHOLE_ROADMAP:
        return Q(milestone__isnull=False, milestone__workstream=None)
    return Q(action__workstream__code=code) | Q(milestone__workstream__code=code)


def _says(text: str, *, inside: bool) -> Q:
    """Search what the reader may read: reasons that members wrote are not for the public."""
    reason = Q(reason__icontains=text) | Q(reason_en__icontains=text)
    wanted = reason | Q(asked_by__icontains=text) if inside else reason & Q(by=None)
    wanted |= Q(action__code__icontains=text)
    for item in Kind.values:
        wanted |= Q(**{f"{item}__title__icontains": text})
        wanted |= Q(**{f"{item}__title_en__icontains": text})
    return wanted


def _in_order(found: QuerySet[Any]) -> QuerySet[Any]:
    beside = ("action__workstream", "milestone__workstream", "by", "decision__meeting")
    return found.select_related(*beside, "request__answered_by").order_by("-on", "-pk")


def _sums(found: QuerySet[Any]) -> Sums:
    further = Q(new_date__gt=F("old_date"))
    counted = found.aggregate(
        moves=Count("pk", filter=APPLIED),
        notes=Count("pk", filter=~APPLIED),
        later=Count("pk", filter=APPLIED & further),
        earlier=Count("pk", filter=APPLIED & ~further),
        actions=Count("action_id", filter=APPLIED, distinct=True),
        milestones=Count("milestone_id", filter=APPLIED, distinct=True),
        days=Sum(SHIFT, filter=APPLIED),
    )
    items = counted.pop("actions") + counted.pop("milestones")
    days = round(counted.pop("days") or 0)
    return Sums(**counted, items=items, days=days, median=None)


def _median(moves: QuerySet[Any], number: int) -> float | None:
    """Give the middle of all shifts, of an even number the mean of the two in the middle."""
    shifts = moves.annotate(shift=SHIFT).order_by("shift").values_list("shift", flat=True)
    middle = list(shifts[(number - 1) // 2 : number // 2 + 1]) if number else []
    return _halved(middle) if middle else None


def _halved(middle: Iterable[float]) -> float:
    """Give the mean of one or two shifts: whole days, or half a day more."""
    half = mean(middle)
    return int(half) if half.is_integer() else half


def _places(moves: QuerySet[Any], offered: list[Option]) -> list[Place]:
    """Count, sum and halve the moves of each workstream, in the order of the roadmap: one query.

    Of each workstream only the one or two moves in the middle are read.
    """
    place = Coalesce("action__workstream__code", "milestone__workstream__code")
    by_place: Any = {"partition_by": F("place")}
    numbered = moves.annotate(place=place, shift=SHIFT).annotate(
        rank=Window(RowNumber(), order_by=[F("shift"), F("pk")], **by_place),
        number=Window(Count("pk"), **by_place),
        days=Window(Sum("shift"), **by_place),
    )
    # Twice its rank lies from n to n + 2 for what stands in the middle of n, and for nothing else.
    middle = numbered.annotate(twice=F("rank") * 2, least=F("number"), most=F("number") + 2)
    rows = middle.filter(twice__gte=F("least"), twice__lte=F("most"))
    found: dict[str, list[Any]] = {}
    for code, *values in rows.values_list("place", "number", "days", "shift"):
        found.setdefault(code or WHOLE_ROADMAP, []).append(values)
    return [_place(one, found[one.value]) for one in offered if one.value in found]


def _place(named: Option, middle: list[Any]) -> Place:
    number, days, _shift = middle[0]
    return Place(
        code=named.value,
        label=named.label,
        moves=number,
        days=round(days),
        median=_halved(shift for _number, _days, shift in middle),
    )


def _by_item(moves: QuerySet[Any]) -> QuerySet[Any]:
    """Sum up the moves of each item: what moved most often first, and among those furthest."""
    summed = moves.order_by().values("action_id", "milestone_id")
    summed = summed.annotate(times=Count("pk"), days=Sum(SHIFT), last=Max("pk"))
    return summed.order_by("-times", "-days", "-last")


def moved(summed: Iterable[dict[str, Any]]) -> list[Moved]:
    """Load the items that moved: two queries."""
    found = list(summed)
    wanted = [one["action_id"] for one in found if one["action_id"]]
    actions = ActionItem.objects.select_related("workstream").in_bulk(wanted)
    wanted = [one["milestone_id"] for one in found if one["milestone_id"]]
    milestones = Milestone.objects.select_related("workstream").in_bulk(wanted)
    return [
        Moved(key_of(item), item, one["times"], round(one["days"]))
        for one in found
        for item in [actions.get(one["action_id"]) or milestones[one["milestone_id"]]]
    ]


def key_of(item: ActionItem | Milestone) -> str:
    """Name an item as the address of its entries does."""
    return f"{ACTION}:{item.code}" if isinstance(item, ActionItem) else f"{MILESTONE}:{item.pk}"


def item_named(key: str, today: date) -> ActionItem | Milestone | None:
    """Find the item an address names; None where there is none, or none yet on that day."""
    kind, _colon, name = key.partition(":")
    name = name.replace("\x00", "")
    if kind == ACTION:
        return ActionItem.objects.filter(code=name, created_on__lte=today).first()
    if kind == MILESTONE and name.isascii() and name.isdecimal() and len(name) < 19:
        return Milestone.objects.filter(pk=int(name), known_from__lte=today).first()
    return None
