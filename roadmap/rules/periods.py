"""When the reports of a period are taken, where it stands on a day, and what a figure may be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from roadmap.enums import PeriodFigure, PeriodState, Precision, Refusal
from roadmap.rules.dates import period_end
from roadmap.rules.refusals import Refused

PERCENTAGES = frozenset({PeriodFigure.CLAIMED, PeriodFigure.VERIFIED, PeriodFigure.EXPECTED})
CENT = Decimal("0.01")
LARGEST_COUNT = 2**31 - 1
# With one or two decimals a comma and a point can only mean the same; with three, either is
# possible, and the writer is asked.
PERCENTAGE = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,2})?")
COUNT = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class Rule:
    """A period of every year: its last month, and how long around its end reports are taken."""

    code: str
    month: int
    opens_before: int
    closes_after: int


@dataclass(frozen=True, slots=True)
class Window:
    """One period of one year; reports are taken from the first to the last day inclusive."""

    code: str
    year: int
    ends_on: date
    opens_on: date
    closes_on: date


def window(rule: Rule, year: int) -> Window:
    """Give a rule's period in a year: the year is that of the month it ends with."""
    end = period_end(date(year, rule.month, 1), Precision.MONTH)
    opens, closes = timedelta(days=rule.opens_before), timedelta(days=rule.closes_after)
    return Window(rule.code, year, end, end - opens, end + closes)


def current(rules: Iterable[Rule], today: date) -> list[Window]:
    """Give the periods whose reports are taken today, the earliest first.

    One slept through from its first day to its last is not among them: a period in which nobody
    could sign is not made up afterwards. Nor is one from before the roadmap began.
    """
    found = (window(rule, today.year + shift) for rule in rules for shift in (-1, 0, 1))
    taken = (one for one in found if one.opens_on <= today <= one.closes_on)
    return sorted(taken, key=lambda one: (one.opens_on, one.code))


def state(opens_on: date, closes_on: date, closed_on: date | None, today: date) -> PeriodState:
    """Say where a period stands; between its last day and its closing nothing is taken."""
    if closed_on is not None:
        return PeriodState.CLOSED
    if today < opens_on:
        return PeriodState.UPCOMING
    return PeriodState.OPEN if today <= closes_on else PeriodState.CLOSING


def refuse_unless_open(standing: PeriodState) -> None:
    """Let a report be signed only while reports are taken.

    :raises Refused: before the first day, after the last, and once closed.
    """
    if standing == PeriodState.UPCOMING:
        raise Refused(Refusal.PERIOD_NOT_OPEN)
    if standing != PeriodState.OPEN:
        raise Refused(Refusal.PERIOD_CLOSED)


def counted_on(closes_on: date, closed_on: date) -> date:
    """Give the day whose end the figures show: a period closed late shows its own last day."""
    return min(closes_on, closed_on)


def two_decimals(value: float | None) -> Decimal | None:
    """Round a mean as it is kept."""
    return None if value is None else Decimal(str(value)).quantize(CENT)


def canonical(figure: str, text: str) -> str:
    """Give a figure as it is kept, from what somebody typed; nothing ambiguous is guessed.

    :raises Refused: when it is no value of this kind.
    """
    typed = text.strip()
    if figure == PeriodFigure.NARRATIVE:
        if not typed:
            raise Refused(Refusal.NEEDS_NARRATIVE)
        return typed
    return _percentage(typed) if figure in PERCENTAGES else _count(typed)


def _percentage(typed: str) -> str:
    if not PERCENTAGE.fullmatch(typed):
        raise Refused(Refusal.NOT_A_PERCENTAGE)
    value = Decimal(typed.replace(",", "."))
    if value > 100:
        raise Refused(Refusal.NOT_A_PERCENTAGE)
    return kept(value)


def _count(typed: str) -> str:
    if not COUNT.fullmatch(typed) or int(typed) > LARGEST_COUNT:
        raise Refused(Refusal.NOT_A_COUNT)
    return kept(int(typed))


def kept(value: str | int | Decimal | None) -> str:
    """Write a frozen value as corrections keep it, so that equal ones are equal texts."""
    if value is None:
        return ""
    return str(value.quantize(CENT)) if isinstance(value, Decimal) else str(value)
