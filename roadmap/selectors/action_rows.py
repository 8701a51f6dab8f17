"""Rows of action tables, made ready so that drawing fifty of them costs little.

A row is a dict on purpose: a template reads one several times faster than an object, and the
list has a budget measured against the least an honest page can cost.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, TypedDict

from django.db import models
from django.urls import reverse
from django.utils.html import format_html

from roadmap.enums import DueBasis, Signal, Status
from roadmap.models.querysets import ActionQuerySet, is_contradictory, signal_case

FIELDS = (
    *("pk", "code", "title", "title_en", "status", "progress", "due_date", "due_precision"),
    *("due_basis", "first_due_date", "times_moved", "reported_on", "is_submitted_late", "signal"),
    *("workstream__title", "workstream__title_en", "lead_institution__code"),
    *("lead_institution__title", "lead_institution__title_en"),
)
INSIDE_FIELDS = ("owner_id", "owner__name", "is_contradiction")


class ActionRow(TypedDict):
    """What a row of a table of actions shows; owner and contradiction only for the inside."""

    code: str
    url: str
    title: str
    workstream: str
    lead: str | None
    lead_title: str
    lead_url: str
    owner: str | None
    owner_url: str
    due_date: date | None
    due_precision: str
    is_illustrative: bool
    times_moved: int
    days_moved: int
    progress: int
    reported_on: date | None
    is_verified: bool
    signal: str
    signal_label: str
    is_waiting: bool
    is_submitted_late: bool
    is_contradiction: bool


def select(actions: ActionQuerySet, today: date, *, inside: bool) -> Any:
    """Ask for the columns a row needs, and no others; `made` turns them into rows."""
    found = actions.annotate(signal=signal_case(today))
    if not inside:
        return found.values(*FIELDS)
    contradiction = models.ExpressionWrapper(is_contradictory(today), models.BooleanField())
    return found.annotate(is_contradiction=contradiction).values(*FIELDS, *INSIDE_FIELDS)


def made(selected: Iterable[dict[str, Any]], language: str) -> list[ActionRow]:
    """Make the rows of one page, in the reader's language."""
    base = {name: reverse(f"roadmap:{name}") for name in ("actions", "institutions", "people")}
    labels = {signal.value: str(signal.label) for signal in Signal}
    labels[""] = str(Status.CANCELLED.label)
    return [_row(found, base, labels, language) for found in selected]


def _row(
    found: dict[str, Any], base: dict[str, str], labels: dict[str, str], language: str
) -> ActionRow:
    return {
        "code": found["code"],
        "url": f"{base['actions']}{found['code']}/",
        "title": local(found["title"], found["title_en"], language),
        "workstream": local(found["workstream__title"], found["workstream__title_en"], language),
        "lead": found["lead_institution__code"],
        "lead_title": _plain(found, "lead_institution__title", language),
        "lead_url": f"{base['institutions']}{found['lead_institution__code']}/",
        "owner": found.get("owner__name"),
        "owner_url": f"{base['people']}{found.get('owner_id')}/",
        "due_date": found["due_date"],
        "due_precision": found["due_precision"],
        "is_illustrative": found["due_basis"] == DueBasis.ILLUSTRATIVE,
        "times_moved": found["times_moved"],
        "days_moved": _shift(found["first_due_date"], found["due_date"]),
        "progress": found["progress"],
        "reported_on": found["reported_on"],
        "is_verified": found["status"] == Status.VERIFIED,
        "signal": found["signal"] or "cancelled",
        "signal_label": labels[found["signal"]],
        "is_waiting": found["signal"] == Signal.WAITING,
        "is_submitted_late": found["is_submitted_late"],
        "is_contradiction": bool(found.get("is_contradiction")),
    }


def local(text: str, english: str, language: str) -> str:
    """Give a two-language text in the reader's language, marked where it is not theirs."""
    if language != "en":
        return text
    return english or format_html('<span lang="id">{}</span>', text)


def _plain(found: dict[str, Any], name: str, language: str) -> str:
    """Give a text for an attribute, where no element can mark its language."""
    return (found[f"{name}_en"] if language == "en" else "") or found[name] or ""


def _shift(first: date | None, now: date | None) -> int:
    return (now - first).days if first and now else 0
