"""The rows of every table as lines of text, and back: the same on both databases.

A line is a JSON list of plain values in the order of the table's columns, so what SQLite wrote
PostgreSQL reads. All is read from one snapshot, and written in the caller's one transaction.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, time
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction
from django.db.migrations.loader import MigrationLoader

Model = type[models.Model]
Row = list[Any]
# Who is signed in is nobody's record: after a restore everybody signs in again.
NOT_KEPT = ("sessions", "usersessions")
BATCH = 500
SAME_IN_JSON = (models.CharField, models.TextField, models.IntegerField, models.BooleanField)


def every() -> list[Model]:
    """Give the model of every table of the site; what is kept elsewhere or computed is none."""
    found = apps.get_models(include_auto_created=True)
    return [one for one in found if one._meta.managed and not one._meta.proxy]


def kept() -> dict[str, Model]:
    """Give the models whose rows belong into an archive, by their tables' names."""
    return {one._meta.db_table: one for one in every() if one._meta.app_label not in NOT_KEPT}


def migrations() -> tuple[set[str], set[str]]:
    """Name the migrations applied to the database, and those this code knows."""
    loader = MigrationLoader(connection)
    names = [{f"{app}.{name}" for app, name in each} for each in _keys(loader)]
    return names[0], names[1]


def _keys(loader: MigrationLoader) -> tuple[Iterable[tuple[str, str]], ...]:
    known = set(loader.disk_migrations)
    return {key for key in loader.applied_migrations if key[0] in loader.migrated_apps}, known


@contextmanager
def snapshot() -> Iterator[None]:
    """Read as of one moment, however long it takes, and stand in nobody's way."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            _take_your_time()
            yield
        return
    # `atomic` would take the lock of a writer here; this one only reads.
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


@contextmanager
def rewriting() -> Iterator[None]:
    """Change everything in one transaction, with the locks of closed rows lifted meanwhile."""
    with connection.constraint_checks_disabled(), transaction.atomic(durable=True):
        _take_your_time()
        with _triggers_lifted():
            yield
            connection.check_constraints()  # PostgreSQL lets no table change before


def _take_your_time() -> None:
    """Lift the limits that hold for requests; whoever holds a lock longer is still at work."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SET LOCAL lock_timeout = '10s'")


@contextmanager
def _triggers_lifted() -> Iterator[None]:
    """Let every row be removed and written; the very same triggers stand again afterwards."""
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            tables = [quoted(one._meta.db_table) for one in every()]
            lift = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables]
            remake = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables]
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            lift = [f"DROP TRIGGER {quoted(name)}" for name, _sql in triggers]
            remake = [sql for _name, sql in triggers]
        for statement in lift:
            cursor.execute(statement)
        yield
        for statement in remake:
            cursor.execute(statement)


def empty() -> None:
    """Remove every row, the sessions and the cache with them."""
    names = [one._meta.db_table for one in every()]
    there = connection.introspection.table_names()
    caches = [cache.get("LOCATION") for cache in settings.CACHES.values()]
    names += [name for name in caches if name in there]
    tables = [connection.ops.quote_name(name) for name in names]
    if connection.vendor == "postgresql":
        statements = [f"TRUNCATE {', '.join(tables)}"]
    else:
        statements = [f"DELETE FROM {table}" for table in tables]  # noqa: S608 - our own names
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def lines(model: Model) -> Iterator[bytes]:
    """Give the rows of a table, a batch of lines at a time."""
    names = [field.attname for field in _columns(model)]
    rows = model._base_manager.order_by("pk").values_list(*names).iterator(chunk_size=BATCH)
    while batch := list(islice(rows, BATCH)):
        texts = (json.dumps(row, default=_plain, ensure_ascii=False) for row in batch)
        yield "".join(f"{text}\n" for text in texts).encode()


def fill(model: Model, written: Iterable[bytes]) -> int:
    """Write lines into an empty table, and count them."""
    columns = _columns(model)
    readers = [_reader(field) for field in columns]
    rows = (
        [read(value) for read, value in zip(readers, json.loads(line), strict=True)]
        for line in written
    )
    quoted = connection.ops.quote_name
    table, names = quoted(model._meta.db_table), ", ".join(quoted(one.column) for one in columns)
    if connection.vendor == "postgresql":
        return _copy(f"COPY {table} ({names}) FROM STDIN", rows)
    marks = ", ".join(["%s"] * len(columns))
    return _insert(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608 - as above


def _copy(statement: str, rows: Iterable[Row]) -> int:
    count = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def _insert(statement: str, rows: Iterator[Row]) -> int:
    count = 0
    with connection.cursor() as cursor:
        while batch := list(islice(rows, BATCH)):
            cursor.executemany(statement, batch)
            count += len(batch)
    return count


def _columns(model: Model) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not field.generated]


def _reader(field: Any) -> Callable[[Any], Any]:
    """Give what makes the database's own value of a plain one."""
    target = field.target_field if field.is_relation else field
    if isinstance(target, SAME_IN_JSON):
        return lambda value: value
    own = connections[DEFAULT_DB_ALIAS]
    return lambda value: (
        None if value is None else field.get_db_prep_save(field.to_python(value), own)
    )


def _plain(value: object) -> str:
    """Write what JSON has no word for, as its field reads it back."""
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"{type(value)} has no place in an archive")


def last_id(model: Model) -> int | None:
    """Give the last number a table gave a row, which is never given again."""
    if not isinstance(model._meta.pk, models.AutoField):
        return None
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table}"', _pk(model)])
            sequence = cursor.fetchone()[0]
            cursor.execute(f"SELECT last_value - (NOT is_called)::int FROM {sequence}")  # noqa: S608
        else:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    return int(found[0]) if found else 0


def settle(last_ids: dict[str, int | None]) -> None:
    """Check what points where, and number the next rows as the site would have."""
    connection.check_constraints()
    for name, model in kept().items():
        if (last := last_ids[name]) is not None:
            _go_on_after(model, last)


def _go_on_after(model: Model, last: int) -> None:
    """Set the number last given; unlike setval, undone if the transaction is."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            quoted = connection.ops.quote_name
            column = f"ALTER TABLE {quoted(table)} ALTER COLUMN {quoted(_pk(model))}"
            cursor.execute(f"{column} RESTART WITH {last + 1:d}")
        else:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence VALUES (%s, %s)", [table, last])


def _pk(model: Model) -> str:
    return str(model._meta.pk.column)
