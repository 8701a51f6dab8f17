"""How any action is changed: lock, refuse what is stale or repeated, write the history.

Every verb goes through `begin` and `record`, so no change can lack its status update, and
the second of two people saving is told instead of winning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from committee import access
from committee.clock import Moment
from committee.models import Member, Versioned
from committee.rules.permissions import Actor
from committee.services import bump_revision
from roadmap.enums import UpdateKind
from roadmap.models import STATE_FIELDS, ActionItem, StatusUpdate
from roadmap.rules import permissions
from roadmap.services import reminders

P = ParamSpec("P")
R = TypeVar("R")
Row = TypeVar("Row", bound=Versioned)

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
class Attempt:
    """Somebody's try to save: who, when, on top of which version, under which one-time token."""

    by: Member
    at: Moment
    version: int | None = None
    token: UUID | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What a person writes with a change."""

    note: str = ""
    obstacle_text: str = ""
    follow_up: str = ""
    changes: dict[str, Any] = field(default_factory=dict)


class Stale(Exception):
    """Somebody else saved first; `current` is the thing as it now stands."""

    def __init__(self, current: Any) -> None:
        super().__init__("stale version")
        self.current = current


class Repeated(Exception):
    """The same form was sent before; `first` is what it did."""

    def __init__(self, first: Any) -> None:
        super().__init__("repeated submit")
        self.first = first


def one_change(service: Callable[P, R]) -> Callable[P, R]:
    """Run a service in one transaction; a repeated submit gives back the first result."""

    @wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return once(*args, **kwargs)
        except IntegrityError:
            # The same form sent twice at once: by now the other has had its effect.
            return once(*args, **kwargs)

    def once(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic():
                return service(*args, **kwargs)
        except Repeated as repeated:
            return repeated.first  # type: ignore[no-any-return]

    return run


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
    return locked, actor_now(attempt), facts_of(locked, attempt)


def begin_row(row: Row, attempt: Attempt) -> tuple[Row, Actor]:
    """Lock any other row for a change, and say who asks.

    :raises Repeated: when this token has already had its effect.
    :raises Stale: when the form was made from an older version.
    """
    # Its key stays free: who holds what we want next may name this row, and never waits for us.
    rows = type(row)._default_manager.select_for_update(of=("self",), no_key=True)
    locked = rows.get(pk=row.pk)
    if attempt.token is not None and locked.token == attempt.token:
        raise Repeated(locked)
    if attempt.version is not None and attempt.version != locked.version:
        raise Stale(locked)
    locked.token = attempt.token
    return locked, actor_now(attempt)


def save_row(row: Row) -> Row:
    """Save a locked row under its next version."""
    row.version += 1
    row.save()
    bump_revision()
    return row


def check_new(model: type[Versioned], attempt: Attempt) -> Actor:
    """Refuse to make a row twice from one form, and say who asks.

    :raises Repeated: when this token has already made one.
    """
    token = attempt.token
    first = model._default_manager.filter(token=token).first() if token else None
    if first is not None:
        raise Repeated(first)
    return actor_now(attempt)


def actor_now(attempt: Attempt) -> Actor:
    """Ask the database who somebody is by now: a role may have been taken a moment ago."""
    return access.actor_of(Member.objects.get(pk=attempt.by.pk), attempt.at.today)


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


def require(allowed: bool) -> None:
    """Refuse what this person may not do.

    :raises PermissionDenied: if not allowed.
    """
    if not allowed:
        raise PermissionDenied


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
