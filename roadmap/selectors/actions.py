"""Lists of actions: which rows, in which order, and what such a list leaves out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from committee.models import Institution, Member, Workstream
from committee.models.prepared import ANY_DAY, Build, load
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
from umkm.models import Challenge, Initiative

PAGE_SIZE = 50
# A filter offers no more owners than this; the list of people offers all of them.
MOST_OWNERS = 100
LONGEST_KEY = 18
OPTION = ("code", "title", "title_en")
NO_LEAD = "none"
NO_CHALLENGE = "none"
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
    challenge: str = ""
    initiative: str = ""
    due_from: date | None = None
    due_to: date | None = None

    def load(self, build: Build, today: date, *also: Any) -> list[Any]:
        """Load the rows of `build(today, self, *also)`; what was typed is never made ready."""
        is_typed = self.text or self.owner is not None or self.due_from or self.due_to
        return list(build(today, self, *also)) if is_typed else load(build, today, self, *also)


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
    # Offered only where one is asked for: most readers never do.
    challenges: list[Option] = field(default_factory=list)
    initiatives: list[Option] = field(default_factory=list)


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


def choices(
    *, inside: bool, today: date | None = None, owner: str = "", served: Collection[str] = ()
) -> Choices:
    """Load what the filter offers: two queries, three for somebody signed in.

    Whoever looks back may ask for somebody who owns nothing any more. `owner` is who is asked
    for: of too many owners, that one alone is offered, for one query more. `served` says whether
    a challenge or an initiative is asked for, a query each.
    """
    owners, are_more = _owners(today, owner) if inside else ([], False)
    return Choices(
        workstreams=workstreams(),
        institutions=_options(load(_institutions, ANY_DAY)),
        owners=owners,
        are_more_owners=are_more,
        challenges=_options(load(_challenges, ANY_DAY)) if "challenge" in served else [],
        initiatives=_options(load(_initiatives, ANY_DAY)) if "initiative" in served else [],
    )


def _challenges(_today: date) -> models.QuerySet[Any]:
    return Challenge.objects.order_by("pk").values_list(*OPTION)


def _initiatives(_today: date) -> models.QuerySet[Any]:
    return Initiative.objects.order_by("code").values_list(*OPTION)


def _owners(today: date | None, asked: str) -> tuple[list[Option], bool]:
    day = today or ANY_DAY
    found = load(_owning, day, MOST_OWNERS + 1)
    are_more = len(found) > MOST_OWNERS
    if are_more:
        is_key = asked.isascii() and asked.isdecimal() and len(asked) <= LONGEST_KEY
        found = load(_owning_one, day, member=int(asked)) if is_key else []
    return [Option(str(pk), name) for pk, name in found], are_more


def _owning(today: date, most: int) -> models.QuerySet[Any]:
    """Give who owns something, or ever did; of very many no more than show that there are."""
    people = Member.objects.order_by("name", "pk").values_list("pk", "name")
    if isinstance(today, PastDay):
        return people.filter(_has(StatusUpdate))[:most]
    owned = ActionItem.objects.exclude(owner=None).order_by("owner")
    return people.filter(pk__in=owned.values("owner").distinct()[:most])


def _owning_one(today: date, *, member: int) -> models.QuerySet[Any]:
    states = StatusUpdate if isinstance(today, PastDay) else ActionItem
    return Member.objects.filter(_has(states), pk=member).values_list("pk", "name")


def _has(states: type[ActionItem] | type[StatusUpdate]) -> Exists:
    return Exists(states._default_manager.filter(owner=OuterRef("pk")))


def _options(found: list[Any]) -> list[Option]:
    english = get_language() == "en"
    return [Option(code, (title_en if english else "") or title) for code, title, title_en in found]


def listing(
    *, query: ActionQuery, today: date, page: Any = 1, inside: bool, language: str = "id"
) -> ActionList:
    """Give one page of the actions asked for: one query to count, one for the rows."""
    counts = _counts(query, today)
    is_asked = query.status == Status.CANCELLED
    total = counts["cancelled"] if is_asked else counts["shown"]
    whole = SimpleLazyObject(lambda: _selected(today, query, inside, language))
    paginator = Paginator(whole, PAGE_SIZE)
    paginator.count = total  # type: ignore[misc]  # counted above, together with what is left out
    number = _number(paginator, page)
    start = (number - 1) * PAGE_SIZE
    rows = query.load(_selected_from, today, inside, language, start)
    return ActionList(
        page=Page(rows, number, paginator),
        rows=action_rows.made(rows, language),
        found=total,
        cancelled=0 if is_asked else counts["cancelled"],
    )


def _number(paginator: Paginator[Any], page: Any) -> int:
    try:
        return paginator.validate_number(page)
    except PageNotAnInteger:
        return 1
    except EmptyPage:
        return paginator.num_pages


def _counts(query: ActionQuery, today: date) -> dict[str, int]:
    found = query.load(_counted, today)
    return found[0] if found else {"shown": 0, "cancelled": 0}


def _counted(today: date, query: ActionQuery) -> models.QuerySet[Any]:
    """Count, in one row for all of them."""
    return (
        matching(query, today)
        .order_by()
        .annotate(all=Value(1))
        .values("all")
        .annotate(
            shown=Count("pk", filter=~Q(status=Status.CANCELLED)),
            cancelled=Count("pk", filter=Q(status=Status.CANCELLED)),
        )
        .values("shown", "cancelled")
    )


def _selected(today: date, query: ActionQuery, inside: bool, language: str) -> Any:
    """Ask for the rows that are shown: all of them, in their order."""
    found = matching(query, today)
    if query.status != Status.CANCELLED:
        found = found.exclude(status=Status.CANCELLED)
    return action_rows.select(sorted_by(found, query, language), today, inside=inside)


def _selected_from(today: date, query: ActionQuery, inside: bool, language: str, start: int) -> Any:
    return _selected(today, query, inside, language)[start : start + PAGE_SIZE]


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
    return _with_signal(_serving(_due(found, query), query), query.signal, today)


def _serving(found: ActionQuerySet, query: ActionQuery) -> ActionQuerySet:
    """Keep what answers a challenge, or none, and what is part of an initiative."""
    links: Any = ActionItem.challenges.through.objects
    if query.challenge == NO_CHALLENGE:
        found = found.exclude(pk__in=links.values("actionitem"))
    elif query.challenge:
        linked = links.filter(challenge__code=query.challenge)
        found = found.filter(pk__in=linked.values("actionitem"))
    if query.initiative:
        parts: Any = ActionItem.initiatives.through.objects
        linked = parts.filter(initiative__code=query.initiative)
        found = found.filter(pk__in=linked.values("actionitem"))
    return found


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
    for name in ("title", "title_en", "output", "output_en"):
        wanted |= Q(**{f"{name}__icontains": text})
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
