"""Giving advice, answering it at a meeting, and naming the actions that carry it out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from committee import ledger
from committee.enums import AdviceAnswer, AuditVerb
from committee.models import Advice, Meeting, Workstream
from committee.rules import permissions
from committee.services import bump_revision
from roadmap.enums import Refusal
from roadmap.models import ActionItem
from roadmap.models.words import answer_of
from roadmap.rules.refusals import Refused
from roadmap.services import decisions, notices
from roadmap.services.changes import (
    Attempt,
    begin_row,
    check_new,
    one_change,
    require,
    save_row,
)
from roadmap.services.decisions import DecisionDraft
from roadmap.services.meetings import lock_open_meeting

WELCOME = (AdviceAnswer.ACCEPTED, AdviceAnswer.PARTLY)


@dataclass(frozen=True, slots=True)
class AdviceDraft:
    """What an adviser says: what about, why, and for which workstreams (none: for all)."""

    subject: str
    reasoning: str
    workstreams: list[Workstream] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the committee answers at a meeting, and the decision it makes of the advice, if any."""

    meeting: Meeting
    verdict: AdviceAnswer
    reason: str
    decision: DecisionDraft | None = None


@one_change
def give_advice(*, attempt: Attempt, draft: AdviceDraft) -> Advice:
    """Put an advice before the committee.

    :raises PermissionDenied: if this person is no adviser.
    """
    require(permissions.may_give_advice(check_new(Advice, attempt)))
    advice = Advice.objects.create(
        author=attempt.by,
        subject=draft.subject,
        reasoning=draft.reasoning,
        given_on=attempt.at.today,
        token=attempt.token,
    )
    advice.workstreams.set(draft.workstreams)
    bump_revision()
    return advice


@one_change
def edit_advice(*, advice: Advice, attempt: Attempt, draft: AdviceDraft) -> Advice:
    """Reword one's own advice while the committee has not answered it.

    :raises PermissionDenied: if it is another person's.
    :raises Refused: once it is answered.
    """
    advice, actor = begin_row(advice, attempt)
    require(permissions.may_edit_advice(actor, advice.author_id))
    if advice.answer:
        raise Refused(Refusal.ALREADY_ANSWERED)
    advice.subject, advice.reasoning = draft.subject, draft.reasoning
    advice.workstreams.set(draft.workstreams)
    return save_row(advice)


@one_change
def answer_advice(*, advice: Advice, attempt: Attempt, answer: Answer) -> Advice:
    """Answer an advice at an open meeting; while that one sits, the answer may be revised.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if either meeting is not open, without a reason, if what is carried out
        already would be declined, or if it has become a decision already.
    """
    advice, actor = begin_row(advice, attempt)
    require(permissions.may_answer_advice(actor))
    meeting = _lock_meetings(advice, answer.meeting)
    if not answer.reason.strip():
        raise Refused(Refusal.NEEDS_REASON)
    _check_follows(advice, answer)
    advice.answer, advice.answer_reason = answer.verdict, answer.reason
    advice.answered_at, advice.answered_by = meeting, attempt.by
    advice.answered_on = attempt.at.today
    if answer.decision is not None:
        point = decisions.point_about(meeting, [f"advice:{advice.pk}"])
        draft = replace(answer.decision, advice=advice, agenda_item=point)
        decisions.add(meeting, attempt, draft)
    save_row(advice)  # last, for it seals the decision too
    _tell_author(advice, attempt)
    return advice


@one_change
def link_actions(*, advice: Advice, attempt: Attempt, actions: list[ActionItem]) -> Advice:
    """Name the actions that carry an accepted advice out; those left out are unlinked.

    An action's version stays: a link is no part of what its forms show, and raising it would
    turn away the report that its owner is writing meanwhile.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if the advice was not accepted, or an action carries out another one.
    """
    advice, actor = begin_row(advice, attempt)
    require(permissions.may_answer_advice(actor))
    if answer_of(advice) not in WELCOME:
        raise Refused(Refusal.ADVICE_NOT_ACCEPTED)
    wanted = ActionItem.objects.filter(pk__in=[action.pk for action in actions])
    locked = list(wanted.select_for_update(of=("self",)).order_by("pk"))
    if any(one.advice_id not in (None, advice.pk) for one in locked):
        raise Refused(Refusal.OTHER_ADVICE)
    kept = [one.pk for one in locked]
    advice.actions.exclude(pk__in=kept).update(advice=None)
    wanted.update(advice=advice)
    ledger.tell(advice, AuditVerb.LINK, actions=kept)
    return save_row(advice)


def _lock_meetings(advice: Advice, wanted: Meeting) -> Meeting:
    """Lock the meeting of the answer, and the one of an earlier answer: both must sit.

    In one order, so that two who revise towards each other's meeting do not wait for ever.
    """
    both = {wanted.pk: wanted}
    if advice.answered_at is not None:
        both[advice.answered_at.pk] = advice.answered_at
        if advice.answered_at.is_closed:
            raise Refused(Refusal.ALREADY_ANSWERED)
    return {pk: lock_open_meeting(both[pk]) for pk in sorted(both)}[wanted.pk]


def _check_follows(advice: Advice, answer: Answer) -> None:
    """Refuse to decline what something follows from, and to decide the same thing twice."""
    is_decided = advice.decisions.exists()
    if answer.decision is not None and is_decided:
        raise Refused(Refusal.ADVICE_DECIDED)
    follows = answer.decision is not None or is_decided or advice.actions.exists()
    if follows and answer.verdict not in WELCOME:
        raise Refused(Refusal.ADVICE_CARRIED_OUT)


def _tell_author(advice: Advice, attempt: Attempt) -> None:
    notices.tell(
        people=[advice.author],
        item=f"advice:{advice.pk}",
        occasion=f"answer:{advice.pk}",
        stage="answered",
        at=attempt.at.now,
        by=attempt.by,
    )
