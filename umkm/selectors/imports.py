"""What applying a file of figures would do: each row becomes a figure, or a complaint.

The same function answers for the preview and for the import itself, so they cannot differ.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from committee.rules.permissions import Actor
from umkm.enums import Fault, Measure, Notation
from umkm.models import Import, Indicator, Observation, Series
from umkm.rules import cells, permissions
from umkm.rules.entries import Stated, faults
from umkm.rules.numbers import Unreadable
from umkm.rules.refusals import say

NAMES = {
    "indicator": ("indicator", "indikator", "code", "kode"),
    "series": ("series", "seri"),
    "year": ("year", "tahun"),
    "period": ("period", "periode"),
    "kind": ("kind", "jenis"),
    "value": ("value", "nilai"),
    "unit": ("unit", "satuan"),
    "region": ("region", "province", "wilayah", "provinsi"),
    "source": ("source", "sumber"),
    "url": ("url", "address", "tautan"),
    "confidence": ("confidence", "keyakinan"),
    "known_from": ("known_from", "known from", "diketahui_sejak", "diketahui sejak"),
}
CHUNK = 2000
REQUIRED = ("indicator", "year", "kind", "value", "unit", "source", "confidence")
COLUMN_OF = {name: column for column, names in NAMES.items() for name in names}
Place = tuple[int, int, str, str, str]
Says = tuple[Decimal, str, str]


def named(heading: str) -> str | None:
    """Say which column a heading names, in either language."""
    return COLUMN_OF.get(heading.strip().casefold())


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with one cell: row and heading as they stand in the file."""

    row: int
    column: str
    fault: Fault
    words: dict[str, str]

    @property
    def sentence(self) -> str:
        place = {"row": self.row, "column": self.column, "reason": say(self.fault, self.words)}
        return _("Row %(row)d, column “%(column)s”: %(reason)s") % place


@dataclass(frozen=True, slots=True)
class Planned:
    """A figure that would be added, and the row it comes from."""

    row: int
    series: Series
    stated: Stated


@dataclass(slots=True)
class Plan:
    """What applying a file would do; nothing of it counts while there is a complaint."""

    planned: list[Planned] = field(default_factory=list)
    unchanged: int = 0
    complaints: list[Complaint] = field(default_factory=list)

    @property
    def needs_notation(self) -> bool:
        """Say whether somebody must first choose how the file writes numbers."""
        return any(one.fault is Fault.WHICH_NOTATION for one in self.complaints)

    @property
    def digest(self) -> str:
        """Give a mark by which the import knows that it does what was shown."""
        told = [(one.series.pk, one.stated) for one in self.planned]
        return hashlib.sha256(repr((told, self.unchanged)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rows of a file may name, read at once: three queries for any number of rows."""

    indicators: dict[str, Indicator]
    lines: dict[tuple[int, str], Series]
    standing: dict[Place, Says]
    # Until when another figure stood in a place.
    stood: dict[Place, date]


def plan(draft: Import, actor: Actor, today: date) -> Plan:
    """Say what applying a file would do, for whoever asks, as things stand now."""
    made = Plan()
    columns = _columns(draft.heading, made)
    if made.complaints:
        return made
    wide = len(draft.heading)
    for number, line in draft.rows:
        if len(line) > wide:
            made.complaints.append(Complaint(number, draft.heading[-1], Fault.TOO_MANY_CELLS, {}))
    rows = [(number, _cells(columns, line)) for number, line in draft.rows if len(line) <= wide]
    known = _known(str(row["indicator"]).strip().upper() for _number, row in rows)
    reader = _Reader(draft, actor, today, known, made)
    for number, row in rows:
        reader.take(number, row)
    return made


def _columns(heading: list[str], made: Plan) -> dict[str, int]:
    """Find the place of each column, and complain of what is missing, unknown or there twice."""
    columns: dict[str, int] = {}
    for place, text in enumerate(heading):
        name = named(text)
        if name is None or name in columns:
            fault = Fault.COLUMN_TWICE if name else Fault.COLUMN_UNKNOWN
            made.complaints.append(Complaint(1, text, fault, {}))
        else:
            columns[name] = place
    for name in REQUIRED:
        if name not in columns:
            made.complaints.append(Complaint(1, name, Fault.COLUMN_MISSING, {}))
    return columns


def _cells(columns: dict[str, int], line: list[Any]) -> dict[str, Any]:
    found = {name: line[place] if place < len(line) else "" for name, place in columns.items()}
    return dict.fromkeys(NAMES, "") | found


def _known(codes: Iterable[str]) -> _Known:
    indicators = {one.code: one for one in Indicator.objects.filter(code__in=set(codes))}
    by_pk = {one.pk: one for one in indicators.values()}
    lines = {}
    for line in Series.objects.filter(indicator__in=by_pk).order_by("order", "pk"):
        line.indicator = by_pk[line.indicator_id]
        lines[line.indicator_id, line.code] = line
    return _Known(indicators, lines, *_places(by_pk))


def _places(indicators: Iterable[int]) -> tuple[dict[Place, Says], dict[Place, date]]:
    """Say what stands in each place, and until when something else stood there: one query."""
    rows = Observation.objects.filter(series__indicator__in=indicators)
    where, what = ("series", "year", "part", "kind", "region"), ("source__citation", "confidence")
    told = rows.order_by(F("superseded_on").asc(nulls_last=True))
    standing: dict[Place, Says] = {}
    stood: dict[Place, date] = {}
    names = (*where, "superseded_on", "value", *what)
    for one in told.values_list(*names).iterator(chunk_size=CHUNK):
        place, until = one[:5], one[5]
        if until is None:
            standing[place] = one[6:]
        else:
            stood[place] = until
    return standing, stood


class _Reader:
    """Takes one row after another, and remembers where each figure stood."""

    def __init__(self, draft: Import, actor: Actor, today: date, known: _Known, made: Plan) -> None:
        self._actor, self._today, self._known, self._made = actor, today, known, made
        self._notation = Notation(draft.notation) if draft.notation else None
        self._heading = {named(text): text for text in draft.heading}
        self._taken: dict[Place, int] = {}

    def take(self, number: int, row: dict[str, Any]) -> None:
        """Plan one row, or complain of each of its cells that is wrong."""
        before = len(self._made.complaints)
        line = self._line(number, row)
        values = self._values(number, row)
        if line is not None:
            unit = str(row["unit"]).strip().casefold()
            units = [one for one in (line.indicator.unit, line.indicator.unit_en) if one]
            if unit not in [one.casefold() for one in units]:
                words = {"cell": cells.quoted(row["unit"]), "words": ", ".join(units)}
                self._complain(number, "unit", Fault.UNIT, words)
        if line is None or len(self._made.complaints) > before:
            return
        stated = Stated(**values)
        for name, fault, words in faults(stated, Measure(line.indicator.measure), self._today):
            self._complain(number, name, fault, words)
        if len(self._made.complaints) == before:
            self._place(number, line, stated)

    def _line(self, number: int, row: dict[str, Any]) -> Series | None:
        code = str(row["indicator"]).strip().upper()
        indicator = self._known.indicators.get(code)
        if indicator is None:
            self._complain(
                number, "indicator", Fault.INDICATOR, {"cell": cells.quoted(row["indicator"])}
            )
            return None
        if not permissions.may_enter_figures(self._actor, indicator.workstream_id):
            self._complain(number, "indicator", Fault.ELSEWHERE, {})
            return None
        line = self._known.lines.get((indicator.pk, cells.series(row["series"])))
        if line is None:
            there = [code for pk, code in self._known.lines if pk == indicator.pk]
            words = {"cell": cells.quoted(row["series"]), "words": ", ".join(there)}
            self._complain(number, "series", Fault.SERIES, words)
        return line

    def _values(self, number: int, row: dict[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for column, name, read in cells.READERS:
            try:
                values[name] = read(row[column], self._notation)
            except Unreadable as bad:
                words = {"cell": cells.quoted(row[column])} | bad.words
                self._complain(number, column, bad.fault, words)
        if "period" in values and "year" in values:
            values["period"] = cells.period(values.pop("year"), values["period"])
        return values

    def _place(self, number: int, line: Series, stated: Stated) -> None:
        """Find a free place for a figure, or say what stands there."""
        period = stated.period
        place = (line.pk, period.year, str(period.part), str(stated.kind), stated.region)
        there = self._known.standing.get(place)
        stood = self._known.stood.get(place, date.min)
        if place in self._taken:
            self._complain(number, "value", Fault.TWICE, {"row": str(self._taken[place])})
        elif there is None and stated.known_from and stated.known_from < stood:
            self._complain(number, "known_from", Fault.STOOD, {"cell": stood.isoformat()})
        elif there is None:
            self._made.planned.append(Planned(number, line, stated))
        elif there == (stated.value, stated.citation, stated.confidence):
            self._made.unchanged += 1
        else:
            words = {"words": f"{there[0].normalize():f} ({there[1]})"}
            self._complain(number, "value", Fault.STANDS, words)
        self._taken.setdefault(place, number)

    def _complain(self, number: int, column: str, fault: Fault, words: dict[str, str]) -> None:
        heading = self._heading.get(column, column)
        self._made.complaints.append(Complaint(number, heading, fault, words))
