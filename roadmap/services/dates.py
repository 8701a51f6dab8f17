"""Moving a due date: never just changed, always named with who asked and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from roadmap.enums import Precision, Refusal, UpdateKind
from roadmap.models import ActionItem, DueDateChange, Milestone, StatusUpdate
from roadmap.rules import dates, permissions
from roadmap.rules.refusals import Refused
from roadmap.services import notices
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
    """A new due date as the period it stands for, and the reasons for it."""

    to: date
    precision: Precision
    reason: str
    asked_by: str = ""

    @property
    def last_day(self) -> date:
        return dates.period_end(self.to, self.precision)


@one_change
def move_action_date(*, action: ActionItem, attempt: Attempt, move: Move) -> StatusUpdate:
    """Move an action's due date; the first date stays, reminders start afresh.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if it is closed, the date is the same or before the start, or no reason
        is given.
    """
    action, actor, facts = begin(action, attempt)
    require(permissions.may_move_date(actor, facts))
    if not action.is_open:
        raise Refused(Refusal.CLOSED)
    if action.start_date is not None and move.last_day < action.start_date:
        raise Refused(Refusal.NOT_PLANNED_YET)
    old = action.due_date
    _enter(action, attempt, move, action=action)
    changes = {"due_date": [str(old), str(action.due_date)]} if old else {}
    update = record(action, UpdateKind.MOVED, attempt, Words(note=move.reason, changes=changes))
    notices.tell_owner(action, update, "moved")
    return update


@one_change
def move_milestone_date(*, milestone: Milestone, attempt: Attempt, move: Move) -> Milestone:
    """Move a milestone's due date, on the same slip ledger.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if it has ended, the date is the same, or no reason is given.
    """
    milestone, actor = begin_row(milestone, attempt)
    require(permissions.may_move_milestone(actor))
    if not milestone.is_open:
        raise Refused(Refusal.ALREADY_ENDED)
    _enter(milestone, attempt, move, milestone=milestone)
    return save_milestone(milestone, settles="due date moved")


def _enter(
    item: ActionItem | Milestone, attempt: Attempt, move: Move, **owner: ActionItem | Milestone
) -> None:
    """Put a move on the slip ledger and on the item; a first date is no slip."""
    if not move.reason.strip():
        raise Refused(Refusal.NEEDS_REASON)
    old, old_precision = item.due_date, item.due_precision
    if (old, old_precision) == (move.last_day, move.precision):
        raise Refused(Refusal.SAME_DATE)
    if old is None:
        item.first_due_date = move.last_day
    elif old != move.last_day:
        item.times_moved += 1
        _slip(old, old_precision, attempt, move, owner)
    item.due_date, item.due_precision = move.last_day, move.precision
    item.date_generation += 1


def _slip(
    old: date,
    old_precision: str,
    attempt: Attempt,
    move: Move,
    owner: dict[str, ActionItem | Milestone],
) -> None:
    DueDateChange.objects.create(
        **owner,
        old_date=old,
        new_date=move.last_day,
        old_precision=old_precision,
        new_precision=move.precision,
        on=attempt.at.today,
        by=attempt.by,
        asked_by=move.asked_by,
        reason=move.reason,
        token=attempt.token,
    )
