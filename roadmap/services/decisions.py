"""Writing down what the committee decided, and when something was carried out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

from django.db.models import Max

from committee import ledger
from committee.enums import AdviceAnswer, AuditVerb, DecisionEffect
from committee.models import Advice, AgendaItem, Decision, Institution, Meeting, Member
from committee.rules import permissions
from committee.rules.permissions import Actor
from committee.services import bump_revision
from roadmap.enums import Refusal
from roadmap.models.words import answer_of, day_of
from roadmap.rules.refusals import Refused
from roadmap.services.changes import (
    Attempt,
    begin_row,
    check_new,
    one_change,
    require,
    save_row,
)
from roadmap.services.meetings import lock_open_meeting


@dataclass(frozen=True, slots=True)
class DecisionDraft:
    """What was decided: its words, its effect, who carries it out, by when, and why."""

    text: str
    effect: DecisionEffect
    institution: Institution | None = None
    responsible: Member | None = None
    due_date: date | None = None
    agenda_item: AgendaItem | None = None
    advice: Advice | None = None


def add(meeting: Meeting, attempt: Attempt, draft: DecisionDraft) -> Decision:
    """Give a decision the next number of a meeting that the caller has locked and found open."""
    if draft.agenda_item is not None:  # it may have been taken off while the meeting was waited for
        meeting.agenda.get(pk=draft.agenda_item.pk)
    last = meeting.decisions.aggregate(last=Max("number"))["last"] or 0
    return Decision.objects.create(
        meeting=meeting, number=last + 1, token=attempt.token, **_values(draft)
    )


def point_about(meeting: Meeting, names: Iterable[str]) -> AgendaItem | None:
    """Find the point of the agenda that was proposed for a thing, such as `advice:3`."""
    return meeting.agenda.filter(about__in=names).order_by("order", "pk").first()


@one_change
def record_decision(*, meeting: Meeting, attempt: Attempt, draft: DecisionDraft) -> Decision:
    """Write down a decision at an open meeting.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if the meeting is not open, or the advice it follows was declined.
    """
    require(permissions.may_run_meetings(check_new(Decision, attempt)))
    _hold_advice(draft)
    decision = add(lock_open_meeting(meeting), attempt, draft)
    bump_revision()
    return decision


@one_change
def edit_decision(*, decision: Decision, attempt: Attempt, draft: DecisionDraft) -> Decision:
    """Reword a decision while its meeting is open.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if the meeting is not open, its effect changes after something came of it,
        or the advice it follows was declined.
    """
    _hold_advice(draft)
    decision, _actor = _begin_at_open_meeting(decision, attempt)
    if draft.effect != decision.effect and has_effects(decision):
        raise Refused(Refusal.HAS_EFFECTS)
    if decision.advice_id is not None and draft.advice != decision.advice:
        # Its actions were traced to that advice through it, and follow.
        decision.actions.filter(advice=decision.advice_id).update(advice=draft.advice)
        ledger.tell(
            decision, AuditVerb.LINK, advice_of_its_actions=draft.advice and draft.advice.pk
        )
    for name, value in _values(draft).items():
        setattr(decision, name, value)
    return save_row(decision)


@one_change
def delete_decision(*, decision: Decision, attempt: Attempt) -> None:
    """Strike a decision from which nothing came, while its meeting is open.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if the meeting is not open, or something came of the decision.
    """
    decision, _actor = _begin_at_open_meeting(decision, attempt)
    if has_effects(decision):
        raise Refused(Refusal.HAS_EFFECTS)
    decision.delete()
    bump_revision()


@one_change
def mark_done(*, decision: Decision, attempt: Attempt, day: date, note: str) -> Decision:
    """Record that a task was carried out, also long after its meeting was closed.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if it is no task, is done already, or the day lies ahead or before the
        meeting; without a sentence.
    """
    decision, actor = begin_row(decision, attempt)
    require(permissions.may_run_meetings(actor))
    if decision.effect != DecisionEffect.TASK:
        raise Refused(Refusal.NOT_THIS_EFFECT)
    if decision.done_on is not None:
        raise Refused(Refusal.ALREADY_DONE)
    if not note.strip():
        raise Refused(Refusal.NEEDS_REASON)
    if day > attempt.at.today:
        raise Refused(Refusal.FUTURE_DATE)
    if day < day_of(decision.meeting):
        raise Refused(Refusal.BEFORE_MEETING)
    decision.done_on, decision.done_by, decision.done_note = day, attempt.by, note
    return save_row(decision)


def lock_for(decision: Decision, *effects: DecisionEffect) -> Decision:
    """Hold a decision while something is made to point to it, so that it is not struck meanwhile.

    :raises Refused: if it was taken for something else, or no longer stands.
    """
    rows = Decision.objects.select_for_update(of=("self",), no_key=True)
    locked = rows.filter(pk=decision.pk).first()
    if locked is None or locked.effect not in effects:
        raise Refused(Refusal.NOT_THIS_EFFECT)
    return locked


def has_effects(decision: Decision) -> bool:
    """Say whether anything points to a decision: what came of it, or what was said of it."""
    return any(
        link.related_model._base_manager.filter(**{link.field.name: decision}).exists()
        for link in Decision._meta.related_objects
    )


def _hold_advice(draft: DecisionDraft) -> None:
    """Keep an advice from being declined meanwhile; before the meeting, as its answer does.

    :raises Refused: if it was.
    """
    if draft.advice is None:
        return
    rows = Advice.objects.select_for_update(of=("self",), no_key=True)
    if answer_of(rows.get(pk=draft.advice.pk)) == AdviceAnswer.DECLINED:
        raise Refused(Refusal.ADVICE_DECLINED)


def _begin_at_open_meeting(decision: Decision, attempt: Attempt) -> tuple[Decision, Actor]:
    locked, actor = begin_row(decision, attempt)
    require(permissions.may_run_meetings(actor))
    lock_open_meeting(locked.meeting)
    return locked, actor


def _values(draft: DecisionDraft) -> dict[str, object]:
    return {field.name: getattr(draft, field.name) for field in fields(draft)}
