"""The cells of a file of figures: each reader gives a value or the fault for which it cannot."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from umkm.enums import Confidence, Fault, Notation, ObservationKind, Part
from umkm.provinces import PROVINCES
from umkm.rules import numbers
from umkm.rules.numbers import Unreadable
from umkm.rules.periods import Period

LONGEST_SOURCE = 440
LONGEST_ADDRESS = 200
LONGEST_SHOWN = 40
MAIN = "MAIN"
Read = Callable[[Any, Notation | None], Any]
KINDS = {
    **{one.value: one for one in ObservationKind},
    "awal": ObservationKind.BASELINE,
    "dasar": ObservationKind.BASELINE,
    "target": ObservationKind.TARGET,
    "realisasi": ObservationKind.ACTUAL,
    "aktual": ObservationKind.ACTUAL,
}
SURE = {
    **{one.value: one for one in Confidence},
    "tinggi": Confidence.HIGH,
    "sedang": Confidence.MEDIUM,
    "rendah": Confidence.LOW,
}
PLACES = {
    name.casefold(): one.code
    for one in PROVINCES.values()
    for name in (one.code, one.title, one.title_en)
} | {"": "", "00": "", "indonesia": ""}


def quoted(cell: Any) -> str:
    """Show what was written, not longer than a complaint can bear."""
    text = "=…" if isinstance(cell, dict) else str(cell)
    return f"“{text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + '…'}”"


def text(cell: Any, longest: int, *, required: bool = False) -> str:
    """Read a text on one line.

    :raises Unreadable: if it is missing, too long, a formula, or holds what cannot be seen.
    """
    if isinstance(cell, dict):
        raise Unreadable(Fault.FORMULA)
    found = f"{cell:.15g}" if isinstance(cell, float) else str(cell)
    found = found.replace("\u00a0", " ").strip()
    if required and not found:
        raise Unreadable(Fault.MISSING)
    if not found.isprintable():
        raise Unreadable(Fault.CONTROL)
    if len(found) > longest:
        raise Unreadable(Fault.TOO_LONG, most=str(longest))
    return found


def series(cell: Any) -> str:
    """Give the code of a line; without one it is the first line."""
    return str(cell).strip().upper() or MAIN


def period(year: int, part: str) -> Period:
    return Period(year, part)


def _year(cell: Any, _notation: Notation | None) -> int:
    found = text(cell, 100, required=True)
    if not re.fullmatch("[0-9]{1,4}", found):
        raise Unreadable(Fault.YEAR)
    return int(found)


def _part(cell: Any, _notation: Notation | None) -> str:
    found = text(cell, 100).upper() or Part.YEAR.value
    if found not in Part.values:
        raise Unreadable(Fault.PERIOD)
    return found


def _value(cell: Any, notation: Notation | None) -> Decimal:
    if isinstance(cell, dict):
        raise Unreadable(Fault.FORMULA)
    return numbers.read(cell, notation)


def _kind(cell: Any, _notation: Notation | None) -> ObservationKind:
    found = KINDS.get(text(cell, 100, required=True).casefold())
    if found is None:
        raise Unreadable(Fault.KIND, words=", ".join(ObservationKind.values))
    return found


def _sure(cell: Any, _notation: Notation | None) -> Confidence:
    found = SURE.get(text(cell, 100, required=True).casefold())
    if found is None:
        raise Unreadable(Fault.CONFIDENCE, words=", ".join(Confidence.values))
    return found


def _region(cell: Any, _notation: Notation | None) -> str:
    found = PLACES.get(text(cell, 100).casefold())
    if found is None:
        raise Unreadable(Fault.REGION)
    return found


def _source(cell: Any, _notation: Notation | None) -> str:
    return text(cell, LONGEST_SOURCE, required=True)


def _address(cell: Any, _notation: Notation | None) -> str:
    found = text(cell, LONGEST_ADDRESS)
    if found and not re.fullmatch(r"https?://[^\s<>\"][^\s<>\".]*\.[^\s<>\"]+", found):
        raise Unreadable(Fault.ADDRESS)
    return found


def _day(cell: Any, _notation: Notation | None) -> date | None:
    found = text(cell, 100)
    try:
        return date.fromisoformat(found) if found else None
    except ValueError:
        raise Unreadable(Fault.DAY) from None


# The column, the name of what it gives, and how it is read.
READERS: tuple[tuple[str, str, Read], ...] = (
    ("year", "year", _year),
    ("period", "period", _part),
    ("kind", "kind", _kind),
    ("value", "value", _value),
    ("region", "region", _region),
    ("source", "citation", _source),
    ("url", "url", _address),
    ("confidence", "confidence", _sure),
    ("known_from", "known_from", _day),
)
