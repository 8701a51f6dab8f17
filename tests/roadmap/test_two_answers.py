"""Two people answer one request, or decide one obstacle, at the same moment: one effect.

Without the locks the same race has two effects, so these tests can fail.
"""

from __future__ import annotations

import threading
from contextlib import closing, suppress

import pytest
from django.db import connection, connections
from django.db.models import QuerySet

from committee.models import Decision
from roadmap.enums import Precision
from roadmap.models import DueDateChange, Obstacle, Reminder, StatusUpdate
from roadmap.rules.refusals import Refused
from roadmap.services import obstacles, requests
from roadmap.services.dates import Move
from roadmap.services.obstacles import Ruling
from tests import committee_factories, factories
from tests.committee_factories import date_request
from tests.factories import days
from tests.roadmap.services.verbs import attempt

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]
NEW = days(200)


@pytest.fixture
def answering(transactional_db):
    return [factories.member("secretariat") for _ in range(2)]


@pytest.fixture
def milestone(transactional_db):
    return factories.milestone()


@pytest.fixture
def thing(transactional_db):
    """Give an obstacle with another joined to it, each of an action of its own."""
    root = factories.obstacle(factories.action(owner=factories.member()))
    factories.obstacle(factories.action(owner=factories.member()), joined_to=root)
    return root


def both(people, answer, monkeypatch, module, *meet_before):
    """Let two people answer at once; each stops before a function until both are there.

    Where a lock holds one of them back, as it should, the other goes on alone after a second.
    """
    meet, refusals = threading.Barrier(2), []

    def stopping(original):
        def together(*args, **kwargs):
            with suppress(threading.BrokenBarrierError):
                meet.wait(timeout=1)
            return original(*args, **kwargs)

        return together

    def run(who):
        with closing(connections["default"]):
            try:
                answer(who)
            except Refused as refused:
                refusals.append(refused.reason.value)

    for name in meet_before:
        monkeypatch.setattr(module, name, stopping(getattr(module, name)))
    threads = [threading.Thread(target=run, args=[who]) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refusals


def without_locks(monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_options: rows.all())


def approve(made):
    return lambda who: requests.approve_request(request=made, attempt=attempt(who))


def decide(made):
    meeting = committee_factories.meeting()
    return lambda who: obstacles.decide_obstacle(
        obstacle=made, attempt=attempt(who), ruling=Ruling("Ditetapkan.", meeting=meeting)
    )


def test_one_date_move_approved_twice_moves_once(answering, milestone, monkeypatch):
    made = date_request(milestone, new_date=NEW)

    refusals = both(answering, approve(made), monkeypatch, requests, "_shift")

    milestone.refresh_from_db()
    assert refusals == ["already_answered"]
    assert (milestone.due_date, milestone.times_moved, milestone.version) == (NEW, 1, 1)
    assert DueDateChange.objects.count() == Reminder.objects.filter(stage="approved").count() == 1


def test_an_action_is_moved_once_too(answering, monkeypatch):
    action = factories.action(owner=factories.member())
    made = date_request(action, new_date=NEW)

    refusals = both(answering, approve(made), monkeypatch, requests, "_shift")

    assert refusals == ["already_answered"]
    assert action.slips.count() == action.updates.filter(kind="moved").count() == 1


def test_approved_and_declined_at_once_is_one_of_them(answering, milestone, monkeypatch):
    made = date_request(milestone, new_date=NEW)

    def answer(who):
        if who == answering[0]:
            approve(made)(who)
        else:
            requests.decline_request(request=made, attempt=attempt(who), answer="Tidak.")

    refusals = both(answering, answer, monkeypatch, requests, "_answer")

    made.refresh_from_db()
    assert refusals == ["already_answered"]
    assert DueDateChange.objects.count() == (1 if made.state == "approved" else 0)


def test_control_without_the_locks_the_date_moves_twice(answering, milestone, monkeypatch):
    made = date_request(milestone, new_date=NEW)
    without_locks(monkeypatch)

    both(answering, approve(made), monkeypatch, requests, "_shift")

    assert DueDateChange.objects.count() == 2


def test_two_asks_at_once_are_one(answering, milestone, monkeypatch):
    place = factories.workstream()
    type(milestone).objects.update(workstream=place)
    for who in answering:
        factories.seat(who, place)
    move = Move(to=NEW, precision=Precision.DAY, reason="Pengadaan diulang.")

    def ask(who):
        requests.ask_move(item=milestone, attempt=attempt(who), move=move)

    refusals = both(answering, ask, monkeypatch, requests, "_check_ask")

    assert refusals == ["request_waits"]
    assert milestone.requests.count() == 1


def test_one_obstacle_decided_twice_is_decided_once(answering, thing, monkeypatch):
    refusals = both(answering, decide(thing), monkeypatch, obstacles, "_carry_out")

    assert refusals == ["already_answered"]
    assert Decision.objects.count() == 1
    assert StatusUpdate.objects.filter(kind="obstacle").count() == 2
    assert Reminder.objects.filter(stage="decided").count() == 2


def joining_while_deciding(answering, thing, monkeypatch):
    """Let one person decide a thing while another joins something to it; give what was lost."""
    other = factories.obstacle(factories.action())

    def answer(who):
        if who == answering[0]:
            obstacles.decide_obstacle(
                obstacle=thing, attempt=attempt(who), ruling=Ruling("Ditetapkan.")
            )
        else:
            obstacles.join_obstacles(obstacle=thing, attempt=attempt(who), others=[other])

    both(answering, answer, monkeypatch, obstacles, "_carry_out", "_join")
    return Obstacle.objects.filter(closed_on=None, joined_to__closed_on__isnull=False).count()


def test_what_is_joined_while_it_is_decided_is_decided_too_or_stays_open(
    answering, thing, monkeypatch
):
    assert joining_while_deciding(answering, thing, monkeypatch) == 0


def test_control_without_the_locks_it_stays_open_under_a_closed_one(answering, thing, monkeypatch):
    without_locks(monkeypatch)

    assert joining_while_deciding(answering, thing, monkeypatch) == 1
