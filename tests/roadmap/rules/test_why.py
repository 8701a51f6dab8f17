"""Why a letter reaches somebody: said by hand for each case, and never another than is told."""

from __future__ import annotations

from itertools import product

import pytest

from roadmap.enums import Audience
from roadmap.rules import reminders
from roadmap.rules.reminders import Desk, Person
from roadmap.rules.why import Cause, Part, Passed, Why, why

LEAD, DEPUTY, SECRETARY, CHAIR, OWNER, STAND_IN = range(1, 7)
DESK = Desk((LEAD,), (DEPUTY,), (SECRETARY,), (CHAIR,))
NO_OWNER = Passed(Part.OWNER, Cause.NOBODY)


def people(*, unreachable=(), away=(), deputies=None):
    deputies = deputies or {}
    return {
        person: Person(person, person not in unreachable, person in away, deputies.get(person))
        for person in (LEAD, DEPUTY, SECRETARY, CHAIR, OWNER, STAND_IN)
    }


class TestOfOwnersLines:
    @pytest.mark.parametrize(
        ("owner", "facts", "reader", "reason"),
        [
            (OWNER, {}, OWNER, Why(Part.OWNER)),
            (
                OWNER,
                {"away": [OWNER], "deputies": {OWNER: STAND_IN}},
                STAND_IN,
                Why(Part.OWNER, stands_in_for=OWNER),
            ),
            (None, {}, LEAD, Why(Part.LEAD, None, (NO_OWNER,))),
            (
                OWNER,
                {"away": [OWNER]},
                LEAD,
                Why(Part.LEAD, None, (Passed(Part.OWNER, Cause.AWAY, OWNER),)),
            ),
            (
                OWNER,
                {"unreachable": [OWNER]},
                LEAD,
                Why(Part.LEAD, None, (Passed(Part.OWNER, Cause.UNREACHABLE, OWNER),)),
            ),
            (
                None,
                {"away": [LEAD], "deputies": {LEAD: STAND_IN}},
                STAND_IN,
                Why(Part.LEAD, LEAD, (NO_OWNER,)),
            ),
            (
                None,
                {"unreachable": [LEAD]},
                DEPUTY,
                Why(Part.DEPUTY, None, (NO_OWNER, Passed(Part.LEAD, Cause.UNREACHABLE, LEAD))),
            ),
            (
                None,
                {"unreachable": [LEAD], "away": [DEPUTY]},
                SECRETARY,
                Why(
                    Part.SECRETARIAT,
                    None,
                    (
                        NO_OWNER,
                        Passed(Part.LEAD, Cause.UNREACHABLE, LEAD),
                        Passed(Part.DEPUTY, Cause.AWAY, DEPUTY),
                    ),
                ),
            ),
        ],
    )
    def test_names_the_part_and_who_was_passed_over(self, owner, facts, reader, reason):
        assert why(reader, Audience.OWNER, (owner,), DESK, people(**facts)) == reason

    def test_a_workstream_without_a_lead_says_so(self):
        desk = Desk(secretariat=(SECRETARY,))

        found = why(SECRETARY, Audience.OWNER, (), desk, people())

        assert found == Why(Part.SECRETARIAT, None, (Passed(Part.LEAD, Cause.NOBODY),))


@pytest.mark.parametrize(
    ("audience", "facts", "reader", "reason"),
    [
        (Audience.LEAD, {}, LEAD, Why(Part.LEAD)),
        (
            Audience.LEAD,
            {"away": [LEAD]},
            DEPUTY,
            Why(Part.DEPUTY, None, (Passed(Part.LEAD, Cause.AWAY, LEAD),)),
        ),
        (Audience.SECRETARIAT, {}, SECRETARY, Why(Part.SECRETARIAT)),
        (Audience.CHAIR, {}, CHAIR, Why(Part.CHAIR)),
        (
            Audience.CHAIR,
            {"away": [CHAIR], "deputies": {CHAIR: STAND_IN}},
            STAND_IN,
            Why(Part.CHAIR, stands_in_for=CHAIR),
        ),
    ],
)
def test_of_escalations(audience, facts, reader, reason):
    assert why(reader, audience, (OWNER,), DESK, people(**facts)) == reason


@pytest.mark.parametrize("states", list(product(("here", "away", "gone"), repeat=4)))
def test_whoever_is_told_is_told_in_a_part_they_hold(states):
    """Over every state of four people: who is chosen and why agree."""
    holders = dict(zip((OWNER, LEAD, DEPUTY, SECRETARY), states, strict=True))
    away = [person for person, state in holders.items() if state == "away"]
    gone = [person for person, state in holders.items() if state == "gone"]
    there = people(away=away, unreachable=gone)

    for reader in reminders.responsible(OWNER, DESK, there):
        found = why(reader, Audience.OWNER, (OWNER,), DESK, there)
        before = list(holders)[: list(holders).index(reader)]
        assert {one.person_id for one in found.passed} == set(before)
        assert (found.part == Part.OWNER) == (reader == OWNER)
