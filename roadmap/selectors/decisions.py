"""Decisions with their state, as a list and as a page; the state is decided in SQL too.

rules/decisions.py decides it for one decision, `state_case` for lists; a test holds the two
together over random states.
"""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _

from committee.enums import DecisionEffect
from committee.models import Decision
from committee.rules.days import PastDay
from roadmap.enums import DecisionState, MilestoneClosing, RequestState, Status
from roadmap.models import (
    ActionItem,
    Adoption,
    DateRequest,
    DueDateChange,
    Milestone,
    Obstacle,
    undone,
)
from roadmap.models.words import by_when_of, with_by_when, with_words, worn
from roadmap.rules import decisions as rules
from roadmap.selectors import action_rows, requests
from roadmap.selectors.action_rows import ActionRow
from roadmap.selectors.actions import known
from roadmap.selectors.milestones import MilestoneRow, marked
from roadmap.selectors.passages import Entry, corrections_of

PAGE_SIZE = 25
MOST_EFFECTS = 20
ONE_MORE = MOST_EFFECTS + 1  # to know whether there are more
HERE = OuterRef("pk")


class Listed(models.TextChoices):
    """Which decisions a list shows."""

    OPEN = "open", _("Not yet carried out")
    OVERDUE = "overdue", _("Overdue")
    DONE = "done", _("Carried out")
    ALL = "all", _("All")


@dataclass(frozen=True, slots=True)
class DecisionList:
    page: Page[Decision]
    counts: list[tuple[Listed, int]]


@dataclass(frozen=True, slots=True)
class Effects:
    """What came of a decision, at most twenty of each kind; `pending` are moves it may approve."""

    actions: list[ActionRow]
    milestones: list[MilestoneRow]
    slips: list[DueDateChange]
    obstacles: list[Obstacle]
    adoption: Adoption | None
    pending: list[DateRequest]
    pending_count: int
    is_cut: bool

    @property
    def is_empty(self) -> bool:
        return not (self.adoption or any(self._lists))

    @property
    def most(self) -> int:
        return MOST_EFFECTS

    @property
    def _lists(self) -> tuple[Sized, ...]:
        return self.actions, self.milestones, self.slips, self.obstacles


@dataclass(frozen=True, slots=True)
class DecisionPage:
    decision: Decision
    effects: Effects
    corrections: list[Entry]

    @property
    def corrected(self) -> set[str]:
        """Name the parts that stand otherwise than they were minuted."""
        return {entry.part for entry in self.corrections}


def with_state(decisions: QuerySet[Decision], today: date) -> QuerySet[Any]:
    """Annotate `state`, `by_when` and `is_overdue`, in one SQL expression each."""
    late = Q(by_when__lt=today) & ~Q(state=DecisionState.CARRIED_OUT)
    overdue = Case(When(late, then=True), default=False, output_field=models.BooleanField())
    return (
        with_by_when(decisions, today)
        .annotate(state=state_case(today))
        .annotate(is_overdue=overdue)
    )


def state_case(today: date) -> Case:
    """Mirror rules/decisions.py as of a day; the first match wins."""
    out, in_hand = Value(DecisionState.CARRIED_OUT), Value(DecisionState.IN_HAND)
    actions = known(today).filter(decision=HERE).exclude(status=Status.CANCELLED)
    milestones = Milestone.objects.known_on(today).filter(decision=HERE)
    milestones = milestones.exclude(closing=MilestoneClosing.CANCELLED)
    obstacles = Obstacle.objects.filter(decision=HERE).exclude(closed_on__gt=today)
    by_now = {"decision": HERE, "on__lte": today}
    effect = DecisionEffect
    return Case(
        When(effect=effect.RECORD, then=out),
        When(Q(effect=effect.TASK, done_on__lte=today), then=out),
        When(_all(effect.ACTION, actions, actions.exclude(status=Status.VERIFIED)), then=out),
        When(Q(effect=effect.ACTION) & Exists(actions), then=in_hand),
        When(_all(effect.MILESTONE, milestones, milestones.filter(achieved_date=None)), then=out),
        When(Q(effect=effect.MILESTONE) & Exists(milestones), then=in_hand),
        When(_some(effect.MOVE, DueDateChange.objects.filter(**by_now)), then=out),
        When(_some(effect.OBSTACLE, obstacles.filter(closed_on__isnull=False)), then=out),
        When(_some(effect.OBSTACLE, obstacles), then=in_hand),
        When(_some(effect.ADOPTION, Adoption.objects.filter(**by_now)), then=out),
        default=Value(DecisionState.NOT_BEGUN),
        output_field=models.CharField(),
    )


def _some(effect: DecisionEffect, things: Any) -> Any:
    return Q(effect=effect) & Exists(things)


def _all(effect: DecisionEffect, things: Any, unfinished: Any) -> Any:
    return _some(effect, things) & ~Exists(unfinished)


def facts_of(decision: Decision) -> rules.DecisionFacts:
    """Gather what the rule asks of one decision."""
    linked, finished = _linked(decision)
    return rules.DecisionFacts(
        effect=DecisionEffect(decision.effect),
        due_date=by_when_of(decision),
        done_on=decision.done_on,
        linked=linked,
        finished=finished,
    )


def _linked(decision: Decision) -> tuple[int, int]:
    """Count what points to a decision and fits its effect, and what of it is finished."""
    is_live = {
        DecisionEffect.ACTION: (ActionItem, ~Q(status=Status.CANCELLED), Q(status=Status.VERIFIED)),
        DecisionEffect.MILESTONE: (
            Milestone,
            ~Q(closing=MilestoneClosing.CANCELLED),
            Q(achieved_date__isnull=False),
        ),
        DecisionEffect.MOVE: (DueDateChange, Q(), Q()),
        DecisionEffect.OBSTACLE: (Obstacle, Q(), Q(closed_on__isnull=False)),
        DecisionEffect.ADOPTION: (Adoption, Q(), Q()),
    }
    if decision.effect not in is_live:
        return 0, 0
    model, live, finished = is_live[DecisionEffect(decision.effect)]
    found = model._default_manager.filter(live, decision=decision)
    counted = found.aggregate(linked=Count("pk"), finished=Count("pk", filter=finished))
    return counted["linked"], counted["finished"]


def listing(*, today: date, listed: Listed = Listed.OPEN, page: Any = 1) -> DecisionList:
    """Give one page of decisions, the most urgent first: a count of each view, and the rows."""
    found = with_state(taken(today), today)
    counts = found.aggregate(**{one.value: Count("pk", filter=_is(one)) for one in Listed})
    asked = with_words(found.filter(_is(listed)), today)
    asked = asked.select_related("meeting", "institution", "responsible")
    newest = (F("meeting__number").desc(), F("number").desc())
    urgent = (F("by_when").asc(nulls_last=True), *newest)
    is_urgent = listed in (Listed.OPEN, Listed.OVERDUE)
    paginator = Paginator(asked.order_by(*(urgent if is_urgent else newest)), PAGE_SIZE)
    paginator.count = counts[listed]  # type: ignore[misc]
    shown = paginator.get_page(page)
    shown.object_list = [undone.decision(one, today) for one in worn(shown.object_list)]
    return DecisionList(shown, [(one, counts[one]) for one in Listed])


def taken(today: date) -> QuerySet[Decision]:
    """Give the decisions there are; on a day looked back at, those of meetings held by then."""
    found = Decision.objects.all()
    return found.filter(undone.held(today, "meeting__")) if isinstance(today, PastDay) else found


def _is(listed: Listed) -> Q:
    carried_out = Q(state=DecisionState.CARRIED_OUT)
    return {
        Listed.OPEN: ~carried_out,
        Listed.OVERDUE: Q(is_overdue=True),
        Listed.DONE: carried_out,
        Listed.ALL: Q(pk__isnull=False),
    }[listed]


def decision_page(*, decision: Decision, today: date, language: str) -> DecisionPage:
    """Gather what the page of one decision shows: its state, and what came of it."""
    found = Decision.objects.filter(pk=decision.pk)
    stated: Any = with_state(found, today).only("pk").get()
    shown: Any = decision
    shown.state, shown.is_overdue = stated.state, stated.is_overdue
    return DecisionPage(
        decision, _effects(decision, today, language), corrections_of(decision, today)
    )


def _effects(decision: Decision, today: date, language: str) -> Effects:
    actions = known(today).filter(decision=decision)
    rows = action_rows.select(actions.order_by("workstream__order", "number"), today, inside=True)
    milestones = Milestone.objects.known_on(today).filter(decision=decision)
    milestones = milestones.select_related("workstream")
    obstacles = Obstacle.objects.filter(decision=decision).exclude(closed_on__gt=today)
    obstacles = obstacles.select_related("action", "closed_by")
    slips = DueDateChange.objects.filter(decision=decision, on__lte=today).select_related(
        "action", "milestone", "by", "decision__meeting"
    )
    found: dict[str, list[Any]] = {
        "actions": action_rows.made(rows[:ONE_MORE], language),
        "milestones": marked(milestones.order_by("due_date", "pk")[:ONE_MORE], today),
        "slips": list(slips.order_by("-on", "-pk")[:ONE_MORE]),
        "obstacles": list(obstacles.order_by("closed_on", "pk")[:ONE_MORE]),
    }
    pending, pending_count = _pending(decision, today)
    return Effects(
        **{name: some[:MOST_EFFECTS] for name, some in found.items()},
        adoption=Adoption.objects.filter(decision=decision, on__lte=today)
        .select_related("by")
        .annotate(item_count=Count("items"))
        .first(),
        pending=pending,
        pending_count=pending_count,
        is_cut=any(len(some) > MOST_EFFECTS for some in found.values()),
    )


def _pending(decision: Decision, today: date) -> tuple[list[DateRequest], int]:
    """List the asks to move a date that this decision may answer."""
    if decision.effect != DecisionEffect.MOVE:
        return [], 0
    waiting = DateRequest.objects.filter(
        requests.is_in(RequestState.PENDING, today), asked_on__lte=today
    )
    found = waiting.select_related("action", "milestone", "asked_by").order_by("asked_on", "pk")
    return list(found[:MOST_EFFECTS]), waiting.count()
