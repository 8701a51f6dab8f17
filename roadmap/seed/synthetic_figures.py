"""Many figures for measuring: indicators with every province over fifteen years, and links."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from roadmap.models import ActionItem
from umkm.enums import Confidence, Direction, Measure, ObservationKind
from umkm.models import Challenge, Indicator, Initiative, Observation, Series, Source
from umkm.provinces import PROVINCES

BATCH = 1000
MOST = 200  # indicators
YEARS = range(2004, 2019)
HEADLINES = 12


def fill(actions: list[ActionItem], opening: date) -> None:
    """Give actions something to serve, and make one indicator for each fifty of them."""
    dice = random.Random(len(actions))  # noqa: S311 - the same figures every time is the point
    cited = Source.objects.create(citation="sintetis")
    made = Indicator.objects.bulk_create(
        Indicator(
            code=f"SYN_{n:03}",
            title=f"Indikator {n}",
            unit="unit",
            workstream=dice.choice(actions).workstream if actions else None,
            direction=Direction.HIGHER,
            measure=Measure.FLOW,
            headline_order=100 + n if n < HEADLINES else None,
            what="sintetis",
        )
        for n in range(min(MOST, len(actions) // 50))
    )
    lines = Series.objects.bulk_create(Series(indicator=one) for one in made)
    Observation.objects.bulk_create(_figures(dice, lines, cited, opening), batch_size=BATCH)
    _link(dice, actions, made)


def _figures(
    dice: random.Random, lines: list[Series], cited: Source, opening: date
) -> Iterator[Observation]:
    for line in lines:
        for region in ("", *PROVINCES):
            value = Decimal(dice.randint(100, 900))
            for year in YEARS:
                value += dice.randint(-20, 60)
                yield _figure(line, region, year, value, cited, opening)
        goal = value * 2
        for year in (2017, 2019):
            yield _figure(line, "", year, goal, cited, opening, ObservationKind.TARGET)


def _figure(
    line: Series,
    region: str,
    year: int,
    value: Decimal,
    cited: Source,
    opening: date,
    kind: ObservationKind = ObservationKind.ACTUAL,
) -> Observation:
    is_ahead = kind is ObservationKind.TARGET
    return Observation(
        series=line,
        region=region,
        year=year,
        value=value,
        kind=kind,
        known_from=opening if is_ahead else date(year + 1, 1, 1),
        source=cited,
        confidence=Confidence.LOW,
    )


def _link(dice: random.Random, actions: list[ActionItem], made: list[Indicator]) -> None:
    """Let every action answer a challenge, and some be part of an initiative or move a figure."""
    challenges = list(Challenge.objects.order_by("pk"))
    initiatives = list(Initiative.objects.order_by("pk"))
    for name, rows, share in (
        ("challenges", challenges, 1.0),
        ("initiatives", initiatives, 0.2),
        ("indicators", made, 0.5),
    ):
        link: Any = getattr(ActionItem, name).through
        served = [one for one in actions if rows and dice.random() < share]
        link.objects.bulk_create(
            (link(actionitem=one, **{name[:-1]: dice.choice(rows)}) for one in served),
            batch_size=BATCH,
        )
