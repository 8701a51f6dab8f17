"""The lines of the trend: shares of the width by day, of the height by percent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from roadmap.selectors.trend import Point

SERIES = ("expected", "claimed", "verified")  # later ones are drawn over earlier ones
LEFT, RIGHT = 7.0, 97.0
# The lines are drawn in a box of this size that is stretched over the plot.
BOX = 1000
GRID = (0, 25, 50, 75, 100)


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of a line, in percent of width and height."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """A measure: its path in the box, broken where there is nothing to count, and its points."""

    name: str
    path: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """What stands at one day: how many were late, as a bar under the lines."""

    point: Point
    x: float
    bar: float  # percent of the height of the bars
    is_labelled: bool


@dataclass(frozen=True, slots=True)
class TrendChart:
    lines: tuple[Line, ...]
    columns: tuple[Column, ...]
    grid: tuple[int, ...] = GRID

    @property
    def first(self) -> Point:
        return self.columns[0].point

    @property
    def last(self) -> Point:
        return self.columns[-1].point


def chart(points: Sequence[Point]) -> TrendChart:
    """Lay out the points by their days; a single one stands at the right."""
    xs = _across(points)
    most = max([1, *(point.late for point in points)])
    return TrendChart(
        lines=tuple(_line(name, points, xs) for name in SERIES),
        columns=tuple(
            Column(point, x, round(100 * point.late / most, 2), _is_labelled(nth, len(points)))
            for nth, (point, x) in enumerate(zip(points, xs, strict=True))
        ),
    )


def _across(points: Sequence[Point]) -> list[float]:
    first, last = points[0].day.toordinal(), points[-1].day.toordinal()
    span = max(1, last - first)
    left = LEFT if last > first else RIGHT
    return [
        round(left + (RIGHT - left) * (point.day.toordinal() - first) / span, 2) for point in points
    ]


def _line(name: str, points: Sequence[Point], xs: Sequence[float]) -> Line:
    values: list[Any] = [getattr(point, name) for point in points]
    path, is_drawing, marks = [], False, []
    for value, x in zip(values, xs, strict=True):
        if value is None:
            is_drawing = False
            continue
        mark = Mark(x, round(100 - value, 2))
        step = "L" if is_drawing else "M"
        path.append(f"{step}{mark.x * BOX / 100:g} {mark.y * BOX / 100:g}")
        marks.append(mark)
        is_drawing = True
    return Line(name, "".join(path), tuple(marks))


def _is_labelled(nth: int, number: int) -> bool:
    """Label every third day counted from the last, so that labels keep apart on a phone."""
    return (number - 1 - nth) % 3 == 0
