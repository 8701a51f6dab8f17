"""The year or part of a year that a figure covers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from umkm.enums import Part

FIRST_YEAR, LAST_YEAR = 1945, 2100


@dataclass(frozen=True, slots=True)
class Period:
    """A year, half, quarter or month."""

    year: int
    part: str = Part.YEAR

    @property
    def months(self) -> int:
        """Give how many months it covers."""
        return {"Y": 12, "H": 6, "Q": 3, "M": 1}[self.part[0]]

    @property
    def last_month(self) -> int:
        """Count the month it ends in, from year 0 on."""
        number = 1 if self.part == Part.YEAR else int(self.part[1:])
        return self.year * 12 + number * self.months

    @property
    def start(self) -> date:
        first = self.last_month - self.months
        return date(first // 12, first % 12 + 1, 1)

    @property
    def end(self) -> date:
        """Give its last day."""
        return date(self.last_month // 12, self.last_month % 12 + 1, 1) - timedelta(days=1)

    @property
    def place(self) -> tuple[int, int]:
        """Order by end; of those that end together the longest comes last."""
        return self.last_month, self.months


def tiles(parts: set[Period], whole: Period) -> bool:
    """Say whether periods of one length cover a longer one, each month once."""
    lengths = {one.months for one in parts}
    if len(lengths) != 1 or not all(_within(one, whole) for one in parts):
        return False
    return len(parts) * lengths.pop() == whole.months


def _within(part: Period, whole: Period) -> bool:
    return whole.start <= part.start and part.end <= whole.end and part.months < whole.months
