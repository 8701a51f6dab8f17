"""Choosing people: only those who can answer for an action are offered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from committee.enums import Role
from committee.models import Member, Seat
from roadmap.forms.saved import ManyField

OWNERS = (Role.MEMBER, Role.SECRETARIAT, Role.CHAIR)


def possible_owners() -> QuerySet[Member]:
    """Give active members who may report, and whoever holds a seat."""
    seated = Exists(Seat.objects.filter(member=OuterRef("pk")))
    return Member.objects.filter(Q(role__in=OWNERS) | seated, is_active=True).order_by("name", "pk")


class PersonField(forms.ModelChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=possible_owners(), **kwargs)


class PeopleField(ManyField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=possible_owners(), **kwargs)
