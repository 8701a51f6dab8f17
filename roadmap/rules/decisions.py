"""When a decision counts as carried out: what came of it says so, not whoever took it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from committee.enums import DecisionEffect
from roadmap.enums import DecisionState, Standing

# One of these is enough; of actions and milestones every one must be finished.
ONE_IS_ENOUGH = (DecisionEffect.MOVE, DecisionEffect.OBSTACLE, DecisionEffect.ADOPTION)


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """What points to a decision and fits its effect: all of it, and what of it is finished.

    Cancelled actions and milestones are left out. Finished is a verified action, an achieved
    milestone, a closed obstacle, a move, an adoption.
    """

    effect: DecisionEffect
    due_date: date | None = None
    done_on: date | None = None
    linked: int = 0
    finished: int = 0


def state(facts: DecisionFacts) -> DecisionState:
    """Say how far a decision is from carried out."""
    if _is_carried_out(facts):
        return DecisionState.CARRIED_OUT
    is_begun = facts.effect != DecisionEffect.TASK and facts.linked > 0
    return DecisionState.IN_HAND if is_begun else DecisionState.NOT_BEGUN


def is_overdue(facts: DecisionFacts, today: date) -> bool:
    """Say whether a decision should have been carried out by now; its last day is still in time."""
    is_past = facts.due_date is not None and facts.due_date < today
    return is_past and not _is_carried_out(facts)


def _is_carried_out(facts: DecisionFacts) -> bool:
    if facts.effect == DecisionEffect.RECORD:
        return True
    if facts.effect == DecisionEffect.TASK:
        return facts.done_on is not None
    if facts.effect in ONE_IS_ENOUGH:
        return facts.finished > 0
    return facts.linked > 0 and facts.finished == facts.linked


def standing(*, has_adoption: bool, was_adopted: bool, is_cancelled: bool) -> Standing:
    """Say how an action stands to the roadmap as it was ever adopted.

    A later adoption leaves out what was cancelled by then; that it was removed stays true.
    """
    if was_adopted:
        return Standing.REMOVED if is_cancelled else Standing.ADOPTED
    return Standing.ADDED if has_adoption and not is_cancelled else Standing.PROPOSED
