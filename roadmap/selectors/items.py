"""What a reminder is about, and what a notice tells of: rows found by their text keys.

A reminder names its item as `action:12`, a notice its occasion as `comment:7`; a batch of them
costs one query for each kind that occurs in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from django.db.models import QuerySet

from committee.models import Advice, Decision
from roadmap.models import (
    ActionItem,
    Comment,
    DateRequest,
    DueDateChange,
    Milestone,
    PeriodReport,
    StatusUpdate,
)
from roadmap.models.words import with_answers, with_words, worn, worn_advice

ACTION = "action"
MILESTONE = "milestone"
ADVICE = "advice"
DECISION = "decision"
REPORT = "report"

Item: TypeAlias = ActionItem | Milestone | Advice | Decision | PeriodReport
Source: TypeAlias = StatusUpdate | DueDateChange | Comment | DateRequest | Advice
Readers: TypeAlias = Mapping[str, Callable[[], "QuerySet[Any]"]]

ITEMS: Readers = {
    ACTION: lambda: ActionItem.objects.select_related(
        "workstream", "owner__deputy", "decision__meeting"
    ),
    MILESTONE: lambda: Milestone.objects.select_related("workstream"),
    ADVICE: lambda: with_answers(Advice.objects.select_related("answered_at")),
    DECISION: lambda: with_words(Decision.objects.select_related("meeting")),
    REPORT: lambda: PeriodReport.objects.select_related("workstream", "period"),
}
SOURCES: Readers = {
    "notice": lambda: StatusUpdate.objects.select_related("by"),
    "slip": lambda: DueDateChange.objects.select_related("by", "decision__meeting"),
    "comment": lambda: Comment.objects.select_related("by").prefetch_related("mentions"),
    "request": lambda: DateRequest.objects.select_related("answered_by", "decision__meeting"),
    "answer": lambda: with_answers(Advice.objects.select_related("answered_at")),
}
# What is told of a closed meeting is what is in force of it.
IN_FORCE: Mapping[str, Callable[[Iterable[Any]], list[Any]]] = {
    ADVICE: worn_advice,
    "answer": worn_advice,
    DECISION: worn,
}


@dataclass(frozen=True, slots=True)
class Name:
    """How an item is called and where it is; `language` is empty for what a person wrote."""

    title: str
    url: str
    language: str = ""
    code: str = ""


def split(key: str) -> tuple[str, int]:
    """Give kind and number back from a key; 0, which no row has, where there is no number."""
    kind, _colon, number = key.partition(":")
    return kind, int(number) if number.isdecimal() else 0


def items(keys: Iterable[str]) -> dict[str, Item]:
    """Load what reminders are about, by their keys; what is gone is left out."""
    return _load(keys, ITEMS)


def sources(occasions: Iterable[str]) -> dict[str, Source]:
    """Load what notices tell of, by their occasions; what is gone is left out."""
    return _load(occasions, SOURCES)


def _load(keys: Iterable[str], readers: Readers) -> dict[str, Any]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for key in keys:
        kind, pk = split(key)
        if kind in readers:
            wanted[kind].add(pk)
    return {
        f"{kind}:{row.pk}": row
        for kind, numbers in wanted.items()
        for row in IN_FORCE.get(kind, list)(readers[kind]().in_bulk(numbers).values())
    }


def name_of(item: Item) -> Name:
    """Call an item by its name, in the reader's language where it has one."""
    if isinstance(item, Advice):
        return Name(item.subject, item.get_absolute_url())
    if isinstance(item, Decision):
        return Name(str(item), item.get_absolute_url())
    if isinstance(item, PeriodReport):
        place = item.workstream
        return Name(place.local_title, item.period.get_absolute_url(), place.title_language)
    code = item.code if isinstance(item, ActionItem) else ""
    return Name(item.local_title, item.get_absolute_url(), item.title_language, code)


def due_of(item: Item) -> date | None:
    """Give the day an item counts down to, where it has one."""
    if isinstance(item, ActionItem | Milestone):
        return item.due_date
    return item.period.closes_on if isinstance(item, PeriodReport) else None
