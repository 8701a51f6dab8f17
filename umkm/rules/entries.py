"""What a figure must be, whichever way it comes in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from umkm.enums import Confidence, Fault, Measure, ObservationKind
from umkm.provinces import PROVINCES
from umkm.rules.periods import FIRST_YEAR, LAST_YEAR, Period

Found = tuple[str, Fault, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure as somebody states it, wherever it is to stand."""

    period: Period
    kind: ObservationKind
    value: Decimal
    citation: str
    confidence: Confidence
    region: str = ""
    url: str = ""
    known_from: date | None = None


def faults(stated: Stated, measure: Measure, today: date) -> Iterator[Found]:
    """Give what is wrong with a figure: the field, the fault, and the words of its sentence."""
    year = stated.period.year
    if not FIRST_YEAR <= year <= LAST_YEAR:
        yield "year", Fault.YEAR, {"cell": str(year)}
    elif stated.kind is not ObservationKind.TARGET and stated.period.start > today:
        yield "year", Fault.FUTURE, {}
    if measure is Measure.RANK and (stated.value < 1 or stated.value % 1):
        yield "value", Fault.NO_RANK, {"cell": f"{stated.value:f}"}
    if stated.region and stated.region not in PROVINCES:
        yield "region", Fault.REGION, {"cell": stated.region}
    if not stated.citation.strip():
        yield "source", Fault.MISSING, {}
    if stated.known_from is not None and stated.known_from > today:
        yield "known_from", Fault.NOT_KNOWN_YET, {}
