"""Changes to the committee itself: people, seats, institutions, and the counter of changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone

from committee import accounts, ledger, outbox
from committee.access import actor_of
from committee.enums import AuditVerb, LetterKind, Role
from committee.ledger import bump_revision
from committee.logs import tell
from committee.models import (
    Institution,
    Letter,
    Member,
    RoleChange,
    Seat,
    Workstream,
)
from committee.rules import permissions
from committee.selectors.enrolment import Plan, Planned, plan
from committee.sheets import Sheet

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
    ledger.tell(member, AuditVerb.CHANGE, invited_again=True)
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


class Unlike(Exception):
    """A list would by now do something else than was shown; nothing of it was done."""


@transaction.atomic
def enrol(*, by: Member, sheet: Sheet, digest: str, today: date) -> Plan:
    """Invite and change everybody a list names, or nobody.

    :param digest: of the plan that was shown; what was not shown is not done.
    :raises Unlike: if a row is wrong by now, or would do something else.
    """
    # Nobody named in it changes between the plan and the deed.
    list(_to_change().order_by("pk"))
    found = plan(sheet, actor_of(_fresh(by), today), today)
    if found.complaints or found.digest != digest:
        raise Unlike
    _give_roles([(one.member, one.values["role"]) for one in _with_role(found)], by, today)
    for one in found.planned:
        _enrol(one, today)
    if found.planned:
        bump_revision()
    return found


def _with_role(found: Plan) -> list[Any]:
    return [one for one in found.changed if "role" in one.values]


def _enrol(one: Planned, today: date) -> None:
    if one.member is None:
        member = _invited(Invitation(email=one.email, **one.values), today)
    else:
        member = one.member
        written = [name for name in one.values if name != "role"]
        for name in written:
            setattr(member, name, one.values[name])
        if written:
            member.save(update_fields=written)
    if one.seat is not None:
        place, kind = one.seat
        Seat.objects.create(member=member, workstream=place, kind=kind, from_date=today)


@transaction.atomic
def change_role(*, by: Member, member: Member, role: Role, today: date) -> Member:
    """Give a member another role.

    :raises PermissionDenied: if this person may not, or it is their own role.
    """
    member = _to_change().get(pk=member.pk)
    _require(permissions.may_change_role(actor_of(_fresh(by), today), member.pk))
    _give_roles([(member, role)], by, today)
    bump_revision()
    return member


def _give_roles(given: Sequence[tuple[Member, Role]], by: Member, today: date) -> None:
    """Give roles in one act, and queue one letter of it to everybody in the secretariat.

    Whoever sat there until now reads it too: nobody is put out in silence.
    """
    given = [(member, role) for member, role in given if member.role != role]
    if not given:
        return
    desk = Member.objects.filter(role=Role.SECRETARIAT, is_active=True)
    told = set(desk.values_list("pk", flat=True))
    act, now = uuid4(), timezone.now()
    for member, role in given:
        RoleChange.objects.create(member=member, old=member.role, new=role, by=by, at=now, act=act)
        transaction.on_commit(
            partial(tell, "role_changed", who=by.pk, member=member.pk, was=member.role, now=role)
        )
        member.role = role
        member.save(update_fields=["role"])
    told |= set(desk.values_list("pk", flat=True))
    for recipient in Member.objects.filter(pk__in=told).order_by("pk"):
        outbox.enqueue(
            kind=LetterKind.ROLES,
            recipient=recipient,
            policy_date=today,
            dedupe_key=f"roles:{act}:{recipient.pk}",
        )


@transaction.atomic
def update_member(*, by: Member, member: Member, changes: Mapping[str, Any], today: date) -> Member:
    """Change what is written about a member, or open their account again; never the role.

    :raises PermissionDenied: if this person may not, or would close an account without handing
        over what hangs on it.
    """
    member = _to_change().get(pk=member.pk)
    _require_charge(by, member, today)
    _require(changes.get("is_active", member.is_active) or not member.is_active)
    return _change(member, changes, MEMBER_FIELDS)


@transaction.atomic
def close_account(*, by: Member, member: Member, today: date) -> Member:
    """Close an account, whose owner signs in no more and gets no mail; nobody is ever deleted.

    What hangs on the person is handed over first: see roadmap/services/leaving.py.

    :raises PermissionDenied: if this person may not, or it is their own.
    """
    member = _to_change().get(pk=member.pk)
    actor = actor_of(_fresh(by), today)
    _require(permissions.may_close_account(actor, member.pk, Role(member.role)))
    member.is_active = False
    member.save(update_fields=["is_active"])
    bump_revision()
    return member


@transaction.atomic
def pass_on(*, by: Member, member: Member, to: Member | None, today: date) -> None:
    """Give somebody's seats and deputyships to another from today, or let them end.

    :raises PermissionDenied: if this person may not close that account.
    """
    actor = actor_of(_fresh(by), today)
    _require(permissions.may_close_account(actor, member.pk, Role(member.role)))
    for seat in member.seats.not_over(today).order_by("pk"):
        _pass_seat(seat, to, today)
    others = _to_change().filter(deputy=member).order_by("pk")
    for other in others:
        other.deputy = to if to is None or to.pk != other.pk else None
        other.save(update_fields=["deputy"])
    bump_revision()


def _pass_seat(seat: Seat, to: Member | None, today: date) -> None:
    """End a seat yesterday, and let another hold it from today; one still to come moves whole."""
    begins = max(seat.from_date, today)
    place = {"workstream": seat.workstream, "kind": seat.kind}
    if to is not None and not to.seats.held_on(begins).filter(**place).exists():
        if begins == seat.from_date:
            seat.member = to
            seat.save(update_fields=["member"])
            return
        rest = {"until_date": seat.until_date, "is_acting": seat.is_acting}
        Seat.objects.create(member=to, from_date=today, **place, **rest)
    seat.until_date = max(seat.from_date, today - timedelta(days=1))
    seat.save(update_fields=["until_date"])


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
    ledger.tell(member, AuditVerb.CHANGE, second_factor="")
    accounts.queue_safety(member, "reset")
    bump_revision()


@transaction.atomic
def ask_for_second_factor(*, member: Member, by_day: date) -> None:
    """Keep the last day somebody may work without one: the first that was named, stands."""
    Member.objects.filter(pk=member.pk, second_factor_by=None).update(second_factor_by=by_day)


@transaction.atomic
def update_profile(*, by: Member, changes: Mapping[str, Any]) -> Member:
    """Change one's own settings."""
    member = _to_change().get(pk=by.pk)
    ledger.acts(member)
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
    fresh = Member.objects.get(pk=by.pk)
    ledger.acts(fresh)
    return fresh


def _require_charge(by: Member, member: Member, today: date) -> None:
    """Refuse whoever may not invite such a person: taking over an address takes over its rights.

    :raises PermissionDenied: if so.
    """
    _require(permissions.may_invite(actor_of(_fresh(by), today), Role(member.role)))


def _require(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied
