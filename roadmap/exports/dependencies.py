"""What one action waits for, or what waits for it, as a file: the columns its page shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roadmap.enums import Precision
from roadmap.exports.tables import Column, Scope, Table, day, number, text, words, yes_or_no
from roadmap.selectors.dependencies import in_parts


def _columns(scope: Scope) -> list[Column]:
    precisions = words(Precision)
    return [
        text(_("Code"), "action.code", 12),
        text(_("Action"), "action.local_title", 60),
        text(_("Workstream"), "action.workstream.local_title", 30),
        day(_("Start date"), "action.start_date"),
        day(_("Due date"), "action.due_date"),
        text(_("Precision of the due date"), lambda row: precisions[row.action.due_precision]),
        number(_("Days between"), "lag"),
        day(_("At the earliest"), lambda row: None if row.is_cancelled else row.first),
        number(_("Days too early"), "short"),
        text(_("Rests on an example date"), lambda row: yes_or_no(row.is_illustrative)),
        text(_("Address"), lambda row: scope.site + row.action.get_absolute_url(), 40),
    ]


def _rows(found: Any, scope: Scope) -> Iterator[Any]:
    action, links = found
    yield from in_parts(action, links, scope.today)


DEPENDENCIES = Table(gettext_lazy("Dependencies"), _columns, _rows)
