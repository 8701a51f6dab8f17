"""Changes to challenges, indicators and observations."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction

from committee.access import actor_of
from committee.models import Member
from committee.services import bump_revision
from umkm.models import Challenge, Indicator, Observation
from umkm.rules import permissions

Figure = TypeVar("Figure", Challenge, Indicator, Observation)


@transaction.atomic
def save_figure(*, by: Member, figure: Figure, today: date) -> Figure:
    """Add a challenge, an indicator or an observation, or change what is written about it.

    :raises PermissionDenied: if this person may not.
    """
    actor = actor_of(Member.objects.get(pk=by.pk), today)
    if not permissions.may_manage_figures(actor):
        raise PermissionDenied
    figure.save()
    bump_revision()
    return figure
