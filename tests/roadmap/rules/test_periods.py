"""When reports are taken, where a period stands, and what a figure may be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from roadmap.enums import PeriodFigure, PeriodState
from roadmap.rules import periods
from roadmap.rules.periods import Rule, Window
from roadmap.rules.refusals import Refused

RULES = [Rule(code, int(code[1:]), 7, 10) for code in ("B03", "B06", "B09", "B12")]


@pytest.mark.parametrize(
    ("month", "year", "ends", "opens", "closes"),
    [
        (3, 2018, date(2018, 3, 31), date(2018, 3, 24), date(2018, 4, 10)),
        (9, 2018, date(2018, 9, 30), date(2018, 9, 23), date(2018, 10, 10)),
        (12, 2018, date(2018, 12, 31), date(2018, 12, 24), date(2019, 1, 10)),
        (2, 2020, date(2020, 2, 29), date(2020, 2, 22), date(2020, 3, 10)),
        (1, 2019, date(2019, 1, 31), date(2019, 1, 24), date(2019, 2, 10)),
    ],
)
def test_reports_are_taken_around_the_end_of_the_month(month, year, ends, opens, closes):
    assert periods.window(Rule("X", month, 7, 10), year) == Window("X", year, ends, opens, closes)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2018, 9, 22), []),
        (date(2018, 9, 23), [("B09", 2018)]),
        (date(2018, 9, 24), [("B09", 2018)]),
        (date(2018, 10, 10), [("B09", 2018)]),
        (date(2018, 10, 11), []),
        (date(2018, 12, 24), [("B12", 2018)]),
        (date(2019, 1, 1), [("B12", 2018)]),
        (date(2019, 1, 10), [("B12", 2018)]),
        (date(2019, 1, 11), []),
    ],
)
def test_a_period_exists_from_its_first_day_to_its_last(today, expected):
    assert [(one.code, one.year) for one in periods.current(RULES, today)] == expected


def test_a_period_that_opens_in_the_year_before_is_found():
    january = Rule("B01", 1, 60, 0)

    assert [one.year for one in periods.current([january], date(2018, 12, 5))] == [2019]


def test_periods_that_overlap_come_in_the_order_they_opened():
    wide = [Rule("B10", 10, 60, 0), Rule("B09", 9, 7, 30)]

    found = periods.current(wide, date(2018, 9, 24))

    assert [one.code for one in found] == ["B10", "B09"]


@pytest.mark.parametrize(
    ("today", "closed_on", "expected"),
    [
        (date(2018, 9, 22), None, PeriodState.UPCOMING),
        (date(2018, 9, 23), None, PeriodState.OPEN),
        (date(2018, 10, 10), None, PeriodState.OPEN),
        (date(2018, 10, 11), None, PeriodState.CLOSING),
        (date(2018, 9, 25), date(2018, 9, 25), PeriodState.CLOSED),
        (date(2018, 10, 11), date(2018, 10, 11), PeriodState.CLOSED),
    ],
)
def test_a_period_stands_somewhere_on_every_day(today, closed_on, expected):
    found = periods.state(date(2018, 9, 23), date(2018, 10, 10), closed_on, today)

    assert found == expected


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (PeriodState.UPCOMING, "period_not_open"),
        (PeriodState.CLOSING, "period_closed"),
        (PeriodState.CLOSED, "period_closed"),
    ],
)
def test_a_report_is_taken_only_while_its_period_is_open(standing, reason):
    with pytest.raises(Refused) as caught:
        periods.refuse_unless_open(standing)

    assert caught.value.reason == reason
    periods.refuse_unless_open(PeriodState.OPEN)


@pytest.mark.parametrize(
    ("closed_on", "day"),
    [
        (date(2018, 9, 28), date(2018, 9, 28)),
        (date(2018, 10, 10), date(2018, 10, 10)),
        (date(2018, 10, 11), date(2018, 10, 10)),
        (date(2018, 11, 2), date(2018, 10, 10)),
    ],
)
def test_a_period_closed_late_shows_its_own_last_day(closed_on, day):
    assert periods.counted_on(date(2018, 10, 10), closed_on) == day


@pytest.mark.parametrize(
    ("figure", "typed", "kept"),
    [
        ("late", "3", "3"),
        ("late", " 0012 ", "12"),
        ("actions", "0", "0"),
        ("claimed", "47", "47.00"),
        ("claimed", "47,5", "47.50"),
        ("verified", "47.5", "47.50"),
        ("expected", "100", "100.00"),
        ("expected", "0,05", "0.05"),
        ("narrative", " Sesuai rencana. ", "Sesuai rencana."),
    ],
)
def test_a_value_is_kept_in_one_way(figure, typed, kept):
    assert periods.canonical(figure, typed) == kept


@pytest.mark.parametrize("typed", ["", "1.000", "1,000", "-1", "3.5", "١٢", "2147483648", "tiga"])
def test_what_is_no_whole_number_is_asked_again(typed):
    with pytest.raises(Refused) as caught:
        periods.canonical("done", typed)

    assert caught.value.reason == "not_a_count"


@pytest.mark.parametrize(
    "typed", ["", "1.000", "47,500", "1.000,5", "100,01", "101", "-1", "47.", ",5", "½", "47%"]
)
def test_a_percentage_that_could_be_read_in_two_ways_is_asked_again(typed):
    with pytest.raises(Refused) as caught:
        periods.canonical("claimed", typed)

    assert caught.value.reason == "not_a_percentage"


def test_an_empty_narrative_is_none():
    with pytest.raises(Refused) as caught:
        periods.canonical(PeriodFigure.NARRATIVE, "  ")

    assert caught.value.reason == "needs_narrative"


@pytest.mark.parametrize(
    ("value", "kept"), [(None, ""), (3, "3"), (Decimal("47.5"), "47.50"), ("Teks", "Teks")]
)
def test_a_frozen_value_is_kept_as_corrections_are(value, kept):
    assert periods.kept(value) == kept


def test_a_mean_is_rounded_to_two_decimals():
    assert periods.two_decimals(79.876543) == Decimal("79.88")
    assert periods.two_decimals(None) is None


def test_a_count_is_as_large_as_the_database_keeps():
    assert periods.LARGEST_COUNT == 2_147_483_647
