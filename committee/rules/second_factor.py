"""Whom signing in asks for a second factor, and how long they may work without one."""

from __future__ import annotations

from datetime import date, timedelta

from committee.enums import Role
from committee.rules.permissions import Actor

ASKED = frozenset({Role.SECRETARIAT, Role.CHAIR, Role.ADMIN})


def is_asked(actor: Actor, *, is_rehearsal: bool) -> bool:
    """Tell whether somebody needs one: by role, or by a seat that leads; a rehearsal offers."""
    return actor.is_active and not is_rehearsal and (actor.role in ASKED or bool(actor.lead_of))


def last_day(kept: date | None, *, today: date, grace: timedelta) -> date:
    """Give the last day without one; it is counted from the day the demand first met somebody."""
    return kept or today + grace


def is_due(last: date, *, today: date) -> bool:
    return today > last
