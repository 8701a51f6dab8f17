"""What may be said of a target: a table of cases, written by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from umkm.enums import Direction, Measure, Verdict, Why
from umkm.rules.periods import Period
from umkm.rules.targets import Point, Question, judge

TODAY = date(2021, 6, 15)
HIGHER, LOWER, NEITHER = Direction.HIGHER, Direction.LOWER, Direction.NEITHER
STOCK, FLOW, CUMULATIVE = Measure.STOCK, Measure.FLOW, Measure.CUMULATIVE
RATE, RANK = Measure.RATE, Measure.RANK
REACHED, MISSED, OPEN = Verdict.REACHED, Verdict.MISSED, Verdict.OPEN
UNMEASURED, INCOMPARABLE = Verdict.UNMEASURED, Verdict.INCOMPARABLE


def at(period, value):
    """Write `2020` or `2020Q3` and a value as a point."""
    return Point(Period(int(period[:4]), period[4:] or "Y"), Decimal(value))


@dataclass(frozen=True)
class Case:
    says: str
    target: tuple[str, str]
    actuals: tuple[tuple[str, str], ...]
    verdict: Verdict
    gap: str | None = None
    share: str | None = None
    baseline: tuple[str, str] | None = None
    direction: Direction = HIGHER
    measure: Measure = STOCK
    way: str | None = None
    required: str | None = None
    actual: str | None = None
    fast: bool | None = None
    why: Why | None = None


NOT_THEN = Why.NOT_FOR_PERIOD
CASES = [
    Case("missed", ("2020", "10"), (("2020", "9.4"),), MISSED, "0.6", "6.0"),
    Case("exactly reached", ("2020", "10"), (("2020", "10"),), REACHED, "0", "0.0"),
    Case("over-achieved", ("2020", "10"), (("2020", "11.7"),), REACHED, "-1.7", "-17.0"),
    Case(
        "decimals are exact, where floats would say 0.30000000000000004",
        ("2020", "0.3"), (("2020", "0.1"), ("2019", "0.2")),
        MISSED, "0.2", "66.7", required="0.1", actual="-0.1", fast=False,
    ),
    # Lower is better
    Case("lower, reached", ("2020", "7"), (("2020", "6"),), REACHED, "-1",
         direction=LOWER, measure=RATE),
    Case("lower, missed", ("2020", "7"), (("2020", "9"),), MISSED, "2",
         direction=LOWER, measure=RATE),
    Case("a fee of nothing, reached", ("2020", "0"), (("2020", "0"),), REACHED, "0",
         direction=LOWER),
    Case("zero target, missed: no share of zero", ("2020", "0"), (("2020", "3"),), MISSED, "3",
         direction=LOWER),
    Case("zero target from below", ("2020", "0"), (("2020", "-2"),), MISSED, "2"),
    Case("negative target", ("2020", "-4"), (("2020", "-5"),), MISSED, "1", "25.0"),
    # Ranks
    Case("a better rank", ("2020", "40"), (("2020", "24"), ("2018", "41")), REACHED, "-16",
         direction=LOWER, measure=RANK, required="-0.5", actual="-8.5", fast=True),
    Case("a worse rank", ("2020", "40"), (("2020", "63"),), MISSED, "23",
         direction=LOWER, measure=RANK),
    # Baselines
    Case("from a baseline", ("2020", "10"), (("2020", "8"),), MISSED, "2", "20.0",
         baseline=("2016", "2"), way="75.0", required="2", actual="1.5", fast=False),
    Case("past the end of the way", ("2020", "10"), (("2020", "14"),), REACHED, "-4", "-40.0",
         baseline=("2016", "2"), way="150.0", required="2", actual="3", fast=True),
    Case("away from the target", ("2020", "10"), (("2020", "1"),), MISSED, "9", "90.0",
         baseline=("2016", "2"), way="-12.5", required="2", actual="-0.25", fast=False),
    Case("lower, from a baseline", ("2020", "6"), (("2020", "8"),), MISSED, "2",
         baseline=("2018", "10"), way="50.0", required="-2", actual="-1", fast=False,
         direction=LOWER, measure=RATE),
    Case("the baseline is the target", ("2020", "10"), (("2020", "9"),), MISSED, "1", "10.0",
         baseline=("2016", "10"), required="0", actual="-0.25", fast=False),
    Case("a baseline after the target begins no way", ("2015", "30"), (("2015", "22.7"),),
         MISSED, "7.3", "24.3", baseline=("2016", "94"), measure=FLOW),
    Case("a baseline of the target's own year measures it", ("2016", "100"), (), MISSED,
         "6", "6.0", baseline=("2016", "94"), measure=FLOW),
    Case("missing baseline: the first actual begins the pace", ("2020", "10"),
         (("2018", "6"), ("2020", "9")), MISSED, "1", "10.0",
         required="2", actual="1.5", fast=False),
    # Nothing to compare with
    Case("never measured", ("2020", "130"), (), INCOMPARABLE, why=Why.NEVER_MEASURED),
    Case("no direction", ("2020", "3"), (("2020", "3"),), INCOMPARABLE,
         direction=NEITHER, why=Why.NO_DIRECTION),
    Case("nothing measured that year", ("2020", "1000"), (("2019", "525"), ("2023", "1400")),
         UNMEASURED, why=NOT_THEN),
    Case("measured later only", ("2020", "10"), (("2021", "12"),), UNMEASURED, why=NOT_THEN),
    # Still open
    Case("open, on the way", ("2024", "30"), (("2018", "6"), ("2020", "12")), OPEN,
         "18", "60.0", required="4.5", actual="3", fast=False),
    Case("open, fast enough", ("2024", "30"), (("2018", "6"), ("2020", "18")), OPEN,
         "12", "40.0", required="3", actual="6", fast=True),
    Case("open, lower, fast enough", ("2024", "4"), (("2018", "10"), ("2020", "7")), OPEN,
         "3", direction=LOWER, measure=RATE, required="-0.75", actual="-1.5", fast=True),
    Case("open, already there, but a stock may fall", ("2024", "30"), (("2020", "31"),), OPEN,
         "-1", "-3.3", required="-0.25"),
    Case("open, its own year low", ("2021", "20"), (("2021", "17.5"),), OPEN, "2.5", "12.5"),
    Case("open, its own year there", ("2021", "17"), (("2021", "17.5"),), REACHED, "-0.5", "-2.9"),
    Case("open, measured later only", ("2022", "9"), (("2023", "8"),), OPEN, why=NOT_THEN),
    # Running totals never fall
    Case("a total early there", ("2020", "1000"), (("2019", "1307"),), REACHED, "-307", "-30.7",
         measure=CUMULATIVE, why=NOT_THEN),
    Case("a total late and still low", ("2020", "1000"), (("2021", "900"),), MISSED, "100", "10.0",
         measure=CUMULATIVE, why=NOT_THEN),
    Case("a total late and there proves nothing", ("2020", "1000"),
         (("2019", "525"), ("2023", "1400")), UNMEASURED, measure=CUMULATIVE, why=NOT_THEN),
    Case("a total to be kept low, early high", ("2020", "10"), (("2019", "12"),), MISSED,
         "2", "20.0", measure=CUMULATIVE, direction=LOWER, why=NOT_THEN),
    Case("a total to be kept low, late low", ("2020", "10"), (("2021", "9"),), REACHED,
         "-1", "-10.0", measure=CUMULATIVE, direction=LOWER, why=NOT_THEN),
    Case("a total to be kept low, early low proves nothing", ("2020", "10"), (("2019", "9"),),
         UNMEASURED, measure=CUMULATIVE, direction=LOWER, why=NOT_THEN),
    # Mixed periods
    Case("four quarters add up to a year", ("2020", "100"),
         (("2020Q1", "20"), ("2020Q2", "25"), ("2020Q3", "30.5"), ("2020Q4", "30")),
         REACHED, "-5.5", "-5.5", measure=FLOW),
    Case("two halves add up", ("2020", "100"), (("2020H1", "40"), ("2020H2", "50")),
         MISSED, "10", "10.0", measure=FLOW),
    Case("three quarters do not", ("2020", "100"),
         (("2020Q1", "20"), ("2020Q2", "25"), ("2020Q3", "90")),
         INCOMPARABLE, measure=FLOW, why=Why.OTHER_PERIODS),
    Case("months of a quarter add up", ("2020Q1", "9"),
         (("2020M01", "2"), ("2020M02", "3"), ("2020M03", "4")), REACHED, "0", "0.0", measure=FLOW),
    Case("a year says nothing of a quarter", ("2020Q4", "30"), (("2020", "100"),),
         INCOMPARABLE, measure=FLOW, why=Why.OTHER_PERIODS),
    Case("a stock is taken at the end", ("2020", "10"), (("2020Q2", "8"), ("2020Q4", "9")),
         MISSED, "1", "10.0", required="4", actual="2", fast=False),
    Case("a stock in mid-year is not its end", ("2020", "10"), (("2020Q2", "12"),),
         UNMEASURED, why=NOT_THEN),
    Case("shares never add up", ("2020", "60"), (("2020H1", "30"), ("2020H2", "30")),
         INCOMPARABLE, measure=RATE, why=Why.OTHER_PERIODS),
    Case("a year is longer than its last quarter", ("2020", "10"),
         (("2020Q4", "8"), ("2020", "9")), MISSED, "1", "10.0"),
]  # fmt: skip


def number(text):
    return None if text is None else Decimal(text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_what_may_be_said_of_a_target(case):
    question = Question(
        target=at(*case.target),
        actuals=[at(*one) for one in case.actuals],
        baseline=at(*case.baseline) if case.baseline else None,
        direction=case.direction,
        measure=case.measure,
    )

    found = judge(question, TODAY)

    assert (found.verdict, found.why, found.gap) == (case.verdict, case.why, number(case.gap))
    assert (found.gap_share, found.way_gone) == (number(case.share), number(case.way))
    paces = (found.required_pace, found.actual_pace, found.is_fast_enough)
    assert paces == (number(case.required), number(case.actual), case.fast)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_the_order_of_what_was_measured_does_not_matter(case):
    actuals = [at(*one) for one in case.actuals]
    facts = {"direction": case.direction, "measure": case.measure}

    there = judge(Question(at(*case.target), actuals, **facts), TODAY)
    back = judge(Question(at(*case.target), actuals[::-1], **facts), TODAY)

    assert there == back


@pytest.mark.parametrize(("day", "verdict"), [("2020-12-31", OPEN), ("2021-01-01", MISSED)])
def test_a_target_is_open_to_the_last_day_of_its_period(day, verdict):
    question = Question(at("2020", "10"), [at("2020", "9")])

    assert judge(question, date.fromisoformat(day)).verdict == verdict


def test_what_is_missing_and_what_is_beyond():
    missed = judge(Question(at("2020", "10"), [at("2020", "9")]), TODAY)
    passed = judge(Question(at("2020", "10"), [at("2020", "12")]), TODAY)
    met = judge(Question(at("2020", "10"), [at("2020", "10")]), TODAY)

    assert (missed.missing, missed.beyond) == (1, None)
    assert (passed.missing, passed.beyond) == (None, 2)
    assert (met.missing, met.beyond) == (None, None)
