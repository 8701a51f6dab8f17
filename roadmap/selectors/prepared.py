"""Aggregates that every page asks for, made into SQL once: only their days differ.

Turning one of them into SQL takes Django longer than the database needs to answer it. So it is
made for a day that stands for any other; each time it is asked, its days are moved to the day
asked about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
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
# Beyond every key there is, and within what a database calls an integer.
ANY_KEY = 2_111_000_111
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


def load(build: Build, today: date, *also: Hashable, keys: Sequence[int | str] = ()) -> list[Any]:
    """Load the rows of `build(today, *keys, *also)`: one query, made into SQL once.

    What differs from one time to the next are days and keys; whatever else does is `also`.
    """
    limits = (settings.SILENT_AFTER_DAYS, settings.DUE_SOON_DAYS)
    kinds = tuple(type(key) for key in keys)
    made = _compiled(build, also, kinds, isinstance(today, PastDay), connection.vendor, limits)
    shift = timedelta(days=today.toordinal() - ANY_DAY.toordinal())
    given = dict(zip(_any_keys(kinds), keys, strict=True))
    return list(_asked(made, tuple(_given(one, given, shift) for one in made.params)))


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A query set and its compiler, which knows how to read the rows of the SQL it made."""

    found: Any
    compiler: Any
    sql: str
    params: tuple[Any, ...]


@lru_cache(maxsize=256)
def _compiled(
    build: Build,
    also: tuple[Hashable, ...],
    kinds: tuple[type, ...],
    is_past: bool,
    _vendor: str,
    _limits: tuple[int, ...],
) -> _Compiled:
    day = PastDay.fromordinal(ANY_DAY.toordinal()) if is_past else ANY_DAY
    found = build(day, *_any_keys(kinds), *also)
    compiler = found.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    return _Compiled(found, compiler, sql, tuple(params))


def _any_keys(kinds: Iterable[type]) -> list[int | str]:
    """Give keys that stand for any others, and that nothing has."""
    return [kind(ANY_KEY + place) for place, kind in enumerate(kinds)]


def _given(value: Any, keys: dict[int | str, int | str], shift: timedelta) -> Any:
    is_key = type(value) in (int, str) and value in keys
    return keys[value] if is_key else _moved(value, shift)


def _asked(made: _Compiled, params: tuple[Any, ...]) -> QuerySet[Any, Any]:
    """Give a query set that is asked in this SQL; it can be read, and nothing else."""
    compiler, query = copy(made.compiler), copy(made.found.query)
    compiler.connection, compiler.query = connection, query
    compiler.as_sql = lambda *_args, **_kwargs: (made.sql, params)
    query.get_compiler = lambda *_args, **_kwargs: compiler
    asked = type(made.found)(model=made.found.model, query=query)
    for name in ("_iterable_class", "_fields", "_prefetch_related_lookups"):
        setattr(asked, name, getattr(made.found, name))
    return asked


def forget() -> None:
    """Make every question into SQL anew."""
    _made.cache_clear()
    _compiled.cache_clear()


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
