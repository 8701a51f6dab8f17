"""Every pair of statuses, for people and for the imported record."""

from __future__ import annotations

from itertools import product

import pytest

from roadmap.enums import Refusal, Status
from roadmap.rules import transitions
from roadmap.rules.refusals import Refused

PLANNED, BEGUN, SUBMITTED, VERIFIED, CANCELLED = (
    Status.PLANNED,
    Status.IN_PROGRESS,
    Status.SUBMITTED,
    Status.VERIFIED,
    Status.CANCELLED,
)
PAIRS = list(product(Status, Status))
STEPS = {
    (PLANNED, BEGUN),
    (PLANNED, CANCELLED),
    (BEGUN, SUBMITTED),
    (BEGUN, CANCELLED),
    (SUBMITTED, VERIFIED),
    (SUBMITTED, CANCELLED),
}
REPORTS = {(PLANNED, PLANNED), (PLANNED, BEGUN), (BEGUN, BEGUN)}
IMPORTS = {
    (PLANNED, PLANNED),
    (PLANNED, BEGUN),
    (PLANNED, SUBMITTED),
    (PLANNED, VERIFIED),
    (BEGUN, BEGUN),
    (BEGUN, SUBMITTED),
    (BEGUN, VERIFIED),
    (SUBMITTED, SUBMITTED),
    (SUBMITTED, VERIFIED),
    (VERIFIED, VERIFIED),
}


def refusal(check, *args, **kwargs):
    try:
        check(*args, **kwargs)
    except Refused as refused:
        return refused.reason
    return None


@pytest.mark.parametrize(("current", "to"), PAIRS)
def test_a_step_with_evidence(current, to):
    expected = None if (current, to) in STEPS else Refusal.OUT_OF_ORDER

    assert refusal(transitions.check, current, to, evidence=True) == expected


@pytest.mark.parametrize(("current", "to"), PAIRS)
def test_a_step_without_evidence(current, to):
    expected = None if (current, to) in STEPS else Refusal.OUT_OF_ORDER
    expected = Refusal.NO_EVIDENCE if (current, to) == (BEGUN, SUBMITTED) else expected

    assert refusal(transitions.check, current, to, evidence=False) == expected


@pytest.mark.parametrize(("current", "to"), PAIRS)
def test_a_report(current, to):
    wrong = Refusal.OUT_OF_ORDER if current in (PLANNED, BEGUN) else Refusal.CLOSED
    expected = None if (current, to) in REPORTS else wrong

    assert refusal(transitions.check_report, current, to) == expected


@pytest.mark.parametrize("current", Status)
def test_returning_and_reopening(current):
    returned = None if current == SUBMITTED else Refusal.OUT_OF_ORDER
    reopened = None if current in (VERIFIED, CANCELLED) else Refusal.OUT_OF_ORDER

    assert refusal(transitions.check_return, current) == returned
    assert refusal(transitions.check_reopen, current) == reopened


@pytest.mark.parametrize(("current", "to"), [pair for pair in PAIRS if pair[1] != CANCELLED])
def test_the_record_goes_forward_to_any_state_and_never_back(current, to):
    assert transitions.may_import(current, to) == ((current, to) in IMPORTS)


@pytest.mark.parametrize("current", Status)
def test_the_record_may_return_a_submission(current):
    assert transitions.may_import(current, "returned") == (current == SUBMITTED)


def test_every_refusal_has_a_sentence():
    assert all(str(refusal.label).endswith(".") for refusal in Refusal)
