"""`/health/`: what a monitor sees, and what it must not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from committee.enums import LetterKind
from committee.heartbeats import beat
from committee.models import Heartbeat, Letter
from committee.outbox import enqueue
from roadmap.selectors import machinery
from tests import factories

HEALTH = reverse("roadmap:health")


@pytest.mark.django_db
def test_a_fresh_site_is_well_though_nothing_has_beaten_yet(client):
    answer = client.get(HEALTH)

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer.json() == {
        "status": "ok",
        "seconds_since_plan": None,
        "seconds_since_drain": None,
        "oldest_unsent_letter_seconds": None,
    }


@pytest.mark.django_db
def test_it_tells_the_ages_of_the_machinery(client):
    beat("plan", "secret words")
    beat("drain")
    Heartbeat.objects.filter(name="plan").update(at=timezone.now() - timedelta(minutes=5))
    enqueue(
        kind=LetterKind.INVITATION,
        recipient=factories.member(),
        policy_date=factories.TODAY,
        dedupe_key="x",
    )
    Letter.objects.update(created_at=timezone.now() - timedelta(hours=1))

    answer = client.get(HEALTH)

    body = answer.json()
    assert 300 <= body["seconds_since_plan"] <= 330
    assert 0 <= body["seconds_since_drain"] <= 30
    assert 3600 <= body["oldest_unsent_letter_seconds"] <= 3630
    assert "secret" not in answer.content.decode()


def test_without_its_database_it_says_so_and_nothing_more(client, monkeypatch):
    def broken():
        raise OperationalError("password=hunter2 host=10.0.0.1")

    monkeypatch.setattr(machinery, "signs_of_life", broken)

    answer = client.get(HEALTH)  # no database is allowed in this test: nothing else may ask it

    assert answer.status_code == 503
    assert answer.json() == {"status": "database unreachable"}


@pytest.mark.django_db
def test_it_costs_two_queries(client, django_assert_num_queries):
    with django_assert_num_queries(2):
        client.get(HEALTH)
