"""Moved dates and contradictions as files: the ledger, its items, what came and went."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roadmap.enums import DueBasis, Precision
from roadmap.exports.tables import (
    Column,
    Scope,
    Table,
    chunks,
    day,
    number,
    text,
    words,
    yes_or_no,
)
from roadmap.selectors import contradictions, slips, slips_beside
from roadmap.selectors.slips import Kind, Show


def item_columns(scope: Scope, of: Any) -> list[Column]:
    """Name an action or a milestone; `of` leads from the row to it."""
    return [
        text(_("Code"), lambda row: code_of(of(row)), 12),
        text(_("Title (Indonesian)"), lambda row: of(row).title, 60),
        text(_("Title (English)"), lambda row: of(row).title_en, 60),
        text(_("Workstream"), lambda row: place_of(of(row)), 14),
        text(_("Address"), lambda row: scope.site + address_of(of(row)), 40),
    ]


def code_of(item: Any) -> str:
    return getattr(item, "code", "")


def place_of(item: Any) -> str:
    return item.workstream.code if item.workstream else _("The whole roadmap")


def address_of(item: Any) -> str:
    """Give the address of an action or a milestone, in its state of then too."""
    if code := code_of(item):
        return reverse("roadmap:action", args=[code])
    return reverse("roadmap:milestone", args=[item.pk])


def _slip_columns(scope: Scope) -> list[Column]:
    precisions, kinds = words(Precision), words(Kind)
    *named, address = item_columns(scope, lambda row: row.action or row.milestone)
    return [
        day(_("Recorded on"), "on"),
        text(_("What moved"), lambda row: kinds[Kind.ACTION if row.action else Kind.MILESTONE]),
        *named,
        day(_("Old date"), "old_date"),
        text(_("The old date stands for"), lambda row: precisions[row.old_precision], 16),
        day(_("New date"), "new_date"),
        text(_("The new date stands for"), lambda row: precisions[row.new_precision], 16),
        number(_("Days moved"), "days"),
        text(_("Counts"), lambda row: _("as a move") if row.is_applied else _("as a note"), 14),
        text(_("The date is an example"), lambda row: yes_or_no(row.is_illustrative), 14),
        # What members wrote is for the inside; an announcement is public with its source.
        text(_("Reason"), lambda row: _reason(row, scope, "reason"), 60),
        text(_("Reason (English)"), lambda row: _reason(row, scope, "reason_en"), 60),
        text(_("Source"), "source", 40),
        text(_("Asked by"), "asked_by", inside=True),
        text(_("Moved by"), lambda row: row.by.name if row.by else "", inside=True),
        text(_("Decision"), lambda row: row.decision.code if row.decision else "", inside=True),
        address,
    ]


def _reason(row: Any, scope: Scope, name: str) -> str:
    return getattr(row, name) if scope.inside or row.by_id is None else ""


def _slip_rows(found: Any, scope: Scope) -> Iterator[Any]:
    for part in chunks(found):
        yield from slips.based(part, scope.today)


def _item_columns(scope: Scope) -> list[Column]:
    *named, address = item_columns(scope, lambda row: row.item)
    return [*named, number(_("Times moved"), "times"), number(_("Days moved"), "days"), address]


def _item_rows(found: Any, scope: Scope) -> Iterator[Any]:
    for part in chunks(found):
        yield from slips.moved(part)


def _beside_columns(scope: Scope) -> list[Column]:
    kinds = words(Kind)
    *named, address = item_columns(scope, lambda row: row.item)
    return [
        day(_("Day"), "day"),
        text(_("What"), lambda row: kinds[row.kind]),
        *named,
        text(_("By"), "by", inside=True),
        text(_("Reason"), lambda row: row.note if scope.inside or row.is_public else "", 60),
        address,
    ]


def beside(show: Show) -> Table:
    """Give the table of what was added, or of what was removed."""

    def rows(found: Any, scope: Scope) -> Iterator[Any]:
        for part in chunks(found):
            yield from slips_beside.rows_of(part, show, scope.today)

    return Table(show.label, _beside_columns, rows)


def table_of(show: Show) -> Table:
    """Give the table that fits what the page of moved dates shows."""
    if show in (Show.ADDED, Show.REMOVED):
        return beside(show)
    return ITEMS if show == Show.ITEMS else SLIPS


def _contradiction_columns(scope: Scope) -> list[Column]:
    *named, address = item_columns(scope, lambda row: row.action)
    basis = words(DueBasis)
    return [
        *named,
        text(_("Owner"), lambda row: row.action.owner.name if row.action.owner else ""),
        day(_("Contradictory since"), "since"),
        number(_("Days late"), lambda row: row.late_days or None),
        number(_("Days silent"), lambda row: row.silent_days or None),
        text(_("Milestones it holds up"), _held_up, 40),
        day(_("Due date"), "action.due_date"),
        text(_("Basis of the due date"), lambda row: basis[row.action.due_basis], 28),
        day(_("Last report"), "action.reported_on"),
        address,
    ]


def _held_up(row: Any) -> str:
    return "; ".join(one.milestone.local_title for one in row.gates)


def _contradiction_rows(found: Any, scope: Scope) -> Iterator[Any]:
    for part in chunks(found):
        yield from contradictions.rows_of(part, scope.today, None)


SLIPS = Table(gettext_lazy("Moved dates"), _slip_columns, _slip_rows)
ITEMS = Table(gettext_lazy("Items that moved"), _item_columns, _item_rows)
CONTRADICTIONS = Table(gettext_lazy("Contradictions"), _contradiction_columns, _contradiction_rows)
