"""Adopting the roadmap at a meeting: the baseline that later changes are shown against."""

from __future__ import annotations

from committee import ledger
from committee.enums import DecisionEffect
from committee.models import Decision
from committee.services import bump_revision
from roadmap.enums import Refusal
from roadmap.models import ActionItem, Adoption, BaselineItem
from roadmap.rules import permissions
from roadmap.rules.refusals import Refused
from roadmap.selectors.adoption import to_adopt
from roadmap.services.changes import Attempt, Repeated, Stale, actor_now, one_change, require
from roadmap.services.decisions import lock_for
from roadmap.services.meetings import lock_open_meeting

# What of an action is fixed by adopting it; later changes are shown against these.
FIXED = (
    "title",
    "output",
    "due_date",
    "due_precision",
    "owner_id",
    "lead_institution_id",
    "weight",
)
AT_ONCE = 1000


@one_change
def adopt(*, decision: Decision, attempt: Attempt) -> Adoption:
    """Fix the roadmap as it stands today, by a decision taken to adopt it.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if the decision is another one or has adopted already, the meeting is not
        open, or there is nothing to adopt.
    """
    first = Adoption.objects.filter(token=attempt.token).first() if attempt.token else None
    if first is not None:
        raise Repeated(first)
    require(permissions.may_adopt(actor_now(attempt)))
    # The second of two people adopting at once waits here, and then finds it done.
    decision = lock_for(decision, DecisionEffect.ADOPTION)
    if attempt.version is not None and attempt.version != decision.version:
        raise Stale(decision)
    if Adoption.objects.filter(decision=decision).exists():
        raise Refused(Refusal.ALREADY_ADOPTED)
    lock_open_meeting(decision.meeting)
    actions = list(to_adopt(attempt.at.today).only("pk", *FIXED).order_by("pk"))
    if not actions:
        raise Refused(Refusal.NOTHING_TO_ADOPT)
    return _fix(decision, attempt, actions)


def _fix(decision: Decision, attempt: Attempt, actions: list[ActionItem]) -> Adoption:
    made = Adoption.objects.create(
        decision=decision,
        on=attempt.at.today,
        at=attempt.at.now,
        by=attempt.by,
        token=attempt.token,
    )
    items = [
        BaselineItem(
            adoption=made, action=action, **{name: getattr(action, name) for name in FIXED}
        )
        for action in actions
    ]
    ledger.tell_rows(BaselineItem.objects.bulk_create(items, batch_size=AT_ONCE))
    bump_revision()
    return made
