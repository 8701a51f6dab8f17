"""Signs of life of the machinery, in the database's own time: never two machines' clocks."""

from __future__ import annotations

from datetime import timedelta

from django.db.models.functions import Now

from committee.models import Heartbeat

NOTE_LENGTH = 200


def beat(name: str, note: str = "") -> None:
    """Record that a part of the machinery is alive, and what it has to say."""
    Heartbeat.objects.update_or_create(
        name=name, defaults={"at": Now(), "note": note[:NOTE_LENGTH]}
    )


def has_beaten_within(name: str, period: timedelta) -> bool:
    """Tell whether a part did its round that recently."""
    return Heartbeat.objects.filter(name=name, at__gt=Now() - period).exists()
