"""The three statements that each sent letter costs, written out for both databases.

The ORM takes longer to build them than the database to carry them out, letter by letter.
Whatever is rarer stays with the ORM.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

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
    token = lease_token if connection.vendor == "postgresql" else getattr(lease_token, "hex", None)
    return _run(ON_WIRE, pk, token) == 1


def mark_sent(pk: int, code: int | None, told: tuple[str, str, str]) -> None:
    """Record acceptance, from any state; `told` is the address, the subject and the text."""
    _run(SENT, code, *told, pk)


def record(attempt: LetterAttempt) -> None:
    """Add a try to a letter's record, once."""
    _run(
        TRIED,
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
