"""The only way to fetch a member, seat or letter for somebody: what they may not see is 404."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from committee.enums import Role, SeatKind
from committee.models import Letter, Member, Seat
from committee.models.prepared import load
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


def letter(actor: Actor, pk: int) -> Letter:
    """Fetch a letter this person may read.

    :raises Http404: if there is none, or it is another person's.
    """
    found = Letter.objects.select_related("recipient").filter(pk=pk).first()
    if found is None or not permissions.may_see_letter(actor, found.recipient_id):
        raise Http404
    return found
