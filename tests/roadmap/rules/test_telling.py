"""Which reminder rules stand and which do not: tables by hand."""

from __future__ import annotations

import pytest

from roadmap.enums import Audience, Refusal, RuleSubject, RuleUnit
from roadmap.rules.reminders import Rule
from roadmap.rules.telling import faults, tell_the_same

DAY, WORKING = RuleUnit.DAY, RuleUnit.WORKING_DAY


def rule(amount=1, unit=DAY, subject="action", audience="owner", repeat=None, place=None):
    return Rule(RuleSubject(subject), amount, unit, Audience(audience), repeat, None, place)


FAULTS = {
    "as it should be": (rule(-7), []),
    "too far ahead": (rule(-181), [("amount", Refusal.RULE_AMOUNT)]),
    "too far behind": (rule(366), [("amount", Refusal.RULE_AMOUNT)]),
    "as far as may be": (rule(-180), []),
    "repeats before the date": (rule(-7, repeat=2), [("repeat", Refusal.RULE_REPEATS_AFTER)]),
    "repeats from the date on": (rule(0, repeat=7), []),
    "repeats every 0": (rule(1, repeat=0), [("repeat", Refusal.RULE_REPEAT)]),
    "repeats too seldom": (rule(1, repeat=366), [("repeat", Refusal.RULE_REPEAT)]),
    "escalated in time": (rule(1, audience="lead"), []),
    "escalated on the day": (
        rule(0, audience="lead"),
        [("amount", Refusal.RULE_ESCALATES_AFTER)],
    ),
    "escalated before it is late": (
        rule(-3, audience="chair"),
        [("amount", Refusal.RULE_ESCALATES_AFTER)],
    ),
    "a milestone's own is its lead": (
        rule(3, subject="milestone", audience="lead"),
        [("audience", Refusal.RULE_AUDIENCE)],
    ),
    "a milestone to the secretariat": (rule(9, subject="milestone", audience="secretariat"), []),
    "an update before the last report": (
        rule(0, subject="update"),
        [("amount", Refusal.RULE_AFTER_REPORT)],
    ),
    "an update owed": (rule(30, subject="update", repeat=7), []),
    "silence to the chair": (
        rule(60, subject="update", audience="chair"),
        [("audience", Refusal.RULE_AUDIENCE)],
    ),
    "verification by its owner": (
        rule(0, subject="verification"),
        [("audience", Refusal.RULE_AUDIENCE)],
    ),
    "verification before the submission": (
        rule(-1, subject="verification", audience="secretariat"),
        [("amount", Refusal.RULE_AFTER_SUBMISSION)],
    ),
    "verification": (rule(0, WORKING, "verification", "secretariat", 3), []),
    "a period after its end": (
        rule(1, subject="period"),
        [("amount", Refusal.RULE_BEFORE_CLOSING)],
    ),
    "a period again and again": (
        rule(0, subject="period", repeat=7),
        [("repeat", Refusal.RULE_REPEATS_AFTER)],
    ),
    "a period to the lead": (
        rule(-5, subject="period", audience="lead"),
        [("audience", Refusal.RULE_AUDIENCE)],
    ),
    "two faults at once": (
        rule(400, subject="milestone", audience="lead"),
        [("amount", Refusal.RULE_AMOUNT), ("audience", Refusal.RULE_AUDIENCE)],
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_rule_alone(case):
    row, expected = FAULTS[case]

    assert [(fault.field, fault.reason) for fault in faults(row)] == expected


# One rule, another, and whether they would ever tell the same stage.
TWICE = {
    "alike": (rule(-7), rule(-7), True),
    "another amount": (rule(-7), rule(-3), False),
    "another unit": (rule(-7), rule(-7, WORKING), False),
    "another audience": (rule(3), rule(3, audience="lead"), False),
    "another subject": (rule(3), rule(3, subject="milestone"), False),
    "the day itself, in both units": (rule(0), rule(0, WORKING), True),
    "a repeat that comes to it": (rule(28), rule(21, repeat=7), True),
    "a repeat that passes it by": (rule(27), rule(21, repeat=7), False),
    "a repeat that begins later": (rule(14), rule(21, repeat=7), False),
    "two repeats that meet": (rule(1, repeat=2), rule(4, repeat=3), True),
    "two repeats that never meet": (rule(1, repeat=2), rule(4, repeat=4), False),
    "one workstream and another": (rule(-7, place=1), rule(-7, place=2), False),
    "one workstream twice": (rule(-7, place=1), rule(-7, place=1), True),
    "one workstream and everywhere": (rule(-7, place=1), rule(-7), True),
}


@pytest.mark.parametrize("case", TWICE)
def test_two_rules_tell_the_same(case):
    one, other, expected = TWICE[case]

    assert tell_the_same(one, other) is expected
    assert tell_the_same(other, one) is expected
    assert [fault.reason for fault in faults(one, [other])] == [Refusal.RULE_TWICE] * expected


@pytest.mark.parametrize("one", [rule(1, repeat=r) for r in (None, 1, 2, 3, 6)])
@pytest.mark.parametrize(
    "other", [rule(a, repeat=r) for a in (1, 2, 5, 8) for r in (None, 2, 3, 4)]
)
def test_the_arithmetic_agrees_with_counting(one, other):
    def amounts(row):
        return {row.amount + n * (row.repeat or 0) for n in range(200)}

    assert tell_the_same(one, other) == bool(amounts(one) & amounts(other))


def test_a_rule_that_tells_what_another_tells_is_named_by_its_amount():
    twice = rule(-7)

    assert [(one.field, one.reason) for one in faults(twice, [rule(-3), twice])] == [
        ("amount", Refusal.RULE_TWICE)
    ]
    assert faults(twice, [rule(-3)]) == []


def test_nothing_is_repeated_from_the_day_before_on():
    assert [one.reason for one in faults(rule(-1, repeat=7))] == [Refusal.RULE_REPEATS_AFTER]
    assert faults(rule(0, repeat=7)) == []
