"""The three statements that each sent letter costs, written out for both databases.

The ORM takes longer to build them than the database to carry them out, letter by letter; and
PostgreSQL takes all three in one turn of the line. Whatever is rarer stays with the ORM.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from committee.models import LetterAttempt

LEASE_SECONDS = 600
STAMP = "STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'NOW'"
# The database's own time, and the end of a lease that begins now.
TIMES = {
    "postgresql": (
        "STATEMENT_TIMESTAMP()",
        f"STATEMENT_TIMESTAMP() + INTERVAL '{LEASE_SECONDS} seconds'",
    ),
    "sqlite": (f"{STAMP})", f"{STAMP}, '+{LEASE_SECONDS} seconds')"),
}
ON_WIRE = """
UPDATE committee_letter SET on_wire_at = {now}, lease_until = {later}
WHERE id = %s AND lease_token = %s AND state = 'sending' AND lease_until > {now}
"""
SENT = """
UPDATE committee_letter
SET state = 'sent', sent_at = {now}, lease_token = NULL, lease_until = NULL, strikes = 0,
    last_error = '', last_code = %s, address = %s, subject = %s, text = %s
WHERE id = %s AND state <> 'sent'
"""
TRIED = """
INSERT INTO committee_letterattempt
    (letter_id, number, started_at, ended_at, outcome, code, text, worker)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""


def mark_on_wire(pk: int, lease_token: UUID | None) -> bool:
    """Date the moment a leased letter leaves; False when its lease was lost."""
    return _run(ON_WIRE, *_leased(pk, lease_token)) == 1


def record(attempt: LetterAttempt) -> None:
    """Add a try to a letter's record, once."""
    _run(TRIED, *_tried(attempt))


def accept(
    attempt: LetterAttempt, told: tuple[str, str, str], following: tuple[int, UUID | None] | None
) -> bool:
    """Record a try and its acceptance, from any state, and mark the next letter in one commit.

    :param told: the address, the subject and the text.
    :param following: the key and the lease of the letter to leave next, if one is to.
    :returns: whether that one may go.
    """
    sent = (attempt.code, *told, attempt.letter_id)
    leased = _leased(*following) if following else (None, None)
    if connection.vendor == "postgresql":
        together = f"WITH tried AS ({TRIED}), sent AS ({SENT}) {ON_WIRE}"
        return _run(together, *_tried(attempt), *sent, *leased) == 1
    with transaction.atomic():
        _run(TRIED, *_tried(attempt))
        _run(SENT, *sent)
        return following is not None and _run(ON_WIRE, *leased) == 1


def _leased(pk: int, lease_token: UUID | None) -> tuple[int, Any]:
    on_sqlite = getattr(lease_token, "hex", None)
    return pk, lease_token if connection.vendor == "postgresql" else on_sqlite


def _tried(attempt: LetterAttempt) -> tuple[Any, ...]:
    return (
        attempt.letter_id,
        attempt.number,
        _moment(attempt.started_at),
        _moment(attempt.ended_at),
        attempt.outcome,
        attempt.code,
        attempt.text,
        attempt.worker,
    )


def _moment(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _run(statement: str, *values: Any) -> int:
    now, later = TIMES[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(statement.format(now=now, later=later), values)
        return int(cursor.rowcount)
