"""Lists of actions: which rows, in which order, and what such a list leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from committee.models import Institution, Member, Workstream
from committee.rules.days import PastDay
from roadmap.enums import Signal, Status
from roadmap.models import ActionItem, StatusUpdate
from roadmap.models.querysets import (
    OPEN,
    ActionQuerySet,
    is_blocked,
    is_contradictory,
    is_not_reported,
    is_silent,
    signal_case,
)
from roadmap.models.then import actions_on
from roadmap.selectors import action_rows
from roadmap.selectors.action_rows import ActionRow
from roadmap.selectors.prepared import ANY_DAY, load

PAGE_SIZE = 50
# A filter offers no more owners than this; the list of people offers all of them.
MOST_OWNERS = 100
LONGEST_KEY = 18
OPTION = ("code", "title", "title_en")
NO_LEAD = "none"
# Neither a status nor a signal alone: what is still to be done, and who owes a report.
STILL_OPEN = "open"
OWED = "owed"
SORTS: dict[str, tuple[str, ...]] = {
    "due": ("due_date",),
    "code": ("workstream__code", "number"),
    "progress": ("progress",),
    "report": ("reported_on",),
    "title": ("sort_title",),
}


class Watch(models.TextChoices):
    """Questions that may overlap with a signal, and with each other."""

    SILENT = "any_silent", _("All silent")
    BLOCKED = "any_blocked", _("All blocked")
    CONTRADICTION = "contradiction", _("Contradictory")
    ORPHAN = "orphan", _("Without an owner")


class Part(models.TextChoices):
    """What an institution is to an action; one it leads it does not also support."""

    LEAD = "lead", _("leads")
    SUPPORT = "support", _("supports")


# Obstacles, outlooks and people are not for the public.
INSIDE_ONLY = frozenset({Watch.BLOCKED, Watch.CONTRADICTION, Watch.ORPHAN})


@dataclass(frozen=True, slots=True)
class ActionQuery:
    """What a reader asked to see; empty means no wish."""

    workstream: str = ""
    institution: str = ""
    status: str = ""
    signal: str = ""
    owner: int | None = None
    text: str = ""
    sort: str = "due"
    part: str = ""
    due_from: date | None = None
    due_to: date | None = None


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen in the filter of the action list."""

    workstreams: list[Option]
    institutions: list[Option]
    owners: list[Option]
    are_more_owners: bool = False


@dataclass(frozen=True, slots=True)
class ActionList:
    page: Page[Any]
    rows: list[ActionRow]
    found: int
    cancelled: int


def known(today: date) -> ActionQuerySet:
    """Give the actions that exist on a day: the base of every list and count.

    For a day looked back at they are in their state of then.
    """
    if isinstance(today, PastDay):
        return actions_on(today)  # type: ignore[no-any-return]
    return ActionItem.objects.filter(created_on__lte=today)


def watched(watch: str, today: date) -> Q:
    """Give the condition behind a question that may overlap with a signal."""
    conditions = {
        Watch.SILENT: lambda: is_silent(today),
        Watch.BLOCKED: is_blocked,
        Watch.CONTRADICTION: lambda: is_contradictory(today),
        Watch.ORPHAN: is_orphan,
    }
    return conditions[Watch(watch)]()


def is_orphan() -> Q:
    """Say which unfinished actions have nobody to answer for them."""
    return Q(owner=None) & (OPEN | Q(status=Status.SUBMITTED))


def is_owed(today: date) -> Q:
    """Say for which open actions a report is owed: silent, or never reported for as long."""
    return is_silent(today) | is_not_reported(today)


def workstreams() -> list[Option]:
    """Load the workstreams as choices."""
    return _options(load(_workstreams, ANY_DAY))


def _workstreams(_today: date) -> models.QuerySet[Any]:
    return Workstream.objects.order_by("order").values_list(*OPTION)


def _institutions(_today: date) -> models.QuerySet[Any]:
    return Institution.objects.order_by("code").values_list(*OPTION)


def choices(*, inside: bool, today: date | None = None, owner: str = "") -> Choices:
    """Load what the filter offers: two queries, three for somebody signed in.

    Whoever looks back may ask for somebody who owns nothing any more. `owner` is who is asked
    for: of too many owners, that one alone is offered, for one query more.
    """
    owners, are_more = _owners(today, owner) if inside else ([], False)
    return Choices(
        workstreams=workstreams(),
        institutions=_options(load(_institutions, ANY_DAY)),
        owners=owners,
        are_more_owners=are_more,
    )


def _owners(today: date | None, asked: str) -> tuple[list[Option], bool]:
    day = today or ANY_DAY
    found = load(_some_owning, day)
    are_more = len(found) > MOST_OWNERS
    if are_more:
        is_key = asked.isascii() and asked.isdecimal() and len(asked) <= LONGEST_KEY
        found = list(_owning(day).filter(pk=int(asked))) if is_key else []
    return [Option(str(pk), name) for pk, name in found], are_more


def _owning(today: date) -> models.QuerySet[Any]:
    states = StatusUpdate if isinstance(today, PastDay) else ActionItem
    owned = states._default_manager.filter(owner=OuterRef("pk"))
    return Member.objects.filter(Exists(owned)).order_by("name", "pk").values_list("pk", "name")


def _some_owning(today: date) -> models.QuerySet[Any]:
    return _owning(today)[: MOST_OWNERS + 1]


def _options(found: list[Any]) -> list[Option]:
    english = get_language() == "en"
    return [
        Option(code, (title_en if english else "") or title) for code, title, title_en in found
    ]


def listing(
    *, query: ActionQuery, today: date, page: Any = 1, inside: bool, language: str = "id"
) -> ActionList:
    """Give one page of the actions asked for: one query to count, one for the rows."""
    found = matching(query, today)
    counts = found.aggregate(
        shown=Count("pk", filter=~Q(status=Status.CANCELLED)),
        cancelled=Count("pk", filter=Q(status=Status.CANCELLED)),
    )
    is_asked = query.status == Status.CANCELLED
    shown = found if is_asked else found.exclude(status=Status.CANCELLED)
    total = counts["cancelled"] if is_asked else counts["shown"]
    selected = action_rows.select(sorted_by(shown, query, language), today, inside=inside)
    paginator = Paginator(selected, PAGE_SIZE)
    paginator.count = total  # type: ignore[misc]  # counted above, together with what is left out
    found_page = paginator.get_page(page)
    return ActionList(
        page=found_page,
        rows=action_rows.made(found_page.object_list, language),
        found=total,
        cancelled=0 if is_asked else counts["cancelled"],
    )


def matching(query: ActionQuery, today: date) -> ActionQuerySet:
    """Filter by all that was asked; cancelled ones are still among them."""
    found = known(today)
    if query.workstream:
        found = found.filter(workstream__code=query.workstream)
    if query.institution:
        found = found.filter(of_institution(query.institution, query.part))
    if query.status:
        found = found.filter(OPEN if query.status == STILL_OPEN else Q(status=query.status))
    if query.owner is not None:
        found = found.filter(owner=query.owner)
    if query.text:
        found = found.filter(_says(query.text))
    return _with_signal(_due(found, query), query.signal, today)


def _due(found: ActionQuerySet, query: ActionQuery) -> ActionQuerySet:
    if query.due_from is not None:
        found = found.filter(due_date__gte=query.due_from)
    return found if query.due_to is None else found.filter(due_date__lte=query.due_to)


def _with_signal(found: ActionQuerySet, name: str, today: date) -> ActionQuerySet:
    if name in Watch.values:
        return found.filter(watched(name, today))
    if name == OWED:
        return found.filter(is_owed(today))
    if name in Signal.values:
        return found.filter(Q(models.lookups.Exact(signal_case(today), Value(name))))
    return found


def of_institution(code: str, part: str = "") -> Q:
    """Say which actions an institution leads or supports, or has the one part in."""
    if code == NO_LEAD:
        return Q(lead_institution=None)
    leads, named = Q(lead_institution__code=code), Q(supporting__contains=f";{code};")
    if not part:
        return leads | named
    return leads if part == Part.LEAD else named & ~leads


def _says(text: str) -> Q:
    wanted = Q(code__icontains=text)
    for field in ("title", "title_en", "output", "output_en"):
        wanted |= Q(**{f"{field}__icontains": text})
    return wanted


def sorted_by(found: ActionQuerySet, query: ActionQuery, language: str) -> ActionQuerySet:
    """Sort as asked, what has no value last, ending in the primary key."""
    down = query.sort.startswith("-")
    fields = SORTS[query.sort.removeprefix("-")]
    if fields == ("sort_title",):
        found = found.annotate(sort_title=_sort_title(language))
    order = [
        F(name).desc(nulls_last=True) if down else F(name).asc(nulls_last=True) for name in fields
    ]
    return found.order_by(*order, "-pk" if down else "pk")


def _sort_title(language: str) -> Lower:
    if language != "en":
        return Lower("title")
    return Lower(Coalesce(NullIf("title_en", Value("")), "title"))
