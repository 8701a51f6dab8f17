"""Lines of figures with what can be said of their targets: the building stones of every page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from umkm.enums import Direction, Measure, ObservationKind, Part
from umkm.models import Indicator, Observation, Series
from umkm.rules.targets import Judgement, Point, Question, judge


@dataclass(frozen=True, slots=True)
class Aim:
    """A target and what can be said of it; `compared` is the figure it was judged by."""

    target: Observation
    judgement: Judgement
    compared: Observation | None


@dataclass(slots=True)
class Line:
    """One series as known on a day: what was measured in order, and its targets in order.

    `measured` holds the baseline too.
    """

    series: Series
    measured: list[Observation] = field(default_factory=list)
    targets: list[Observation] = field(default_factory=list)
    aims: list[Aim] = field(default_factory=list)

    @property
    def latest(self) -> Observation | None:
        """Give the last figure measured, a baseline for want of another."""
        return self.measured[-1] if self.measured else None

    @property
    def baseline(self) -> Observation | None:
        return next((one for one in self.measured if one.kind == ObservationKind.BASELINE), None)

    @property
    def is_empty(self) -> bool:
        return not self.measured and not self.targets

    def points(self) -> list[tuple[int, Decimal | None]]:
        """Give the value of each year from first to last, None where nothing was measured.

        Only whole years: a chart breaks its line where there is None.
        """
        values = {one.year: one.value for one in self.measured if one.part == Part.YEAR}
        if not values:
            return []
        return [(year, values.get(year)) for year in range(min(values), max(values) + 1)]

    def aim(self, today: date) -> Aim | None:
        """Choose the target to show first: the next one still open, else the last one."""
        ahead = [one for one in self.aims if one.target.period.end >= today]
        return ahead[0] if ahead else (self.aims[-1] if self.aims else None)


def lines_of(
    indicators: Iterable[Indicator], today: date, region: str = ""
) -> dict[int, list[Line]]:
    """Give each indicator's lines as known on a day, by its key: two queries for any number.

    :param region: a province's code; empty for the whole country.
    """
    by_pk = {one.pk: one for one in indicators}
    series = Series.objects.filter(indicator__in=by_pk).order_by("order", "pk")
    lines = {one.pk: Line(one) for one in series}
    for line in lines.values():
        line.series.indicator = by_pk[line.series.indicator_id]
    for one in _observations(by_pk, today, region):
        line = lines[one.series_id]
        one.series = line.series
        kept = line.targets if one.kind == ObservationKind.TARGET else line.measured
        kept.append(one)
    found: dict[int, list[Line]] = defaultdict(list)
    for line in lines.values():
        line.aims = list(_aims(line, today))
        found[line.series.indicator_id].append(line)
    return found


def _observations(indicators: Iterable[int], today: date, region: str) -> list[Observation]:
    known = Observation.objects.known_on(today).filter(
        series__indicator__in=list(indicators), region=region
    )
    return sorted(known.select_related("source"), key=lambda one: (one.period.place, one.pk))


def _aims(line: Line, today: date) -> Iterator[Aim]:
    indicator = line.series.indicator
    baseline = line.baseline
    by_point = {_point(one): one for one in line.measured}
    actuals = [_point(one) for one in line.measured if one is not baseline]
    for target in line.targets:
        question = Question(
            target=_point(target),
            actuals=actuals,
            baseline=_point(baseline) if baseline else None,
            direction=Direction(indicator.direction),
            measure=Measure(indicator.measure),
        )
        found = judge(question, today)
        compared = by_point.get(found.compared) if found.compared else None
        yield Aim(target, found, compared)


def _point(one: Observation) -> Point:
    return Point(one.period, one.value)
