"""The questions that pages ask each time, made into SQL once: only days and keys differ.

Turning one of them into SQL takes Django longer than the database needs to answer it. So it is
made for a day that stands for any other, and for keys that stand for those of any row; each time
it is asked, the day and the keys asked about are put in their places. Nothing a reader typed is
ever in it, and answers are never kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from copy import copy
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

from committee.rules.days import PastDay

Build = Callable[..., QuerySet[Any, Any]]
# Far from every constant of a question.
ANY_DAY = date(2222, 2, 2)
YEARS_NEAR = 3
# SQLite is given its days and moments as text.
DAY_TEXT = re.compile(r"\d{4}-\d\d-\d\d")
# The keys that stand for any other: no constant of a question is one of them, and the smallest
# column of a database holds them.
ANY_NUMBER = 2_111_111_111
ANY_TEXT = "2111111111"
Key = int | str


class Made(NamedTuple):
    """A question with its SQL, and the compiler that knows how to read the rows."""

    asked: QuerySet[Any, Any]
    compiler: SQLCompiler
    sql: str
    params: tuple[Any, ...]


def load(build: Build, today: date, *also: Hashable, **keys: Key) -> list[Any]:
    """Load the rows of `build(today, *also, **keys)`, as it would itself: one query.

    `keys` name rows by number or code; all else that makes the SQL another one is in `also`.
    """
    kinds = tuple((name, type(key)) for name, key in keys.items())
    made = _made(build, also, kinds, isinstance(today, PastDay), connection.vendor, _limits())
    places = dict(zip(_any(kinds).values(), keys.values(), strict=True))
    params = _for_day(made.params, today, places)
    # The rows are read by Django's own means, from SQL that it need not make again.
    compiler: Any = copy(made.compiler)
    compiler.connection = connection
    compiler.as_sql = lambda **_options: (made.sql, params)
    asked: Any = made.asked.all()
    asked.query.get_compiler = lambda *_where, **_options: compiler
    return list(asked)


def ask(
    build: Build, today: date, *also: Hashable, frame: str = "{}", beside: Sequence[Any] = ()
) -> list[dict[str, Any]]:
    """Ask `build(today, *also)`, a query of values: one query, its rows by name.

    A frame is SQL around it, which ends with places for the values beside.
    """
    made = _made(build, also, (), isinstance(today, PastDay), connection.vendor, _limits())
    with connection.cursor() as cursor:
        cursor.execute(frame.format(made.sql), [*_for_day(made.params, today, {}), *beside])
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@lru_cache(maxsize=256)
def _made(
    build: Build,
    also: tuple[Hashable, ...],
    kinds: tuple[tuple[str, type], ...],
    is_past: bool,
    _vendor: str,
    _thresholds: tuple[int, ...],
) -> Made:
    """Make the SQL; the thresholds and the database it was made for are part of its key."""
    day = PastDay.fromordinal(ANY_DAY.toordinal()) if is_past else ANY_DAY
    asked = build(day, *also, **_any(kinds))
    compiler = asked.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    if any(key not in params for key in _any(kinds).values()):
        raise ValueError(f"A key given to {build} is not asked for as it is.")
    return Made(asked, compiler, sql, params)


def forget() -> None:
    """Make every question into SQL anew."""
    _made.cache_clear()


def _any(kinds: tuple[tuple[str, type], ...]) -> dict[str, Key]:
    """Give the keys that stand for any other, by name."""
    return {
        name: f"{ANY_TEXT}{place}" if kind is str else ANY_NUMBER + place
        for place, (name, kind) in enumerate(kinds)
    }


def _limits() -> tuple[int, ...]:
    return settings.SILENT_AFTER_DAYS, settings.DUE_SOON_DAYS


def _for_day(params: Sequence[Any], today: date, keys: Mapping[Any, Key]) -> tuple[Any, ...]:
    """Put the day and the keys asked about where those stand that stand for any."""
    shift = timedelta(days=today.toordinal() - ANY_DAY.toordinal())
    return tuple(keys[one] if one in keys else _moved(one, shift) for one in params)


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
