"""Changes to the committee itself: people, seats, institutions, and the counter of changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from committee import outbox
from committee.access import actor_of
from committee.enums import LetterKind, Role
from committee.models import Institution, Letter, Member, Revision, Seat, Workstream
from committee.rules import permissions

INVITATION_LASTS = timedelta(days=7)
OWN_FIELDS = (
    "name",
    "language",
    "time_zone",
    "letter_hour",
    "letter_days",
    "mentions_by_mail",
    "paused_from",
    "paused_until",
    "deputy",
)
MEMBER_FIELDS = (*OWN_FIELDS, "email", "institution", "is_active")
Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Invitation:
    """Whom to invite, and as what."""

    email: str
    name: str
    role: Role
    institution: Institution | None = None
    language: str = "id"


@transaction.atomic
def invite(*, by: Member, invitation: Invitation, today: date) -> Member:
    """Make an account without a password and queue the letter that opens it.

    :raises PermissionDenied: if this person may not invite people of that role.
    """
    (member,) = invite_all(by=by, invitations=[invitation], today=today)
    return member


@transaction.atomic
def invite_all(*, by: Member, invitations: Sequence[Invitation], today: date) -> list[Member]:
    """Invite several people at once: all of them, or nobody.

    :raises PermissionDenied: if this person may not invite people of one of the roles.
    """
    actor = actor_of(_fresh(by), today)
    _require(all(permissions.may_invite(actor, one.role) for one in invitations))
    members = [_invited(one, today) for one in invitations]
    bump_revision()
    return members


def _invited(invitation: Invitation, today: date) -> Member:
    member = Member.objects.create_user(
        invitation.email,
        name=invitation.name,
        role=invitation.role,
        institution=invitation.institution,
        language=invitation.language,
    )
    _queue_invitation(member, today)
    return member


class AlreadyIn(Exception):
    """This person has signed in before: a forgotten password has a page of its own."""


@transaction.atomic
def open_account(*, email: str, name: str, role: Role) -> Member:
    """Make an account for the command line, whose user owns the machine; nobody is signed in.

    :raises AlreadyIn: if the account is there and in use, or has another role.
    """
    member = _to_change().filter(email__iexact=email).first()
    if member is None:
        member = Member.objects.create_user(email, name=name, role=role)
        bump_revision()
    elif member.last_login is not None or member.role != role or not member.is_active:
        raise AlreadyIn
    return member


@transaction.atomic
def invite_again(*, by: Member, member: Member, today: date) -> None:
    """Queue one more invitation to somebody who has not come yet.

    :raises PermissionDenied: if this person may not, or the member has signed in before.
    """
    member = _to_change().get(pk=member.pk)
    _require_charge(by, member, today)
    _require(member.is_active and member.last_login is None)
    _queue_invitation(member, today)
    bump_revision()


def _queue_invitation(member: Member, today: date) -> None:
    earlier = Letter.objects.filter(recipient=member, kind=LetterKind.INVITATION).count()
    outbox.enqueue(
        kind=LetterKind.INVITATION,
        recipient=member,
        policy_date=today,
        dedupe_key=f"invitation:{member.pk}:{earlier + 1}",
        expires_at=timezone.now() + INVITATION_LASTS,
    )


@transaction.atomic
def change_role(*, by: Member, member: Member, role: Role, today: date) -> Member:
    """Give a member another role.

    :raises PermissionDenied: if this person may not, or it is their own role.
    """
    member = _to_change().get(pk=member.pk)
    _require(permissions.may_change_role(actor_of(_fresh(by), today), member.pk))
    member.role = role
    member.save(update_fields=["role"])
    bump_revision()
    return member


@transaction.atomic
def update_member(*, by: Member, member: Member, changes: Mapping[str, Any], today: date) -> Member:
    """Change what is written about a member, or whether their account is open; never the role.

    :raises PermissionDenied: if this person may not, or would shut themselves out.
    """
    member = _to_change().get(pk=member.pk)
    _require_charge(by, member, today)
    if by.pk == member.pk and changes.get("is_active") is False:
        raise PermissionDenied
    return _change(member, changes, MEMBER_FIELDS)


@transaction.atomic
def reset_second_factor(*, by: Member, member: Member, today: date) -> None:
    """Take away what somebody lost: their password alone lets them in, to set up another.

    :raises PermissionDenied: if this person may not, or it is their own.
    """
    member = _to_change().get(pk=member.pk)
    _require(permissions.may_reset_second_factor(actor_of(_fresh(by), today), member.pk))
    Authenticator.objects.filter(user=member).delete()
    for session in UserSession.objects.filter(user=member):
        session.end()
    bump_revision()


@transaction.atomic
def ask_for_second_factor(*, member: Member, by_day: date) -> None:
    """Keep the last day somebody may work without one: the first that was named, stands."""
    Member.objects.filter(pk=member.pk, second_factor_by=None).update(second_factor_by=by_day)


@transaction.atomic
def update_profile(*, by: Member, changes: Mapping[str, Any]) -> Member:
    """Change one's own settings."""
    member = _to_change().get(pk=by.pk)
    return _change(member, changes, OWN_FIELDS)


def _to_change() -> models.QuerySet[Member]:
    """Lock members for a change: whoever names one in a new row meanwhile need not wait."""
    return Member.objects.select_for_update(of=("self",), no_key=True)


def _change(member: Member, changes: Mapping[str, Any], allowed: tuple[str, ...]) -> Member:
    known = {name: value for name, value in changes.items() if name in allowed}
    if known.get("email", member.email) != member.email:
        known |= {"refused_at": None, "refused_why": ""}  # the new address was not refused
    for name, value in known.items():
        setattr(member, name, value)
    member.save(update_fields=list(known))
    bump_revision()
    return member


@transaction.atomic
def save_seat(*, by: Member, seat: Seat, today: date) -> Seat:
    """Give a seat, or write when it ends; seats are ended, never taken out of the record.

    :raises PermissionDenied: if this person may not.
    """
    _require(permissions.may_manage_seats(actor_of(_fresh(by), today)))
    return _save(seat)


@transaction.atomic
def save_institution(*, by: Member, institution: Institution, today: date) -> Institution:
    """Add an institution or change what is written about it.

    :raises PermissionDenied: if this person may not.
    """
    _require(permissions.may_manage_institutions(actor_of(_fresh(by), today)))
    return _save(institution)


@transaction.atomic
def save_workstream(*, by: Member, workstream: Workstream, today: date) -> Workstream:
    """Add a workstream or change what is written about it.

    :raises PermissionDenied: if this person may not.
    """
    _require(permissions.may_manage_institutions(actor_of(_fresh(by), today)))
    return _save(workstream)


def _save(row: Row) -> Row:
    row.save()
    bump_revision()
    return row


def _fresh(by: Member) -> Member:
    """Ask the database who somebody is by now: a role may have been taken a moment ago."""
    return Member.objects.get(pk=by.pk)


def _require_charge(by: Member, member: Member, today: date) -> None:
    """Refuse whoever may not invite such a person: taking over an address takes over its rights.

    :raises PermissionDenied: if so.
    """
    _require(permissions.may_invite(actor_of(_fresh(by), today), Role(member.role)))


def _require(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied


def bump_revision() -> None:
    """Count one more change. Called last in every service: the row is hot, its lock short."""
    if not Revision.objects.filter(pk=1).update(number=F("number") + 1):
        Revision.objects.get_or_create(pk=1, defaults={"number": 1})
