"""Raising and closing what stands in an action's way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from committee.models import Institution
from roadmap.enums import Refusal, UpdateKind
from roadmap.models import ActionItem, Obstacle, StatusUpdate
from roadmap.rules import permissions
from roadmap.rules.refusals import Refused
from roadmap.services.changes import Attempt, Words, begin, one_change, record, require


@dataclass(frozen=True, slots=True)
class Need:
    """What is needed, from whom (None: the steering committee), by when."""

    needed: str
    needed_from: Institution | None = None
    needed_by: date | None = None


@one_change
def raise_obstacle(
    *, action: ActionItem, attempt: Attempt, need: Need, words: Words | None = None
) -> StatusUpdate:
    """Raise an obstacle; raised by the owner's side, it is a report too.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if the action is closed.
    """
    action, actor, facts = begin(action, attempt)
    require(permissions.may_raise_obstacle(actor, facts))
    if not action.is_open:
        raise Refused(Refusal.CLOSED)
    open_obstacle(action, attempt, need)
    if permissions.is_own(actor, facts):
        action.reported_on = attempt.at.today
    return record(action, UpdateKind.OBSTACLE, attempt, words or Words(obstacle_text=need.needed))


@one_change
def close_obstacle(
    *, action: ActionItem, attempt: Attempt, obstacle: Obstacle, closing_note: str
) -> StatusUpdate:
    """Close an obstacle, saying how it was solved.

    :raises PermissionDenied: if this person may not.
    :raises Refused: without that sentence, or if it is already closed.
    """
    action, actor, facts = begin(action, attempt)
    require(permissions.may_close_obstacle(actor, facts))
    obstacle = Obstacle.objects.select_for_update().get(pk=obstacle.pk, action=action)
    if not closing_note.strip():
        raise Refused(Refusal.NEEDS_REASON)
    if obstacle.closed_on is not None:
        raise Refused(Refusal.CLOSED)
    obstacle.closed_on, obstacle.closed_by = attempt.at.today, attempt.by
    obstacle.closing_note = closing_note
    obstacle.save(update_fields=["closed_on", "closed_by", "closing_note"])
    action.is_blocked = action.obstacles.filter(closed_on=None).exists()
    words = Words(note=closing_note, obstacle_text=obstacle.needed, changes={"obstacle": "closed"})
    return record(action, UpdateKind.OBSTACLE, attempt, words)


def open_obstacle(action: ActionItem, attempt: Attempt, need: Need) -> Obstacle:
    """Add an open obstacle to an action that the caller has locked and will save."""
    action.is_blocked = True
    return Obstacle.objects.create(
        action=action,
        needed=need.needed,
        needed_from=need.needed_from,
        needed_by=need.needed_by,
        raised_on=attempt.at.today,
        raised_by=attempt.by,
    )
