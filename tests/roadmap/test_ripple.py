"""What a new due date would run past, and that an answer keeps what was seen."""

from __future__ import annotations

import pytest

from roadmap.selectors import ripple
from roadmap.services import requests
from tests import factories
from tests.committee_factories import date_request
from tests.factories import TODAY, days
from tests.roadmap.services.verbs import attempt

pytestmark = pytest.mark.django_db
NEW = days(200)


@pytest.fixture
def place(db):
    return factories.workstream("LOG")


@pytest.fixture
def action(place):
    return factories.action(workstream=place, owner=factories.member())


@pytest.fixture
def milestone(place, action):
    """Give a milestone due 20 days after the action that gates it."""
    return factories.milestone(workstream=place, due_date=days(120), actions=[action])


def test_an_action_runs_past_the_milestones_it_gates(action, milestone):
    factories.milestone(due_date=NEW, actions=[action])
    factories.milestone(due_date=days(110), actions=[action], achieved=True)
    factories.milestone(due_date=days(110), actions=[action], known_from=days(1))
    factories.milestone(due_date=days(110))

    found = ripple.overruns(action, NEW, TODAY)

    assert [(one.item, one.days) for one in found] == [(milestone, 80)]


def test_a_milestone_is_overrun_by_the_open_actions_that_gate_it(place, action, milestone):
    done = factories.action(workstream=place, verified=True)
    unborn = factories.action(workstream=place, created_on=days(3))
    milestone.actions.add(done, unborn)

    found = ripple.overruns(milestone, days(90), TODAY)

    assert [(one.item, one.days) for one in found] == [(action, 10)]


def test_the_room_that_is_left_is_told_beside(action, milestone):
    assert [one.room for one in ripple.reach(action, days(100), TODAY)] == [20]


@pytest.mark.parametrize("answer", ["approve_request", "decline_request"])
def test_it_is_kept_as_it_was_at_the_answer(action, milestone, answer):
    made, by = date_request(action), factories.member("secretariat")
    getattr(requests, answer)(request=made, attempt=attempt(by), answer="Sudah dibahas.")
    type(milestone).objects.update(due_date=days(400))

    made.refresh_from_db()
    found = ripple.read(made.ripple)

    assert [(one.item, one.due_date, one.days) for one in found] == [(milestone, days(120), 80)]


def test_a_milestones_ripple_is_kept_too(action, milestone):
    made = date_request(milestone, new_date=days(90))
    by = factories.member("secretariat")

    made = requests.approve_request(request=made, attempt=attempt(by))

    assert [(one.code, one.days) for one in ripple.read(made.ripple)] == [(action.code, 10)]
