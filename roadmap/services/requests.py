"""Asking for another due date, and the one answer: approved, declined or withdrawn."""

from __future__ import annotations

from dataclasses import replace

from committee.enums import DecisionEffect
from committee.models import Decision
from committee.services import bump_revision
from roadmap.enums import Precision, Refusal, RequestState
from roadmap.models import ActionItem, DateRequest, DueDateChange, Milestone
from roadmap.rules import permissions
from roadmap.rules.refusals import Refused
from roadmap.selectors import ripple
from roadmap.services import dates, decisions, notices
from roadmap.services.changes import (
    Attempt,
    begin,
    begin_row,
    check_new,
    one_change,
    require,
    save_row,
)
from roadmap.services.dates import Move

# A meeting that leaves a date puts that on the record: a decision to move one would stay open.
DECLINING = DecisionEffect.RECORD


@one_change
def ask_move(*, item: ActionItem | Milestone, attempt: Attempt, move: Move) -> DateRequest:
    """Ask for another due date; one ask at a time waits for an answer.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if it is closed, has no date yet, a request waits, or the ask makes no sense.
    """
    check_new(DateRequest, attempt)
    item = _begin_item(item, attempt)
    _check_ask(item, move)
    assert item.due_date is not None  # as just checked
    asked = DateRequest.objects.create(
        action=item if isinstance(item, ActionItem) else None,
        milestone=item if isinstance(item, Milestone) else None,
        asked_by=attempt.by,
        asked_on=attempt.at.today,
        old_date=item.due_date,
        old_precision=item.due_precision,
        new_date=move.last_day,
        new_precision=move.precision,
        reason=move.reason,
        token=attempt.token,
    )
    bump_revision()
    return asked


@one_change
def approve_request(
    *, request: DateRequest, attempt: Attempt, decision: Decision | None = None, answer: str = ""
) -> DateRequest:
    """Approve a request and move the date, in one transaction.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if it is answered already, the date in force is no longer the one it was
        asked from, or what was to move is closed.
    """
    # The words are the asker's; who asked stays on the ledger by name, as with any move.
    move = Move(
        to=request.new_date,
        precision=Precision(request.new_precision),
        reason=request.reason,
        asked_by=str(request.asked_by),
        decision=decision,
    )
    dates.hold_decision(move)
    request = _begin_answer(request, attempt)
    item = _lock_item(request)
    if (item.due_date, item.due_precision) != (request.old_date, request.old_precision):
        raise Refused(Refusal.DATE_CHANGED)
    if not item.is_open:
        raise Refused(Refusal.CLOSED)
    request.ripple = _ripple(request, item, attempt)
    request.slip = _shift(request, item, attempt, move)
    request.decision = decision
    return _answer(request, attempt, RequestState.APPROVED, answer)


@one_change
def decline_request(
    *, request: DateRequest, attempt: Attempt, answer: str, decision: Decision | None = None
) -> DateRequest:
    """Decline a request, saying why; the date stays.

    :raises PermissionDenied: if this person may not.
    :raises Refused: without a reason, if it is answered already, or if the decision was taken
        for something else.
    """
    if decision is not None:
        decisions.lock_for(decision, DECLINING)
    request = _begin_answer(request, attempt)
    if not answer.strip():
        raise Refused(Refusal.NEEDS_REASON)
    request.ripple = _ripple(request, request.item, attempt)
    request.decision = decision
    return _answer(request, attempt, RequestState.DECLINED, answer)


@one_change
def withdraw_request(*, request: DateRequest, attempt: Attempt, answer: str = "") -> DateRequest:
    """Take an own request back.

    :raises PermissionDenied: if it is another person's.
    :raises Refused: if it is answered already.
    """
    request, actor = begin_row(request, _any_version(attempt))
    require(permissions.may_withdraw_request(actor, request.asked_by_id))
    _check_waiting(request)
    return _answer(request, attempt, RequestState.WITHDRAWN, answer)


def _begin_item(item: ActionItem | Milestone, attempt: Attempt) -> ActionItem | Milestone:
    """Lock what is to move, for somebody who may ask."""
    if isinstance(item, ActionItem):
        action, actor, facts = begin(item, attempt)
        require(permissions.may_ask_move(actor, facts))
        return action
    milestone, actor = begin_row(item, attempt)
    require(permissions.may_ask_milestone_move(actor, milestone.workstream_id))
    return milestone


def _check_ask(item: ActionItem | Milestone, move: Move) -> None:
    if not item.is_open:
        raise Refused(Refusal.CLOSED)
    if item.due_date is None:
        raise Refused(Refusal.NO_DATE_YET)
    dates.check_move(item, move)
    if isinstance(item, ActionItem):
        dates.check_start(item, move)
    if item.requests.filter(state=RequestState.PENDING).exists():
        raise Refused(Refusal.REQUEST_WAITS)


def _any_version(attempt: Attempt) -> Attempt:
    """Ask for no version: a request changes only by its answer, which says more than "stale"."""
    return replace(attempt, version=None)


def _begin_answer(request: DateRequest, attempt: Attempt) -> DateRequest:
    request, actor = begin_row(request, _any_version(attempt))
    require(permissions.may_answer_move(actor))
    _check_waiting(request)
    return request


def _check_waiting(request: DateRequest) -> None:
    if request.state != RequestState.PENDING:
        raise Refused(Refusal.ALREADY_ANSWERED)


def _lock_item(request: DateRequest) -> ActionItem | Milestone:
    """Lock what is to move; after the request, as everybody who answers does."""
    if request.action_id is not None:
        return ActionItem.objects.select_for_update(of=("self",)).get(pk=request.action_id)
    return Milestone.objects.select_for_update(of=("self",)).get(requests=request)


def _ripple(
    request: DateRequest, item: ActionItem | Milestone, attempt: Attempt
) -> list[dict[str, object]]:
    return ripple.stored(ripple.look(item, request.new_date, attempt.at.today))


def _shift(
    request: DateRequest, item: ActionItem | Milestone, attempt: Attempt, move: Move
) -> DueDateChange | None:
    if isinstance(item, Milestone):
        item.token = attempt.token
        slip = dates.shift_milestone(item, attempt, move)
        if slip is not None:
            notices.tell_leads(item, slip, attempt.at.now, besides=request.asked_by)
        return slip
    update, slip = dates.shift_action(item, attempt, move)
    if item.owner_id != request.asked_by_id:  # who asked reads the answer instead
        notices.tell_owner(item, update, "moved")
    return slip


def _answer(request: DateRequest, attempt: Attempt, state: RequestState, words: str) -> DateRequest:
    """Put the answer on the request, and tell whoever asked."""
    request.state, request.answer_reason = state, words
    request.answered_by, request.answered_on = attempt.by, attempt.at.today
    save_row(request)
    kind = "action" if request.action_id is not None else "milestone"
    notices.tell(
        people=[request.asked_by],
        item=f"{kind}:{request.action_id or request.milestone_id}",
        occasion=f"request:{request.pk}",
        stage=state.value,
        at=attempt.at.now,
        by=attempt.by,
    )
    return request
