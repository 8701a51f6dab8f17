"""How small businesses are doing, at a glance: plain values of the first headlines, one query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language

from committee.models.prepared import load
from umkm.enums import Direction, Measure, ObservationKind
from umkm.models import Indicator, Observation
from umkm.rules.periods import Period
from umkm.rules.targets import Judgement, Point, Question, judge

MOST = 4
OF_INDICATOR = ("code", "title", "title_en", "unit", "unit_en", "direction", "measure")
OF_LINE = ("series_id", "series__order")


@dataclass(frozen=True, slots=True)
class Glance:
    """One headline: what was measured last, and what may be said of its target."""

    code: str
    title: str
    title_en: str
    unit: str
    unit_en: str
    measure: str
    latest: Point | None
    target: Point | None
    judgement: Judgement | None

    @property
    def local_unit(self) -> str:
        return self.unit_en if self.unit_en and get_language() == "en" else self.unit


@dataclass(slots=True)
class _Line:
    """The figures of one series, in order."""

    order: int
    baseline: Point | None
    actuals: list[Point]
    targets: list[Point]

    @property
    def latest(self) -> Point | None:
        measured = [*self.actuals, *([self.baseline] if self.baseline else [])]
        return max(measured, key=lambda one: one.period.place, default=None)


def glance(today: date) -> list[Glance]:
    """Give the first headlines as known on a day: one query."""
    told: dict[tuple[str, ...], dict[int, _Line]] = {}
    for row in load(_rows, today):
        indicator, (series, order), (year, part, kind, value) = row[:7], row[7:9], row[9:]
        lines = told.setdefault(indicator, {})
        _add(
            lines.setdefault(series, _Line(order, None, [], [])),
            kind,
            Point(Period(year, part), value),
        )
    return [_glance(indicator, list(lines.values()), today) for indicator, lines in told.items()]


def _rows(today: date) -> QuerySet[Any, Any]:
    named = Indicator.objects.exclude(headline_order=None).order_by("headline_order", "code")
    first = named.values("pk")[:MOST]
    known = Observation.objects.known_on(today).filter(series__indicator__in=first, region="")
    order = ("series__indicator__headline_order", "series__indicator__code", "year", "pk")
    names = [f"series__indicator__{name}" for name in OF_INDICATOR]
    return known.order_by(*order).values_list(*names, *OF_LINE, "year", "part", "kind", "value")


def _add(line: _Line, kind: str, point: Point) -> None:
    if kind == ObservationKind.TARGET:
        line.targets.append(point)
    elif kind == ObservationKind.BASELINE and line.baseline is None:
        line.baseline = point
    else:
        line.actuals.append(point)


def _glance(indicator: Sequence[str], lines: list[_Line], today: date) -> Glance:
    """Tell the line that was measured last, as the card of the indicator does."""
    line = max(lines, key=_freshness)
    target = _aimed_at(line.targets, today)
    found = None
    if target is not None:
        question = Question(
            target=target,
            actuals=line.actuals,
            baseline=line.baseline,
            direction=Direction(indicator[5]),
            measure=Measure(indicator[6]),
        )
        found = judge(question, today)
    code, title, title_en, unit, unit_en, _direction, measure = indicator
    return Glance(code, title, title_en, unit, unit_en, measure, line.latest, target, found)


def _freshness(line: _Line) -> tuple[bool, tuple[int, int], int]:
    latest = line.latest
    return latest is not None, latest.period.place if latest else (0, 0), -line.order


def _aimed_at(targets: list[Point], today: date) -> Point | None:
    """Choose the target to show: the next one still open, else the last one."""
    ordered = sorted(targets, key=lambda one: one.period.place)
    ahead = [one for one in ordered if one.period.end >= today]
    return ahead[0] if ahead else (ordered[-1] if ordered else None)
