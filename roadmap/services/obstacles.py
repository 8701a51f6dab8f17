"""Raising, joining and closing what stands in an action's way.

Several obstacles may be one thing: all but one, the root, point to it, so that the committee
decides once. Only a decision closes them together; solved by itself, one of them stands alone.
Everybody locks obstacles first, in one order, then actions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db import IntegrityError
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from committee.enums import DecisionEffect
from committee.models import Decision, Institution, Meeting
from committee.services import bump_revision
from roadmap.enums import Refusal, UpdateKind
from roadmap.models import ActionItem, Obstacle, StatusUpdate
from roadmap.models.words import words_of
from roadmap.rules import permissions
from roadmap.rules.refusals import Refused
from roadmap.services import decisions, notices
from roadmap.services.changes import (
    Attempt,
    Repeated,
    Words,
    actor_now,
    begin,
    one_change,
    record,
    require,
)
from roadmap.services.meetings import lock_open_meeting


@dataclass(frozen=True, slots=True)
class Need:
    """What is needed, from whom (None: the steering committee), by when."""

    needed: str
    needed_from: Institution | None = None
    needed_by: date | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was decided: a new decision of an open meeting, one that stands, or words alone."""

    text: str
    meeting: Meeting | None = None
    decision: Decision | None = None


class Grown(IntegrityError, Refused):
    """One more was joined while the others were being locked.

    `one_change` tries once more; whoever meets it again is told.
    """

    def __init__(self) -> None:
        Refused.__init__(self, Refusal.MEANWHILE)


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
    """Close one obstacle, saying how it was solved; what was joined with it stays open.

    :raises PermissionDenied: if this person may not.
    :raises Refused: without that sentence, or if it is already closed.
    """
    family = {one.pk: one for one in _lock([obstacle.pk])}
    action, actor, facts = begin(action, attempt)
    require(permissions.may_close_obstacle(actor, facts))
    if (obstacle := family[obstacle.pk]).action_id != action.pk:
        raise Obstacle.DoesNotExist
    if not closing_note.strip():
        raise Refused(Refusal.NEEDS_REASON)
    if obstacle.closed_on is not None:
        raise Refused(Refusal.CLOSED)
    _part([obstacle], family.values())
    _close(obstacle, attempt, closing_note)
    action.is_blocked = action.obstacles.filter(closed_on=None).exists()
    words = Words(note=closing_note, obstacle_text=obstacle.needed, changes={"obstacle": "closed"})
    return record(action, UpdateKind.OBSTACLE, attempt, words)


@one_change
def join_obstacles(
    *,
    obstacle: Obstacle,
    attempt: Attempt,
    others: Collection[Obstacle] = (),
    apart: Collection[Obstacle] = (),
) -> Obstacle:
    """Say which other obstacles are this same thing, and which joined ones are not after all.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if one of them is closed, or joined to another meanwhile.
    """
    require(permissions.may_decide_obstacle(actor_now(attempt)))
    family = _lock([obstacle.pk, *(one.pk for one in (*others, *apart))])
    known = {one.pk: one for one in family}
    root = known[obstacle.pk]
    _check_root(root)
    for other in others:
        _join(known[other.pk], root, family)
    _part([known[one.pk] for one in apart if known[one.pk].joined_to_id == root.pk], family)
    bump_revision()
    return root


@one_change
def decide_obstacle(*, obstacle: Obstacle, attempt: Attempt, ruling: Ruling) -> Obstacle:
    """Close an obstacle and all that is joined to it by one decision; its owners are told.

    :raises PermissionDenied: if this person may not.
    :raises Refused: without words, if it is already closed, or the meeting is not open.
    """
    _refuse_repeat(attempt, obstacle)  # its meeting may be closed by now
    require(permissions.may_decide_obstacle(actor_now(attempt)))
    # As everywhere the committee's own rows are locked before those they bear upon.
    meeting = lock_open_meeting(ruling.meeting) if ruling.meeting else None
    decision = None
    if ruling.decision is not None:
        decision = decisions.lock_for(ruling.decision, DecisionEffect.OBSTACLE)
    family = _lock([_root_of(obstacle)])
    _refuse_repeat(attempt, obstacle)  # sent twice at once
    text = ruling.text.strip() or (words_of(decision) if decision else "")
    if not text:
        raise Refused(Refusal.NEEDS_REASON)
    if any(one.closed_on is not None for one in family):
        raise Refused(Refusal.ALREADY_ANSWERED)
    if meeting is not None:
        point = decisions.point_about(meeting, [f"obstacle:{one.pk}" for one in family])
        draft = decisions.DecisionDraft(text, DecisionEffect.OBSTACLE, agenda_item=point)
        decision = decisions.add(meeting, attempt, draft)
    _carry_out(family, attempt, text, decision)
    return family[0]


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


def _lock(pks: Collection[int]) -> list[Obstacle]:
    """Lock obstacles and what is joined to them; the first one asked for comes first."""
    wanted = Obstacle.objects.filter(Q(pk__in=pks) | Q(joined_to__in=pks)).order_by("pk")
    found = list(wanted.select_related("raised_by").select_for_update(of=("self",)))
    if list(wanted.values_list("pk", flat=True)) != [one.pk for one in found]:
        raise Grown
    first = next(iter(pks))
    return sorted(found, key=lambda one: one.pk != first)


def _check_root(obstacle: Obstacle) -> None:
    if obstacle.closed_on is not None:
        raise Refused(Refusal.ALREADY_ANSWERED)
    if obstacle.joined_to_id is not None:
        raise Refused(Refusal.ALREADY_JOINED)


def _join(other: Obstacle, root: Obstacle, family: Iterable[Obstacle]) -> None:
    """Point another and what is joined to it to a root: no chain comes of it."""
    if other.pk == root.pk or other.joined_to_id == root.pk:
        return
    _check_root(other)
    for one in family:
        if other.pk in (one.pk, one.joined_to_id):
            _point(one, root)


def _part(leaving: Iterable[Obstacle], family: Iterable[Obstacle]) -> None:
    """Let obstacles stand alone; what was joined to one of them goes on under the oldest."""
    for obstacle in leaving:
        behind = [one for one in family if one.joined_to_id == obstacle.pk]
        _point(obstacle, None)
        for one in behind:
            _point(one, None if one is behind[0] else behind[0])


def _point(obstacle: Obstacle, root: Obstacle | None) -> None:
    obstacle.joined_to = root
    obstacle.save(update_fields=["joined_to"])


def _close(
    obstacle: Obstacle, attempt: Attempt, note: str, decision: Decision | None = None
) -> None:
    obstacle.closed_on, obstacle.closed_by = attempt.at.today, attempt.by
    obstacle.closing_note, obstacle.decision = note, decision
    obstacle.save(update_fields=["closed_on", "closed_by", "closing_note", "decision"])


def _refuse_repeat(attempt: Attempt, obstacle: Obstacle) -> None:
    """Stop where this form has had its effect.

    :raises Repeated: if so.
    """
    if attempt.token and StatusUpdate.objects.filter(token=attempt.token).exists():
        raise Repeated(Obstacle.objects.get(pk=_root_of(obstacle)))


def _root_of(obstacle: Obstacle) -> int:
    root = Coalesce("joined_to", F("pk"))
    return int(Obstacle.objects.values_list(root, flat=True).get(pk=obstacle.pk))


def _carry_out(
    family: list[Obstacle], attempt: Attempt, text: str, decision: Decision | None
) -> None:
    """Close all of them, with one update of each action, and tell whoever waited."""
    for obstacle in family:
        _close(obstacle, attempt, text, decision)
    actions = ActionItem.objects.select_for_update(of=("self",)).select_related("owner")
    for action in actions.filter(pk__in={one.action_id for one in family}).order_by("pk"):
        its = [one for one in family if one.action_id == action.pk]
        update = _decided(action, its, attempt, text)
        attempt = replace(attempt, token=None)  # it has had its effect: one update holds it
        _tell(action, update, its)


def _decided(
    action: ActionItem, obstacles: list[Obstacle], attempt: Attempt, text: str
) -> StatusUpdate:
    action.is_blocked = action.obstacles.filter(closed_on=None).exists()
    needed = "\n".join(one.needed for one in obstacles)
    words = Words(note=text, obstacle_text=needed, changes={"obstacle": "decided"})
    return record(action, UpdateKind.OBSTACLE, attempt, words)


def _tell(action: ActionItem, update: StatusUpdate, obstacles: list[Obstacle]) -> None:
    """Tell the owner who waited, and whoever raised it for them."""
    notices.tell_owner(action, update, "decided")
    notices.tell(
        people=[one.raised_by for one in obstacles],
        item=f"action:{action.pk}",
        occasion=f"notice:{update.pk}",
        stage="decided",
        at=update.at,
        by=update.by,
    )
