"""Everything the page of one action shows, for the public and for members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page
from django.db.models import Model, Prefetch, QuerySet, Value, prefetch_related_objects
from django.urls import reverse

from committee.models import Institution, Member
from committee.models.prepared import load
from committee.rules.days import PastDay
from roadmap.enums import Outlook
from roadmap.models import (
    ActionItem,
    DueDateChange,
    Evidence,
    Milestone,
    Obstacle,
    undone,
)
from roadmap.models.querysets import is_contradictory
from roadmap.selectors.actions import known
from roadmap.selectors.adoption import Baseline, baseline_of
from roadmap.selectors.dependencies import Links, links_of
from roadmap.selectors.history import Entry, history
from roadmap.selectors.milestones import MilestoneRow, marked, slips_of
from roadmap.selectors.origin import Origin, origin_of_action
from roadmap.selectors.owner_away import is_away_over_due
from roadmap.selectors.reasons import reason
from roadmap.selectors.sources import SourcePart, parts
from umkm.models import Challenge, Indicator, Initiative

BY_NAME = ("name", "pk")
SERVED: dict[str, type[Model]] = {
    "challenge": Challenge,
    "initiative": Initiative,
    "indicator": Indicator,
}


@dataclass(frozen=True, slots=True)
class Served:
    """What an action serves, and the name of its page."""

    kind: str
    code: str
    title: str
    title_en: str

    @property
    def url(self) -> str:
        return reverse(f"roadmap:{self.kind}", args=[self.code])


@dataclass(frozen=True, slots=True)
class ActionPage:
    """An action with all that hangs on it; the lists of the inside are empty for the public."""

    action: ActionItem
    signal: str
    reason: str
    is_contradiction: bool
    supporting: list[Institution]
    challenges: list[Served]
    initiatives: list[Served]
    indicators: list[Served]
    contributors: list[Member]
    milestones: list[MilestoneRow]
    links: Links
    slips: list[DueDateChange]
    obstacles: list[Obstacle]
    evidence: list[Evidence]
    origin: Origin | None
    baseline: Baseline | None
    is_owner_away: bool
    source: list[SourcePart]
    entries: list[Entry]
    history_page: Page[Any]


def action_page(
    *, action: ActionItem, today: date, page: Any, inside: bool, language: str
) -> ActionPage:
    """Gather the page: one query for each table shown."""
    found, entries = history(
        action=action, today=today, page=page, inside=inside, language=language
    )
    signal: str = action.signal  # type: ignore[attr-defined]
    return ActionPage(
        action=action,
        signal=signal,
        reason=reason(action, signal, today),
        is_contradiction=inside and _contradicts(action, today),
        supporting=_institutions(action.supporting_codes),
        **_served(action, today),
        milestones=_milestones(action, today),
        links=links_of(action, today),
        slips=slips_of(action, today),
        source=parts(action.source),
        entries=entries,
        history_page=found,
        **_inside(action, today, inside),
    )


def _inside(action: ActionItem, today: date, inside: bool) -> dict[str, Any]:
    if not inside:
        nothing: dict[str, Any] = {"contributors": [], "obstacles": [], "evidence": []}
        return nothing | {"origin": None, "baseline": None, "is_owner_away": False}
    # Kept with the action: what may be done with it depends on them too.
    people = Member.objects.only("name").order_by(*BY_NAME)
    prefetch_related_objects([action], Prefetch("contributors", people))
    return {
        "contributors": list(action.contributors.all()),
        "obstacles": _obstacles(action, today),
        "origin": origin_of_action(action),
        "baseline": baseline_of(action, today),
        "is_owner_away": not isinstance(today, PastDay) and is_away_over_due(action),
        "evidence": load(_evidence, today, action=action.pk),
    }


def _obstacles(action: ActionItem, today: date) -> list[Obstacle]:
    """List the obstacles raised by a day, those still open first; one closed later was open."""
    found = [undone.obstacle(one, today) for one in load(_raised, today, action=action.pk)]
    newest = sorted(found, key=lambda one: (one.raised_on, one.pk), reverse=True)
    return sorted(newest, key=lambda one: (one.closed_on is not None, one.closed_on or today))


def _raised(today: date, *, action: int) -> QuerySet[Obstacle]:
    raised = Obstacle.objects.filter(action=action, raised_on__lte=today)
    return raised.select_related("needed_from", "raised_by", "closed_by")


def _evidence(today: date, *, action: int) -> QuerySet[Evidence]:
    added = Evidence.objects.filter(action=action, added_on__lte=today)
    return added.select_related("added_by").order_by("-added_on", "-pk")


def _served(action: ActionItem, today: date) -> dict[str, Any]:
    """Give the challenges, initiatives and indicators an action serves: one query for the three."""
    found = [Served(*row) for row in load(_serves, today, action=action.pk)]
    return {f"{kind}s": [one for one in found if one.kind == kind] for kind in SERVED}


def _serves(_today: date, *, action: int) -> QuerySet[Any, Any]:
    each = [
        model._default_manager.filter(actions=action).values_list(
            Value(kind), "code", "title", "title_en"
        )
        for kind, model in SERVED.items()
    ]
    return each[0].union(*each[1:], all=True).order_by("code")


def _contradicts(action: ActionItem, today: date) -> bool:
    """Ask only where the owner says "on time": nothing else can be contradicted."""
    return action.outlook == Outlook.ON_TIME and bool(load(_contradictory, today, action=action.pk))


def _contradictory(today: date, *, action: int) -> QuerySet[Any, Any]:
    return known(today).filter(is_contradictory(today), pk=action).values_list("pk")


def _institutions(codes: list[str]) -> list[Institution]:
    return list(Institution.objects.filter(code__in=codes).order_by("code")) if codes else []


def _milestones(action: ActionItem, today: date) -> list[MilestoneRow]:
    return marked(load(_gated, today, action=action.pk), today)


def _gated(today: date, *, action: int) -> QuerySet[Milestone]:
    gates = Milestone.actions.through.objects.filter(actionitem_id=action)
    gated = Milestone.objects.known_on(today).filter(pk__in=gates.values("milestone"))
    return gated.select_related("workstream").order_by("due_date", "pk")
