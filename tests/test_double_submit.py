"""The same form sent twice at the same moment has one effect, and both get the same answer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from committee.enums import Role
from roadmap.models import ActionItem, Milestone, StatusUpdate
from roadmap.services import actions, changes, milestones
from tests import factories
from tests.factories import TODAY

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 10


@pytest.fixture
def secretariat(settings):
    if connection.vendor == "sqlite":
        pytest.skip("one connection in memory; PostgreSQL shows two transactions at once")
    return factories.member(Role.SECRETARIAT)


def both_at_once(member, url, fields):
    """Send one form from two browsers of one person, `ROUNDS` times; give the answers."""
    start = Barrier(2)
    tokens = [str(uuid4()) for _ in range(ROUNDS)]

    def send():
        client = Client(raise_request_exception=False)
        client.force_login(member)
        try:
            return [one(client, token) for token in tokens]
        finally:
            connections.close_all()

    def one(client, token):
        start.wait(timeout=30)
        answer = client.post(url, fields | {"token": token})
        return answer.status_code, answer.get("Location")

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: send(), range(2))
    return list(zip(first, second, strict=True))


def action_form():
    place = factories.workstream("CYB")
    due = TODAY + timedelta(days=4000)
    return {
        "workstream": place.pk,
        "title": "Uji coba",
        "due_date": due.isoformat(),
        "due_precision": "day",
        "weight": 1,
        "version": 0,
    }


def test_a_new_action_is_made_once(secretariat):
    answers = both_at_once(secretariat, reverse("roadmap:action-create"), action_form())

    assert {status for pair in answers for status, _ in pair} == {302}
    assert all(first == second for first, second in answers)
    assert ActionItem.objects.count() == StatusUpdate.objects.count() == ROUNDS


def test_a_new_milestone_is_made_once(secretariat):
    fields = {"title": "Layanan dibuka", "due_precision": "day", "version": 0}

    answers = both_at_once(secretariat, reverse("roadmap:milestone-create"), fields)

    assert {status for pair in answers for status, _ in pair} == {302}
    assert all(first == second for first, second in answers)
    assert Milestone.objects.count() == ROUNDS


def test_control_without_the_token_each_is_made_twice(secretariat, monkeypatch):
    def forget(service):
        return lambda *, attempt, **rest: service(
            attempt=changes.Attempt(by=attempt.by, at=attempt.at), **rest
        )

    monkeypatch.setattr(milestones, "create_milestone", forget(milestones.create_milestone))
    monkeypatch.setattr(actions, "create_action", forget(actions.create_action))
    fields = {"title": "Layanan dibuka", "due_precision": "day", "version": 0}

    both_at_once(secretariat, reverse("roadmap:milestone-create"), fields)
    both_at_once(secretariat, reverse("roadmap:action-create"), action_form())

    assert Milestone.objects.count() == ActionItem.objects.count() == 2 * ROUNDS
