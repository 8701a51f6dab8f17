"""How any row is changed: lock it, refuse what is stale or repeated, ask who somebody is by now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from committee import access, ledger
from committee.clock import Moment
from committee.models import Member, Versioned
from committee.rules.permissions import Actor
from committee.services import bump_revision

P = ParamSpec("P")
R = TypeVar("R")
Row = TypeVar("Row", bound=Versioned)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody's try to save: who, when, on top of which version, under which one-time token."""

    by: Member
    at: Moment
    version: int | None = None
    token: UUID | None = None


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
    ledger.remember(locked)
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
    member = Member.objects.get(pk=attempt.by.pk)
    ledger.acts(member)
    return access.actor_of(member, attempt.at.today)


def require(allowed: bool) -> None:
    """Refuse what this person may not do.

    :raises PermissionDenied: if not allowed.
    """
    if not allowed:
        raise PermissionDenied
