"""Why a claim of “on time” cannot be believed, and since which day it could not.

Whether an action is contradictory is rules/signals.py's; here is which of the three reasons hold,
and how far back the contradiction goes without a gap. It is read from the states an action was
in, so a report that ended a silence, or a date moved away, begins it anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from roadmap.enums import Outlook, Status
from roadmap.rules.signals import OPEN, SILENT_AFTER

ONE_DAY = timedelta(days=1)
NEVER = date.max

# The first and the last day of some days in a row.
Stretch: TypeAlias = tuple[date, date]


@dataclass(frozen=True, slots=True)
class State:
    """What an action was at the end of each day from `first` to `last`."""

    first: date
    last: date
    status: Status
    outlook: str = ""
    due_date: date | None = None
    reported_on: date | None = None


@dataclass(frozen=True, slots=True)
class Dated:
    """Which due date a milestone had from a day on, until the next entry or its end."""

    first: date
    due_date: date | None


def late_since(due_date: date | None) -> date:
    """Give the first late day; late starts the day after the due date."""
    return due_date + ONE_DAY if due_date is not None and due_date < NEVER else NEVER


def silent_since(reported_on: date | None, after: int = SILENT_AFTER) -> date:
    """Give the first day of a silence; who never reported is not silent."""
    return reported_on + timedelta(days=after) if reported_on is not None else NEVER


def passed(dated: Iterable[Dated], today: date, ended: date | None = None) -> list[Stretch]:
    """Give the stretches of days on which a milestone was open after its date, up to today.

    It is over on the day its end was recorded.
    """
    last = min(today, ended - ONE_DAY) if ended is not None else today
    entries = sorted(dated, key=lambda entry: entry.first)
    ends = [entry.first - ONE_DAY for entry in entries[1:]] + [last]
    stretches = [
        (max(entry.first, late_since(entry.due_date)), min(end, last))
        for entry, end in zip(entries, ends, strict=True)
    ]
    return _joined(stretches)


def since(
    states: Iterable[State],
    behind: Iterable[Stretch],
    today: date,
    silent_after: int = SILENT_AFTER,
) -> date | None:
    """Give the first day of the contradiction that stands today; None where there is none.

    `behind` are the stretches of the milestones it gates, as `passed` gives them.
    """
    gates = list(behind)
    found = [pair for state in states for pair in _contradicted(state, gates, silent_after)]
    for first, last in reversed(_joined(found)):
        if first <= today <= last:
            return first
    return None


def _contradicted(state: State, gates: list[Stretch], silent_after: int) -> Iterator[Stretch]:
    """Give the stretches of one state in which its claim was contradicted."""
    if state.outlook != Outlook.ON_TIME or state.status not in OPEN:
        return
    yield max(state.first, late_since(state.due_date)), state.last
    yield max(state.first, silent_since(state.reported_on, silent_after)), state.last
    for first, last in gates:
        yield max(state.first, first), min(state.last, last)


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Join stretches of days that touch or overlap; empty ones are dropped."""
    joined: list[Stretch] = []
    for first, last in sorted(pair for pair in stretches if pair[0] <= pair[1]):
        if joined and first <= joined[-1][1] + ONE_DAY:
            joined[-1] = joined[-1][0], max(joined[-1][1], last)
        else:
            joined.append((first, last))
    return joined
