"""What a date stands for, and the codes of actions."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date

from roadmap.enums import Precision


def period_end(day: date, precision: str) -> date:
    """Give the last day of the period a date stands for: late starts the day after it."""
    if precision == Precision.YEAR:
        return date(day.year, 12, 31)
    if precision == Precision.QUARTER:
        month = (day.month - 1) // 3 * 3 + 3
        return date(day.year, month, monthrange(day.year, month)[1])
    if precision == Precision.MONTH:
        return date(day.year, day.month, monthrange(day.year, day.month)[1])
    return day


def next_number(used: Iterable[int]) -> int:
    """Give a workstream's next free action number; a number is never used again."""
    return max(used, default=0) + 1


def action_code(workstream_code: str, number: int) -> str:
    """Write an action's code: CYB-04."""
    return f"{workstream_code}-{number:02}"
