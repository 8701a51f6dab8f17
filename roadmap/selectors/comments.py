"""What was said about a thing, and who can be mentioned in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet, Value, Window
from django.db.models.functions import Coalesce, DenseRank, Left, Lower, StrIndex

from committee.models import Advice, Decision, Member
from committee.models.prepared import ANY_DAY, load
from committee.rules.permissions import Actor
from roadmap.models import ActionItem, Comment
from roadmap.rules import permissions
from roadmap.rules.comments import may_still_edit

LAST = 20
PAGE_SIZE = 50
MOST_NAMES = 50


@dataclass(frozen=True, slots=True)
class CommentRow:
    """One comment as somebody sees it, with the corrections that follow it."""

    comment: Comment
    may_edit: bool
    may_correct: bool
    corrections: list[CommentRow]


@dataclass(frozen=True, slots=True)
class Thread:
    """Comments on one thing, newest first; `total` counts all of them."""

    rows: list[CommentRow]
    total: int
    page: Page[Comment] | None = None

    @property
    def is_whole(self) -> bool:
        return self.total == len(self.rows)


@dataclass(frozen=True, slots=True)
class Name:
    """How a person is mentioned: `@kominfo`, or the whole address where two share that."""

    person: str
    written: str


def last_comments(*, about: ActionItem | Advice | Decision, actor: Actor, now: datetime) -> Thread:
    """Give the last comments on a thing with what corrects them and the count of all: one query."""
    thing = str(about._meta.model_name).removesuffix("item")
    found = load(_last, ANY_DAY, thing, about=about.pk)
    for one in found:
        setattr(one, thing, about)
    first = [one for one in reversed(found) if one.corrects_id is None]
    corrections = [one for one in found if one.corrects_id is not None]
    return Thread(_rows(first, corrections, actor, now), found[0].total if found else 0)


def _last(_today: date, thing: str, *, about: int) -> QuerySet[Any]:
    began = {"began": Coalesce("corrects__at", "at"), "thread": Coalesce("corrects_id", "pk")}
    place = Window(DenseRank(), order_by=[F("began").desc(), F("thread").desc()])
    total = Window(Count("pk", filter=Q(corrects=None)))
    said = Comment.objects.filter(**{thing: about})
    placed = said.annotate(**began).annotate(place=place, total=total)
    return placed.filter(place__lte=LAST).select_related("by").order_by("at", "pk")


def all_comments(
    *, about: ActionItem | Advice | Decision, actor: Actor, now: datetime, page: Any = 1
) -> Thread:
    """Give one page of all comments on a thing: three queries."""
    found = Paginator(_first_of(about), PAGE_SIZE).get_page(page)
    first = list(found)
    corrections = Comment.objects.filter(corrects__in=[one.pk for one in first])
    later = corrections.select_related("by").order_by("at", "pk")
    return Thread(_rows(first, later, actor, now), found.paginator.count, found)


def page_of(comment: Comment) -> int:
    """Name the page of all comments on which this one, or the one it corrects, stands."""
    first = comment.corrects or comment
    newer = _first_of(first.about).filter(at__gte=first.at).exclude(at=first.at, pk__lte=first.pk)
    return newer.count() // PAGE_SIZE + 1


def names() -> tuple[list[Name], bool]:
    """Give who can be mentioned, at most fifty, and whether there are more: one query."""
    found = load(_first_people, ANY_DAY)
    named = [Name(one.name, f"@{written(one)}") for one in found[:MOST_NAMES]]
    return named, len(found) > MOST_NAMES


def _first_people(_today: date) -> QuerySet[Any, Any]:
    shown = _people().order_by("name", "pk")[: MOST_NAMES + 1]
    return shown.values_list("name", "email", "handle", "sharing", named=True)


def people_named(wanted: Iterable[str]) -> dict[str, list[Member]]:
    """Find the active people each name may mean; more than one is ambiguous: one query."""
    asked = list(wanted)
    by_name: dict[str, list[Member]] = defaultdict(list)
    handles = [one.partition("@")[0] for one in asked]
    for person in _people().filter(handle__in=handles).order_by("pk") if asked else ():
        by_name[person.handle].append(person)
        by_name[person.email.lower()].append(person)
    return {one: by_name.get(one, []) for one in asked}


def written(person: Any) -> str:
    """Write how a person found by this module is mentioned."""
    return str(person.email.lower() if person.sharing > 1 else person.handle)


def _people() -> QuerySet[Any, Any]:
    """Give active people with `handle`, and how many share it."""
    handle = Lower(Left("email", StrIndex("email", Value("@")) - 1))
    people = Member.objects.filter(is_active=True).annotate(handle=handle)
    return people.annotate(sharing=Window(Count("pk"), partition_by=[F("handle")]))


def _first_of(about: ActionItem | Advice | Decision) -> QuerySet[Comment]:
    found = about.comments.filter(corrects=None).select_related("by")
    return found.order_by("-at", "-pk")


def _rows(
    comments: Sequence[Comment], corrections: Iterable[Comment], actor: Actor, now: datetime
) -> list[CommentRow]:
    """Make rows with their corrections, the oldest correction first."""
    later: dict[int | None, list[CommentRow]] = defaultdict(list)
    for one in corrections:
        later[one.corrects_id].append(_row(one, actor, now, []))
    return [_row(one, actor, now, later[one.pk]) for one in comments]


def _row(
    comment: Comment, actor: Actor, now: datetime, corrections: list[CommentRow]
) -> CommentRow:
    is_own = permissions.may_edit_comment(actor, comment.by_id)
    is_fresh = may_still_edit(comment.at, now)
    may_correct = is_own and not is_fresh and comment.corrects_id is None
    return CommentRow(comment, is_own and is_fresh, may_correct, corrections)
