"""The time axis of a chart: which days it shows, and where its years, quarters and months lie.

Plain numbers: x is a percentage of the plot's width, so that one drawing fits every screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MONTH, QUARTER, YEAR = 1, 3, 12
ZOOMS = {"months": MONTH, "quarters": QUARTER, "years": YEAR}
# What a zoom shows at most before one has to move along; years show everything.
REACH = {"months": 12, "quarters": 48}
BEHIND = {"months": 3, "quarters": 12}
MOST_TICKS = 48
LAST_YEAR = 9998
# The plot in pixels as a small desk and a phone give it: what decides which labels fit.
DESK, PHONE = 650, 320
LABEL = {MONTH: 26, QUARTER: 30, YEAR: 34}


@dataclass(frozen=True, slots=True)
class Window:
    """The days a chart shows, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def at(self, day: date) -> float:
        """Give where a day begins."""
        return round((day - self.first).days / self.days * 100, 2)

    def after(self, day: date) -> float:
        """Give where a day ends."""
        return round(((day - self.first).days + 1) / self.days * 100, 2)

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Tick:
    """A year, quarter or month on the axis; `shown` says where its label fits."""

    start: date
    unit: int
    x: float
    width: float
    shown: str

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 2)

    @property
    def quarter(self) -> int:
        return (self.start.month - 1) // 3 + 1


def window(
    days: Iterable[date],
    today: date,
    *,
    zoom: str = "quarters",
    first: date | None = None,
    last: date | None = None,
) -> Window:
    """Choose the days to show: those asked for, else what the zoom makes of the roadmap's own."""
    shown = sorted([*days, today])
    whole = Window(floor(shown[0], ZOOMS[zoom]), _end(shown[-1], ZOOMS[zoom]))
    reach = REACH.get(zoom)
    if reach and _months(whole.first, whole.last) > reach:
        begin = floor(_shift(today, -BEHIND[zoom]), ZOOMS[zoom])
        whole = Window(begin, _shift(begin, reach) - timedelta(days=1))
    begin, end = first or whole.first, last or whole.last
    if begin > end:  # one end was asked for, and lies beyond the other
        begin, end = (begin, _shift(begin, YEAR)) if first else (_shift(end, -YEAR), end)
    return Window(begin, end)


def shifted(shown: Window, direction: int) -> Window:
    """Give the window beside this one: half of it moves out of sight."""
    step = timedelta(days=max(1, shown.days // 2) * direction)
    return Window(_moved(shown.first, step), _moved(shown.last, step))


def ticks(shown: Window, zoom: str) -> tuple[list[Tick], list[Tick]]:
    """Give the upper and the lower row of the axis: years, and what they are divided into."""
    unit = _unit(shown, ZOOMS[zoom])
    if unit >= YEAR:
        return [], list(_ticks(shown, unit))
    return list(_ticks(shown, YEAR)), list(_ticks(shown, unit))


def floor(day: date, unit: int) -> date:
    """Give the first day of the month, quarter, year or row of years a day lies in."""
    if unit > YEAR:
        years = unit // YEAR
        return date(max(1, day.year // years * years), 1, 1)
    return date(day.year, (day.month - 1) // unit * unit + 1, 1)


def _ticks(shown: Window, unit: int) -> Iterator[Tick]:
    start = floor(shown.first, unit)
    while start <= shown.last:
        following = _shift(start, unit)
        x = max(0.0, shown.at(start))
        width = round(min(100.0, shown.at(following)) - x, 2)
        yield Tick(start, unit, x, width, _shown(width, unit))
        if following.year >= LAST_YEAR:  # the calendar ends
            return
        start = following


def _unit(shown: Window, unit: int) -> int:
    """Take a coarser unit until the axis can be read."""
    months = _months(shown.first, shown.last)
    for one in (unit, QUARTER, YEAR, 2 * YEAR, 5 * YEAR, 10 * YEAR, 50 * YEAR, 100 * YEAR):
        if one >= unit and months / one <= MOST_TICKS:
            return one
    return 1000 * YEAR


def _shown(width: float, unit: int) -> str:
    """Say where a label of this width fits: everywhere, on a desk, or nowhere."""
    needed = LABEL.get(unit, LABEL[YEAR])
    if width * PHONE / 100 >= needed:
        return "always"
    return "wide" if width * DESK / 100 >= needed else "never"


def _end(day: date, unit: int) -> date:
    return _shift(floor(day, unit), unit) - timedelta(days=1)


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _shift(day: date, months: int) -> date:
    """Move to the first of a month so many months on, within the calendar."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    if year > LAST_YEAR:
        return date(LAST_YEAR, 12, 31)
    return date(max(1, year), month + 1, 1)


def _moved(day: date, step: timedelta) -> date:
    try:
        return day + step
    except OverflowError:
        return day
