"""What is measured, in which lines, and what is meant to move it.

Links are made when the action or milestone is, so that none comes back that somebody took away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from roadmap.models import ActionItem, Milestone
from roadmap.seed import histories
from roadmap.seed.files import Record, Row, key_of
from umkm.models import (
    MAIN,
    Challenge,
    Indicator,
    Initiative,
    Observation,
    Series,
    Source,
)

NOTES = {
    "direction": "direction",
    "measure": "measure",
    "unit_en": "unit_en",
    "headline_order": "headline",
    "what": "what_id",
    "what_en": "what_en",
    "differs": "differs_id",
    "differs_en": "differs_en",
}


def add_frame(record: Record, streams: Mapping[str, int]) -> list[str]:
    """Add initiatives, indicators and their lines; give a line for each new one."""
    lines = _add_initiatives(record["initiatives"])
    notes = {row["code"]: row for row in record["indicator_notes"]}
    there = set(Indicator.objects.values_list("code", flat=True))
    rows = {row["code"]: row for row in record["indicators"] if row["code"] not in there}
    for code, row in rows.items():
        made = _indicator(row, notes.get(code, {}), streams)
        made.save()
        _link(made, notes.get(code, {}))
        lines.append(f"indicator {code}")
    for code in rows:
        beside = notes.get(code, {}).get("beside", ())
        Indicator.objects.get(code=code).beside.add(*Indicator.objects.filter(code__in=beside))
    _add_series(record["series"], set(rows))
    return lines


def _add_initiatives(rows: Iterable[Row]) -> list[str]:
    there = set(Initiative.objects.values_list("code", flat=True))
    new = [
        Initiative(
            code=row["code"],
            title=row["name_id"],
            title_en=row["name_en"],
            what=row["what_id"],
            what_en=row["what_en"],
            source=row["source"],
        )
        for row in rows
        if row["code"] not in there
    ]
    Initiative.objects.bulk_create(new)
    return [f"initiative {one.code}" for one in new]


def _indicator(row: Row, notes: Row, streams: Mapping[str, int]) -> Indicator:
    told: dict[str, Any] = {name: notes[column] for name, column in NOTES.items() if notes}
    return Indicator(
        code=row["code"],
        title=row["name_id"],
        title_en=row["name_en"],
        unit=row["unit"],
        workstream_id=streams.get(row["workstream_code"]),
        **told,
    )


def _link(indicator: Indicator, notes: Row) -> None:
    if notes:
        indicator.challenges.set(Challenge.objects.filter(code__in=notes["challenges"]))
        indicator.initiatives.set(Initiative.objects.filter(code__in=notes["initiatives"]))


def _add_series(rows: Iterable[Row], new: set[str]) -> None:
    """Give each new indicator its lines in the order of the file, the first one always."""
    pks = dict(Indicator.objects.filter(code__in=new).values_list("code", "pk"))
    told = [row for row in rows if row["indicator"] in new]
    mains = {row["indicator"] for row in told if row["code"] == MAIN}
    made = [Series(indicator_id=pks[code]) for code in pks if code not in mains]
    for place, row in enumerate(told, start=1):
        made.append(
            Series(
                indicator_id=pks[row["indicator"]],
                code=row["code"],
                order=0 if row["code"] == MAIN else place,
                title=row["name_id"],
                title_en=row["name_en"],
                definition=row["definition_id"],
                definition_en=row["definition_en"],
            )
        )
    Series.objects.bulk_create(made)


class Lines:
    """Which line a figure of the record belongs to, by its source."""

    def __init__(self, record: Record) -> None:
        told = (row for row in record["series"] if row["sources"])
        self._told = [(row["indicator"], row["code"], row["sources"]) for row in told]

    def add_observation(self, row: Row, day: date) -> str:
        """Add one figure, known from a day on."""
        Observation.objects.create(
            series=self._line(row),
            year=row["year"],
            value=row["value"],
            kind=row["kind"],
            known_from=day,
            source=Source.objects.get_or_create(citation=row["source"])[0],
            confidence=row["confidence"],
            import_key=key_of("indicators", row),
        )
        return f"observation {row['code']} {row['year']}"

    def _line(self, row: Row) -> Series:
        """Find its line; where another figure stands there already, it gets one of its own."""
        lines = Series.objects.filter(indicator__code=row["code"])
        line = lines.filter(code=self._code(row)).first() or lines.get(code=MAIN)
        place = {"year": row["year"], "part": "Y", "region": "", "kind": row["kind"]}
        there = Observation.objects.standing().filter(**place)
        if not there.filter(series=line).exists():
            return line
        title, number = row["source"][:300], lines.count() + 1
        same = lines.filter(title=title).exclude(observations__in=there).first()
        return same or Series.objects.create(
            indicator=line.indicator, code=f"LINE_{number}", order=100 + number, title=title
        )

    def _code(self, row: Row) -> str:
        for indicator, code, sources in self._told:
            if indicator == row["code"] and row["source"].startswith(sources):
                return str(code)
        return MAIN


class Links:
    """Which initiatives and indicators an action or a milestone is meant to serve."""

    def __init__(self, record: Record) -> None:
        self._initiatives, self._notes = record["initiatives"], record["indicator_notes"]

    def add_action(self, row: Row, day: date) -> str | None:
        """Put an action on the roadmap, linked to what it serves."""
        said = histories.add_action(row, day)
        action = ActionItem.objects.get(import_key=row["code"])
        part_of = [one["code"] for one in self._initiatives if row["code"] in one["actions"]]
        moves = [one["code"] for one in self._notes if row["code"] in one["actions"]]
        action.initiatives.set(Initiative.objects.filter(code__in=part_of))
        action.indicators.set(Indicator.objects.filter(code__in=moves))
        return said

    def add_milestone(self, row: Row, day: date) -> str | None:
        """Put a milestone on the roadmap, linked to the figures it is to move."""
        said = histories.add_milestone(row, day)
        moves = [one["code"] for one in self._notes if row["title_id"] in one["milestones"]]
        milestone = Milestone.objects.get(import_key=key_of("milestones", row))
        milestone.indicators.set(Indicator.objects.filter(code__in=moves))
        return said
