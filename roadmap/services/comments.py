"""Saying something about an action, an advice or a decision; nothing said is ever deleted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models.functions import Now

from committee.models import Advice, Decision, Member
from committee.services import bump_revision
from roadmap.enums import Refusal
from roadmap.models import ActionItem, Comment, Reminder
from roadmap.rules import permissions
from roadmap.rules.comments import may_still_edit
from roadmap.rules.refusals import Refused
from roadmap.services import bell, notices
from roadmap.services.changes import (
    Attempt,
    begin_row,
    check_new,
    one_change,
    require,
    save_row,
)

KINDS = {ActionItem: "action", Advice: "advice", Decision: "decision"}


@dataclass(frozen=True, slots=True)
class Remark:
    """What a person says, and whom they name in it."""

    text: str
    mentions: list[Member] = field(default_factory=list)


@one_change
def add_comment(
    *, about: ActionItem | Advice | Decision, attempt: Attempt, remark: Remark
) -> Comment:
    """Say something; whoever is mentioned is told in their next letter.

    :raises PermissionDenied: if this person may not.
    :raises ObjectDoesNotExist: if what it is about was struck meanwhile.
    """
    require(permissions.may_comment(check_new(Comment, attempt)))
    type(about)._default_manager.only("pk").get(pk=about.pk)  # a decision may have been struck
    comment = _write(attempt, remark, **{KINDS[type(about)]: about})
    _tell(comment, remark.mentions, attempt)
    return comment


@one_change
def edit_comment(*, comment: Comment, attempt: Attempt, remark: Remark) -> Comment:
    """Change one's own words while they are fresh; only who is newly mentioned is told.

    Who is mentioned no longer, and was not told yet, will not be.

    :raises PermissionDenied: if it is another person's comment.
    :raises Refused: when it is too old, or nothing would change.
    """
    comment, actor = begin_row(comment, attempt)
    require(permissions.may_edit_comment(actor, comment.by_id))
    if not may_still_edit(comment.at, attempt.at.now):
        raise Refused(Refusal.TOO_LATE_TO_EDIT)
    if comment.text == remark.text:
        raise Refused(Refusal.SAME_TEXT)
    known = set(comment.mentions.values_list("pk", flat=True))
    comment.text, comment.edited_at = remark.text, attempt.at.now
    comment.mentions.set(remark.mentions)
    save_row(comment)  # last, for it seals whom the comment names too
    _withdraw(comment, remark.mentions)
    _tell(comment, [one for one in remark.mentions if one.pk not in known], attempt)
    return comment


@one_change
def correct_comment(*, comment: Comment, attempt: Attempt, remark: Remark) -> Comment:
    """Add to one's own comment what is right; both texts stay. Gives the correction.

    Correcting a correction corrects the comment it belongs to.

    :raises PermissionDenied: if it is another person's comment.
    :raises Refused: when it says what stands there already.
    """
    actor = check_new(Comment, attempt)
    require(permissions.may_edit_comment(actor, comment.by_id))
    first = comment.corrects or comment
    latest = first.corrections.order_by("-at", "-pk").first() or first
    if latest.text == remark.text:
        raise Refused(Refusal.SAME_TEXT)
    subject = {"action": first.action, "advice": first.advice, "decision": first.decision}
    correction = _write(attempt, remark, corrects=first, **subject)
    known = set(first.mentions.values_list("pk", flat=True))
    _tell(correction, [one for one in remark.mentions if one.pk not in known], attempt)
    return correction


def _write(
    attempt: Attempt, remark: Remark, **fields: ActionItem | Advice | Decision | Comment | None
) -> Comment:
    made = Comment.objects.create(
        by=attempt.by, at=attempt.at.now, text=remark.text, token=attempt.token, **fields
    )
    made.mentions.set(remark.mentions)
    bell.replied(item=_item(made), by=attempt.by)
    bump_revision()
    return made


def _tell(comment: Comment, people: Iterable[Member], attempt: Attempt) -> None:
    about = comment.about
    notices.tell(
        people=people,
        item=_item(comment),
        occasion=f"comment:{comment.pk}",
        stage="mentioned",
        at=attempt.at.now,
        by=attempt.by,
        owner_id=about.owner_id if isinstance(about, ActionItem) else None,
    )


def _item(comment: Comment) -> str:
    about = comment.about
    return f"{KINDS[type(about)]}:{about.pk}"


def _withdraw(comment: Comment, still: Iterable[Member]) -> None:
    told = Reminder.objects.filter(occasion=f"comment:{comment.pk}", stage="mentioned")
    gone = told.exclude(recipient__in=[person.pk for person in still])
    gone.filter(under_bell=True).update(under_bell=False)
    unsent = gone.filter(letter=None, cancelled_at=None)
    unsent.update(cancelled_at=Now(), cancel_reason="withdrawn")
