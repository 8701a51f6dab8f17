"""Runs the product inside a process of its own, and can make it stop dead at a named point.

Nothing of the product is changed: what it says to the database and to the mail server is
watched from outside, so a point is a fact ("the letter's row is inserted, not yet committed").
At its point the process says so and waits to be killed.
"""

from __future__ import annotations

import os
import re
import signal
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.management import call_command
from django.db import connection

from committee import gate, outbox, transport
from roadmap import tasks
from roadmap.services import archive_files, archive_tables, archives, bundling
from tests.chaos import days, keeping, poison, rows, writing

Order = dict[str, Any]
LETTER = "UPDATE committee_letter SET .*"
NOW = r"\(?(STATEMENT_TIMESTAMP|STRFTIME|django_format_dtdelta)"


@dataclass
class Stop:
    """The one point of this process: reached for the n-th time, it says so and waits."""

    pipe: int
    nth: int

    def reach(self) -> None:
        self.nth -= 1
        if self.nth == 0:
            os.write(self.pipe, b".")
            while True:
                signal.pause()


def play(order: Order, pipe: int) -> None:
    """Do what a role does; with a point, as far as that."""
    if point := order.get("point"):
        POINTS[point](Stop(pipe, order.get("nth", 1)))
    haste = order.get("haste", 1)  # how many times shorter the product's longest waits are
    transport.COMMAND_SECONDS /= haste
    outbox.DRAIN_SECONDS /= haste
    poison.dose(order.get("poison", {}))
    ROLES[order["role"]](order)


def deliver(_order: Order) -> None:
    """Run one whole round, as cron does."""
    call_command("deliver")


def loop(_order: Order) -> None:
    """Run rounds until stopped, as a small server does."""
    call_command("deliver", loop=True)


ROLES: dict[str, Callable[[Order], Any]] = {
    "rows": rows.build,
    "deliver": deliver,
    "loop": loop,
    "plan": lambda _order: tasks.plan(),
    "drain": lambda _order: tasks.drain(),
    **days.ROLES,
    **keeping.ROLES,
    **writing.ROLES,
}


def before_sql(pattern: str, *, alone: bool = False) -> Callable[[Stop], None]:
    """Reached before it is executed; `alone`: only where it shares no transaction."""

    def arm(stop: Stop) -> None:
        def reach() -> None:
            if not (alone and connection.in_atomic_block):
                stop.reach()

        _watch_sql(pattern, before=reach)

    return arm


def after_sql(pattern: str) -> Callable[[Stop], None]:
    """Reached once it is executed; its transaction, if it has one, is not committed."""
    return lambda stop: _watch_sql(pattern, after=stop.reach)


def committed(pattern: str) -> Callable[[Stop], None]:
    """Reached once the transaction that holds it is committed."""

    def arm(stop: Stop) -> None:
        seen: list[bool] = []
        commit = connection.commit

        def after() -> None:
            if connection.in_atomic_block:
                seen.append(True)
            else:
                stop.reach()

        def commit_and_tell() -> None:
            commit()
            if seen:
                seen.clear()
                stop.reach()

        connection.commit = commit_and_tell  # type: ignore[method-assign]
        _watch_sql(pattern, after=after)

    return arm


def committing(pattern: str) -> Callable[[Stop], None]:
    """Reached when the transaction that holds it is about to be committed."""

    def arm(stop: Stop) -> None:
        seen: list[bool] = []
        commit = connection.commit

        def tell_and_commit() -> None:
            if seen:
                stop.reach()
            commit()

        connection.commit = tell_and_commit  # type: ignore[method-assign]
        _watch_sql(pattern, after=lambda: seen.append(True))

    return arm


def _watch_sql(
    pattern: str, before: Callable[[], None] = int, after: Callable[[], None] = int
) -> None:
    wanted = re.compile(pattern)

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        is_wanted = wanted.match(" ".join(sql.replace('"', "").split()))
        if is_wanted:
            before()
        result = execute(sql, params, many, context)
        if is_wanted:
            after()
        return result

    connection.execute_wrappers.append(watch)


def before_call(owner: Any, name: str) -> Callable[[Stop], None]:
    return lambda stop: _watch_call(owner, name, before=stop.reach)


def after_call(owner: Any, name: str) -> Callable[[Stop], None]:
    return lambda stop: _watch_call(owner, name, after=stop.reach)


def _watch_call(
    owner: Any, name: str, before: Callable[[], None] = int, after: Callable[[], None] = int
) -> None:
    original = getattr(owner, name)

    def watched(*args: Any, **kwargs: Any) -> Any:
        before()
        result = original(*args, **kwargs)
        after()
        return result

    setattr(owner, name, watched)


def _watch_wire(send: Callable[[Any, bytes, Any], None], reply: Callable[[], None] = int) -> None:
    """Hear every byte that leaves; `reply` comes after the answer to a final dot."""
    says, hears = smtplib.SMTP.send, smtplib.SMTP.getreply
    waits_for_dot: list[bool] = []

    def saying(self: Any, content: Any) -> None:
        line = content.encode("ascii") if isinstance(content, str) else content
        if line.endswith(b"\r\n.\r\n"):
            waits_for_dot.append(True)
        send(lambda part: says(self, part), line, content)

    def hearing(self: Any) -> Any:
        answer = hears(self)
        if waits_for_dot:
            waits_for_dot.clear()
            reply()
        return answer

    smtplib.SMTP.send = saying  # type: ignore[method-assign]
    smtplib.SMTP.getreply = hearing  # type: ignore[method-assign]


def before_text(stop: Stop) -> None:
    """Reached when a mail is marked and its text not yet begun; its MAIL FROM may be out."""

    def send(say: Any, line: bytes, content: Any) -> None:
        if line.endswith(b"\r\n.\r\n"):
            stop.reach()
        say(content)

    _watch_wire(send)


def mid_data(stop: Stop) -> None:
    """Let half a mail go; the rest only if this is not yet the one to stop at."""

    def send(say: Any, line: bytes, content: Any) -> None:
        if not line.endswith(b"\r\n.\r\n"):
            say(content)
            return
        say(line[: len(line) // 2])
        stop.reach()
        say(line[len(line) // 2 :])

    _watch_wire(send)


def after_dot(stop: Stop) -> None:
    def send(say: Any, line: bytes, content: Any) -> None:
        say(content)
        if line.endswith(b"\r\n.\r\n"):
            stop.reach()

    _watch_wire(send)


def after_answer(stop: Stop) -> None:
    _watch_wire(lambda say, _line, content: say(content), stop.reach)


# PostgreSQL is told in one statement, whose inside nobody outside can stop at.
SENT = rf"(WITH .*)?{LETTER}sent_at = {NOW}"
POINTS: dict[str, Callable[[Stop], None]] = {
    "K1": after_sql("INSERT (OR IGNORE )?INTO roadmap_reminder "),
    "K2": before_call(bundling, "bundle"),
    "K3": after_sql("INSERT INTO committee_letter "),
    "K3 before link": before_sql("UPDATE roadmap_reminder SET letter_id"),
    "K4": after_call(transport.SmtpTransport, "open"),
    "K5": before_sql(rf"{LETTER}on_wire_at = {NOW}", alone=True),
    "K6": before_text,
    "K7": mid_data,
    "K8": after_dot,
    "K9": after_answer,
    "K9 in settle": before_sql(SENT),
    "K10": committed(SENT),
    "K11 in settle": after_sql("INSERT (OR IGNORE )?INTO committee_letterattempt "),
    "K11 in sweep": after_sql(rf"{LETTER}not_before = {NOW}"),
    "backup: begun": before_call(archives, "_facts"),
    "backup: tables written": before_call(archives, "_add_file"),
    "backup: not yet sealed": before_call(archive_files, "_seal"),
    "backup: not yet named": after_call(archive_files, "verify"),
    "restore: verified": before_call(archives, "_place"),
    "restore: files half placed": before_call(archives, "_put"),
    "restore: files placed": after_call(archives, "_place"),
    "restore: emptied": after_call(archive_tables, "empty"),
    "restore: half filled": before_call(archive_tables, "fill"),
    "restore: filled": before_call(archive_tables, "settle"),
    "restore: held": after_call(gate, "hold"),
    "restore: not yet committed": committing("UPDATE committee_mailgate SET held_at"),
    "restore: committed": committed("UPDATE committee_mailgate SET held_at"),
    "evidence: file written": before_sql("INSERT INTO roadmap_evidence"),
    "evidence: row written": after_sql("INSERT INTO roadmap_evidence"),
    "evidence: not yet committed": committing("INSERT INTO roadmap_evidence"),
    "evidence: committed": committed("INSERT INTO roadmap_evidence"),
}
