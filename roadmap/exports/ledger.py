"""The ledger as a file, with the seals that show it is whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committee.enums import AuditVerb
from committee.models import AuditEntry
from roadmap.exports.tables import Column, Scope, Table, chunks, moment, number, text, words
from roadmap.selectors.ledger import kind_name


def _columns(_scope: Scope) -> list[Column]:
    verbs = words(AuditVerb)
    return [
        number(_("Number"), lambda row: row.number),
        moment(_("When"), lambda row: row.at),
        text(_("Who"), lambda row: row.actor.name if row.actor else ""),
        text(_("Role"), lambda row: row.role),
        text(_("Kind of change"), lambda row: verbs[row.verb]),
        text(_("Kind of thing"), lambda row: kind_name(row.object_type)),
        text(_("Its number"), lambda row: row.object_id),
        text(_("Before"), lambda row: row.before, 60),
        text(_("After"), lambda row: row.after, 60),
        text(_("Asked at"), lambda row: row.place, 40),
        text(_("Seal"), lambda row: row.hash, 60),
    ]


def _rows(found: Any, _scope: Scope) -> Iterator[AuditEntry]:
    for part in chunks(found):
        yield from part


LEDGER = Table(gettext_lazy("Ledger of changes"), _columns, _rows)
