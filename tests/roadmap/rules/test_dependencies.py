"""What waits for what: the first day, what is violated, what is pushed, what is critical."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from roadmap.rules.dependencies import (
    Link,
    Push,
    Span,
    critical_chain,
    earliest,
    path,
    pushes,
    room,
    violated,
)

ZERO = date(2018, 9, 24)
A, B, C, D, E = range(1, 6)
AB, BC, CD = Link(A, B), Link(B, C), Link(C, D)


def day(number):
    return None if number is None else ZERO + timedelta(days=number)


def span(start, due, *, is_done=False):
    return Span(day(start), day(due), is_done)


def spans(**each):
    """Write spans short: A=(start, due), or done with a third word."""
    return {
        {"A": A, "B": B, "C": C, "D": D, "E": E}[name]: span(*days[:2], is_done=len(days) > 2)
        for name, days in each.items()
    }


@pytest.mark.parametrize(
    ("due", "lag", "expected"),
    [
        (10, 0, 11),
        (10, 1, 12),
        (10, 30, 41),
        (None, 0, None),
        (None, 5, None),
        (-1, 0, 0),
    ],
)
def test_the_successor_begins_the_day_after_and_then_the_lag(due, lag, expected):
    assert earliest(Link(A, B, lag), spans(A=(0, due))) == day(expected)


def test_a_lag_counts_calendar_days_over_29_february_and_the_turn_of_a_year():
    assert earliest(Link(A, B, 1), {A: Span(None, date(2020, 2, 28))}) == date(2020, 3, 1)
    assert earliest(Link(A, B, 1), {A: Span(None, date(2019, 2, 28))}) == date(2019, 3, 2)
    assert earliest(Link(A, B, 0), {A: Span(None, date(2018, 12, 31))}) == date(2019, 1, 1)
    assert earliest(Link(A, B, 3650), {A: Span(None, date.max)}) == date.max


def test_a_link_to_what_is_cancelled_says_nothing():
    assert earliest(AB, spans(B=(0, 1))) is None
    assert room(AB, spans(A=(0, 5))) is None
    assert violated([AB], spans(A=(0, 5))) == violated([AB], spans(B=(0, 1))) == []


@pytest.mark.parametrize(
    ("before", "after", "lag", "is_violated"),
    [
        ((0, 10), (11, 20), 0, False),
        ((0, 10), (10, 20), 0, True),
        ((0, 10), (11, 20), 1, True),
        ((0, 10), (12, 20), 1, False),
        # Without a start, its due date counts.
        ((0, 10), (None, 10), 0, True),
        ((0, 10), (None, 11), 0, False),
        # Without a due date it still has a start.
        ((0, 10), (5, None), 0, True),
        # Nothing can be said.
        ((0, None), (5, 9), 0, False),
        ((0, 10), (None, None), 0, False),
        # Done successors never; a done predecessor counts from the day it was finished.
        ((0, 10), (5, 9, "done"), 0, False),
        ((0, 10, "done"), (5, 9), 0, True),
        ((0, 4, "done"), (5, 9), 0, False),
        ((0, 4, "done"), (5, 9), 7, True),
    ],
)
def test_who_begins_before_the_earliest_day_violates_it(before, after, lag, is_violated):
    link = Link(A, B, lag)

    assert violated([link], spans(A=before, B=after)) == [link] * is_violated


@pytest.mark.parametrize(
    ("links", "source", "target", "way"),
    [
        ([], A, B, []),
        ([AB], A, B, [A, B]),
        ([AB], B, A, []),
        ([AB, BC, CD], A, D, [A, B, C, D]),
        ([AB, BC, CD], D, A, []),
        ([AB, BC, CD, Link(A, D)], A, D, [A, D]),
        ([AB, BC, Link(C, A)], A, C, [A, B, C]),
        ([AB, CD], A, D, []),
        ([AB], A, A, [A]),
        ([AB, AB, BC], A, C, [A, B, C]),
    ],
)
def test_the_shortest_way_from_one_to_another(links, source, target, way):
    assert path(links, source, target) == way


CHAIN = spans(A=(0, 10), B=(11, 20), C=(21, 30), D=(31, 40))


def pushed(links, given, new_due, moved=A):
    """Give who is pushed by how many days by whom, shortly."""
    found = pushes(links, given, moved, day(new_due))
    return [(push.item, push.days, push.by) for push in found]


@pytest.mark.parametrize(
    ("links", "given", "new_due", "expected"),
    [
        # Nothing hangs on it; nothing is later.
        ([], CHAIN, 99, []),
        ([AB, BC], CHAIN, 10, []),
        ([AB, BC], CHAIN, 3, []),
        # A whole chain without room.
        ([AB, BC, CD], CHAIN, 15, [(B, 5, A), (C, 5, B), (D, 5, C)]),
        # Room absorbs: all of it, then some of it.
        ([AB], spans(A=(0, 10), B=(16, 20)), 15, []),
        ([AB], spans(A=(0, 10), B=(16, 20)), 16, [(B, 1, A)]),
        (
            [AB, BC],
            spans(A=(0, 10), B=(13, 20), C=(24, 30)),
            15,
            [(B, 3, A)],
        ),
        (
            [AB, BC],
            spans(A=(0, 10), B=(13, 20), C=(22, 30)),
            15,
            [(B, 3, A), (C, 2, B)],
        ),
        # A lag is kept.
        ([Link(A, B, 7)], spans(A=(0, 10), B=(18, 20)), 12, [(B, 2, A)]),
        ([Link(A, B, 7)], spans(A=(0, 10), B=(20, 20)), 12, []),
        # Of two ways the larger counts, whichever is named first.
        (
            [AB, Link(A, C, 5), BC],
            spans(A=(0, 10), B=(11, 12), C=(16, 20)),
            14,
            [(B, 4, A), (C, 4, A)],
        ),
        (
            [Link(A, C), AB, Link(B, D), Link(C, D, 3)],
            spans(A=(0, 10), B=(11, 15), C=(11, 12), D=(16, 20)),
            14,
            [(C, 4, A), (B, 4, A), (D, 4, C)],
        ),
        (
            [AB, Link(A, C), Link(B, D), Link(C, D)],
            spans(A=(0, 10), B=(14, 15), C=(11, 12), D=(16, 20)),
            15,
            [(B, 2, A), (C, 5, A), (D, 2, B)],
        ),
        # What is done or cancelled stops it.
        ([AB, BC], spans(A=(0, 10), B=(11, 20, "done"), C=(21, 30)), 15, []),
        ([AB, BC], spans(A=(0, 10), C=(21, 30)), 15, []),
        # Without dates it is named, and nobody can say what comes after it.
        ([AB, BC], spans(A=(0, 10), B=(None, None), C=(21, 30)), 15, [(B, 0, A)]),
        ([AB], spans(A=(0, 10), B=(None, None)), 9, []),
        ([AB, BC], spans(A=(0, 10), B=(11, None), C=(21, 30)), 15, [(B, 5, A)]),
        ([AB], spans(A=(0, 10), B=(None, 11)), 15, [(B, 5, A)]),
        # A first date pushes too.
        ([AB], spans(A=(0, None), B=(11, 20)), 15, [(B, 5, A)]),
        ([AB], spans(A=(0, None), B=(None, None)), 15, [(B, 0, A)]),
        # What was violated already passes the whole delay on, and no more.
        ([AB, BC], spans(A=(0, 10), B=(5, 9), C=(10, 12)), 13, [(B, 3, A), (C, 3, B)]),
        ([AB], spans(A=(0, 10), B=(5, 9)), 8, []),
        # What lies before it, or beside it, is left alone.
        ([Link(B, A), CD], CHAIN, 50, []),
    ],
)
def test_what_a_later_date_pushes(links, given, new_due, expected):
    assert pushed(links, given, new_due) == expected


def test_each_pushed_action_keeps_its_length():
    assert pushes([AB, BC], spans(A=(0, 10), B=(11, 20), C=(None, 21)), A, day(13)) == [
        Push(B, 3, day(14), day(23), A),
        Push(C, 3, None, day(24), B),
    ]


def test_each_comes_after_all_that_push_it():
    links = [Link(A, D), AB, BC, CD]

    assert [item for item, _days, _by in pushed(links, CHAIN, 15)] == [B, C, D]


def test_after_the_pushes_nothing_is_violated_that_was_not():
    links = [AB, BC, CD, Link(A, D, 9), Link(E, C)]
    given = {**CHAIN, E: span(0, 25)}
    before = violated(links, given)

    moved = given | {A: span(0, 17)}
    for push in pushes(links, given, A, day(17)):
        moved[push.item] = Span(push.new_start, push.new_due)

    assert before == [Link(E, C)]
    assert violated(links, moved) == []  # pushed past its earliest day by the way


def test_the_calendar_ends():
    assert pushes([AB], {A: span(0, 1), B: Span(day(2), date.max)}, A, day(4)) == [
        Push(B, 3, day(5), date.max, A)
    ]


@pytest.mark.parametrize(
    ("links", "given", "gates", "chain"),
    [
        # No gate, none open, none dated.
        ([AB], CHAIN, [], []),
        ([AB], spans(A=(0, 10), B=(11, 20, "done")), [B], []),
        ([AB], spans(A=(0, 10), B=(11, None)), [B], []),
        ([AB], spans(A=(0, 10)), [B], []),
        # A gate of its own, and a chain.
        ([], CHAIN, [B], [B]),
        ([AB, BC, CD], CHAIN, [D], [A, B, C, D]),
        ([AB, BC, CD], CHAIN, [B], [A, B]),
        # The gate due last counts, also when another has more before it.
        ([AB, BC], CHAIN, [C, D], [D]),
        ([AB, BC], CHAIN, [A, B, C], [A, B, C]),
        # The least room before it, then the longer chain, then the lower number.
        (
            [Link(A, D), Link(C, D)],
            spans(A=(0, 20), C=(0, 10), D=(25, 40)),
            [D],
            [A, D],
        ),
        (
            [Link(A, D, 0), Link(C, D, 9)],
            spans(A=(0, 15), C=(0, 10), D=(25, 40)),
            [D],
            [C, D],
        ),
        (
            [Link(A, D), BC, CD],
            spans(A=(0, 20), B=(0, 5), C=(9, 20), D=(21, 40)),
            [D],
            [B, C, D],
        ),
        ([Link(B, D), Link(A, D)], spans(A=(0, 20), B=(0, 20), D=(21, 40)), [D], [A, D]),
        # A violated link has the least room of all.
        (
            [Link(A, D), Link(C, D)],
            spans(A=(0, 20), C=(0, 30), D=(21, 40)),
            [D],
            [C, D],
        ),
        # Gates due on one day: the longer chain, then the lower number.
        ([BC], spans(A=(0, 30), B=(0, 10), C=(11, 30)), [A, C], [B, C]),
        ([], spans(A=(0, 30), B=(0, 30)), [B, A], [A]),
        # What is done, cancelled or undated ends it; another way counts instead.
        ([AB, BC], spans(A=(0, 10), B=(11, 20, "done"), C=(21, 30)), [C], [C]),
        ([AB, BC], spans(A=(0, 10), C=(21, 30)), [C], [C]),
        ([AB, BC], spans(A=(0, 10), B=(11, None), C=(21, 30)), [C], [C]),
        (
            [BC, Link(A, C)],
            spans(A=(0, 5), B=(11, 20, "done"), C=(21, 30)),
            [C],
            [A, C],
        ),
        # A gate may itself lie before another; what is apart stays apart.
        ([AB, BC], CHAIN, [B, C], [A, B, C]),
        ([AB, CD], CHAIN, [B], [A, B]),
        # Without a start, its due date says when it begins.
        ([AB], spans(A=(0, 10), B=(None, 20)), [B], [A, B]),
    ],
)
def test_the_chain_whose_slip_moves_a_milestone(links, given, gates, chain):
    assert critical_chain(links, given, gates) == chain


LONG = 10_000


def test_ten_thousand_in_a_row_are_walked_without_depth_or_repetition():
    """Twice as many links as actions; a walk that repeats itself would never end here."""
    links = [Link(item, item + 1) for item in range(LONG - 1)]
    links += [Link(item, item + 2) for item in range(LONG - 2)]
    given = {item: Span(day(2 * item), day(2 * item + 1)) for item in range(LONG)}

    assert violated(links, given) == []
    assert len(pushes(links, given, 0, day(2))) == LONG - 1
    assert critical_chain(links, given, range(LONG)) == list(range(LONG))
    assert len(path(links, 0, LONG - 1)) == LONG // 2 + 1


def test_a_ring_that_should_not_be_there_does_not_hold_a_page_up():
    ring = [AB, BC, Link(C, A)]

    assert pushes(ring, CHAIN, A, day(15)) == []
    assert critical_chain(ring, CHAIN, [C]) == [C]
