"""The lists of work on the page of an institution or a person: one is shown, all are counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from roadmap.models.querysets import ActionQuerySet, MilestoneQuerySet
from roadmap.selectors import action_rows
from roadmap.selectors.action_rows import ActionRow
from roadmap.selectors.load import due_in
from roadmap.selectors.milestones import MilestoneRow, marked

PAGE_SIZE = 50


class Show(models.TextChoices):
    """What somebody is to a piece of work."""

    LEADS = "leads", _("Leads")
    SUPPORTS = "supports", _("Supports")
    OWNS = "owns", _("Owns")
    CONTRIBUTES = "contributes", _("Contributes to")
    DEPUTISES = "deputises", _("Stands in for")
    MILESTONES = "milestones", _("Milestones gated")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which list a reader asked for, and of its milestones those due in which week."""

    show: str
    week: str = ""
    page: Any = 1


@dataclass(frozen=True, slots=True)
class Reader:
    """For which day a list is made, and who reads it."""

    today: date
    inside: bool
    language: str


@dataclass(frozen=True, slots=True)
class Worklist:
    """The list asked for, beside how long each one is."""

    show: Show
    week: str
    counts: list[tuple[Show, int]]
    page: Page[Any]
    actions: list[ActionRow]
    milestones: list[MilestoneRow]

    @property
    def is_empty(self) -> bool:
        return not (self.actions or self.milestones)

    def count(self, show: str) -> int:
        return dict(self.counts)[Show(show)]


Parts = Mapping[Show, ActionQuerySet | MilestoneQuerySet]


def worklist(parts: Parts, asked: Asked, reader: Reader) -> Worklist:
    """Count each list, and give one page of one: a query for each, and two for the rows."""
    counts = {show: found.count() for show, found in parts.items()}
    show = Show(asked.show)
    found: Any = parts[show]
    week = asked.week if show == Show.MILESTONES else ""
    if week:
        found = due_in(found, week, reader.today)
    rows = _milestones(found) if show == Show.MILESTONES else _actions(found, reader)
    paginator = Paginator(rows, PAGE_SIZE)
    if not week:
        paginator.count = counts[show]  # type: ignore[misc]  # it is counted already
    page = paginator.get_page(asked.page)
    are_actions = show != Show.MILESTONES
    return Worklist(
        show=show,
        week=week,
        counts=list(counts.items()),
        page=page,
        actions=action_rows.made(page.object_list, reader.language) if are_actions else [],
        milestones=[] if are_actions else marked(page.object_list, reader.today),
    )


def _actions(found: ActionQuerySet, reader: Reader) -> Any:
    ordered = found.order_by(F("due_date").asc(nulls_last=True), "pk")
    return action_rows.select(ordered, reader.today, inside=reader.inside)


def _milestones(found: MilestoneQuerySet) -> MilestoneQuerySet:
    """Sort what is open first, by its date; what has ended follows."""
    return found.select_related("workstream").order_by(
        F("achieved_date").desc(nulls_first=True),
        "closing",
        F("due_date").asc(nulls_last=True),
        "pk",
    )
