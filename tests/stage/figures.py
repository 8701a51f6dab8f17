"""Figures of UMKM: what the database refuses of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests import factories
from tests.factories import TODAY, moment
from umkm.models import Series


def make(cast: Any) -> dict[str, Any]:
    """Put nothing more on stage: an indicator and a figure of it are there."""
    return {}


def arguments(cast: Any) -> dict[str, list[Any]]:
    """Give the arguments of each address, by its name."""
    return {}


def forms(cast: Any) -> dict[str, dict[str, Any]]:
    """Give what the right person would send to each address."""
    return {}


def fill(cast: Any, number: int) -> None:
    """Grow nothing: the budgets test grows the figures itself."""


def _observation(**fields: Any) -> None:
    factories.observation(factories.indicator(), **fields)


def _superseded(**fields: Any) -> None:
    values = {"superseded_on": TODAY, "superseded_by": factories.member(), "superseded_why": "x"}
    _observation(**values | fields)


def _same_line() -> None:
    Series.objects.create(indicator=factories.indicator())


def _same_place() -> None:
    line = factories.indicator().series.get()
    for value in "12":
        factories.observation(line, value=value)


BUDGETS: dict[str, int] = {}
NO_PAGE: set[str] = set()
BREAKS: dict[str, list[Callable[[], Any]]] = {
    "indicator_direction_is_known": [lambda: factories.indicator(direction="up")],
    "indicator_measure_is_known": [lambda: factories.indicator(measure="guess")],
    "series_of_indicator": [_same_line],
    "observation_part_is_known": [lambda: _observation(part="Q5")],
    "observation_region_is_known": [lambda: _observation(region="93")],
    "observation_entered_by_and_when": [
        lambda: _observation(entered_at=moment(TODAY)),
        lambda: _observation(entered_by=factories.member()),
    ],
    "observation_superseded_says_why": [
        lambda: _superseded(superseded_why=""),
        lambda: _superseded(superseded_by=None),
        lambda: _superseded(superseded_on=None),
    ],
    "observation_stands_alone": [_same_place],
}
