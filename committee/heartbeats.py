"""Signs of life of the machinery, in the database's own time: never two machines' clocks."""

from __future__ import annotations

from datetime import timedelta

from django.db.models.functions import Now

from committee.models import Heartbeat

NOTE_LENGTH = 200
# The database's clock may be set by as much without anybody asking.
DRIFT = timedelta(minutes=2)


def beat(name: str, note: str = "") -> None:
    """Record that a part of the machinery is alive, and what it has to say."""
    Heartbeat.objects.update_or_create(
        name=name, defaults={"at": Now(), "note": note[:NOTE_LENGTH]}
    )


def has_beaten_within(name: str, period: timedelta) -> bool:
    """Tell whether a part did its round that recently; a beat of the future tells nothing."""
    lately = Heartbeat.objects.filter(name=name, at__gt=Now() - period, at__lte=Now())
    return lately.exists()


def bring_back() -> int:
    """Count beats too far in the future to be true, and date them now: each is found once."""
    return Heartbeat.objects.filter(at__gt=Now() + DRIFT).update(at=Now())
