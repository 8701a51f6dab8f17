"""`/health/`: what a monitor sees, and what it must not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from committee import gate
from committee.enums import HoldReason, LetterKind
from committee.heartbeats import beat
from committee.models import Heartbeat, Letter
from committee.outbox import enqueue
from roadmap.selectors import machinery
from tests import factories

HEALTH = reverse("roadmap:health")
ROOT = Path(__file__).resolve().parents[1]
# A web process, with two views beside ours that ask the database one thing each.
ASK = """
import json, sys, time
from django.http import HttpResponse
from django.test import Client
from django.urls import path
import roadmap.config.wsgi
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from roadmap.config import urls

@login_not_required
def ask(request, statement):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {statement}")
    return HttpResponse("asked")

urls.urlpatterns.append(path("ask/<statement>/", ask))
client = Client(raise_request_exception=False)
for address in sys.argv[1:]:
    began = time.monotonic()
    answer = client.get(address)
    told = {"status": answer.status_code, "seconds": time.monotonic() - began}
    print(json.dumps(told | {"again": answer.get("Retry-After"), "page": answer.content.decode()}))
"""


def web_process(*addresses: str, **environment: str) -> list[dict[str, object]]:
    """Ask a web process of its own for pages, and tell what it answered."""
    done = subprocess.run(
        [sys.executable, "-c", ASK, *addresses],
        cwd=ROOT, env=os.environ | environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]


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
        "attention": ["nothing is planned", "nothing is sent"],
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
    assert body["attention"] == ["nothing is planned", "a letter waits"]
    assert "secret" not in answer.content.decode()


@pytest.mark.django_db
def test_a_hold_is_named_and_the_site_is_well_all_the_same(client):
    beat("plan")
    beat("drain")
    gate.hold(HoldReason.RESTORED)

    answer = client.get(HEALTH)

    assert answer.status_code == 200
    assert answer.json()["attention"] == ["letters are held"]


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


def test_a_page_without_its_database_is_a_plain_503():
    answer = web_process("/", DATABASE_URL="postgres://nobody:hunter2@127.0.0.1:1/nothing")[0]

    assert answer["status"] == 503
    assert answer["again"] == "10"
    assert "Terjadi gangguan" in answer["page"]
    assert not {"hunter2", "Traceback"} & set(answer["page"].split())


@pytest.mark.processes
@pytest.mark.skipif(
    os.environ.get("TEST_DATABASE") != "postgres", reason="SQLite has no such limit"
)
def test_a_statement_that_takes_too_long_is_stopped_and_the_next_page_unharmed():
    slow, next_one = web_process("/ask/pg_sleep(30)/", "/ask/1/")

    assert slow["status"] == 503
    assert slow["seconds"] < 6
    assert next_one["status"] == 200
