"""Watches the requests of the test client: what one of them changed is in the ledger at its end.

Outside of tests a change that no service sealed is an error in the log, at the commit; most tests
never commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import connection

from committee.ledger import Change


def unsealed() -> list[Change]:
    """Give the changes of the open transaction that no ledger tells of yet."""
    waiting: list[Any] = [todo[1] for todo in connection.run_on_commit]
    return [one for one in waiting if isinstance(one, Change) and not one.is_sealed]


@contextmanager
def watching_requests() -> Iterator[list[str]]:
    """Name what requests changed past the ledger; what a test laid before is its own."""
    before: set[int] = set()
    left: list[str] = []

    def begin(**_about: object) -> None:
        before.clear()
        before.update(map(id, unsealed()))

    def end(**_about: object) -> None:
        found = [one for one in unsealed() if id(one) not in before]
        left.extend(f"{one.verb} {one.object_type} {one.object_id}" for one in found)

    request_started.connect(begin, weak=False)
    request_finished.connect(end, weak=False)
    try:
        yield left
    finally:
        request_started.disconnect(begin)
        request_finished.disconnect(end)
