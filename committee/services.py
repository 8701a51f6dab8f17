"""Changes to the committee itself: invitations, profiles, and the counter of all changes."""

from __future__ import annotations

from django.db.models import F

from committee.models import Revision


def bump_revision() -> None:
    """Count one more change. Called last in every service: the row is hot, its lock short."""
    if not Revision.objects.filter(pk=1).update(number=F("number") + 1):
        Revision.objects.get_or_create(pk=1, defaults={"number": 1})
