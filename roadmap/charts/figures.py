"""Lines of figures as shapes: shares of the plot, so that one drawing fits every screen.

Lines are never joined with each other, and none bridges a time in which nothing was measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, log10

from umkm.enums import ObservationKind
from umkm.models import Observation
from umkm.selectors.indicators import SmallMultiple
from umkm.selectors.lines import Line

LEFT, RIGHT, TOP, BOTTOM = 9.0, 97.0, 6.0, 94.0
BOX = 1000  # lines are drawn in a box of this size that is stretched over the plot
LEVELS = 4
MOST_YEARS = 16
MOST_ON_A_PHONE = 7
# How a line is told apart from others without colour: its dashes, and the shape of its marks.
STYLES = 6
SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 120, 32, 4


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure in the plot, in percent of its width and height."""

    x: float
    y: float
    figure: Observation

    @property
    def is_baseline(self) -> bool:
        return self.figure.kind == ObservationKind.BASELINE


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line: its path, broken where nothing was measured, its marks, and its targets."""

    line: Line
    style: int
    path: str
    marks: tuple[Mark, ...]
    targets: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, in percent; `is_wide` where only a wide screen has room for it."""

    at: float
    value: Decimal
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class FigureChart:
    lines: tuple[Drawn, ...]
    levels: tuple[Tick, ...]
    years: tuple[Tick, ...]
    is_upside_down: bool

    @property
    def has_targets(self) -> bool:
        return any(one.targets for one in self.lines)

    @property
    def has_baseline(self) -> bool:
        return any(mark.is_baseline for one in self.lines for mark in one.marks)


@dataclass(frozen=True, slots=True)
class Spark:
    """A small curve without axes; it stands beside its numbers."""

    path: str
    dots: tuple[tuple[float, float], ...]
    width: int = SPARK_WIDTH
    height: int = SPARK_HEIGHT


@dataclass(frozen=True, slots=True)
class Multiple:
    """A province's own curve, on the axes of all of them."""

    of: SmallMultiple
    spark: Spark
    first: tuple[int, Decimal] | None
    last: tuple[int, Decimal] | None


def chart(lines: Sequence[Line], *, is_upside_down: bool = False) -> FigureChart | None:
    """Lay out the lines of an indicator; None where there is nothing to draw."""
    figures = [one for line in lines for one in (*line.measured, *line.targets)]
    if not figures:
        return None
    months = [one.period.last_month for one in figures]
    across = _Axis(min(months), max(months), LEFT, RIGHT)
    levels = _levels([one.value for one in figures], is_upside_down)
    down = _Axis(levels[0], levels[-1], *((TOP, BOTTOM) if is_upside_down else (BOTTOM, TOP)))
    return FigureChart(
        lines=tuple(_drawn(line, nth % STYLES, across, down) for nth, line in enumerate(lines)),
        levels=tuple(Tick(down.at(value), value) for value in levels),
        years=tuple(_years(figures, across)),
        is_upside_down=is_upside_down,
    )


def spark(line: Line) -> Spark | None:
    """Draw a line small; None where it has nothing that could be compared over time."""
    if len(line.measured) < 2:
        return None
    months = [one.period.last_month for one in line.measured]
    values = [one.value for one in line.measured]
    across = _Axis(min(months), max(months), SPARK_EDGE, SPARK_WIDTH - SPARK_EDGE)
    down = _Axis(min(values), max(values), SPARK_HEIGHT - SPARK_EDGE, SPARK_EDGE)
    places = [(across.at(m), down.at(v)) for m, v in zip(months, values, strict=True)]
    return Spark(_path(_runs(line.measured, places)), tuple(places))


def multiples(found: Sequence[SmallMultiple]) -> list[Multiple]:
    """Draw each province small, all on the same axes, so that they can be compared."""
    told = [(year, value) for one in found for year, value in one.points if value is not None]
    if not told:
        return []
    years, values = [year for year, _value in told], [value for _year, value in told]
    across = _Axis(min(years), max(years), SPARK_EDGE, SPARK_WIDTH - SPARK_EDGE)
    down = _Axis(min(Decimal(0), *values), max(values), SPARK_HEIGHT - SPARK_EDGE, SPARK_EDGE)
    return [_multiple(one, across, down) for one in found]


def _multiple(one: SmallMultiple, across: _Axis, down: _Axis) -> Multiple:
    runs: list[list[tuple[float, float]]] = [[]]
    told = []
    for year, value in one.points:
        if value is None:
            runs.append([])
        else:
            told.append((year, value))
            runs[-1].append((across.at(year), down.at(value)))
    dots = tuple(run[0] for run in runs if len(run) == 1)
    ends = (told[0], told[-1]) if told else (None, None)
    return Multiple(one, Spark(_path(runs), dots), *ends)


class _Axis:
    """Where a value lies between two ends of the plot; all in the middle if there is but one."""

    def __init__(self, low: Decimal | int, high: Decimal | int, begin: float, end: float) -> None:
        self._low, self._span = Decimal(low), Decimal(high) - Decimal(low)
        self._begin, self._end = begin, end

    def at(self, value: Decimal | int) -> float:
        share = float((Decimal(value) - self._low) / self._span) if self._span else 0.5
        return round(self._begin + share * (self._end - self._begin), 2)


def _drawn(line: Line, style: int, across: _Axis, down: _Axis) -> Drawn:
    marks, targets = (_marks(rows, across, down) for rows in (line.measured, line.targets))
    scale = BOX / 100
    places = [(mark.x * scale, mark.y * scale) for mark in marks]
    return Drawn(line, style, _path(_runs(line.measured, places)), marks, targets)


def _marks(rows: Iterable[Observation], across: _Axis, down: _Axis) -> tuple[Mark, ...]:
    return tuple(Mark(across.at(one.period.last_month), down.at(one.value), one) for one in rows)


def _runs(
    rows: Sequence[Observation], places: Sequence[tuple[float, float]]
) -> list[list[tuple[float, float]]]:
    """Part a line where a period is missing, or is of another length than the one before."""
    runs: list[list[tuple[float, float]]] = []
    before = None
    for one, place in zip(rows, places, strict=True):
        period = one.period
        follows = (
            before is not None
            and before.months == period.months
            and period.last_month - before.last_month == period.months
        )
        if follows:
            runs[-1].append(place)
        else:
            runs.append([place])
        before = period
    return runs


def _path(runs: Iterable[Sequence[tuple[float, float]]]) -> str:
    return " ".join(
        "M" + "L".join(f"{x:.6g} {y:.6g}" for x, y in run) for run in runs if len(run) > 1
    )


def _levels(values: Sequence[Decimal], is_upside_down: bool) -> list[Decimal]:
    """Choose round values for the axis: from nought, but for ranks, whose best is 1."""
    low = Decimal(1) if is_upside_down else min(Decimal(0), *values)
    high = max(max(values), low + 1)
    step = _step((high - low) / LEVELS)
    first = low if is_upside_down else Decimal(floor(low / step)) * step
    count = ceil((high - first) / step)
    return [first + step * number for number in range(count + 1)]


def _step(least: Decimal) -> Decimal:
    """Give the smallest round step of 1, 2 or 5 that is not smaller."""
    power = Decimal(10) ** floor(log10(least))
    return next(power * one for one in (1, 2, 5, 10) if power * one >= least)


def _years(figures: Iterable[Observation], across: _Axis) -> Iterable[Tick]:
    """Name the years of the axis, and on a phone only as many as it has room for."""
    ends = [one.period.last_month for one in figures]
    first, last = ceil(min(ends) / 12), floor(max(ends) / 12)
    years = range(first, last + 1)
    if not years:  # nothing but a part of one year
        yield Tick(across.at(min(ends)), Decimal(min(ends) // 12))
        return
    every = ceil(len(years) / MOST_YEARS)
    shown = years[::every]
    rare = ceil(len(shown) / MOST_ON_A_PHONE)
    for number, year in enumerate(shown):
        yield Tick(across.at(year * 12), Decimal(year - 1), is_wide=number % rare > 0)
