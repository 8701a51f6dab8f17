"""How UMKM are doing: the headlines, one indicator whole, its provinces, and its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Prefetch, QuerySet

from umkm.enums import Direction, ObservationKind, Part
from umkm.models import Challenge, Indicator, Initiative, Observation, Series
from umkm.provinces import PROVINCES, Province
from umkm.rules.ranking import places
from umkm.selectors.lines import Aim, Line, lines_of


@dataclass(frozen=True, slots=True)
class Headline:
    """An indicator in one row: the line that was measured last, and what others say beside it."""

    indicator: Indicator
    line: Line
    latest: Observation | None
    aim: Aim | None
    # The latest figures of its other lines, never joined with this one.
    others: list[Observation]


@dataclass(frozen=True, slots=True)
class IndicatorPage:
    """An indicator with everything that `umkm` knows of it.

    `beside` are the headlines of indicators on other definitions, which stand beside its targets.
    """

    indicator: Indicator
    lines: list[Line]
    beside: list[Headline]
    challenges: list[Challenge]
    initiatives: list[Initiative]
    has_provinces: bool


@dataclass(frozen=True, slots=True)
class RankedProvince:
    """A province's figure, its place, and its length in a bar list (0 to 100)."""

    province: Province
    observation: Observation
    place: int
    share: Decimal


@dataclass(frozen=True, slots=True)
class Ranking:
    """The provinces of one line in one year; `total` only where all are there and may be added."""

    line: Series
    year: int
    rows: list[RankedProvince]
    missing: list[Province]
    total: Decimal | None
    years: list[int]


@dataclass(frozen=True, slots=True)
class SmallMultiple:
    """A province's own curve; all curves of a line cover the same years."""

    province: Province
    points: list[tuple[int, Decimal | None]]


def indicators() -> QuerySet[Indicator]:
    """List every indicator, the headlines first in their order, for a page to cut and filter."""
    return Indicator.objects.select_related("workstream").order_by(
        F("headline_order").asc(nulls_last=True), "code"
    )


def headlines(today: date, indicators: Sequence[Indicator] | None = None) -> list[Headline]:
    """Give a row for each indicator, as known on a day: the chosen headlines, or those given.

    Three queries for any number (two when the indicators are given).
    """
    if indicators is None:
        chosen = Indicator.objects.exclude(headline_order=None)
        indicators = list(chosen.select_related("workstream").order_by("headline_order", "code"))
    lines = lines_of(indicators, today)
    return [_headline(one, lines.get(one.pk, []), today) for one in indicators]


def _headline(indicator: Indicator, lines: Sequence[Line], today: date) -> Headline:
    told = [one for one in lines if not one.is_empty] or list(lines)
    line = max(told, key=_freshness, default=Line(Series(indicator=indicator)))
    others = [one.latest for one in lines if one is not line and one.latest is not None]
    return Headline(indicator, line, line.latest, line.aim(today), others)


def _freshness(line: Line) -> tuple[bool, tuple[int, int], int]:
    latest = line.latest
    period = latest.period.place if latest else (0, 0)
    return latest is not None, period, -line.series.order


def indicator_page(indicator: Indicator, today: date) -> IndicatorPage:
    """Gather one indicator with its lines, targets, links and neighbours: eight queries."""
    lines = lines_of([indicator], today)[indicator.pk]
    beside = list(indicator.beside.select_related("workstream").order_by("code"))
    known = Observation.objects.known_on(today).filter(series__indicator=indicator)
    return IndicatorPage(
        indicator=indicator,
        lines=[one for one in lines if not one.is_empty],
        beside=headlines(today, beside),
        challenges=list(indicator.challenges.order_by("code")),
        initiatives=list(indicator.initiatives.order_by("code")),
        has_provinces=known.exclude(region="").exists(),
    )


def ranking(line: Series, today: date, year: int | None = None) -> Ranking | None:
    """Rank the provinces of a line in a year, by default the last one known: two queries.

    None where no province of it was measured. The line's indicator must be loaded.
    """
    known = _provincial(line, today)
    years = list(known.order_by("year").values_list("year", flat=True).distinct())
    if not years:
        return None
    chosen = year if year in years else years[-1]
    there = {one.region: one for one in known.filter(year=chosen).select_related("source")}
    rows = _ranked(there, Direction(line.indicator.direction))
    missing = [one for code, one in PROVINCES.items() if code not in there]
    adds_up = line.indicator.adds_up and not missing
    total = sum((one.value for one in there.values()), Decimal(0)) if adds_up else None
    return Ranking(line, chosen, rows, missing, total, years)


def _ranked(there: dict[str, Observation], direction: Direction) -> list[RankedProvince]:
    values = {code: one.value for code, one in there.items()}
    at = places(values, direction)
    largest = max(map(abs, values.values())) or Decimal(1)
    ordered = sorted(there, key=lambda code: (at[code], code))
    return [
        RankedProvince(
            PROVINCES[code], there[code], at[code], round(100 * abs(values[code]) / largest, 2)
        )
        for code in ordered
    ]


def small_multiples(line: Series, today: date) -> list[SmallMultiple]:
    """Give each province's curve over the same years, west to east: one query.

    A province never measured is left out; a year not measured is None.
    """
    values: dict[str, dict[int, Decimal]] = {}
    for region, year, value in _provincial(line, today).values_list("region", "year", "value"):
        values.setdefault(region, {})[year] = value
    years = [year for own in values.values() for year in own]
    span = range(min(years), max(years) + 1) if years else range(0)
    return [
        SmallMultiple(PROVINCES[code], [(year, values[code].get(year)) for year in span])
        for code in sorted(values)
    ]


def _provincial(line: Series, today: date) -> QuerySet[Observation]:
    known = Observation.objects.known_on(today).filter(series=line, part=Part.YEAR)
    return known.filter(kind=ObservationKind.ACTUAL).exclude(region="")


def history(indicator: Indicator, today: date) -> QuerySet[Observation]:
    """List every figure ever stated of an indicator, the latest entered first, for a page to cut.

    What was corrected or withdrawn says who, when and why; a correction names what it `replaces`.
    On a page of a past day ask `stood_on(today)`: what happened later was not known then.
    """
    rows = Observation.objects.filter(series__indicator=indicator, known_from__lte=today)
    people = ("entered_by", "superseded_by", "source", "series", "replaces", "batch")
    # The rows of a file are large, and a page needs only its name.
    found = rows.select_related(*people).defer("batch__heading", "batch__rows")
    return found.order_by("-known_from", "-pk")


def challenges() -> QuerySet[Challenge]:
    """List the challenges with the indicators that tell of each: two queries."""
    told = Prefetch("indicators", Indicator.objects.order_by("code"))
    return Challenge.objects.order_by("code").prefetch_related(told)


def initiatives() -> QuerySet[Initiative]:
    """List the initiatives with their indicators: two queries."""
    told = Prefetch("indicators", Indicator.objects.order_by("code"))
    return Initiative.objects.order_by("code").prefetch_related(told)
