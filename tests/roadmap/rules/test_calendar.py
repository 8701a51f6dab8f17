"""Working days: weekends, public holidays and cuti bersama of Indonesia are free."""

from datetime import date, timedelta

import pytest

from roadmap.rules import calendar

LEBARAN_2018 = [date(2018, 6, 9) + timedelta(days=n) for n in range(12)]


@pytest.mark.parametrize("day", LEBARAN_2018, ids=str)
def test_lebaran_2018_is_free_from_weekend_to_the_last_cuti_bersama(day):
    assert not calendar.is_working_day(day)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2018, 6, 8), True),
        (date(2018, 6, 21), True),
        (date(2018, 6, 27), False),  # regional elections
        (date(2018, 8, 17), False),
        (date(2018, 9, 22), False),  # a Saturday
        (date(2018, 9, 24), True),
        (date(2018, 12, 24), False),  # cuti bersama of Christmas
        (date(2018, 12, 31), True),
        (date(2019, 1, 1), False),
    ],
    ids=str,
)
def test_a_day_is_worked_or_free(day, works):
    assert calendar.is_working_day(day) is works


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2018, 9, 24), 1, date(2018, 9, 25)),
        (date(2018, 9, 21), 1, date(2018, 9, 24)),  # over a weekend
        (date(2018, 9, 22), 1, date(2018, 9, 24)),  # from a free day
        (date(2018, 9, 24), -1, date(2018, 9, 21)),
        (date(2018, 9, 23), -1, date(2018, 9, 21)),
        (date(2018, 6, 8), 1, date(2018, 6, 21)),  # over Lebaran
        (date(2018, 6, 22), -3, date(2018, 6, 7)),
        (date(2018, 12, 28), 3, date(2019, 1, 3)),  # over New Year
        (date(2019, 1, 2), -1, date(2018, 12, 31)),
    ],
    ids=str,
)
def test_working_days_are_counted_past_what_is_free(day, count, expected):
    assert calendar.add_working(day, count) == expected


def test_counting_over_years_agrees_with_counting_day_by_day():
    expected = date(2018, 9, 24)
    for _ in range(600):
        expected = calendar.this_or_next(expected + timedelta(days=1))

    assert calendar.add_working(date(2018, 9, 24), 600) == expected
    assert calendar.add_working(expected, -600) == date(2018, 9, 24)


def test_a_free_day_moves_back_to_the_day_before_lebaran_and_on_to_the_day_after():
    assert calendar.this_or_previous(date(2018, 6, 15)) == date(2018, 6, 8)
    assert calendar.this_or_next(date(2018, 6, 15)) == date(2018, 6, 21)


def test_a_working_day_stays_where_it_is():
    assert calendar.this_or_previous(date(2018, 9, 24)) == date(2018, 9, 24)
    assert calendar.this_or_next(date(2018, 9, 24)) == date(2018, 9, 24)
