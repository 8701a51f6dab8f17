"""What the committee was advised, what it answered, and what became of that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from committee.enums import AdviceAnswer
from committee.models import Advice, Decision, Workstream
from roadmap.enums import Status
from roadmap.models import undone
from roadmap.models.querysets import ActionQuerySet, is_late
from roadmap.models.words import with_answers, with_words, worn, worn_advice
from roadmap.selectors import action_rows
from roadmap.selectors.action_rows import ActionRow
from roadmap.selectors.actions import known
from roadmap.selectors.decisions import taken
from roadmap.selectors.passages import Entry, corrections_of

PAGE_SIZE = 25
ACTIONS_PER_PAGE = 50


class AdviceView(models.TextChoices):
    """The lists of advice, in the order of their doors."""

    WAITING = "waiting", _("Waiting for an answer")
    ACCEPTED = AdviceAnswer.ACCEPTED.value, AdviceAnswer.ACCEPTED.label
    PARTLY = AdviceAnswer.PARTLY.value, AdviceAnswer.PARTLY.label
    DECLINED = AdviceAnswer.DECLINED.value, AdviceAnswer.DECLINED.label
    ALL = "all", _("All advice")
    MINE = "mine", _("My advice")


class Carried(models.TextChoices):
    """Which of the actions that carry an advice out; all of them are no choice."""

    VERIFIED = "verified", _("Verified")
    LATE = "late", _("Late")


@dataclass(frozen=True, slots=True)
class AdviceList:
    """One page of a list, and how many each list holds."""

    page: Page[Advice]
    counts: list[tuple[AdviceView, int]]


@dataclass(frozen=True, slots=True)
class AdvicePage:
    """An advice and what became of it; `counts` are those within `total` one can ask for."""

    workstreams: list[Workstream]
    decisions: list[Decision]
    page: Page[Any]
    actions: list[ActionRow]
    total: int
    counts: list[tuple[Carried, int]]
    corrections: list[Entry]


def listing(
    *, view: AdviceView, reader: int, gives: bool, today: date, page: Any = 1
) -> AdviceList:
    """Give one page of a list: three queries. Who gives or gave some has a door to their own."""
    known_now = with_answers(Advice.objects.filter(given_on__lte=today), today)
    counted = known_now.aggregate(
        **{one: Count("pk", filter=_is(one, reader)) for one in AdviceView}
    )
    paginator = Paginator(_in_order(known_now.filter(_is(view, reader)), today), PAGE_SIZE)
    paginator.count = counted[view]  # type: ignore[misc]  # it is counted already
    has_own = gives or counted[AdviceView.MINE]
    shown = paginator.get_page(page)
    shown.object_list = [undone.advice(one, today) for one in worn_advice(shown.object_list)]
    return AdviceList(
        page=shown,
        counts=[(one, counted[one]) for one in AdviceView if has_own or one != AdviceView.MINE],
    )


def advice_page(
    *, advice: Advice, today: date, language: str, only: str = "", page: Any = 1
) -> AdvicePage:
    """Gather what the page of one advice shows: six queries."""
    carrying = carried_by(advice, today)
    asked = {Carried.VERIFIED: Q(status=Status.VERIFIED), Carried.LATE: is_late(today)}
    sums = carrying.aggregate(
        total=Count("pk"), **{one: Count("pk", filter=wanted) for one, wanted in asked.items()}
    )
    shown = carrying.filter(asked[Carried(only)]) if only else carrying
    ordered = shown.order_by("workstream__order", "number")
    paginator = Paginator(action_rows.select(ordered, today, inside=True), ACTIONS_PER_PAGE)
    paginator.count = sums[only or "total"]  # type: ignore[misc]  # it is counted already
    found = paginator.get_page(page)
    return AdvicePage(
        workstreams=list(advice.workstreams.order_by("order")),
        decisions=worn(decisions_of(advice, today)),
        page=found,
        actions=action_rows.made(found.object_list, language),
        total=sums["total"],
        counts=[(one, sums[one]) for one in Carried],
        corrections=corrections_of(advice, today) if advice.answer else [],
    )


def carried_by(advice: Advice, today: date) -> ActionQuerySet:
    """Give the actions that carry an advice out: linked to it, or to a decision it became."""
    return known(today).filter(Q(advice=advice) | Q(decision__advice=advice))


def decisions_of(advice: Advice, today: date) -> QuerySet[Decision]:
    """Give what an advice became, each with its `words`."""
    found = taken(today).filter(advice=advice)
    found = found.select_related("meeting", "institution", "responsible", "done_by")
    return with_words(found, today).order_by("meeting__number", "number")


def _is(view: AdviceView, reader: int) -> Q:
    if view == AdviceView.ALL:
        return Q()
    if view == AdviceView.MINE:
        return Q(author=reader)
    return Q(answered_as="" if view == AdviceView.WAITING else view.value)


def _in_order(found: QuerySet[Advice], today: date) -> QuerySet[Advice]:
    """Put what waits first, then the newest; say where nothing has followed yet."""
    followed = known(today).filter(Q(advice=OuterRef("pk")) | Q(decision__advice=OuterRef("pk")))
    became = taken(today).filter(advice=OuterRef("pk"))
    rows = found.select_related("author", "answered_at").prefetch_related("workstreams")
    return rows.annotate(
        waits=Q(answered_as=""), has_actions=Exists(followed), has_decisions=Exists(became)
    ).order_by("-waits", "-given_on", "-pk")
