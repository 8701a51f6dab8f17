"""How far a target is, how fast it would have to be approached, and what may be said of it.

Differences are exact. Shares are rounded to one decimal, paces to four, halves away from zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from umkm.enums import ADDITIVE, Direction, Measure, Verdict, Why
from umkm.rules.periods import Period, tiles

NOT_THEN = Why.NOT_FOR_PERIOD
SHARE, PACE = Decimal("0.1"), Decimal("0.0001")
# What these measure holds at the end of a period, whatever the period's length.
AT_THE_END = frozenset({Measure.STOCK, Measure.CUMULATIVE})


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a period."""

    period: Period
    value: Decimal


@dataclass(frozen=True, slots=True)
class Question:
    """A target, and what was measured on the same definition."""

    target: Point
    actuals: Sequence[Point] = field(default=())
    baseline: Point | None = None
    direction: Direction = Direction.HIGHER
    measure: Measure = Measure.STOCK

    @property
    def measured(self) -> list[Point]:
        """Give all that was measured: a baseline is a measurement too."""
        return [*self.actuals, *([self.baseline] if self.baseline else [])]

    @property
    def start(self) -> Point | None:
        """Give the baseline, where the way to the target begins there."""
        end = self.target.period.last_month
        before = self.baseline is not None and self.baseline.period.last_month < end
        return self.baseline if before else None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What can be said of a target.

    `compared` is the measurement it was judged by, or the latest on the way there. `gap` is how
    much was missing then, in the indicator's unit: negative where the target was passed, None
    where nothing may be compared. Paces are per year, in the unit, with their sign.
    """

    verdict: Verdict
    why: Why | None = None
    compared: Point | None = None
    gap: Decimal | None = None
    gap_share: Decimal | None = None
    way_gone: Decimal | None = None
    required_pace: Decimal | None = None
    actual_pace: Decimal | None = None
    is_fast_enough: bool | None = None

    @property
    def missing(self) -> Decimal | None:
        """Give how much is missing, where something is."""
        return self.gap if self.gap is not None and self.gap > 0 else None

    @property
    def beyond(self) -> Decimal | None:
        """Give by how much the target was passed, where it was."""
        return -self.gap if self.gap is not None and self.gap < 0 else None


def judge(question: Question, today: date) -> Judgement:
    """Say of a target what the measurements on its own definition allow to say."""
    if question.direction is Direction.NEITHER:
        return Judgement(Verdict.INCOMPARABLE, Why.NO_DIRECTION)
    if not question.measured:
        return Judgement(Verdict.INCOMPARABLE, Why.NEVER_MEASURED)
    at_target = comparable(question)
    path = _path(question, at_target)
    if at_target is None and not path:
        return Judgement(Verdict.INCOMPARABLE, Why.OTHER_PERIODS)
    is_over = question.target.period.end < today
    if at_target is not None:
        is_reached = distance(question, at_target.value) <= 0
        missed = Verdict.MISSED if is_over else Verdict.OPEN
        return _measured(question, Verdict.REACHED if is_reached else missed, at_target, path)
    if is_over:
        return Judgement(Verdict.UNMEASURED, NOT_THEN, compared=_before(question, path))
    return _measured(question, Verdict.OPEN, _before(question, path), path)


def distance(question: Question, value: Decimal) -> Decimal:
    """Give what is missing from a value to the target; negative beyond it."""
    missing = question.target.value - value
    return -missing if question.direction is Direction.LOWER else missing


def comparable(question: Question) -> Point | None:
    """Find what was measured for the target's period: itself, or parts that may be added up.

    A state at the end may be taken from any period that ends with the target's. A running total
    never falls: one that was there before the end was there at the end.
    """
    goal = question.target.period
    same = [one for one in question.measured if one.period == goal]
    if not same and question.measure in AT_THE_END:
        ends = [one for one in question.measured if one.period.last_month == goal.last_month]
        same = sorted(ends, key=lambda one: one.period.place)
    if not same and question.measure is Measure.FLOW:
        same = _added_up(question.measured, goal)
    if not same and question.measure is Measure.CUMULATIVE:
        same = _settled(question)
    return same[-1] if same else None


def _added_up(measured: Sequence[Point], goal: Period) -> list[Point]:
    for months in (6, 3, 1):
        parts = {
            one.period: one.value
            for one in measured
            if one.period.months == months and goal.start <= one.period.start <= goal.end
        }
        if parts and tiles(set(parts), goal):
            return [Point(goal, sum(parts.values(), Decimal(0)))]
    return []


def _settled(question: Question) -> list[Point]:
    """Find what settles a running total although it was measured at another time."""
    end = question.target.period.last_month

    def settles(point: Point) -> bool:
        is_there = distance(question, point.value) <= 0
        is_early = point.period.last_month < end
        # It only rises: what is high early stays high, what is low late was low.
        return is_early == (is_there == (question.direction is Direction.HIGHER))

    return sorted(filter(settles, question.measured), key=_place)[:1]


def _path(question: Question, at_target: Point | None) -> list[Point]:
    """Give what was measured on the way, in order, of periods the target can be compared with."""
    measured = question.measured
    if question.measure not in AT_THE_END:
        months = question.target.period.months
        measured = [one for one in measured if one.period.months == months]
    if at_target is not None and at_target not in measured:
        measured.append(at_target)
    return sorted(measured, key=_place)


def _before(question: Question, path: list[Point]) -> Point | None:
    end = question.target.period.last_month
    early = [one for one in path if one.period.last_month <= end]
    return early[-1] if early else None


def _place(point: Point) -> tuple[int, int]:
    return point.period.place


def _measured(
    question: Question, verdict: Verdict, compared: Point | None, path: list[Point]
) -> Judgement:
    if compared is None:
        return Judgement(verdict, NOT_THEN)
    gap = distance(question, compared.value)
    start = question.start or path[0]
    # Until the end is measured, what is left of the way counts; afterwards the whole of it.
    origin = compared if verdict is Verdict.OPEN else start
    is_on_the_way = verdict is Verdict.OPEN or start != compared
    required = pace(origin, question.target) if is_on_the_way else None
    actual = pace(start, compared)
    return Judgement(
        verdict=verdict,
        why=None if verdict is Verdict.OPEN or _is_at_end(question, compared) else NOT_THEN,
        compared=compared,
        gap=gap,
        gap_share=_gap_share(question, gap),
        way_gone=_way_gone(question, compared.value),
        required_pace=required,
        actual_pace=actual,
        is_fast_enough=_is_enough(question.direction, required, actual),
    )


def _is_at_end(question: Question, point: Point) -> bool:
    return point.period.last_month == question.target.period.last_month


def pace(start: Point, end: Point) -> Decimal | None:
    """Give the change per year between two points; None where no time lies between them."""
    months = end.period.last_month - start.period.last_month
    if months <= 0:
        return None
    return _rounded((end.value - start.value) * 12 / months, PACE)


def _is_enough(
    direction: Direction, required: Decimal | None, actual: Decimal | None
) -> bool | None:
    if required is None or actual is None:
        return None
    return actual <= required if direction is Direction.LOWER else actual >= required


def _gap_share(question: Question, gap: Decimal) -> Decimal | None:
    """Give the gap as a percentage of the target: of amounts only, and never of zero."""
    if question.measure not in ADDITIVE or not question.target.value:
        return None
    return _rounded(100 * gap / abs(question.target.value), SHARE)


def _way_gone(question: Question, value: Decimal) -> Decimal | None:
    """Give the percentage of the way from the baseline to the target; more than 100 beyond it."""
    start = question.start
    if start is None or start.value == question.target.value:
        return None
    whole = question.target.value - start.value
    return _rounded(100 * (value - start.value) / whole, SHARE)


def _rounded(value: Decimal, step: Decimal) -> Decimal:
    return value.quantize(step, rounding=ROUND_HALF_UP)
