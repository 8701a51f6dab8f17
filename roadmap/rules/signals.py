"""What the system sees in an action, whatever its owner claims.

Computed, never stored. Lists decide the same in SQL (models/querysets.py); a test holds the
two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from roadmap.enums import Outlook, Signal, Status

SILENT_AFTER = 30
DUE_SOON = 7
OPEN = (Status.PLANNED, Status.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a signal depends on; `has_passed_gate`: it gates an open milestone past its date."""

    status: Status
    created_on: date
    due_date: date | None = None
    start_date: date | None = None
    reported_on: date | None = None
    is_submitted_late: bool = False
    is_blocked: bool = False
    outlook: str = ""
    has_passed_gate: bool = False


def signal(
    facts: Facts, today: date, *, silent_after: int = SILENT_AFTER, due_soon: int = DUE_SOON
) -> Signal | None:
    """Give the first signal that matches; a cancelled action has none."""
    if facts.status not in OPEN:
        return _closed(facts)
    if is_late(facts, today):
        return Signal.LATE
    if facts.is_blocked:
        return Signal.BLOCKED
    if is_not_reported(facts, today, silent_after):
        return Signal.NOT_REPORTED
    if is_silent(facts, today, silent_after):
        return Signal.SILENT
    if facts.due_date is not None and facts.due_date <= today + timedelta(days=due_soon):
        return Signal.DUE_SOON
    return Signal.ON_TRACK


def _closed(facts: Facts) -> Signal | None:
    if facts.status == Status.VERIFIED:
        return Signal.DONE_LATE if facts.is_submitted_late else Signal.DONE
    return Signal.WAITING if facts.status == Status.SUBMITTED else None


def is_late(facts: Facts, today: date) -> bool:
    """Late starts the day after the due date; a submission is not late, it waits."""
    return facts.status in OPEN and facts.due_date is not None and facts.due_date < today


def is_not_reported(facts: Facts, today: date, after: int = SILENT_AFTER) -> bool:
    """Never reported, `after` days or more since the later of start and creation."""
    began = max(facts.start_date or facts.created_on, facts.created_on)
    never = facts.status in OPEN and facts.reported_on is None
    return never and (today - began).days >= after


def is_silent(facts: Facts, today: date, after: int = SILENT_AFTER) -> bool:
    """Last report or confirmation `after` days ago or more; may overlap with late."""
    told = facts.reported_on
    return facts.status in OPEN and told is not None and (today - told).days >= after


def is_contradiction(facts: Facts, today: date, *, silent_after: int = SILENT_AFTER) -> bool:
    """Claimed on time while late, silent, or behind a passed gating milestone."""
    if facts.outlook != Outlook.ON_TIME or facts.status not in OPEN:
        return False
    silent = is_silent(facts, today, silent_after)
    return is_late(facts, today) or silent or facts.has_passed_gate
