"""One real action for each signal, so that what is defined is also shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from roadmap.enums import DueBasis, Outlook, Signal, Status
from roadmap.models.querysets import is_contradictory, signal_case
from roadmap.rules import progress as rules
from roadmap.rules.progress import Part
from roadmap.selectors import action_rows
from roadmap.selectors.actions import known

FIELDS = (
    *("code", "title", "title_en", "status", "due_date", "due_precision", "due_basis"),
    *("start_date", "created_on", "reported_on", "submitted_on", "is_submitted_late"),
    *("progress", "weight", "outlook"),
)


@dataclass(frozen=True, slots=True)
class Example:
    """An action and the facts that lead to what is said of it on a day."""

    code: str
    title: str
    status: str
    due_date: date | None
    due_precision: str
    is_illustrative: bool
    start_date: date | None
    began: date
    reported_on: date | None
    submitted_on: date | None
    weight: int
    claimed: float
    expected: float | None
    outlook: str
    days_over: int  # since the due date; less than 0 before it
    days_silent: int  # since the last report, or since it began where there was none
    days_gone: int  # since the start
    days_long: int  # from start to due date

    @property
    def outlook_label(self) -> str:
        return str(Outlook(self.outlook).label) if self.outlook else ""


def by_signal(*, today: date, language: str) -> dict[str, Example]:
    """Give the first action of each signal: one query."""
    seen = known(today).annotate(signal=signal_case(today))
    first = Window(RowNumber(), partition_by=[F("signal")], order_by=[F("due_date"), F("pk")])
    found = seen.annotate(nth=first).filter(nth=1).exclude(signal="").values("signal", *FIELDS)
    return {Signal(one["signal"]).value: _made(one, today, language) for one in found}


def of_progress(*, today: date, language: str) -> Example | None:
    """Give an action under way, whose expected share is neither 0 nor 100: one query."""
    under_way = known(today).filter(
        start_date__lt=today, due_date__gt=today, reported_on__isnull=False
    )
    return _first(under_way.exclude(status=Status.CANCELLED), today, language)


def of_contradiction(*, today: date, language: str) -> Example | None:
    """Give an action said to be on time against what is seen: one query."""
    return _first(known(today).filter(is_contradictory(today)), today, language)


def _first(actions: Any, today: date, language: str) -> Example | None:
    found = actions.order_by("due_date", "pk").values(*FIELDS).first()
    return _made(found, today, language) if found else None


def _made(found: dict[str, Any], today: date, language: str) -> Example:
    start, due, told = found["start_date"], found["due_date"], found["reported_on"]
    began = max(start or found["created_on"], found["created_on"])
    part = Part(Status(found["status"]), found["weight"], found["progress"], told is not None)
    dated = Part(Status(found["status"]), start_date=start, due_date=due)
    return Example(
        code=found["code"],
        title=action_rows.local(found["title"], found["title_en"], language),
        status=str(Status(found["status"]).label),
        due_date=due,
        due_precision=found["due_precision"],
        is_illustrative=found["due_basis"] == DueBasis.ILLUSTRATIVE,
        start_date=start,
        began=began,
        reported_on=told,
        submitted_on=found["submitted_on"],
        weight=found["weight"],
        claimed=rules.claimed(part),
        expected=rules.expected(dated, today) if due else None,
        outlook=found["outlook"],
        days_over=_days(due, today),
        days_silent=_days(told or began, today),
        days_gone=_days(start, today),
        days_long=_days(start, due) if due else 0,
    )


def _days(since: date | None, until: date) -> int:
    return (until - since).days if since else 0
