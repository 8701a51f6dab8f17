"""Why an action or a milestone exists: the decision, the advice, or who put it there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from committee.models import Advice, Decision
from roadmap.models import ActionItem, Milestone


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something comes from; `by` is asked only where nothing else says it."""

    on: date
    decision: Decision | None = None
    advice: Advice | None = None
    by: str = ""


def origin_of_action(action: ActionItem) -> Origin:
    """Trace an action back: at most two queries."""
    decision = _decision(action.decision_id)
    advice = decision.advice if decision else None
    if action.advice_id is not None and (advice is None or advice.pk != action.advice_id):
        advice = Advice.objects.select_related("author").get(pk=action.advice_id)
    by = "" if decision or advice or action.import_key else _put_by(action)
    return Origin(action.created_on, decision, advice, by)


def origin_of_milestone(milestone: Milestone) -> Origin:
    """Trace a milestone back: at most one query."""
    decision = _decision(milestone.decision_id)
    return Origin(milestone.known_from, decision, decision.advice if decision else None)


def _decision(pk: int | None) -> Decision | None:
    if pk is None:
        return None
    return Decision.objects.select_related("meeting", "advice__author").get(pk=pk)


def _put_by(action: ActionItem) -> str:
    first = action.updates.order_by("at", "pk").values_list("by__name", flat=True).first()
    return first or ""
