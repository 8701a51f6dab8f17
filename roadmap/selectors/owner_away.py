"""Owners who are away from the first reminder of a date until that date has passed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from roadmap.models import ActionItem
from roadmap.rules import reminders as rules
from roadmap.rules.reminders import Rule
from roadmap.selectors import countdowns


def may_be_away(action: ActionItem) -> bool:
    """Tell, without a query, whether the due date falls into a pause of the owner at all."""
    owner, due = action.owner, action.due_date
    return bool(action.is_open and owner is not None and due and owner.is_paused(due))


def rules_for(about: Iterable[object]) -> list[Rule]:
    """Give the rules where one of these items asks for them: one query, or none."""
    asked = any(isinstance(one, ActionItem) and may_be_away(one) for one in about)
    return countdowns.active_rules() if asked else []


def is_away_over_due(action: ActionItem, known: Sequence[Rule] | None = None) -> bool:
    """Tell whether the owner's pause is longer than the lead time; the rules cost one query."""
    owner, due = action.owner, action.due_date
    if owner is None or due is None or not may_be_away(action):
        return False
    given = countdowns.active_rules() if known is None else known
    there = [rule for rule in given if rule.place in (None, action.workstream_id)]
    pause = owner.paused_from, owner.paused_until
    return rules.away_throughout(pause, rules.first_day(there, due), due)
