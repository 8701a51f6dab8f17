"""The only way to fetch a member, seat or letter for somebody: what they may not see is 404."""

from __future__ import annotations

from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet
from django.http import Http404

from committee.enums import Role, SeatKind
from committee.models import Letter, Member, Seat
from committee.models.prepared import ANY_DAY, load
from committee.rules import permissions
from committee.rules.permissions import Actor


def actor_of(member: Member, today: date) -> Actor:
    """Gather what the permission rules ask about a person: one query."""
    return Actor(
        id=member.pk,
        role=Role(member.role),
        is_active=member.is_active,
        lead_of=frozenset(load(_led, today, member=member.pk)),
    )


def _led(today: date, *, member: int) -> QuerySet[Any, Any]:
    leading = (SeatKind.LEAD, SeatKind.DEPUTY)
    seats = Seat.objects.held_on(today).filter(member=member, kind__in=leading)
    return seats.values_list("workstream_id", flat=True)


def has_second_factor(member: Member) -> bool:
    """Tell whether signing in asks for more than a password; recovery codes alone do not."""
    return bool(load(_factors, ANY_DAY, member=member.pk))


def _factors(_today: date, *, member: int) -> QuerySet[Any, Any]:
    strong = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    found = Authenticator.objects.filter(user=member, type__in=strong)
    return found.values_list("type", flat=True)[:1]


def letter(actor: Actor, pk: int) -> Letter:
    """Fetch a letter this person may read.

    :raises Http404: if there is none, or it is another person's.
    """
    found = Letter.objects.select_related("recipient").filter(pk=pk).first()
    if found is None or not permissions.may_see_letter(actor, found.recipient_id):
        raise Http404
    return found
