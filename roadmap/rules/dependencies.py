"""What waits for what: finish to start, with a lag in calendar days.

Actions are numbers here. Who is cancelled has no span, and a link to it says nothing. Of a done
action `due` is the day it was finished, where that is known. Links hold no cycle: `path` is how
one is refused. Everything walks with a queue, once over each link, however deep the links lie.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class Link:
    """`after` begins once `before` is finished, and `lag` calendar days have passed."""

    before: int
    after: int
    lag: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """The days an action takes."""

    start: date | None
    due: date | None
    is_done: bool = False

    @property
    def begins(self) -> date | None:
        """Give its start, or its due date where it has no start."""
        return self.start or self.due


@dataclass(frozen=True, slots=True)
class Push:
    """What would have to move, by how many days, and the predecessor that moves it.

    An action without dates is named with 0 days: nobody can say what happens to it.
    """

    item: int
    days: int
    new_start: date | None
    new_due: date | None
    by: int


Spans = Mapping[int, Span]


def earliest(link: Link, spans: Spans) -> date | None:
    """Give the first day the successor may begin: none while its predecessor has no due date."""
    before = spans.get(link.before)
    if before is None or before.due is None:
        return None
    return _later(before.due, link.lag + 1)


def room(link: Link, spans: Spans) -> int | None:
    """Count the days between the earliest day and the successor's; negative when violated."""
    first, after = earliest(link, spans), spans.get(link.after)
    if first is None or after is None or after.begins is None:
        return None
    return (after.begins - first).days


def violated(links: Iterable[Link], spans: Spans) -> list[Link]:
    """Give the links whose successor begins too early; what is done can no longer wait."""
    return [link for link in links if _opens(link, spans) and _is_short(link, spans)]


def path(links: Iterable[Link], source: int, target: int) -> list[int]:
    """Give a shortest way from one action to another along the links; empty when there is none.

    A new link closes a cycle exactly when there is a way from its successor to its predecessor.
    """
    following = _by(links, lambda link: link.before)
    reached_from: dict[int, int | None] = {source: None}
    waiting = deque([source])
    while waiting and target not in reached_from:
        here = waiting.popleft()
        for link in following.get(here, ()):
            if link.after not in reached_from:
                reached_from[link.after] = here
                waiting.append(link.after)
    return _way(reached_from, target)


def pushes(links: Iterable[Link], spans: Spans, moved: int, new_due: date) -> list[Push]:
    """Give what would have to move so that no link is violated that was not, nor by more days.

    Each keeps its length, and room between two absorbs what it can; a link violated before
    passes the whole delay on. Of two that push the same action the larger counts. What is done
    or cancelled stops it, and so does what has no due date. In order of reach: each comes after
    all that push it. A date that moves earlier pushes nothing.
    """
    following = _by(links, lambda link: link.before)
    moving = {**spans, moved: replace(spans[moved], due=new_due)}
    worst: dict[int, Push] = {}
    order = _in_order(following, lambda link: link.after, [moved], lambda link: _opens(link, spans))
    for here in order:
        if here in worst:
            moving[here] = Span(worst[here].new_start, worst[here].new_due)
        elif here != moved:
            continue  # the room before it has absorbed everything
        for push in _pushed(following.get(here, ()), spans, moving):
            if push.item not in worst or push.days > worst[push.item].days:
                worst[push.item] = push
    return [worst[item] for item in order if item in worst]


def critical_chain(links: Iterable[Link], spans: Spans, gates: Iterable[int]) -> list[int]:
    """Give the chain whose slip moves a milestone, from its first action to the gate it ends in.

    It ends in the open gating action due last. Before each of its actions stands, of the open
    predecessors with a due date, the one with the least room before it: the one whose slip
    arrives first. Of equals the one with the longer chain before it counts, then the lower
    number; so it is for gates due on the same day. What is done, cancelled or without a due
    date cannot slip or be measured, and ends the chain; without an open, dated gate there is
    none.
    """
    preceding = _by(links, lambda link: link.after)
    ends = [gate for gate in gates if _is_dated(gate, spans)]
    before, length = _tightest(preceding, spans, ends)
    ends.sort(key=lambda gate: (-_due(gate, spans).toordinal(), -length.get(gate, 1), gate))
    chain = ends[:1]
    while chain and chain[-1] in before:
        chain.append(before[chain[-1]])
    return chain[::-1]


def _tightest(
    preceding: Mapping[int, list[Link]], spans: Spans, ends: list[int]
) -> tuple[dict[int, int], dict[int, int]]:
    """Give what stands before each action in its chain, and how long the chain up to it is."""
    before: dict[int, int] = {}
    length: dict[int, int] = {}
    order = _in_order(
        preceding, lambda link: link.before, ends, lambda link: _is_dated(link.before, spans)
    )
    for here in reversed(order):
        found = [
            (room(link, spans) or 0, -length[link.before], link.before)
            for link in preceding.get(here, ())
            if link.before in length
        ]
        length[here] = 1
        if found:
            _room, longest, before[here] = min(found)
            length[here] -= longest
    return before, length


def _in_order(
    links: Mapping[int, list[Link]],
    end: Callable[[Link], int],
    sources: Iterable[int],
    is_open: Callable[[Link], bool],
) -> list[int]:
    """Give what can be reached over open links, each after all it is reached from."""
    ahead = {here: [end(link) for link in found if is_open(link)] for here, found in links.items()}
    starts = list(dict.fromkeys(sources))
    arrivals = _arrivals(ahead, starts)
    waiting = deque(here for here in starts if not arrivals[here])
    order = []
    while waiting:
        here = waiting.popleft()
        order.append(here)
        for following in ahead.get(here, ()):
            arrivals[following] -= 1
            if not arrivals[following]:
                waiting.append(following)
    return order


def _arrivals(ahead: Mapping[int, list[int]], starts: Iterable[int]) -> dict[int, int]:
    """Count how many open links lead to each action that can be reached."""
    arrivals = dict.fromkeys(starts, 0)
    waiting = deque(arrivals)
    while waiting:
        for following in ahead.get(waiting.popleft(), ()):
            if following not in arrivals:
                arrivals[following] = 0
                waiting.append(following)
            arrivals[following] += 1
    return arrivals


def _pushed(links: Iterable[Link], spans: Spans, moving: Spans) -> Iterator[Push]:
    """Give what some links do to their successors once their predecessor has moved."""
    for link in links:
        first, was = earliest(link, moving), earliest(link, spans)
        if not _opens(link, spans) or first is None or (was is not None and first <= was):
            continue
        after = spans[link.after]
        if after.begins is None:
            yield Push(link.after, 0, None, None, link.before)
        elif (days := _delay(after.begins, first, was)) > 0:
            start, due = _later(after.start, days), _later(after.due, days)
            yield Push(link.after, days, start, due, link.before)


def _delay(begins: date, first: date, was: date | None) -> int:
    """Count the days a successor is short of, beyond those it was short of before."""
    short_before = max(0, (was - begins).days) if was is not None else 0
    return (first - begins).days - short_before


def _later(day: date | None, days: int) -> date | None:
    """Add days; the calendar ends with the year 9999."""
    if day is None:
        return None
    return date.fromordinal(min(day.toordinal() + days, date.max.toordinal()))


def _is_open(item: int, spans: Spans) -> bool:
    return item in spans and not spans[item].is_done


def _opens(link: Link, spans: Spans) -> bool:
    return _is_open(link.after, spans)


def _is_dated(item: int, spans: Spans) -> bool:
    return _is_open(item, spans) and spans[item].due is not None


def _due(item: int, spans: Spans) -> date:
    return spans[item].due or date.max


def _is_short(link: Link, spans: Spans) -> bool:
    days = room(link, spans)
    return days is not None and days < 0


def _by(links: Iterable[Link], end: Callable[[Link], int]) -> dict[int, list[Link]]:
    grouped: dict[int, list[Link]] = {}
    for link in links:
        grouped.setdefault(end(link), []).append(link)
    return grouped


def _way(reached_from: Mapping[int, int | None], target: int) -> list[int]:
    way: list[int] = []
    here = target if target in reached_from else None
    while here is not None:
        way.append(here)
        here = reached_from[here]
    return way[::-1]
