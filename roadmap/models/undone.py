"""The committee's work as it stood on a day: what was answered or closed later still waited.

These rows hold the day of each step, so their past needs no history of its own. `not_yet` asks
it in SQL; the others take off a row that was read what came after the day. Such a row is shown,
never saved. Words that may change while a thing waits are today's.
"""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from django.db.models import Model, Q

from committee.enums import MeetingStatus
from committee.models import Advice, Decision, Meeting
from committee.rules.days import PastDay
from roadmap.enums import RequestState
from roadmap.models.actions import Obstacle
from roadmap.models.periods import Period, PeriodReport
from roadmap.models.requests import DateRequest

Row = TypeVar("Row", bound=Model)

ANSWERED = {"answered_by": None, "answered_on": None}
OBSTACLE = {"closed_on": None, "closed_by": None, "closing_note": "", "decision": None}
REQUEST = {**ANSWERED, "state": RequestState.PENDING, "answer_reason": "", "decision": None}
ADVICE = {**ANSWERED, "answer": "", "answer_reason": "", "answered_at": None}
DECISION = {"done_on": None, "done_by": None, "done_note": ""}
MEETING = {"closed_on": None, "closed_by": None, "status": MeetingStatus.OPEN}
PERIOD = {"closed_on": None, "closed_by": None}
REPORT = {"signed_by": None, "signed_on": None, "narrative": ""}


def held(day: date, meeting: str = "") -> Q:
    """Say which meetings were opened by a day; `meeting` leads to them, as in `meeting__`."""
    opened = Q(**{f"{meeting}opened_on__lte": day})
    undated = Q(**{f"{meeting}opened_on": None, f"{meeting}date__lte": day})
    return (opened | undated) & ~Q(**{f"{meeting}status": MeetingStatus.DRAFT})


def not_yet(field: str, day: date) -> Q:
    """Say that a step was not taken by the end of a day, if it was taken at all."""
    return Q(**{field: None}) | Q(**{f"{field}__gt": day})


def obstacle(row: Obstacle, day: date) -> Obstacle:
    return _without(row, row.closed_on, day, OBSTACLE)


def request(row: DateRequest, day: date) -> DateRequest:
    return _without(row, row.answered_on, day, REQUEST)


def advice(row: Advice, day: date) -> Advice:
    return _without(row, row.answered_on, day, ADVICE)


def decision(row: Decision, day: date) -> Decision:
    return _without(row, row.done_on, day, DECISION)


def meeting(row: Meeting, day: date) -> Meeting:
    return _without(row, row.closed_on, day, MEETING)


def period(row: Period, day: date) -> Period:
    return _without(row, row.closed_on, day, PERIOD)


def report(row: PeriodReport, day: date) -> PeriodReport:
    return _without(row, row.signed_on, day, REPORT)


def _without(row: Row, on: date | None, day: date, values: dict[str, Any]) -> Row:
    """Take a step off a row that was taken after the day; today's rows are as they are."""
    if isinstance(day, PastDay) and on is not None and on > day:
        for name, value in values.items():
            setattr(row, name, value)
    return row
