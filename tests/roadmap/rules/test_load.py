"""Which week holds too much."""

import statistics
from datetime import date, timedelta

import pytest

from roadmap.rules import load
from roadmap.rules.load import Week, is_crush, median_age, monday_of, mondays, usual, working_days

MONDAY = date(2018, 9, 24)


def weeks(*held):
    """Make weeks of five working days, or of as many as stand beside how much each holds."""
    made = []
    for number, one in enumerate(held):
        due, days = one if isinstance(one, tuple) else (one, 5)
        made.append(Week(MONDAY + timedelta(weeks=number), due, days))
    return made


@pytest.mark.parametrize(
    ("held", "found"),
    [
        ([], []),
        ([0, 0, 0], []),
        ([1, 2, 1], []),  # twice the usual, but fewer than three
        ([1, 3, 1], [1]),
        ([2, 3, 2], []),  # three, but not twice the usual
        ([2, 4, 2], [1]),
        ([2, 0, 0, 4, 0, 2], [3]),  # empty weeks do not make the others look full
        ([5, 5, 5], []),  # much, and no more than usual
        ([2, 2, 2, 8, 9], [3, 4]),
        ([1, 3], [1]),  # of two weeks, the fuller one can stand out
        ([4, 6], []),
        ([3], [0]),  # nothing to be measured by
        ([0, 2, 0], []),
        ([(3, 3), 3, 3], [0]),  # the same work in a short week
        ([(2, 0), 2, 2], []),  # short, and fewer than three
        ([(3, 4), 3, 3], []),
    ],
)
def test_crushes(held, found):
    made = weeks(*held)

    assert [number for number, week in enumerate(made) if is_crush(week, made)] == found


@pytest.mark.parametrize(
    ("others", "median"), [([], 0), ([0, 0], 0), ([3], 3), ([0, 1, 4], 2.5), ([1, 2, 9], 2)]
)
def test_usual_is_what_the_other_weeks_hold(others, median):
    made = weeks(7, *others)

    assert usual(made[0], made) == median


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        (MONDAY, MONDAY),
        (date(2018, 9, 30), MONDAY),
        (date(2018, 10, 1), date(2018, 10, 1)),
        (date(2019, 1, 1), date(2018, 12, 31)),  # the week across a year
        (date(2020, 2, 29), date(2020, 2, 24)),
    ],
)
def test_a_week_begins_on_its_monday(day, monday):
    assert monday_of(day) == monday


def test_thirteen_weeks_are_looked_ahead_to():
    found = mondays(date(2018, 9, 27))

    assert len(found) == load.WEEKS_AHEAD == 13
    assert found[0] == MONDAY
    assert {day.weekday() for day in found} == {0}
    assert load.sunday_of(found[-1]) == date(2018, 12, 23)


@pytest.mark.parametrize(
    ("monday", "days"),
    [
        (MONDAY, 5),
        (date(2018, 11, 19), 4),  # the Prophet's birthday
        (date(2018, 6, 11), 0),  # Lebaran with its collective leave
        (date(2018, 6, 18), 2),  # and the days after it
        (date(2018, 12, 24), 3),
    ],
)
def test_working_days_leave_out_holidays_and_collective_leave(monday, days):
    assert working_days(monday) == days


@pytest.mark.parametrize(
    ("ages", "median"),
    [
        ([], None),
        ([(4, 0)], None),
        ([(4, 1)], 4),
        ([(9, 1), (1, 1)], 5),
        ([(1, 3), (30, 1)], 1),
        ([(30, 2), (1, 2)], 15.5),
    ],
)
def test_median_age(ages, median):
    assert median_age(ages) == median


@pytest.mark.parametrize("size", range(1, 9))
def test_the_median_is_the_one_of_the_ages_written_out(size):
    ages = [(3 * age, 1 + age % 3) for age in range(size)]
    written_out = [age for age, number in ages for _ in range(number)]

    assert median_age(reversed(ages)) == statistics.median(written_out)
