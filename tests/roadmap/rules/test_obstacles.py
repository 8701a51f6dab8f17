"""How old what stands in the way is, and when that is too old."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from roadmap.rules import obstacles

TODAY = date(2018, 10, 31)
YESTERDAY = TODAY - timedelta(days=1)


def test_what_was_raised_thirty_days_ago_is_not_yet_old():
    assert obstacles.old_before(TODAY) == date(2018, 10, 1)


def test_age_is_counted_until_it_was_closed():
    assert obstacles.age(date(2018, 10, 1), None, TODAY) == 30
    assert obstacles.age(date(2018, 10, 1), date(2018, 10, 5), TODAY) == 4


@pytest.mark.parametrize(
    ("needed_by", "closed_on", "overdue"),
    [
        (YESTERDAY, None, True),
        (TODAY, None, False),
        (None, None, False),
        (YESTERDAY, TODAY, False),
    ],
)
def test_it_is_overdue_only_while_open_and_after_its_day(needed_by, closed_on, overdue):
    assert obstacles.is_overdue(needed_by, closed_on, TODAY) is overdue
