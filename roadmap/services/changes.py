"""How any action is changed: lock, refuse what is stale or repeated, write the history.

Every verb goes through `begin` and `record`, so no change can lack its status update, and
the second of two people saving is told instead of winning.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from committee import ledger
from committee.changes import (
    Attempt,
    Repeated,
    Stale,
    actor_now,
    begin_row,
    check_new,
    one_change,
    require,
    save_row,
)
from committee.models import Member
from committee.rules.permissions import Actor
from committee.services import bump_revision
from roadmap.enums import UpdateKind
from roadmap.models import STATE_FIELDS, ActionItem, StatusUpdate
from roadmap.rules import permissions
from roadmap.services import bell, reminders

__all__ = [
    "Attempt",
    "Repeated",
    "Stale",
    "Words",
    "actor_now",
    "begin",
    "begin_row",
    "check_new",
    "one_change",
    "record",
    "require",
    "save_row",
]

INSTANT = timedelta(microseconds=1)

# What a change of this kind makes untrue: reminders not yet sent are cancelled at once.
SETTLING = {
    UpdateKind.SUBMITTED: "submitted",
    UpdateKind.VERIFIED: "verified",
    UpdateKind.RETURNED: "returned",
    UpdateKind.CANCELLED: "cancelled",
    UpdateKind.REOPENED: "reopened",
    UpdateKind.MOVED: "due date moved",
    UpdateKind.REASSIGNED: "reassigned",
}


@dataclass(frozen=True, slots=True)
class Words:
    """What a person writes with a change."""

    note: str = ""
    obstacle_text: str = ""
    follow_up: str = ""
    changes: dict[str, Any] = field(default_factory=dict)


def begin(action: ActionItem, attempt: Attempt) -> tuple[ActionItem, Actor, Any]:
    """Lock an action for a change and gather what the permission rules ask.

    :raises Repeated: when this token has already had its effect.
    :raises Stale: when the form was made from an older version.
    """
    locked = ActionItem.objects.select_for_update(of=("self",)).get(pk=action.pk)
    if attempt.token and (first := StatusUpdate.objects.filter(token=attempt.token).first()):
        raise Repeated(first)
    if attempt.version is not None and attempt.version != locked.version:
        raise Stale(locked)
    ledger.remember(locked)
    return locked, actor_now(attempt), facts_of(locked, attempt)


def facts_of(action: ActionItem, attempt: Attempt) -> permissions.ActionFacts:
    """Gather who stands in which relation to an action today."""
    contributors = frozenset(one.pk for one in action.contributors.all())
    return permissions.ActionFacts(
        workstream_id=action.workstream_id,
        owner_id=action.owner_id,
        contributor_ids=contributors,
        deputy_id=acting_deputy(action.owner, attempt.at.today),
        submitter_id=action.submitted_by_id,
    )


def acting_deputy(owner: Member | None, today: date) -> int | None:
    """Name who stands in for an owner who is away today."""
    return owner.deputy_id if owner is not None and owner.is_paused(today) else None


def record(
    action: ActionItem, kind: UpdateKind, attempt: Attempt, words: Words | None = None
) -> StatusUpdate:
    """Save an action's new state with the status update that explains it."""
    words = words or Words()
    action.version += 1
    action.save()
    update = append(
        action,
        kind,
        at=attempt.at.now,
        by=attempt.by,
        token=attempt.token,
        note=words.note,
        obstacle_text=words.obstacle_text,
        follow_up=words.follow_up,
        changes=words.changes,
    )
    if kind in SETTLING:
        reminders.cancel(item=f"action:{action.pk}", why=SETTLING[kind])
    if kind in bell.ANSWERING:
        bell.answered(item=f"action:{action.pk}", by=attempt.by)
    bump_revision()
    return update


def append(action: ActionItem, kind: UpdateKind, *, at: datetime, **fields: Any) -> StatusUpdate:
    """Add a link to an action's chain: the state in force until now is superseded at `at`.

    Each was in force for a moment at least, or it would pass for a note beside the chain.
    """
    in_force = StatusUpdate.objects.filter(action=action, superseded_at=None)
    last = in_force.values_list("at", flat=True).first()
    at = max(at, last + INSTANT) if last else at
    in_force.update(superseded_at=at)
    state = {name: getattr(action, name) for name in STATE_FIELDS}
    return StatusUpdate.objects.create(action=action, kind=kind, at=at, **state, **fields)
