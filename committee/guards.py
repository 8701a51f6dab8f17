"""Locks of the database itself: rows that no program may change once they are on the record.

Services refuse first, in words. These triggers stand below them, on both databases, for
whatever comes past the services. They are made anew after every migrate, because SQLite makes
a table again, without its triggers, whenever its columns change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate

REFUSAL = "this row is locked"
ALWAYS = "1 = 1"


@dataclass(frozen=True, slots=True)
class Guard:
    """What may not happen to a table's rows.

    `when` is SQL in which `{row}` stands for the row as it was or is to be. `columns` narrows
    an update to those that changed; without them any update counts. With `before_only` an
    update is judged by the row as it was: closing a meeting is allowed, changing a closed one
    is not. A second guard of the same event says in `about` what it is for.
    """

    table: str
    event: str
    when: str
    columns: tuple[str, ...] = ()
    before_only: bool = False
    about: str = ""

    @property
    def name(self) -> str:
        about = f"_{self.about}" if self.about else ""
        return f"{self.table}_{self.event.lower()}{about}_locked"

    def condition(self, vendor: str) -> str:
        """Give the SQL that is true when the change must be refused."""
        rows = {"INSERT": ("NEW",), "DELETE": ("OLD",)}.get(self.event, ("OLD", "NEW"))
        if self.before_only:
            rows = ("OLD",)
        locked = " OR ".join(f"({self.when.format(row=row)})" for row in rows)
        if not self.columns:
            return locked
        differs = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
        changed = " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in self.columns)
        return f"({locked}) AND ({changed})"


def install(using: str, guards: Iterable[Guard]) -> None:
    """Make the triggers of the tables that exist, in place of those that stood there."""
    connection = connections[using]
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for guard in guards:
            if guard.table in there:
                for statement in _statements(guard, connection.vendor):
                    cursor.execute(statement)


def remove(using: str, guards: Iterable[Guard]) -> None:
    """Take the triggers away, for tools that empty a database."""
    connection = connections[using]
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for guard in guards:
            if guard.table in there:
                cursor.execute(_drop(guard, connection.vendor))


def _drop(guard: Guard, vendor: str) -> str:
    where = f" ON {guard.table}" if vendor == "postgresql" else ""
    return f"DROP TRIGGER IF EXISTS {guard.name}{where}"


def _statements(guard: Guard, vendor: str) -> list[str]:
    made = _on_postgresql(guard) if vendor == "postgresql" else [_on_sqlite(guard)]
    return [_drop(guard, vendor), *made]


def _on_postgresql(guard: Guard) -> list[str]:
    condition = guard.condition("postgresql")
    kept = "OLD" if guard.event == "DELETE" else "NEW"
    function = (
        f"CREATE OR REPLACE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF {condition} THEN RAISE EXCEPTION USING ERRCODE = 'check_violation', "
        f"MESSAGE = '{guard.name}: {REFUSAL}'; END IF; RETURN {kept}; END $$"
    )
    trigger = (
        f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table} "
        f"FOR EACH ROW EXECUTE FUNCTION {guard.name}()"
    )
    return [function, trigger]


def _on_sqlite(guard: Guard) -> str:
    return (
        f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table} "
        f"FOR EACH ROW WHEN {guard.condition('sqlite')} "
        f"BEGIN SELECT RAISE(ABORT, '{guard.name}: {REFUSAL}'); END"
    )


CLOSED_MEETING = (
    "EXISTS (SELECT 1 FROM committee_meeting m WHERE m.id = {row}.meeting_id"
    " AND m.status = 'closed')"
)
ANSWERED_AT_CLOSED = (
    "EXISTS (SELECT 1 FROM committee_meeting m WHERE m.id = {row}.answered_at_id"
    " AND m.status = 'closed')"
)
ADVICE_ANSWERED_AT_CLOSED = (
    "EXISTS (SELECT 1 FROM committee_advice a JOIN committee_meeting m ON m.id = a.answered_at_id"
    " WHERE a.id = {row}.advice_id AND m.status = 'closed')"
)
DECIDED = (
    *("meeting_id", "agenda_item_id", "number", "text", "effect", "institution_id"),
    *("responsible_id", "due_date", "advice_id"),
)
DONE = ("done_on", "done_by_id", "done_note")
ADVISED = (
    *("author_id", "subject", "reasoning", "given_on", "answer", "answer_reason"),
    *("answered_at_id", "answered_on", "answered_by_id"),
)
GUARDS = (
    Guard("committee_meeting", "UPDATE", "{row}.status = 'closed'", before_only=True),
    Guard("committee_meeting", "DELETE", "{row}.status = 'closed'"),
    *(
        Guard(table, event, CLOSED_MEETING)
        for table in ("committee_agendaitem", "committee_attendance")
        for event in ("INSERT", "UPDATE", "DELETE")
    ),
    Guard("committee_decision", "INSERT", CLOSED_MEETING),
    Guard("committee_decision", "UPDATE", CLOSED_MEETING, DECIDED),
    Guard(
        "committee_decision",
        "UPDATE",
        "{row}.done_on IS NOT NULL",
        DONE,
        before_only=True,
        about="done",
    ),
    Guard("committee_decision", "DELETE", CLOSED_MEETING),
    Guard("committee_advice", "UPDATE", ANSWERED_AT_CLOSED, ADVISED),
    Guard("committee_advice", "DELETE", ANSWERED_AT_CLOSED),
    *(
        Guard("committee_advice_workstreams", event, ADVICE_ANSWERED_AT_CLOSED)
        for event in ("INSERT", "UPDATE", "DELETE")
    ),
    Guard("committee_auditentry", "UPDATE", ALWAYS),
    Guard("committee_auditentry", "DELETE", ALWAYS),
    Guard("committee_minutescorrection", "UPDATE", ALWAYS),
    Guard("committee_minutescorrection", "DELETE", ALWAYS),
    Guard("committee_rolechange", "UPDATE", ALWAYS),
    Guard("committee_rolechange", "DELETE", ALWAYS),
)


def watch(app: AppConfig, guards: Iterable[Guard]) -> None:
    """Make an app's locks after every migrate, and lift them before its tables change.

    SQLite makes no table again while a lock of another table names it.
    """

    def lift(using: str, plan: Any = (), **_others: Any) -> None:
        if plan and connections[using].vendor == "sqlite":
            remove(using, guards)

    def keep(using: str, **_others: Any) -> None:
        install(using, guards)

    name = f"{app.label}_guards"
    pre_migrate.connect(lift, sender=app, weak=False, dispatch_uid=name)
    post_migrate.connect(keep, sender=app, weak=False, dispatch_uid=name)
