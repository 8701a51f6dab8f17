"""How old what stands in the way is, and when that is too old."""

from __future__ import annotations

from datetime import date, timedelta

OLD_AFTER = 30


def old_before(today: date) -> date:
    """Give the first day that is not yet too long ago: what was raised before it is old."""
    return today - timedelta(days=OLD_AFTER)


def age(raised_on: date, closed_on: date | None, today: date) -> int:
    """Count the days something has stood in the way, or did until it was closed."""
    return ((closed_on or today) - raised_on).days


def is_overdue(needed_by: date | None, closed_on: date | None, today: date) -> bool:
    """Say whether something is still needed after the day it was needed by."""
    return closed_on is None and needed_by is not None and needed_by < today
