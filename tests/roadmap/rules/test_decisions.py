"""When a decision counts as carried out, and how an action stands to its baseline."""

from __future__ import annotations

import pytest

from committee.enums import DecisionEffect
from roadmap.enums import DecisionState, Standing
from roadmap.rules.decisions import DecisionFacts, is_overdue, standing, state
from tests.factories import TODAY, days

EVERY_OF = (DecisionEffect.ACTION, DecisionEffect.MILESTONE)
ONE_OF = (DecisionEffect.MOVE, DecisionEffect.OBSTACLE, DecisionEffect.ADOPTION)
BEGUN = (DecisionState.NOT_BEGUN, DecisionState.IN_HAND, DecisionState.CARRIED_OUT)


def test_what_is_for_the_record_is_carried_out_at_once():
    assert state(DecisionFacts(DecisionEffect.RECORD)) == DecisionState.CARRIED_OUT


def test_a_task_is_carried_out_when_somebody_said_how():
    assert state(DecisionFacts(DecisionEffect.TASK)) == DecisionState.NOT_BEGUN
    assert state(DecisionFacts(DecisionEffect.TASK, done_on=TODAY)) == DecisionState.CARRIED_OUT


@pytest.mark.parametrize("effect", EVERY_OF)
@pytest.mark.parametrize(
    ("linked", "finished", "expected"),
    [
        (0, 0, DecisionState.NOT_BEGUN),
        (1, 0, DecisionState.IN_HAND),
        (2, 1, DecisionState.IN_HAND),
        (2, 2, DecisionState.CARRIED_OUT),
    ],
)
def test_actions_and_milestones_must_all_be_finished(effect, linked, finished, expected):
    assert state(DecisionFacts(effect, linked=linked, finished=finished)) == expected


@pytest.mark.parametrize("effect", ONE_OF)
@pytest.mark.parametrize(("linked", "finished"), [(0, 0), (1, 0), (2, 1)])
def test_of_the_others_one_is_enough(effect, linked, finished):
    found = state(DecisionFacts(effect, linked=linked, finished=finished))

    assert found == BEGUN[min(linked, 1) + min(finished, 1)]


@pytest.mark.parametrize("effect", DecisionEffect)
def test_overdue_begins_the_day_after_and_ends_when_carried_out(effect):
    open_facts = {"linked": 1, "finished": 0}
    is_owed = effect != DecisionEffect.RECORD

    assert not is_overdue(DecisionFacts(effect, TODAY, **open_facts), TODAY)
    assert is_overdue(DecisionFacts(effect, days(-1), **open_facts), TODAY) == is_owed
    assert not is_overdue(DecisionFacts(effect, None, **open_facts), TODAY)
    assert not is_overdue(DecisionFacts(effect, days(-1), days(-1), 1, 1), TODAY)


@pytest.mark.parametrize(
    ("has_adoption", "was_adopted", "is_cancelled", "expected"),
    [
        (False, False, False, Standing.PROPOSED),
        (False, False, True, Standing.PROPOSED),
        (True, True, False, Standing.ADOPTED),
        (True, True, True, Standing.REMOVED),
        (True, False, False, Standing.ADDED),
        (True, False, True, Standing.PROPOSED),
    ],
)
def test_an_action_stands_to_what_was_ever_adopted(
    has_adoption, was_adopted, is_cancelled, expected
):
    found = standing(has_adoption=has_adoption, was_adopted=was_adopted, is_cancelled=is_cancelled)

    assert found == expected
