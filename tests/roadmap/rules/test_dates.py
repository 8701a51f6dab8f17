"""What a date stands for, and the codes of actions."""

from __future__ import annotations

from datetime import date

import pytest

from roadmap.enums import Precision
from roadmap.rules.dates import action_code, next_number, period_end


@pytest.mark.parametrize(
    ("day", "precision", "last"),
    [
        (date(2018, 9, 24), Precision.DAY, date(2018, 9, 24)),
        (date(2018, 9, 1), Precision.MONTH, date(2018, 9, 30)),
        (date(2018, 9, 30), Precision.MONTH, date(2018, 9, 30)),
        (date(2018, 2, 5), Precision.MONTH, date(2018, 2, 28)),
        (date(2020, 2, 5), Precision.MONTH, date(2020, 2, 29)),
        (date(2018, 12, 1), Precision.MONTH, date(2018, 12, 31)),
        (date(2018, 1, 1), Precision.QUARTER, date(2018, 3, 31)),
        (date(2018, 3, 31), Precision.QUARTER, date(2018, 3, 31)),
        (date(2018, 4, 1), Precision.QUARTER, date(2018, 6, 30)),
        (date(2018, 8, 15), Precision.QUARTER, date(2018, 9, 30)),
        (date(2018, 11, 5), Precision.QUARTER, date(2018, 12, 31)),
        (date(2018, 1, 1), Precision.YEAR, date(2018, 12, 31)),
        (date(2018, 12, 31), Precision.YEAR, date(2018, 12, 31)),
    ],
)
def test_a_period_counts_from_its_last_day(day, precision, last):
    assert period_end(day, precision) == last


@pytest.mark.parametrize(("used", "number"), [([], 1), ([1, 2], 3), ([7], 8), ([3, 1], 4)])
def test_a_number_is_never_used_again(used, number):
    assert next_number(used) == number


@pytest.mark.parametrize(
    ("place", "number", "code"),
    [("CYB", 4, "CYB-04"), ("LOG", 12, "LOG-12"), ("EDU", 100, "EDU-100")],
)
def test_a_code_is_its_workstream_and_two_digits(place, number, code):
    assert action_code(place, number) == code
