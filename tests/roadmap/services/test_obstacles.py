"""Raising and closing what stands in an action's way."""

from __future__ import annotations

import pytest

from roadmap.enums import Signal
from roadmap.models import ActionItem, Obstacle
from roadmap.rules.refusals import Refused
from roadmap.services import obstacles
from roadmap.services.obstacles import Need
from tests import factories
from tests.factories import TODAY, days
from tests.roadmap.services.verbs import attempt
from tests.unchanged import unchanged

pytestmark = pytest.mark.django_db


def raise_obstacle(action, by):
    need = Need("Surat BI", factories.institution("BI"), days(9))
    return obstacles.raise_obstacle(action=action, attempt=attempt(by, action), need=need)


def close(action, by, obstacle, note="Surat diterima."):
    return obstacles.close_obstacle(
        action=action, attempt=attempt(by, action), obstacle=obstacle, closing_note=note
    )


def test_an_obstacle_says_what_is_needed_from_whom_and_by_when(people, action):
    update = raise_obstacle(action, people.owner)

    found = action.obstacles.order_by("pk").last()
    assert (found.needed, found.needed_from.code, found.needed_by) == ("Surat BI", "BI", days(9))
    assert (found.raised_by, found.raised_on) == (people.owner, TODAY)
    assert (update.obstacle_text, update.is_blocked) == ("Surat BI", True)
    assert ActionItem.objects.with_signal(TODAY).get(pk=action.pk).signal == Signal.BLOCKED


@pytest.mark.parametrize(
    ("who", "is_report"),
    [
        ("owner", True),
        ("contributor", True),
        ("deputy", True),
        ("lead", False),
        ("secretariat", False),
    ],
)
def test_raised_by_the_owners_side_it_is_a_report(people, action, who, is_report):
    update = raise_obstacle(action, getattr(people, who))

    assert update.reported_on == (TODAY if is_report else days(-5))


def test_closing_says_how_it_was_solved_and_is_no_report(people, action):
    found = action.obstacles.get()

    update = close(action, people.owner, found)

    found.refresh_from_db()
    assert (found.closed_on, found.closed_by, found.closing_note) == (
        TODAY,
        people.owner,
        "Surat diterima.",
    )
    assert (update.is_blocked, update.reported_on) == (False, days(-5))
    assert (update.note, update.changes) == ("Surat diterima.", {"obstacle": "closed"})


def test_it_stays_blocked_while_another_is_open(people, action):
    other = factories.obstacle(action)

    assert close(action, people.owner, action.obstacles.first()).is_blocked
    assert not close(action, people.owner, other).is_blocked


@pytest.mark.parametrize("note", ["", "  "])
def test_closing_without_a_sentence_changes_nothing(people, action, note):
    with unchanged(Refused) as caught:
        close(action, people.owner, action.obstacles.get(), note)

    assert caught.value.reason == "needs_reason"


def test_closing_twice_changes_nothing(people, action):
    found = action.obstacles.get()
    close(action, people.owner, found)

    with unchanged(Refused):
        close(action, people.owner, found)


def test_an_obstacle_of_another_action_is_not_closed(people, action):
    other = factories.obstacle(factories.action(owner=people.member))

    with unchanged(Obstacle.DoesNotExist):
        close(action, people.owner, other)
