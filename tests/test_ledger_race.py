"""The chain under many writers at once: no gap and no fork; and what the lock is for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, connections, transaction

from committee import ledger
from committee.management.commands.audit import entries
from committee.models import AuditEntry, Institution
from committee.rules import chain
from tests import factories

WRITERS, ROWS = 8, 40
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite", reason="its writers wait for each other in any case"
    ),
]


def write(by, seal):
    """Let writers, each on a connection of its own, add rows at once; count those refused."""
    ready = Barrier(WRITERS)

    def writer(number):
        ready.wait()
        try:
            return sum(not add(by, number * ROWS + row, seal) for row in range(ROWS))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WRITERS) as pool:
        return sum(pool.map(writer, range(WRITERS)))


def add(by, number, seal):
    try:
        with transaction.atomic():
            ledger.acts(by)
            Institution(code=f"B{number}", title="Badan", kind="ministry").save()
            seal()
    except IntegrityError:
        return False
    return True


def test_eight_writers_leave_one_chain():
    by = factories.member("secretariat")

    assert write(by, ledger.bump_revision) == 0

    told = AuditEntry.objects.filter(object_type="committee.institution", actor=by)
    assert told.count() == WRITERS * ROWS
    assert chain.first_broken(entries()) == ""


def test_without_the_lock_they_get_into_each_others_way():
    by = factories.member("secretariat")

    assert write(by, ledger._seal_waiting) > 0
