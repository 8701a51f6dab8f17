"""A day weighed without a database: whose ladders, which stage, in place of which."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from roadmap.enums import Audience, RuleSubject, RuleUnit
from roadmap.rules.letter_days import Habit
from roadmap.rules.reminders import Desk, Person, Rule
from roadmap.rules.weighing import Countdown, Day, Ladders, Line, Staff, Told

OWNER, LEAD, SECRETARY = 1, 2, 3
HERE, THERE = 10, 20
DUE = date(2018, 10, 3)
ITEM = "action:1"
ACTION, DAY, WORKING = RuleSubject.ACTION, RuleUnit.DAY, RuleUnit.WORKING_DAY
RULES = (
    Rule(ACTION, -7, DAY, id=1),
    Rule(ACTION, 0, DAY, id=2),
    Rule(ACTION, 3, WORKING, Audience.LEAD, id=3),
    Rule(ACTION, 10, WORKING, Audience.SECRETARIAT, id=4),
)


def staff(*, away=()):
    ids = (OWNER, LEAD, SECRETARY)
    return Staff(
        people={one: Person(one, is_away=one in away) for one in ids},
        habits=dict.fromkeys(ids, Habit()),
        desks={place: Desk(leads=(LEAD,), secretariat=(SECRETARY,)) for place in (HERE, THERE)},
        everywhere=Desk(secretariat=(SECRETARY,)),
    )


def countdown(**fields):
    values = {"place": HERE, "owner_id": OWNER} | fields
    return Countdown(ACTION, ITEM, "due:0", DUE, **values)


def weigh(day, *, rules=RULES, told=None, there=None, **fields):
    weighing = Day(day, Ladders(rules, until=day), there or staff())
    return weighing.weigh([countdown(**fields)], told or {})


def stages(found):
    return {(fact.stage, fact.line.recipient, fact.rule_id) for fact in found.fresh}


def line(audience=Audience.OWNER, recipient=OWNER):
    return Line(ITEM, "due:0", audience, recipient)


class TestRulesOfOneWorkstream:
    OWN = (*RULES, Rule(ACTION, -14, DAY, id=9, place=HERE))

    def test_are_added_to_those_of_all(self):
        assert stages(weigh(date(2018, 9, 19), rules=self.OWN)) == {("-14d", OWNER, 9)}
        assert stages(weigh(date(2018, 9, 26), rules=self.OWN)) == {("-7d", OWNER, 1)}

    def test_do_not_speak_elsewhere(self):
        assert stages(weigh(date(2018, 9, 19), rules=self.OWN, place=THERE)) == set()
        assert stages(weigh(date(2018, 9, 26), rules=self.OWN, place=THERE)) == {("-7d", OWNER, 1)}

    @pytest.mark.parametrize("place", [HERE, THERE])
    def test_of_a_stage_that_is_there_already_tell_it_once(self, place):
        rules = (*RULES, Rule(ACTION, -7, DAY, id=9, place=HERE))

        found = weigh(date(2018, 9, 26), rules=rules, place=place)

        assert stages(found) == {("-7d", OWNER, 1)}
        assert [fact.supersedes for fact in found.fresh] == [""]

    def test_may_have_an_audience_of_their_own(self):
        rules = (*RULES, Rule(ACTION, 1, DAY, Audience.SECRETARIAT, id=9, place=HERE))

        found = weigh(date(2018, 10, 4), rules=rules)

        assert ("secretariat:+1d", SECRETARY, 9) in stages(found)


class TestWhatWaits:
    def test_is_replaced_and_named(self):
        waiting = {line(): Told(5, "-7d", "", has_left=False)}

        found = weigh(DUE, told=waiting)

        assert [(fact.stage, fact.supersedes) for fact in found.fresh] == [("0d", "-7d")]
        assert found.replaced == [line()]

    def test_and_has_left_is_not(self):
        found = weigh(DUE, told={line(): Told(5, "-7d", "", has_left=True)})

        assert [(fact.stage, fact.supersedes) for fact in found.fresh] == [("0d", "")]
        assert found.replaced == []

    def test_is_not_told_again(self):
        assert weigh(DUE, told={line(): Told(5, "0d", "", has_left=False)}).fresh == []


class TestCalm:
    LATE = date(2018, 10, 18)  # ten working days later, and more

    @pytest.mark.parametrize(
        ("calm_until", "told"),
        [
            (None, {OWNER, LEAD, SECRETARY}),
            (date(2018, 10, 17), {OWNER, LEAD, SECRETARY}),
            (date(2018, 10, 18), {OWNER}),  # until that date, itself included
            (date(2018, 12, 1), {OWNER}),
        ],
    )
    def test_stops_the_escalations_alone(self, calm_until, told):
        found = weigh(self.LATE, calm_until=calm_until)

        assert {fact.line.recipient for fact in found.fresh} == told


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({}, True),
        ({"begins": DUE}, True),
        ({"begins": DUE + timedelta(days=1)}, False),
        ({"ends": DUE}, True),
        ({"ends": DUE - timedelta(days=1)}, False),
    ],
)
def test_counts_only_while_it_is_known_and_not_over(fields, counts):
    assert bool(weigh(DUE, **fields).standing) is counts


def test_what_was_changed_today_waits_for_a_letter_after_the_change():
    changed = datetime(2018, 10, 3, 4, tzinfo=UTC)

    found = weigh(DUE, changed_at=changed)

    assert [fact.due_at for fact in found.fresh] == [changed]


def test_ladders_of_a_long_horizon_reach_no_further_than_the_day():
    ladders = Ladders(RULES, until=DUE + timedelta(days=300))

    found = Day(date(2018, 9, 26), ladders, staff()).weigh([countdown()], {})

    assert stages(found) == {("-7d", OWNER, 1)}


def test_an_orphan_is_named_as_one():
    found = weigh(DUE, there=staff(away=[OWNER]))

    assert [(fact.line.recipient, fact.is_orphan) for fact in found.fresh] == [(LEAD, True)]
