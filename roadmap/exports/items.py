"""Actions and milestones as files. The public gets the columns its pages show, and no others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any

from django.db import models
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roadmap.enums import DueBasis, MilestoneClosing, Outlook, Precision, Signal, Status
from roadmap.exports.tables import (
    Column,
    Scope,
    Table,
    chunks,
    day,
    each,
    number,
    text,
    words,
    yes_or_no,
)
from roadmap.models import ActionItem, Milestone
from roadmap.selectors.milestones import Stage, marked
from umkm.enums import Confidence

# Not in the history: of an action looked back at they are today's, like its title.
TODAYS = ("source", "confidence")
PUBLIC_FIELDS = (
    *("pk", "code", "title", "title_en", "output", "output_en", "status", "signal", "progress"),
    *("workstream__code", "workstream__title", "workstream__title_en"),
    *("lead_institution__code", "lead_institution__title", "lead_institution__title_en"),
    *("supporting", "start_date", "due_date", "due_precision", "due_basis", "first_due_date"),
    *("times_moved", "reported_on", "submitted_on", "is_submitted_late", "created_on", *TODAYS),
)
INSIDE_FIELDS = (
    *("owner__name", "outlook", "expected_date", "is_contradiction", "is_blocked", "weight"),
)


def of(name: str, labels: Mapping[str, str]) -> Any:
    """Read the words of an enumerated field."""
    return lambda row: labels[row[name]]


def local(name: str, language: str) -> Any:
    """Read a two-language field in the reader's language, else in Indonesian."""
    if language != "en":
        return itemgetter(name)
    return lambda row: row[f"{name}_en"] or row[name]


def _action_columns(scope: Scope) -> list[Column]:
    places = scope.site + reverse("roadmap:actions")
    return [
        *_named_columns(scope),
        *_stated_columns(),
        *_dated_columns(),
        text(_("Output (Indonesian)"), itemgetter("output"), 60),
        text(_("Output (English)"), itemgetter("output_en"), 60),
        text(_("Source"), itemgetter("source"), 40),
        text(_("Confidence"), of("confidence", words(Confidence)), 18),
        text(_("Address"), lambda row: f"{places}{row['code']}/", 40),
    ]


def _named_columns(scope: Scope) -> list[Column]:
    """Say which action it is, and whose."""
    lead = local("lead_institution__title", scope.language)
    return [
        text(_("Code"), itemgetter("code"), 12),
        text(_("Title (Indonesian)"), itemgetter("title"), 60),
        text(_("Title (English)"), itemgetter("title_en"), 60),
        text(_("Workstream"), itemgetter("workstream__code"), 14),
        text(_("Name of the workstream"), local("workstream__title", scope.language)),
        text(_("Lead institution"), itemgetter("lead_institution__code"), 16),
        text(_("Name of the lead institution"), lead, 30),
        text(_("Supporting institutions"), lambda row: row["supporting"].strip(";")),
        text(_("Owner"), itemgetter("owner__name"), inside=True),
    ]


def _stated_columns() -> list[Column]:
    """Say what is claimed, and what the system sees."""
    signals = words(Signal) | {"": str(Status.CANCELLED.label)}
    said = {True: yes_or_no(True), False: yes_or_no(False)}
    return [
        text(_("Status"), of("status", words(Status)), 16),
        text(_("Signal"), of("signal", signals), 20),
        text(_("Contradiction"), lambda row: said[bool(row["is_contradiction"])], 14, inside=True),
        text(_("Outlook"), of("outlook", words(Outlook)), 16, inside=True),
        day(_("Expected date"), itemgetter("expected_date"), inside=True),
        text(_("Blocked"), lambda row: said[bool(row["is_blocked"])], 12, inside=True),
        number(_("Progress (%)"), itemgetter("progress")),
        number(_("Weight"), itemgetter("weight"), inside=True),
    ]


def _dated_columns() -> list[Column]:
    said = {True: yes_or_no(True), False: yes_or_no(False)}

    def submitted_late(row: Mapping[str, Any]) -> str:
        return said[row["is_submitted_late"]] if row["submitted_on"] else ""

    return [
        day(_("Start date"), itemgetter("start_date")),
        day(_("Due date"), itemgetter("due_date")),
        text(_("The due date stands for"), _precision("due_date", "due_precision"), 16),
        text(_("Basis of the due date"), _basis(), 28),
        day(_("First due date"), itemgetter("first_due_date")),
        number(_("Times moved"), itemgetter("times_moved")),
        number(_("Days moved"), _days_moved),
        day(_("Last report"), itemgetter("reported_on")),
        day(_("Submitted on"), itemgetter("submitted_on")),
        text(_("Submitted late"), submitted_late, 16),
        day(_("On the roadmap since"), itemgetter("created_on")),
    ]


def _precision(date_name: str, name: str) -> Any:
    labels = words(Precision)
    return lambda row: labels[row[name]] if row[date_name] else ""


def _basis() -> Any:
    labels = words(DueBasis)
    return lambda row: labels[row["due_basis"]] if row["due_date"] else ""


def _days_moved(row: Mapping[str, Any]) -> int | None:
    first, now = row["first_due_date"], row["due_date"]
    return (now - first).days if first and now else None


def _action_rows(found: Any, scope: Scope) -> Iterator[dict[str, Any]]:
    """Ask the list's own query for more columns; what the public may not have is not asked for."""
    if found.model is not ActionItem:
        found = found.annotate(**_todays(ActionItem))
    fields = (*PUBLIC_FIELDS, *INSIDE_FIELDS) if scope.inside else PUBLIC_FIELDS
    return each(found.values(*fields))


def _todays(model: type[models.Model]) -> dict[str, Subquery]:
    rows = model._default_manager.filter(pk=OuterRef("pk"))
    return {name: Subquery(rows.values(name)) for name in TODAYS}


def _milestone_columns(scope: Scope) -> list[Column]:
    stages, precisions, endings = words(Stage), words(Precision), words(MilestoneClosing)
    confidence = words(Confidence)

    def precision(of_date: str, name: str) -> Any:
        return lambda row: (
            precisions[getattr(row.milestone, name)] if getattr(row.milestone, of_date) else ""
        )

    return [
        text(_("Title (Indonesian)"), "milestone.title", 60),
        text(_("Title (English)"), "milestone.title_en", 60),
        text(_("Workstream"), _workstream_code, 14),
        text(_("Name of the workstream"), _workstream_title),
        text(_("Stage"), lambda row: stages[row.stage], 18),
        day(_("Due date"), "milestone.due_date"),
        text(_("The due date stands for"), precision("due_date", "due_precision"), 16),
        day(_("First due date"), "milestone.first_due_date"),
        number(_("Times moved"), "milestone.times_moved"),
        number(_("Days moved"), _milestone_days_moved),
        day(_("Achieved"), "milestone.achieved_date"),
        text(
            _("The day of achieving stands for"), precision("achieved_date", "achieved_precision")
        ),
        day(_("Achievement recorded on"), "milestone.achieved_recorded_on"),
        text(_("Closed as"), lambda row: endings[row.milestone.closing], 14),
        day(_("Closed on"), "milestone.closed_on"),
        text(_("Reason"), "milestone.closing_reason", 40, inside=True),
        number(_("Actions that gate it"), "gates"),
        number(_("of these verified"), "verified"),
        day(_("On the roadmap since"), "milestone.known_from"),
        text(_("Source"), "milestone.source", 40),
        text(_("Confidence"), lambda row: confidence[row.milestone.confidence], 18),
        text(_("Address"), lambda row: scope.site + row.milestone.get_absolute_url(), 40),
    ]


def _workstream_code(row: Any) -> str:
    return row.milestone.workstream.code if row.milestone.workstream else ""


def _workstream_title(row: Any) -> str:
    place = row.milestone.workstream
    return place.local_title if place else _("The whole roadmap")


def _milestone_days_moved(row: Any) -> int | None:
    return row.milestone.days_moved if row.milestone.due_date else None


def _milestone_rows(found: Any, scope: Scope) -> Iterator[Any]:
    if found.model is not Milestone:
        found = found.annotate(**_todays(Milestone))
    for part in chunks(found):
        yield from marked(part, scope.today)


ACTIONS = Table(gettext_lazy("Actions"), _action_columns, _action_rows)
MILESTONES = Table(gettext_lazy("Milestones"), _milestone_columns, _milestone_rows)
