"""Moving a due date: never just changed, always named with who asked and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from committee.enums import DecisionEffect
from committee.models import Decision
from roadmap.enums import Precision, Refusal, UpdateKind
from roadmap.models import ActionItem, DueDateChange, Milestone, StatusUpdate
from roadmap.rules import dates, permissions
from roadmap.rules.refusals import Refused
from roadmap.services import decisions, notices
from roadmap.services.changes import (
    Attempt,
    Words,
    begin,
    begin_row,
    one_change,
    record,
    require,
)
from roadmap.services.milestones import save_milestone


@dataclass(frozen=True, slots=True)
class Move:
    """A new due date as the period it stands for, the reasons for it, and who decided it."""

    to: date
    precision: Precision
    reason: str
    asked_by: str = ""
    decision: Decision | None = None

    @property
    def last_day(self) -> date:
        return dates.period_end(self.to, self.precision)


@one_change
def move_action_date(*, action: ActionItem, attempt: Attempt, move: Move) -> StatusUpdate:
    """Move an action's due date; the first date stays, reminders start afresh.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if it is closed, the date is the same or before the start, no reason is
        given, or the decision was taken for something else.
    """
    hold_decision(move)
    action, actor, facts = begin(action, attempt)
    require(permissions.may_move_date(actor, facts))
    update, _slip = shift_action(action, attempt, move)
    notices.tell_owner(action, update, "moved")
    return update


@one_change
def move_milestone_date(*, milestone: Milestone, attempt: Attempt, move: Move) -> Milestone:
    """Move a milestone's due date, on the same slip ledger.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if it has ended, the date is the same, no reason is given, or the decision
        was taken for something else.
    """
    hold_decision(move)
    milestone, actor = begin_row(milestone, attempt)
    require(permissions.may_move_milestone(actor))
    slip = shift_milestone(milestone, attempt, move)
    if slip is not None:
        notices.tell_leads(milestone, slip, attempt.at.now)
    return milestone


def hold_decision(move: Move) -> None:
    """Keep the decision behind a move from being struck meanwhile; before what moves is locked.

    :raises Refused: if it was taken for something else.
    """
    if move.decision is not None:
        decisions.lock_for(move.decision, DecisionEffect.MOVE)


def shift_action(
    action: ActionItem, attempt: Attempt, move: Move
) -> tuple[StatusUpdate, DueDateChange | None]:
    """Move the date of an action that the caller has locked and may move.

    :raises Refused: if it is closed, or the move makes no sense.
    """
    if not action.is_open:
        raise Refused(Refusal.CLOSED)
    check_start(action, move)
    old = action.due_date
    slip = _enter(action, attempt, move, action=action)
    changes = {"due_date": [str(old), str(action.due_date)]} if old else {}
    words = Words(note=move.reason, changes=changes)
    return record(action, UpdateKind.MOVED, attempt, words), slip


def shift_milestone(milestone: Milestone, attempt: Attempt, move: Move) -> DueDateChange | None:
    """Move the date of a milestone that the caller has locked and may move.

    :raises Refused: if it has ended, or the move makes no sense.
    """
    if not milestone.is_open:
        raise Refused(Refusal.ALREADY_ENDED)
    slip = _enter(milestone, attempt, move, milestone=milestone)
    save_milestone(milestone, settles="due date moved")
    return slip


def check_start(action: ActionItem, move: Move) -> None:
    """Refuse a due date before the start.

    :raises Refused: if so.
    """
    if action.start_date is not None and move.last_day < action.start_date:
        raise Refused(Refusal.NOT_PLANNED_YET)


def _enter(
    item: ActionItem | Milestone, attempt: Attempt, move: Move, **owner: ActionItem | Milestone
) -> DueDateChange | None:
    """Put a move on the slip ledger and on the item; a first date is no slip."""
    check_move(item, move)
    old, old_precision = item.due_date, item.due_precision
    slip = None
    if old is None:
        item.first_due_date = move.last_day
    elif old != move.last_day:
        item.times_moved += 1
        slip = _slip(old, old_precision, attempt, move, owner)
    item.due_date, item.due_precision = move.last_day, move.precision
    item.date_generation += 1
    return slip


def check_move(item: ActionItem | Milestone, move: Move) -> None:
    """Refuse a move without a reason, or to the date already in force.

    :raises Refused: if so.
    """
    if not move.reason.strip():
        raise Refused(Refusal.NEEDS_REASON)
    if (item.due_date, item.due_precision) == (move.last_day, move.precision):
        raise Refused(Refusal.SAME_DATE)


def _slip(
    old: date,
    old_precision: str,
    attempt: Attempt,
    move: Move,
    owner: dict[str, ActionItem | Milestone],
) -> DueDateChange:
    return DueDateChange.objects.create(
        **owner,
        old_date=old,
        new_date=move.last_day,
        old_precision=old_precision,
        new_precision=move.precision,
        on=attempt.at.today,
        by=attempt.by,
        asked_by=move.asked_by,
        reason=move.reason,
        decision=move.decision,
        token=attempt.token,
    )
