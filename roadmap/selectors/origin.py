"""Why an action or a milestone exists: the decision, the advice, or who put it there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from committee.models import Advice, Decision
from committee.models.prepared import ANY_DAY, load
from roadmap.models import ActionItem, Milestone, StatusUpdate
from roadmap.models.words import wear_day, words_of

# What to fetch with a thing whose origin is to be shown.
JOINED = ("decision__meeting", "decision__advice__author")
JOINED_TO_ACTION = (*JOINED, "advice__author")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something comes from; `by` is asked only where nothing else says it.

    `words` are those of the decision that are in force.
    """

    on: date
    decision: Decision | None = None
    advice: Advice | None = None
    by: str = ""
    words: str = ""


def origin_of_action(action: ActionItem) -> Origin:
    """Trace an action, fetched with `JOINED_TO_ACTION`, back: at most three queries."""
    decision = action.decision
    advice = action.advice or (decision.advice if decision else None)
    by = "" if decision or advice or action.import_key else _put_by(action)
    return Origin(action.created_on, decision, advice, by, _words(decision))


def origin_of_milestone(milestone: Milestone) -> Origin:
    """Trace a milestone, fetched with `JOINED`, back: at most two queries."""
    decision = milestone.decision
    advice = decision.advice if decision else None
    return Origin(milestone.known_from, decision, advice, words=_words(decision))


def _words(decision: Decision | None) -> str:
    wear_day(decision)
    return words_of(decision) if decision else ""


def _put_by(action: ActionItem) -> str:
    return next(iter(load(_first_by, ANY_DAY, action=action.pk)), None) or ""


def _first_by(_today: date, *, action: int) -> Any:
    updates = StatusUpdate.objects.filter(action=action).order_by("at", "pk")
    return updates.values_list("by__name", flat=True)[:1]
