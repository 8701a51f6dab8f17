"""The shapes of a timeline: bars, stacks of milestones, arrows between rows, names that fit.

Numbers in, shapes out: x in percent of the plot, y in pixels of the band a row lies in. A band
is as many rows as a page of paper takes; it is drawn by itself, under a head of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from roadmap.charts.axis import Window

ROW = 32
BAND = 13  # with its head: two of them fill an upright sheet of A4, three one of A3
# Within a row: where an arrow leaves a bar, and where one arrives above it.
LEAVES, ARRIVES = 20, 13
THINNEST = 0.4
GAP = 2.6  # milestones nearer to each other than this are one stack
ELLIPSIS = "…"
NARROW = frozenset("iljtfrI.,:;'|!()[]/ -")
WIDE = frozenset("mwMW@%—QGO")


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of days within the window, and on which sides it goes on beyond it."""

    x: float
    width: float
    goes_on_before: bool = False
    goes_on_after: bool = False


@dataclass(frozen=True, slots=True)
class Stack:
    """Milestones too near to each other to be drawn apart: the first and the last of them."""

    x: float
    first: int
    last: int

    @property
    def count(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Arrow:
    """The part of an arrow that lies in one band: down or up at `x1`, then along to `x2`.

    Only the part that arrives has a head; a part that leaves its band ends at its edge.
    """

    band: int
    x1: float
    y1: int
    y2: int
    x2: float | None = None


@dataclass(frozen=True, slots=True)
class End:
    """One end of an arrow: the row it lies in, counted over all bands, and where."""

    row: int
    x: float


def bar(start: date, end: date, window: Window) -> Bar | None:
    """Draw the days from one to another; None when none of them is shown."""
    if end < start:
        start = end
    if end < window.first or start > window.last:
        return None
    x, until = max(0.0, window.at(start)), min(100.0, window.after(end))
    width = max(THINNEST, round(until - x, 2))
    return Bar(min(x, 100 - THINNEST), width, start < window.first, end > window.last)


def stacks(places: Sequence[float]) -> list[Stack]:
    """Gather what would cover each other; `places` are in order."""
    found: list[Stack] = []
    first = 0
    for number, x in enumerate(places):
        if number + 1 == len(places) or places[number + 1] - places[first] >= GAP:
            found.append(Stack(round((places[first] + x) / 2, 2), first, number))
            first = number + 1
    return found


def bands(rows: int) -> list[int]:
    """Give the height of each band."""
    full, rest = divmod(rows, BAND)
    return [BAND * ROW] * full + ([rest * ROW] if rest else [])


def place(row: int) -> tuple[int, int]:
    """Give the band a row lies in, and its upper edge there."""
    return row // BAND, row % BAND * ROW


def arrows(before: End, after: End, heights: Sequence[int]) -> Iterator[Arrow]:
    """Lead from the end of one bar to the beginning of another, through the bands between."""
    (leaving, top), (arriving, target) = place(before.row), place(after.row)
    y1, y2 = top + LEAVES, target + ARRIVES
    if leaving == arriving:
        yield Arrow(arriving, before.x, y1, y2, after.x)
        return
    step = 1 if arriving > leaving else -1
    for band in range(leaving, arriving, step):
        first = y1 if band == leaving else (0 if step > 0 else heights[band])
        yield Arrow(band, before.x, first, heights[band] if step > 0 else 0)
    yield Arrow(arriving, before.x, 0 if step > 0 else heights[arriving], y2, after.x)


def clipped(x: float) -> float:
    """Keep the end of an arrow within the plot."""
    return min(100.0, max(0.0, x))


def cut(text: str, width: int) -> str:
    """Shorten a text to a width in pixels, at the size the chart writes names in."""
    room, used = width - _pixels(ELLIPSIS), 0.0
    kept = len(text)
    for number, letter in enumerate(text):
        used += _pixels(letter)
        if used <= room:
            kept = number + 1
        elif used > width:
            return text[:kept].rstrip() + ELLIPSIS
    return text


def _pixels(letter: str) -> float:
    if letter in NARROW:
        return 4.4
    if letter in WIDE or ord(letter) > 0x2E7F:  # scripts whose letters fill a square
        return 11.5 if letter in WIDE else 13.0
    return 8.8 if letter.isupper() else 7.4
