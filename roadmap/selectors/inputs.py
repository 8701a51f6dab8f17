"""What a workstream's progress is made of: each action's weight and its three shares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator

from roadmap.enums import DueBasis, Status
from roadmap.models.querysets import ActionQuerySet
from roadmap.rules import progress as rules
from roadmap.rules.progress import Part
from roadmap.selectors import action_rows, progress
from roadmap.selectors.actions import known
from roadmap.selectors.progress import Tally

PAGE_SIZE = 50
NEVER = "never"
FIELDS = (
    *("code", "title", "title_en", "status", "weight", "progress", "reported_on"),
    *("start_date", "due_date", "due_precision", "due_basis"),
)


@dataclass(frozen=True, slots=True)
class InputRow:
    """One action's part in the means."""

    code: str
    title: str
    weight: int
    claimed: float
    verified: float
    expected: float | None
    reported_on: date | None
    start_date: date | None
    due_date: date | None
    due_precision: str
    is_illustrative: bool


@dataclass(frozen=True, slots=True)
class InputList:
    page: Page[Any]
    rows: list[InputRow]
    tally: Tally


def inputs(
    *, today: date, workstream: str = "", show: str = "", page: Any = 1, language: str = "id"
) -> InputList:
    """Give one page of the inputs, in the order of the codes: two queries."""
    among = known(today).filter(workstream__code=workstream) if workstream else known(today)
    tally = progress.whole(progress.tallies(today=today, inside=False, among=among).values())
    paginator = Paginator(_asked(among, show).values(*FIELDS), PAGE_SIZE)
    paginator.count = tally.never_reported if show == NEVER else tally.total  # type: ignore[misc]
    found = paginator.get_page(page)
    return InputList(found, [_row(one, today, language) for one in found.object_list], tally)


def _asked(actions: ActionQuerySet, show: str) -> ActionQuerySet:
    counted = actions.exclude(status=Status.CANCELLED)
    if show == NEVER:
        counted = counted.filter(reported_on=None)
    return counted.order_by("workstream__order", "number", "pk")


def _row(found: dict[str, Any], today: date, language: str) -> InputRow:
    part = Part(
        status=Status(found["status"]),
        weight=found["weight"],
        progress=found["progress"],
        was_reported=found["reported_on"] is not None,
        start_date=found["start_date"],
        due_date=found["due_date"],
    )
    return InputRow(
        code=found["code"],
        title=action_rows.local(found["title"], found["title_en"], language),
        weight=part.weight,
        claimed=rules.claimed(part),
        verified=rules.verified(part),
        expected=rules.expected(part, today) if part.due_date else None,
        reported_on=found["reported_on"],
        start_date=part.start_date,
        due_date=part.due_date,
        due_precision=found["due_precision"],
        is_illustrative=found["due_basis"] == DueBasis.ILLUSTRATIVE,
    )
