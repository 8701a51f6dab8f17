"""The counts that every overview asks, made into SQL once: only their days differ.

Turning one of them into SQL takes Django longer than the database needs to answer it. So it is
made for a day that stands for any other, and each time it is asked, its days are moved to the
day asked about. Nothing a reader typed is ever in it, and answers are never kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from committee.rules.days import PastDay

Build = Callable[..., QuerySet[Any, Any]]
# Far from every constant of a question.
ANY_DAY = date(2222, 2, 2)
YEARS_NEAR = 3
# SQLite is given its days and moments as text.
DAY_TEXT = re.compile(r"\d{4}-\d\d-\d\d")


def ask(
    build: Build, today: date, *also: Hashable, frame: str = "{}", beside: Sequence[Any] = ()
) -> list[dict[str, Any]]:
    """Ask `build(today, *also)`, a query of values: one query, its rows by name.

    A frame is SQL around it, which ends with places for the values beside.
    """
    limits = (settings.SILENT_AFTER_DAYS, settings.DUE_SOON_DAYS)
    sql, params = _made(build, also, isinstance(today, PastDay), connection.vendor, limits)
    shift = timedelta(days=today.toordinal() - ANY_DAY.toordinal())
    with connection.cursor() as cursor:
        cursor.execute(frame.format(sql), [*(_moved(one, shift) for one in params), *beside])
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@lru_cache(maxsize=64)
def _made(
    build: Build, also: tuple[Hashable, ...], is_past: bool, _vendor: str, _limits: tuple[int, ...]
) -> tuple[str, tuple[Any, ...]]:
    """Make the SQL; the thresholds and the database it was made for are part of its key."""
    day = PastDay.fromordinal(ANY_DAY.toordinal()) if is_past else ANY_DAY
    return build(day, *also).query.sql_with_params()


def forget() -> None:
    """Make every question into SQL anew."""
    _made.cache_clear()


def _moved(value: Any, shift: timedelta) -> Any:
    if isinstance(value, date):  # and so is a moment
        return value + shift if abs(value.year - ANY_DAY.year) < YEARS_NEAR else value
    if isinstance(value, str) and DAY_TEXT.match(value):
        is_day = DAY_TEXT.fullmatch(value)
        moved = _moved(datetime.fromisoformat(value), shift)
        return str(moved.date() if is_day else moved)
    return value


def as_day(value: Any) -> date | None:
    """Read a day that was aggregated: SQLite gives text."""
    return date.fromisoformat(value) if isinstance(value, str) else value
