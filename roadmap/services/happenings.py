"""What somebody did, in words: the part of a line that a notice adds to its item.

Called inside the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from committee.enums import AdviceAnswer
from committee.models import Advice, Decision
from roadmap.enums import RequestState
from roadmap.models import (
    ActionItem,
    Comment,
    DateRequest,
    DueDateChange,
    Obstacle,
    Reminder,
    StatusUpdate,
)
from roadmap.rules.reminders import DECIDED
from roadmap.selectors.items import Item, Source
from roadmap.templatetags.roadmap import period

LONGEST_QUOTE = 200


@dataclass(frozen=True, slots=True)
class Happening:
    """What a notice tells of; `decided` holds obstacles by action and by the decision's words."""

    source: Source
    decided: Mapping[tuple[int, str], Obstacle]


def words(reminder: Reminder, item: Item, happening: Happening) -> list[str]:
    """Say who did what, and why, in a sentence or two."""
    return [sentence for sentence in _sentences(reminder, item, happening) if sentence]


def _sentences(reminder: Reminder, item: Item, happening: Happening) -> list[str]:
    source = happening.source
    if isinstance(source, Comment):
        return [_mentioned(source)]
    if isinstance(source, DateRequest):
        return [_asked(source), _by_decision(source.decision)]
    if isinstance(source, Advice):
        return [_advised(source)]
    if isinstance(source, DueDateChange):
        return [_slipped(source), _by_decision(source.decision)]
    if reminder.stage == DECIDED:
        obstacle = happening.decided.get((source.action_id, source.note))
        return [_decided(source), _by_decision(obstacle.decision if obstacle else None)]
    assert isinstance(item, ActionItem)
    return [_done(reminder, source, item), _origin(reminder, item)]


def quoted(text: str) -> str:
    """Quote the beginning of what somebody wrote, on one line."""
    return Truncator(" ".join(text.split())).chars(LONGEST_QUOTE)


def _mentioned(comment: Comment) -> str:
    values = {"name": comment.by, "text": quoted(comment.text)}
    return _("%(name)s mentioned you: “%(text)s”") % values


def _asked(request: DateRequest) -> str:
    """Say what became of an ask for another date."""
    values = {
        "name": request.answered_by,
        "day": period(request.new_date, request.new_precision),
        "reason": quoted(request.answer_reason),
    }
    if request.state == RequestState.DECLINED:
        return _("%(name)s declined the date you asked for, %(day)s: %(reason)s") % values
    if request.answer_reason:
        return _("%(name)s approved the date you asked for, %(day)s: %(reason)s") % values
    return _("%(name)s approved the date you asked for, %(day)s.") % values


def _slipped(slip: DueDateChange) -> str:
    """Say by whom a milestone's date was moved, from when to when, and why."""
    values = {
        "name": slip.by or _("The public record"),
        "old": period(slip.old_date, slip.old_precision),
        "new": period(slip.new_date, slip.new_precision),
        "reason": quoted(slip.reason),
    }
    return _("%(name)s moved this date from %(old)s to %(new)s: %(reason)s") % values


def _advised(advice: Advice) -> str:
    values = {
        "number": advice.answered_at.number if advice.answered_at else "",
        "reason": quoted(advice.answer_reason),
    }
    if advice.answer == AdviceAnswer.ACCEPTED:
        answer = _("Your advice was accepted at meeting %(number)s: %(reason)s")
    elif advice.answer == AdviceAnswer.PARTLY:
        answer = _("Your advice was accepted in part at meeting %(number)s: %(reason)s")
    else:
        answer = _("Your advice was declined at meeting %(number)s: %(reason)s")
    return answer % values


def _decided(update: StatusUpdate) -> str:
    values = {
        "name": update.by,
        "needed": quoted(update.obstacle_text),
        "note": quoted(update.note),
    }
    return _("%(name)s decided on the obstacle “%(needed)s”: %(note)s") % values


def _by_decision(decision: Decision | None) -> str:
    if decision is None:
        return ""
    values = {"code": decision.code, "number": decision.meeting.number}
    return _("By decision %(code)s of meeting %(number)s.") % values


def _origin(reminder: Reminder, action: ActionItem) -> str:
    """Name the decision an action that was given to somebody comes from."""
    if reminder.stage != "assigned" or action.decision is None:
        return ""
    values = {"code": action.decision.code, "number": action.decision.meeting.number}
    return _("From decision %(code)s of meeting %(number)s.") % values


def _done(reminder: Reminder, update: StatusUpdate, action: ActionItem) -> str:
    """Say what was done with an action; one who stands in reads whose it is."""
    name = update.by or _("The public record")
    values = {"name": name, "owner": action.owner, "note": update.note}
    own = action.owner is not None and action.owner_id == reminder.recipient_id
    if update.note:
        return (_own_with_reason if own else _others_with_reason)(reminder.stage) % values
    return (_own if own else _others)(reminder.stage) % values


def _own_with_reason(stage: str) -> str:
    words = {
        "assigned": _("%(name)s gave this action to you: %(note)s"),
        "returned": _("%(name)s returned your submission: %(note)s"),
        "moved": _("%(name)s moved your due date: %(note)s"),
    }
    return words.get(stage, _("%(name)s changed this: %(note)s"))


def _own(stage: str) -> str:
    words = {
        "assigned": _("%(name)s gave this action to you."),
        "returned": _("%(name)s returned your submission."),
        "moved": _("%(name)s moved your due date."),
    }
    return words.get(stage, _("%(name)s changed this."))


def _others_with_reason(stage: str) -> str:
    words = {
        "assigned": _("%(name)s gave this action to %(owner)s: %(note)s"),
        "returned": _("%(name)s returned the submission: %(note)s"),
        "moved": _("%(name)s moved the due date: %(note)s"),
    }
    return words.get(stage, _("%(name)s changed this: %(note)s"))


def _others(stage: str) -> str:
    words = {
        "assigned": _("%(name)s gave this action to %(owner)s."),
        "returned": _("%(name)s returned the submission."),
        "moved": _("%(name)s moved the due date."),
    }
    return words.get(stage, _("%(name)s changed this."))
