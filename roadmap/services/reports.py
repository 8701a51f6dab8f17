"""What owners, verifiers and the secretariat do to an action's status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from committee.models import Member
from roadmap.enums import Outlook, Refusal, Status, UpdateKind
from roadmap.models import ActionItem, StatusUpdate
from roadmap.rules import permissions, transitions
from roadmap.rules.refusals import Refused
from roadmap.services import notices
from roadmap.services.changes import Attempt, Words, begin, one_change, record, require
from roadmap.services.obstacles import Need, open_obstacle


@dataclass(frozen=True, slots=True)
class Report:
    """What an owner claims; a blank progress keeps the last value."""

    status: Status
    progress: int | None = None
    outlook: Outlook | str = ""
    expected_date: date | None = None


@one_change
def report(
    *, action: ActionItem, attempt: Attempt, claim: Report, words: Words, need: Need | None = None
) -> StatusUpdate:
    """Record an owner's report, with the obstacle they raise in the same breath.

    :raises PermissionDenied: if this person may not report on it.
    :raises Refused: if it is closed, or lateness comes without a date and a reason.
    """
    action, actor, facts = begin(action, attempt)
    require(permissions.may_report(actor, facts))
    transitions.check_report(Status(action.status), claim.status)
    _check_outlook(claim, words)
    action.status = claim.status
    action.progress = action.progress if claim.progress is None else claim.progress
    action.outlook = claim.outlook
    action.expected_date = claim.expected_date if claim.outlook == Outlook.WILL_BE_LATE else None
    action.reported_on = attempt.at.today
    if need is not None:
        open_obstacle(action, attempt, need)
    return record(action, UpdateKind.REPORTED, attempt, words)


def _check_outlook(claim: Report, words: Words) -> None:
    if claim.outlook != Outlook.WILL_BE_LATE:
        return
    if claim.expected_date is None or not words.note.strip():
        raise Refused(Refusal.NEEDS_EXPECTED_DATE)


@one_change
def confirm(*, action: ActionItem, attempt: Attempt) -> StatusUpdate:
    """Record "no change, still correct": the report is fresh, nothing else moves.

    :raises PermissionDenied: if this person may not report on it.
    :raises Refused: if it is closed.
    """
    action, actor, facts = begin(action, attempt)
    require(permissions.may_report(actor, facts))
    if not action.is_open:
        raise Refused(Refusal.CLOSED)
    action.reported_on = attempt.at.today
    return record(action, UpdateKind.CONFIRMED, attempt)


@one_change
def submit(*, action: ActionItem, attempt: Attempt, words: Words) -> StatusUpdate:
    """Submit the output for verification; progress stays what was claimed.

    :raises PermissionDenied: if this person may not report on it.
    :raises Refused: without evidence, or out of order.
    """
    action, actor, facts = begin(action, attempt)
    require(permissions.may_submit(actor, facts))
    transitions.check(Status(action.status), Status.SUBMITTED, evidence=action.evidence.exists())
    today = attempt.at.today
    action.status = Status.SUBMITTED
    action.submitted_on = today
    action.is_submitted_late = action.due_date is not None and today > action.due_date
    action.submitted_by = attempt.by
    action.reported_on = today
    return record(action, UpdateKind.SUBMITTED, attempt, words)


@one_change
def verify(*, action: ActionItem, attempt: Attempt, words: Words) -> StatusUpdate:
    """Verify a submission; nobody verifies their own work.

    :raises PermissionDenied: if this person may not, or had a part in the work.
    :raises Refused: if nothing was submitted.
    """
    action, actor, facts = begin(action, attempt)
    require(permissions.may_verify(actor, facts))
    transitions.check(Status(action.status), Status.VERIFIED, evidence=True)
    action.status = Status.VERIFIED
    return record(action, UpdateKind.VERIFIED, attempt, words)


@one_change
def return_submission(*, action: ActionItem, attempt: Attempt, words: Words) -> StatusUpdate:
    """Return a submission with the reason; the work is in progress again.

    :raises PermissionDenied: if this person may not.
    :raises Refused: without a reason, or if nothing was submitted.
    """
    action, actor, facts = begin(action, attempt)
    require(permissions.may_return(actor, facts))
    _check_reason(words)
    transitions.check_return(Status(action.status))
    _back_to_work(action)
    update = record(action, UpdateKind.RETURNED, attempt, words)
    notices.tell_owner(action, update, "returned")
    return update


@one_change
def cancel(*, action: ActionItem, attempt: Attempt, words: Words) -> StatusUpdate:
    """Cancel an action, with the reason.

    :raises PermissionDenied: if this person may not.
    :raises Refused: without a reason, or if it is already closed.
    """
    action, actor, facts = begin(action, attempt)
    require(permissions.may_cancel(actor, facts))
    _check_reason(words)
    transitions.check(Status(action.status), Status.CANCELLED, evidence=True)
    action.status = Status.CANCELLED
    return record(action, UpdateKind.CANCELLED, attempt, words)


@one_change
def reopen(*, action: ActionItem, attempt: Attempt, words: Words) -> StatusUpdate:
    """Reopen a verified or cancelled action; its reminders start afresh.

    :raises PermissionDenied: if this person may not.
    :raises Refused: without a reason, or if it is not closed.
    """
    action, actor, facts = begin(action, attempt)
    require(permissions.may_reopen(actor, facts))
    _check_reason(words)
    transitions.check_reopen(Status(action.status))
    _back_to_work(action)
    action.date_generation += 1
    return record(action, UpdateKind.REOPENED, attempt, words)


@one_change
def reassign(
    *, action: ActionItem, attempt: Attempt, owner: Member | None, words: Words
) -> StatusUpdate:
    """Give an action to another owner, or to nobody, with the reason.

    :raises PermissionDenied: if this person may not.
    :raises Refused: without a reason, or if the new owner has no active account.
    """
    action, actor, facts = begin(action, attempt)
    require(permissions.may_reassign(actor, facts))
    _check_reason(words)
    if owner is not None and not owner.is_active:
        raise Refused(Refusal.INACTIVE_OWNER)
    action.owner = owner
    update = record(action, UpdateKind.REASSIGNED, attempt, words)
    notices.tell_owner(action, update, "assigned")
    return update


def _back_to_work(action: ActionItem) -> None:
    action.status = Status.IN_PROGRESS
    action.submitted_on = None
    action.is_submitted_late = False
    action.submitted_by = None


def _check_reason(words: Words) -> None:
    if not words.note.strip():
        raise Refused(Refusal.NEEDS_REASON)
