"""Days in Jakarta: where each begins and ends, and which may be looked back at."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from committee.rules import days
from committee.rules.days import PastDay

DAY = date(2018, 10, 1)
TODAY = date(2018, 10, 2)


def test_a_day_begins_and_ends_in_jakarta():
    assert days.start_of(DAY) == datetime(2018, 9, 30, 17, tzinfo=UTC)
    assert days.end_of(DAY) == datetime(2018, 10, 1, 16, 59, 59, tzinfo=UTC)
    assert days.night_after(DAY) == datetime(2018, 10, 1, 17, tzinfo=UTC)


def test_the_night_after_a_past_day_is_the_same():
    assert days.night_after(PastDay(2018, 12, 31)) == days.start_of(date(2019, 1, 1))


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2018, 9, 30, 16, 59, tzinfo=UTC), date(2018, 9, 30)),
        (datetime(2018, 9, 30, 17, 0, tzinfo=UTC), DAY),
        (DAY, DAY),
    ],
)
def test_a_moment_lies_in_a_day_of_jakarta(at, day):
    assert days.jakarta_day(at) == day
    assert type(days.jakarta_day(at)) is date


def test_a_past_day_knows_that_it_is_one():
    assert isinstance(days.past_day("2018-10-01", TODAY), PastDay)
    assert days.past_day("2018-10-01", TODAY) == DAY
    assert days.past_day("2018-10-02", TODAY) is None


def test_the_first_day_that_can_be_asked_for():
    first = date(2000, 1, 1)

    assert days.past_day("2000-01-01", TODAY) == first
    for text in (str(first - timedelta(days=1)), str(TODAY + timedelta(days=1)), "2018-13-01"):
        with pytest.raises(ValueError, match=r"\d"):
            days.past_day(text, TODAY)


def test_before_is_only_what_lies_behind():
    assert days.before(DAY, TODAY) == DAY
    assert isinstance(days.before(DAY, TODAY), PastDay)
    assert days.before(TODAY, TODAY) is None
    assert days.before(TODAY, DAY) is None


def test_sql_is_given_it_as_any_other_day():
    assert PastDay(2018, 10, 1).__conform__(None) == "2018-10-01"
