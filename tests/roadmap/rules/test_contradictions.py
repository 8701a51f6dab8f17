"""Since when a claim of “on time” is contradicted; no database."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from roadmap.enums import Outlook, Status
from roadmap.rules import contradictions as rules
from roadmap.rules import signals
from roadmap.rules.contradictions import Dated, State

TODAY = date(2018, 9, 24)


def day(number):
    return TODAY + timedelta(days=number)


def state(first, last=0, **fields):
    values = {"status": Status.IN_PROGRESS, "outlook": Outlook.ON_TIME, "due_date": day(300)}
    return State(day(first), day(last), **values | {"reported_on": day(first)} | fields)


@pytest.mark.parametrize(
    ("states", "behind", "expected"),
    [
        ([state(-20)], [], None),
        ([state(-20, due_date=day(-5))], [], -4),
        ([state(-20, due_date=day(-50))], [], -20),  # late already when “on time” was said
        ([state(-20, due_date=TODAY)], [], None),  # the last day is in time
        ([state(-40)], [], -10),  # silent from the thirtieth day on
        ([state(-30)], [], 0),
        ([state(-29)], [], None),
        ([state(-20, reported_on=None)], [], None),  # never reported is not silent
        ([state(-20)], [(day(-7), TODAY)], -7),
        ([state(-20)], [(day(-90), TODAY)], -20),
        ([state(-20)], [(day(-7), day(-1))], None),  # the milestone was achieved yesterday
        ([state(-40, due_date=day(-3))], [(day(-30), TODAY)], -30),  # the earliest reason
        # Without a gap it is one contradiction; with one it begins anew.
        ([state(-40, -11, due_date=day(-20)), state(-10, due_date=day(-20))], [], -19),
        ([state(-80, -21), state(-20, due_date=day(-15))], [], -14),
        ([state(-80, -21), state(-20, due_date=day(-21))], [], -50),
        (
            [state(-40, -11, outlook="late", due_date=day(-20)), state(-10, due_date=day(-20))],
            [],
            -10,
        ),
        ([state(-40, status=Status.SUBMITTED, due_date=day(-20))], [], None),
        ([state(-40, outlook="", due_date=day(-20))], [], None),
        ([state(-40, -5, due_date=day(-20))], [], None),  # it no longer stands
        ([], [(day(-30), TODAY)], None),
    ],
)
def test_the_first_day_without_a_gap(states, behind, expected):
    found = rules.since(states, behind, TODAY)

    assert found == (None if expected is None else day(expected))


@pytest.mark.parametrize(
    ("dated", "ended", "expected"),
    [
        ([Dated(day(-90), day(-10))], None, [(-9, 0)]),
        ([Dated(day(-90), TODAY)], None, []),
        ([Dated(day(-90), None)], None, []),
        ([Dated(day(-5), day(-10))], None, [(-5, 0)]),  # not known earlier
        ([Dated(day(-90), day(-10))], day(-3), [(-9, -4)]),  # over on the day it is recorded
        ([Dated(day(-90), day(-20)), Dated(day(-15), day(-8))], None, [(-19, -16), (-7, 0)]),
        ([Dated(day(-90), day(-20)), Dated(day(-20), day(-30))], None, [(-20, 0)]),
        ([Dated(day(-9), day(-20)), Dated(day(-9), day(50))], None, []),  # moved the same day
    ],
)
def test_when_a_milestone_was_open_after_its_date(dated, ended, expected):
    assert rules.passed(dated, TODAY, ended) == [(day(a), day(b)) for a, b in expected]


def test_it_is_the_rule_of_signals_day_by_day():
    dice = Random(20180924)
    seen = set()
    for _ in range(300):
        states, first = [], -120
        while first <= 0:
            last = min(0, first + dice.randrange(1, 40) - 1)
            told = dice.choice([None, day(first), day(first - dice.randrange(40))])
            states.append(
                state(
                    first,
                    last,
                    status=dice.choice([*Status]),
                    outlook=dice.choice(["", "on_time", "on_time", "on_time", "at_risk"]),
                    due_date=dice.choice([None, day(first + dice.randrange(-30, 60))]),
                    reported_on=told,
                )
            )
            first = last + 1
        begin = dice.randrange(-100, 20)
        behind = [(day(begin), day(begin + dice.randrange(60)))] if dice.random() < 0.5 else []

        found = rules.since(states, behind, TODAY)

        run = None
        for number in range(0, -121, -1):
            if not is_contradicted(states, behind, day(number)):
                break
            run = day(number)
        assert found == run
        seen.add(found)
    assert len(seen) > 20


def is_contradicted(states, behind, on):
    now = next(one for one in states if one.first <= on <= one.last)
    facts = signals.Facts(
        status=now.status,
        created_on=day(-120),
        due_date=now.due_date,
        reported_on=now.reported_on,
        outlook=now.outlook,
        has_passed_gate=any(first <= on <= last for first, last in behind),
    )
    return signals.is_contradiction(facts, on)
