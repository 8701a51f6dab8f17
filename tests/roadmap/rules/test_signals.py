"""What the system sees: each signal, each boundary, and which comes first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from roadmap.enums import Outlook, Signal, Status
from roadmap.rules import signals
from roadmap.rules.signals import Facts, signal

TODAY = date(2018, 9, 24)


def days(number):
    return TODAY + timedelta(days=number)


CALM = Facts(
    status=Status.IN_PROGRESS,
    created_on=days(-100),
    due_date=days(100),
    start_date=days(-100),
    reported_on=days(-5),
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Signal.ON_TRACK),
        ({"status": Status.PLANNED}, Signal.ON_TRACK),
        ({"due_date": None}, Signal.ON_TRACK),
        ({"status": Status.CANCELLED}, None),
        ({"status": Status.SUBMITTED}, Signal.WAITING),
        ({"status": Status.VERIFIED}, Signal.DONE),
        ({"status": Status.VERIFIED, "is_submitted_late": True}, Signal.DONE_LATE),
        # Late starts the day after.
        ({"due_date": days(1)}, Signal.DUE_SOON),
        ({"due_date": TODAY}, Signal.DUE_SOON),
        ({"due_date": days(-1)}, Signal.LATE),
        ({"due_date": days(-1), "status": Status.PLANNED}, Signal.LATE),
        # Soon is within seven days.
        ({"due_date": days(7)}, Signal.DUE_SOON),
        ({"due_date": days(8)}, Signal.ON_TRACK),
        # Silence is thirty days long.
        ({"reported_on": days(-29)}, Signal.ON_TRACK),
        ({"reported_on": days(-30)}, Signal.SILENT),
        ({"reported_on": days(-31)}, Signal.SILENT),
        # Never reported: from the later of start and creation.
        ({"reported_on": None, "start_date": days(-29)}, Signal.ON_TRACK),
        ({"reported_on": None, "start_date": days(-30)}, Signal.NOT_REPORTED),
        ({"reported_on": None, "start_date": days(-31)}, Signal.NOT_REPORTED),
        ({"reported_on": None, "created_on": days(-29)}, Signal.ON_TRACK),
        ({"reported_on": None, "created_on": days(-30)}, Signal.NOT_REPORTED),
        ({"reported_on": None, "start_date": days(5)}, Signal.ON_TRACK),
        ({"reported_on": None, "start_date": None}, Signal.NOT_REPORTED),
        ({"reported_on": None, "start_date": None, "created_on": days(-3)}, Signal.ON_TRACK),
        ({"is_blocked": True}, Signal.BLOCKED),
    ],
)
def test_one_thing_at_a_time(changes, expected):
    assert signal(replace(CALM, **changes), TODAY) == expected


LATE, BLOCKED = {"due_date": days(-1)}, {"is_blocked": True}
NEVER, SILENT, SOON = {"reported_on": None}, {"reported_on": days(-40)}, {"due_date": days(3)}
ORDER = [
    (LATE, BLOCKED, Signal.LATE),
    (LATE, NEVER, Signal.LATE),
    (LATE, SILENT, Signal.LATE),
    (BLOCKED, NEVER, Signal.BLOCKED),
    (BLOCKED, SILENT, Signal.BLOCKED),
    (BLOCKED, SOON, Signal.BLOCKED),
    (NEVER, SOON, Signal.NOT_REPORTED),
    (SILENT, SOON, Signal.SILENT),
]


@pytest.mark.parametrize(("one", "other", "first"), ORDER)
def test_of_two_the_first_is_told(one, other, first):
    assert signal(replace(CALM, **one, **other), TODAY) == first


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.VERIFIED, Status.CANCELLED])
@pytest.mark.parametrize("changes", [LATE, BLOCKED, NEVER, SILENT, SOON])
def test_what_is_closed_is_neither_late_nor_silent(status, changes):
    facts = replace(CALM, **changes, status=status)

    assert signal(facts, TODAY) == signal(replace(CALM, status=status), TODAY)
    assert not signals.is_late(facts, TODAY)
    assert not signals.is_silent(facts, TODAY)
    assert not signals.is_not_reported(facts, TODAY)


def test_silence_may_overlap_with_late():
    facts = replace(CALM, **LATE, **SILENT)

    assert signals.is_late(facts, TODAY)
    assert signals.is_silent(facts, TODAY)


def test_never_reported_is_not_silent():
    assert not signals.is_silent(replace(CALM, **NEVER), TODAY)


def test_thresholds_are_arguments():
    assert signal(replace(CALM, reported_on=days(-10)), TODAY, silent_after=10) == Signal.SILENT
    assert signal(replace(CALM, due_date=days(20)), TODAY, due_soon=20) == Signal.DUE_SOON


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, False),
        (LATE, True),
        (SILENT, True),
        ({"reported_on": days(-29)}, False),
        ({"has_passed_gate": True}, True),
        (BLOCKED, False),
        (NEVER, False),
        (SOON, False),
        ({"due_date": TODAY}, False),
    ],
)
def test_on_time_is_contradicted_by_what_is_seen(changes, expected):
    facts = replace(CALM, outlook=Outlook.ON_TIME, **changes)

    assert signals.is_contradiction(facts, TODAY) == expected


@pytest.mark.parametrize("outlook", ["", Outlook.AT_RISK, Outlook.WILL_BE_LATE])
def test_nothing_else_that_is_said_can_be_contradicted(outlook):
    facts = replace(CALM, outlook=outlook, has_passed_gate=True, **LATE)

    assert not signals.is_contradiction(facts, TODAY)


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.VERIFIED, Status.CANCELLED])
def test_what_is_closed_contradicts_nothing(status):
    facts = replace(CALM, status=status, outlook=Outlook.ON_TIME, has_passed_gate=True, **LATE)

    assert not signals.is_contradiction(facts, TODAY)
