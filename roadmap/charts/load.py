"""The bars of a load per week: counts become widths in percent; a template draws them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from roadmap.selectors.load import LED, MILESTONES, SUPPORTED, WeekLoad, total

ORDER = (LED, SUPPORTED, MILESTONES)
# However little falls due, one thing never fills the whole width.
LEAST_SCALE = 4


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar, in percent of the width."""

    name: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A week and its bar."""

    load: WeekLoad
    segments: list[Segment]


def bars(weeks: Sequence[WeekLoad]) -> list[Bar]:
    """Scale all weeks alike: the fullest one fills the width."""
    scale = max([LEAST_SCALE, *(total(week.parts) for week in weeks)])
    return [Bar(week, list(_segments(week, scale))) for week in weeks]


def _segments(week: WeekLoad, scale: int) -> Iterator[Segment]:
    x = 0.0
    for name in ORDER:
        if number := week.parts[name]:
            width = 100 * number / scale
            yield Segment(name, round(x, 2), round(width, 2))
            x += width
