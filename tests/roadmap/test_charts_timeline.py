"""The timeline's geometry: days and rows in, shapes out, without a database."""

from datetime import date

import pytest

from roadmap.charts import axis, shapes
from roadmap.charts.axis import Window
from roadmap.charts.shapes import BAND, ROW, Bar, End

TODAY = date(2018, 9, 24)
YEAR = Window(date(2018, 1, 1), date(2018, 12, 31))
LEAP = Window(date(2020, 2, 1), date(2020, 2, 29))


@pytest.mark.parametrize(
    ("zoom", "days", "first", "last"),
    [
        # nothing begun: the quarter, year or months around today
        ("quarters", [], date(2018, 7, 1), date(2018, 9, 30)),
        ("years", [], date(2018, 1, 1), date(2018, 12, 31)),
        ("months", [], date(2018, 9, 1), date(2018, 9, 30)),
        # the roadmap's own days, rounded outwards, with today always among them
        ("quarters", [date(2017, 8, 3)], date(2017, 7, 1), date(2018, 9, 30)),
        ("quarters", [date(2019, 1, 1)], date(2018, 7, 1), date(2019, 3, 31)),
        ("years", [date(2017, 8, 3), date(2020, 2, 29)], date(2017, 1, 1), date(2020, 12, 31)),
        # too long for the zoom: a stretch around today
        ("months", [date(2017, 1, 1), date(2020, 1, 1)], date(2018, 6, 1), date(2019, 5, 31)),
        ("quarters", [date(1999, 1, 1), date(2030, 1, 1)], date(2017, 7, 1), date(2021, 6, 30)),
        # years show everything, however mistyped
        ("years", [date(9999, 12, 31)], date(2018, 1, 1), date(9998, 12, 30)),
    ],
)
def test_the_window_follows_roadmap_and_zoom(zoom, days, first, last):
    assert axis.window(days, TODAY, zoom=zoom) == Window(first, last)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2018, 2, 28), date(2018, 3, 1), (date(2018, 2, 28), date(2018, 3, 1))),
        (date(2018, 8, 1), None, (date(2018, 8, 1), date(2018, 9, 30))),
        (None, date(2018, 8, 1), (date(2018, 7, 1), date(2018, 8, 1))),
        (date(2030, 5, 5), None, (date(2030, 5, 5), date(2031, 5, 1))),
        (None, date(2010, 5, 5), (date(2009, 5, 1), date(2010, 5, 5))),
    ],
)
def test_what_is_asked_for_comes_first(first, last, expected):
    assert axis.window([], TODAY, first=first, last=last) == Window(*expected)


def test_moving_along_takes_half_of_what_is_shown_out_of_sight():
    later = axis.shifted(YEAR, 1)

    assert later == Window(date(2018, 7, 2), date(2019, 7, 1))
    assert axis.shifted(later, -1) == YEAR
    assert axis.shifted(Window(date(9998, 1, 1), date.max), 1).last == date.max


def test_an_axis_has_years_above_and_quarters_below():
    upper, lower = axis.ticks(Window(date(2017, 7, 1), date(2018, 6, 30)), "quarters")

    assert [(tick.start.year, tick.x) for tick in upper] == [(2017, 0), (2018, 50.41)]
    assert [tick.quarter for tick in lower] == [3, 4, 1, 2]
    assert lower[0].x == 0
    assert abs(sum(tick.width for tick in lower) - 100) < 0.1


@pytest.mark.parametrize(
    ("window", "zoom", "count", "unit"),
    [
        (YEAR, "months", 12, axis.MONTH),
        (YEAR, "quarters", 4, axis.QUARTER),
        (YEAR, "years", 1, axis.YEAR),
        (LEAP, "months", 1, axis.MONTH),
        (Window(date(2010, 1, 1), date(2019, 12, 31)), "months", 40, axis.QUARTER),
        (Window(date(2000, 1, 1), date(2039, 12, 31)), "quarters", 40, axis.YEAR),
        (Window(date(1, 1, 1), date(9998, 12, 31)), "years", 10, 1000 * axis.YEAR),
    ],
)
def test_an_axis_takes_a_coarser_unit_before_it_is_too_full(window, zoom, count, unit):
    _upper, lower = axis.ticks(window, zoom)

    assert (len(lower), lower[0].unit) == (count, unit)
    assert len(lower) <= axis.MOST_TICKS


@pytest.mark.parametrize(
    ("window", "shown"),
    [
        (Window(date(2018, 1, 1), date(2018, 12, 31)), {"always"}),
        (Window(date(2016, 1, 1), date(2019, 12, 31)), {"wide"}),
        (Window(date(2010, 1, 1), date(2019, 12, 31)), {"never"}),
    ],
)
def test_a_label_is_shown_where_it_fits(window, shown):
    _upper, lower = axis.ticks(window, "quarters")

    assert {tick.shown for tick in lower} == shown


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2018, 1, 1), date(2018, 12, 31), Bar(0, 100)),
        (date(2018, 7, 2), date(2018, 12, 31), Bar(49.86, 50.14)),
        (date(2017, 1, 1), date(2018, 1, 31), Bar(0, 8.49, goes_on_before=True)),
        (date(2018, 12, 1), date(2019, 2, 1), Bar(91.51, 8.49, goes_on_after=True)),
        (date(2000, 1, 1), date(2099, 1, 1), Bar(0, 100, True, True)),
        # one day is still to be seen, at the edge too
        (date(2018, 6, 1), date(2018, 6, 1), Bar(41.37, 0.4)),
        (date(2018, 12, 31), date(2018, 12, 31), Bar(99.6, 0.4)),
        # due before it starts: drawn where it is due
        (date(2018, 6, 1), date(2018, 3, 1), Bar(16.16, 0.4)),
        (date(2019, 1, 1), date(2019, 2, 1), None),
        (date(2017, 1, 1), date(2017, 12, 31), None),
    ],
)
def test_a_bar_is_the_days_within_the_window(start, end, expected):
    assert shapes.bar(start, end, YEAR) == expected


def test_the_29th_of_february_has_a_place_of_its_own():
    assert LEAP.days == 29
    assert shapes.bar(date(2020, 2, 29), date(2020, 3, 1), LEAP) == Bar(96.55, 3.45, False, True)


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([], []),
        ([5], [(5, 1)]),
        ([5, 50], [(5, 1), (50, 1)]),
        ([5, 6, 50], [(5.5, 2), (50, 1)]),
        ([1, 3, 5, 7], [(2, 2), (6, 2)]),
        ([40] * 400, [(40, 400)]),
    ],
)
def test_milestones_that_would_cover_each_other_are_one_stack(places, expected):
    found = shapes.stacks(places)

    assert [(stack.x, stack.count) for stack in found] == expected
    assert sum(stack.count for stack in found) == len(places)


@pytest.mark.parametrize(
    ("rows", "heights"),
    [
        (0, []),
        (1, [ROW]),
        (BAND, [BAND * ROW]),
        (BAND + 1, [BAND * ROW, ROW]),
        (3 * BAND, [BAND * ROW] * 3),
    ],
)
def test_a_band_is_as_many_rows_as_a_page_takes(rows, heights):
    assert shapes.bands(rows) == heights


def test_an_arrow_within_a_band_goes_down_and_along():
    (arrow,) = shapes.arrows(End(0, 30), End(2, 40), shapes.bands(5))

    assert (arrow.x1, arrow.y1) == (30, shapes.LEAVES)
    assert (arrow.x2, arrow.y2) == (40, 2 * ROW + shapes.ARRIVES)


@pytest.mark.parametrize(("before", "after"), [(0, 2 * BAND), (2 * BAND, 0)])
def test_an_arrow_between_bands_is_drawn_in_each(before, after):
    heights = shapes.bands(3 * BAND)
    pieces = list(shapes.arrows(End(before, 30), End(after, 10), heights))

    assert sorted(piece.band for piece in pieces) == [0, 1, 2]
    assert [piece.x2 for piece in pieces] == [None, None, 10]
    ahead = {piece.band: piece for piece in pieces}
    assert {ahead[1].y1, ahead[1].y2} == {0, heights[1]}


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 100, ""),
        ("LOG-01 Pedoman", 300, "LOG-01 Pedoman"),
        ("Penyusunan peraturan", 80, "Penyusuna…"),
        ("x" * 300, 60, "xxxxxxx…"),
        ("wwwwww", 60, "wwww…"),
    ],
)
def test_a_name_is_cut_to_its_room(text, width, expected):
    assert shapes.cut(text, width) == expected
