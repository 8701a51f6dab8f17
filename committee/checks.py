"""What a deployment must not be: a rehearsal with demo accounts whose password all know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db.utils import DatabaseError

from committee.models import RehearsalClock


@register(Tags.database, deploy=True)
def is_no_rehearsal(
    app_configs: Any, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Refuse a rehearsal; a database without tables is none yet."""
    if "default" not in (databases or ()):
        return []
    try:
        rehearses = RehearsalClock.objects.exists()
    except DatabaseError:
        return []
    message = "This database is a rehearsal: its accounts and clock are not for production."
    return [Error(message, id="committee.E001")] if rehearses else []
