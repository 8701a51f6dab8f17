"""Two drainers that have both read the queue before either writes get no letter twice."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest
from django.db import connection, connections
from django.db.models import F
from django.db.models.functions import Now

from committee import outbox, settling
from committee.enums import LetterKind, LetterState
from committee.models import Letter
from tests import factories
from tests.factories import TODAY


def race(claim_count, monkeypatch, lease=None):
    """Let two drainers claim at the same moment, and give what each of them got."""
    meet = threading.Barrier(2, timeout=30)
    original = lease or outbox._lease
    found = []

    def together(ids, token):
        meet.wait()
        original(ids, token)

    def run():
        with closing(connections["default"]):
            found.append([each.pk for each in outbox.claim(claim_count)])

    monkeypatch.setattr(outbox, "_lease", together)
    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def careless_lease(ids, token):
    """Lease without asking the state once more: what the control takes away."""
    Letter.objects.filter(id__in=ids).update(
        state=LetterState.SENDING,
        lease_token=token,
        lease_until=Now() + settling.LEASE,
        tries=F("tries") + 1,
    )


def assert_each_was_claimed_once():
    assert set(Letter.objects.values_list("tries", flat=True)) == {1}


needs_postgres = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time"
)


@needs_postgres
@pytest.mark.django_db(transaction=True)
class TestTwoDrainers:
    @pytest.fixture(autouse=True)
    def ten_letters(self, transactional_db):
        for number in range(10):
            outbox.enqueue(
                kind=LetterKind.REMINDERS,
                recipient=factories.member(),
                policy_date=TODAY,
                dedupe_key=f"key:{number}",
            )

    @pytest.fixture
    def without_lock(self, monkeypatch):
        monkeypatch.setattr(type(connection.features), "has_select_for_update_skip_locked", False)

    def test_claim_disjoint_letters(self, monkeypatch):
        first, second = race(5, monkeypatch)

        assert (len(first), len(second)) == (5, 5)
        assert not set(first) & set(second)
        assert_each_was_claimed_once()

    def test_claim_none_twice_even_without_the_lock(self, monkeypatch, without_lock):
        first, second = race(10, monkeypatch)

        assert sorted(first + second) == sorted(Letter.objects.values_list("pk", flat=True))
        assert_each_was_claimed_once()

    def test_control_without_lock_and_second_question_they_claim_the_same(
        self, monkeypatch, without_lock
    ):
        race(10, monkeypatch, lease=careless_lease)

        with pytest.raises(AssertionError):
            assert_each_was_claimed_once()
