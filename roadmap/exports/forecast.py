"""The forecast as a file: one row for each line of each letter that is to come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roadmap.exports.tables import CHUNK, Column, Scope, Table, day, text
from roadmap.selectors.forecast import ForecastLetter
from roadmap.selectors.forecast_page import Letter, Line, in_words, names_of

Row = tuple[Letter, Line]


def _columns(scope: Scope) -> list[Column]:
    return [
        day(_("Day"), lambda row: row[0].day),
        text(_("Recipient"), lambda row: row[0].name),
        text(_("Code"), lambda row: row[1].name.code if row[1].name else "", 12),
        text(_("What"), lambda row: row[1].name.title if row[1].name else "", 60),
        text(_("Reminder"), lambda row: row[1].stage, 30),
        text(_("Told to"), lambda row: row[1].audience),
        text(_("Why this person"), lambda row: row[1].why, 60),
        text(_("Address"), lambda row: scope.site + row[1].name.url if row[1].name else "", 40),
    ]


def _rows(found: Sequence[ForecastLetter], _scope: Scope) -> Iterator[Row]:
    names = names_of(found)
    for first in range(0, len(found), CHUNK):
        for letter in in_words(found[first : first + CHUNK], names, most=None):
            for line in letter.lines:
                yield letter, line


FORECAST = Table(gettext_lazy("Letters to come"), _columns, _rows)
