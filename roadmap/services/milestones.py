"""Creating, editing and ending milestones."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from committee.enums import DecisionEffect
from committee.services import bump_revision
from roadmap.enums import MilestoneClosing, Precision, Refusal
from roadmap.models import ActionItem, Milestone
from roadmap.rules import dates, permissions
from roadmap.rules.refusals import Refused
from roadmap.services import reminders
from roadmap.services.changes import (
    Attempt,
    begin_row,
    check_new,
    one_change,
    require,
    save_row,
)
from roadmap.services.decisions import lock_for
from umkm.models import Indicator


@dataclass(frozen=True, slots=True)
class MilestoneDraft:
    """What a person says of a milestone; its due date counts only when creating."""

    fields: dict[str, Any]
    actions: list[ActionItem] = field(default_factory=list)
    # None: not said, and so they stay as they are.
    indicators: list[Indicator] | None = None


@one_change
def create_milestone(*, attempt: Attempt, draft: MilestoneDraft) -> Milestone:
    """Put a milestone on the roadmap.

    :raises PermissionDenied: if this person may not in its workstream.
    :raises Refused: if its decision is for something else.
    """
    actor = check_new(Milestone, attempt)
    fields = dict(draft.fields)
    workstream = fields.get("workstream")
    require(permissions.may_edit_milestone(actor, workstream.pk if workstream else None))
    due = fields.pop("due_date", None)
    precision = fields.get("due_precision", Precision.DAY)
    _hold_decision(fields)
    last_day = dates.period_end(due, precision) if due else None
    milestone = Milestone.objects.create(
        **fields,
        due_date=last_day,
        first_due_date=last_day,
        known_from=attempt.at.today,
        token=attempt.token,
    )
    _link(milestone, draft)
    bump_revision()
    return milestone


@one_change
def edit_milestone(*, milestone: Milestone, attempt: Attempt, draft: MilestoneDraft) -> Milestone:
    """Change what a milestone says; its date moves only through the slip ledger.

    :raises PermissionDenied: if this person may not in its workstream, old or new.
    :raises Refused: if its decision is for something else.
    """
    milestone, actor = begin_row(milestone, attempt)
    require(permissions.may_edit_milestone(actor, milestone.workstream_id))
    _hold_decision(draft.fields, milestone.decision_id)
    for name, value in draft.fields.items():
        if name not in ("due_date", "due_precision"):
            setattr(milestone, name, value)
    require(permissions.may_edit_milestone(actor, milestone.workstream_id))
    _link(milestone, draft)
    return save_milestone(milestone)


def _link(milestone: Milestone, draft: MilestoneDraft) -> None:
    milestone.actions.set(draft.actions)
    if draft.indicators is not None:
        milestone.indicators.set(draft.indicators)


@one_change
def achieve_milestone(
    *, milestone: Milestone, attempt: Attempt, achieved: date, precision: Precision
) -> Milestone:
    """Record that a milestone was achieved, and on which day it was recorded.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if it has ended, or the date lies in the future.
    """
    milestone, actor = begin_row(milestone, attempt)
    require(permissions.may_end_milestone(actor))
    if not milestone.is_open:
        raise Refused(Refusal.ALREADY_ENDED)
    if achieved > attempt.at.today:
        raise Refused(Refusal.FUTURE_DATE)
    milestone.achieved_date = dates.period_end(achieved, precision)
    milestone.achieved_precision = precision
    milestone.achieved_recorded_on = attempt.at.today
    return save_milestone(milestone, settles="achieved")


@one_change
def close_milestone(
    *, milestone: Milestone, attempt: Attempt, closing: MilestoneClosing, reason: str
) -> Milestone:
    """Close a milestone as missed or cancelled, with the reason.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if it has ended, or no reason is given.
    """
    milestone, actor = begin_row(milestone, attempt)
    require(permissions.may_end_milestone(actor))
    if not milestone.is_open:
        raise Refused(Refusal.ALREADY_ENDED)
    if not reason.strip():
        raise Refused(Refusal.NEEDS_REASON)
    milestone.closing, milestone.closing_reason = closing, reason
    milestone.closed_on = attempt.at.today
    return save_milestone(milestone, settles=f"closed: {closing}")


def _hold_decision(fields: dict[str, Any], standing: int | None = None) -> None:
    """Keep the decision newly named for a milestone from being struck meanwhile."""
    decision = fields.get("decision")
    if decision is not None and decision.pk != standing:
        lock_for(decision, DecisionEffect.MILESTONE)


def save_milestone(milestone: Milestone, settles: str = "") -> Milestone:
    """Save a locked milestone; `settles` says why its unsent reminders are cancelled."""
    if settles:
        reminders.cancel(item=f"milestone:{milestone.pk}", why=settles)
    return save_row(milestone)
