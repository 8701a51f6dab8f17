"""The tests `sums` has: pytest runs them only where the runner names this file."""

from __future__ import annotations

from tests.mutation import sums


def test_three_are_enough():
    assert sums.is_enough(3)
    assert not sums.is_enough(2)


def test_below_zero_is_zero():
    assert [sums.at_least_zero(one) for one in (-1, 0, 1, 2)] == [0, 0, 1, 2]
