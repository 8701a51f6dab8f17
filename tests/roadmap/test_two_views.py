"""One person saves two views at the same moment: the limit and the one beginning hold.

Without the lock the same race passes the limit, so these tests can fail.
"""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import replace
from threading import Barrier, BrokenBarrierError, Thread
from uuid import uuid4

import pytest
from django.db import connection, connections

from committee.models import Member
from roadmap.models import SavedView
from roadmap.rules.refusals import Refused
from roadmap.rules.views import MOST
from roadmap.services import views as services
from roadmap.services.changes import Attempt
from roadmap.services.views import Wish
from tests import factories
from tests.roadmap.services.verbs import attempt
from tests.stage.views import saved

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]
WISH = Wish(page="actions", name="Satu", query="signal=late", is_start=True)


@pytest.fixture
def attempts(transactional_db):
    """Give two tries of one person, who has room for one more view."""
    member = factories.member()
    for _number in range(MOST - 1):
        saved(member)
    first = attempt(member, factories.action())
    return [Attempt(member, first.at, token=uuid4()) for _ in range(2)]


def both(attempts, monkeypatch):
    """Save two views at once; each stops after the count until both are there, or a second."""
    meet, refused = Barrier(2), []
    check = services._check_name

    def together(*args, **kwargs):
        with suppress(BrokenBarrierError):
            meet.wait(timeout=1)
        check(*args, **kwargs)

    def run(one, name):
        with closing(connections["default"]):
            try:
                services.save_view(attempt=one, wish=replace(WISH, name=name))
            except Refused as refusal:
                refused.append(refusal.reason)

    monkeypatch.setattr(services, "_check_name", together)
    threads = [
        Thread(target=run, args=pair) for pair in zip(attempts, ("Satu", "Dua"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def test_two_at_once_do_not_pass_the_limit(attempts, monkeypatch):
    refused = both(attempts, monkeypatch)

    assert SavedView.objects.count() == MOST
    assert len(refused) == 1


def test_two_at_once_leave_one_beginning(attempts, monkeypatch):
    monkeypatch.setattr("roadmap.rules.views.MOST", MOST + 5)

    assert both(attempts, monkeypatch) == []
    assert SavedView.objects.count() == MOST + 1
    assert SavedView.objects.filter(is_start=True).count() == 1


def test_control_without_the_lock_the_limit_is_passed(attempts, monkeypatch):
    def unlocked(attempt):
        return Member.objects.get(pk=attempt.by.pk)

    monkeypatch.setattr(services, "_locked", unlocked)
    monkeypatch.setattr(services, "_clear_start", lambda member: None)
    monkeypatch.setattr(f"{__name__}.WISH", replace(WISH, is_start=False))

    assert both(attempts, monkeypatch) == []
    assert SavedView.objects.count() == MOST + 1
