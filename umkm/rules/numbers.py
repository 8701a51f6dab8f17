"""A number as a person writes it: read exactly, by the notation they say they use."""

from __future__ import annotations

import re
from decimal import Decimal

from umkm.enums import Fault, Notation

# As the database keeps it: 18 digits, four of them decimals.
DECIMALS = 4
LARGEST = Decimal(10) ** 14
SHAPES = {
    Notation.COMMA: re.compile(r"-?([0-9]+|[0-9]{1,3}(\.[0-9]{3})+)(,[0-9]+)?"),
    Notation.POINT: re.compile(r"-?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?"),
}
PLAIN = re.compile(r"-?[0-9]+")
NUMERIC = re.compile(r"-?[.,]*[0-9][0-9.,]*")


class Unreadable(Exception):
    """A cell that makes no sense; `words` are what its sentence speaks of."""

    def __init__(self, fault: Fault, **words: str) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.words = words


def read(cell: str | float, notation: Notation | None) -> Decimal:
    """Read a number; what a spreadsheet keeps as a number needs no notation.

    :raises Unreadable: if it is none, or could be read in two ways and nobody said which.
    """
    value = _read_text(cell.strip(), notation) if isinstance(cell, str) else _read_number(cell)
    if abs(value) >= LARGEST:
        raise Unreadable(Fault.TOO_LARGE)
    if value != round(value, DECIMALS):
        raise Unreadable(Fault.TOO_EXACT)
    return value


def _read_number(cell: float) -> Decimal:
    # Spreadsheets keep fifteen digits; what a float has beyond them was never typed.
    value = Decimal(f"{cell:.15g}")
    if isinstance(cell, bool) or not value.is_finite():
        raise Unreadable(Fault.NUMBER)
    return value


def _read_text(text: str, notation: Notation | None) -> Decimal:
    text = text.replace("\u2212", "-")
    if not text:
        raise Unreadable(Fault.MISSING)
    if not NUMERIC.fullmatch(text):
        raise Unreadable(Fault.NUMBER)
    if PLAIN.fullmatch(text):
        return Decimal(text)
    if notation is None:
        raise Unreadable(Fault.WHICH_NOTATION)
    if not SHAPES[notation].fullmatch(text):
        raise Unreadable(Fault.OTHER_NOTATION, notation=str(notation.label))
    if notation is Notation.COMMA:
        return Decimal(text.replace(".", "").replace(",", "."))
    return Decimal(text.replace(",", ""))
