"""Years, halves, quarters and months; and places in a ranking."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from umkm.enums import Direction, Part
from umkm.rules.periods import Period, tiles
from umkm.rules.ranking import places

ENDS = [
    ("Y", "2020-01-01", "2020-12-31"),
    ("H1", "2020-01-01", "2020-06-30"),
    ("H2", "2020-07-01", "2020-12-31"),
    ("Q1", "2020-01-01", "2020-03-31"),
    ("Q4", "2020-10-01", "2020-12-31"),
    ("M02", "2020-02-01", "2020-02-29"),
    ("M12", "2020-12-01", "2020-12-31"),
]


@pytest.mark.parametrize(("part", "start", "end"), ENDS)
def test_a_period_has_its_first_and_last_day(part, start, end):
    period = Period(2020, part)

    assert (period.start, period.end) == (date.fromisoformat(start), date.fromisoformat(end))


def test_every_part_is_within_its_year():
    for part in Part.values:
        period = Period(2019, part)
        assert date(2019, 1, 1) <= period.start < period.end <= date(2019, 12, 31)


def test_periods_are_ordered_by_their_end_and_the_longest_comes_last():
    parts = [
        Period(2020),
        Period(2020, "M12"),
        Period(2020, "Q4"),
        Period(2019),
        Period(2020, "H1"),
    ]

    ordered = sorted(parts, key=lambda one: one.place)

    assert ordered == [Period(2019), Period(2020, "H1"), Period(2020, "M12"), Period(2020, "Q4"),
                       Period(2020)]  # fmt: skip


def test_only_parts_of_one_length_cover_a_year():
    quarters = {Period(2020, f"Q{n}") for n in range(1, 5)}

    assert tiles(quarters, Period(2020))
    assert not tiles(quarters - {Period(2020, "Q2")}, Period(2020))
    assert not tiles({Period(2020, "H1"), Period(2020, "Q3"), Period(2020, "Q4")}, Period(2020))
    assert not tiles({Period(2019, "H1"), Period(2020, "H2")}, Period(2020))
    assert not tiles({Period(2020)}, Period(2020))


def test_equal_values_share_a_place():
    values = {"a": Decimal("5"), "b": Decimal("7"), "c": Decimal("5.0"), "d": Decimal("1")}

    assert places(values, Direction.HIGHER) == {"b": 1, "a": 2, "c": 2, "d": 4}
    assert places(values, Direction.LOWER) == {"d": 1, "a": 2, "c": 2, "b": 4}
    assert places(values, Direction.NEITHER) == places(values, Direction.HIGHER)
    assert places({}, Direction.HIGHER) == {}
