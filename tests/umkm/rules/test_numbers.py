"""Numbers as people write them: asked how, never guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from umkm.enums import Fault, Notation
from umkm.rules.numbers import Unreadable, read

COMMA, POINT = Notation.COMMA, Notation.POINT
READ = [
    ("1.234,5", COMMA, "1234.5"),
    ("1,234.5", POINT, "1234.5"),
    ("1.234", COMMA, "1234"),
    ("1.234", POINT, "1.234"),
    ("1,234", COMMA, "1.234"),
    ("1,234", POINT, "1234"),
    ("57,9", COMMA, "57.9"),
    ("57.9", POINT, "57.9"),
    ("-2.500.000,25", COMMA, "-2500000.25"),
    ("\u22120.5", POINT, "-0.5"),
    ("42", COMMA, "42"),
    ("42", POINT, "42"),
    ("42", None, "42"),
    ("-7", None, "-7"),
    ("0", None, "0"),
    (57.9, None, "57.9"),  # a cell of a spreadsheet is a number already
    (0.1 + 0.2, None, "0.3"),  # spreadsheets keep fifteen digits
    (2017, COMMA, "2017"),
    (99999999999999.0, None, "99999999999999"),
]
REFUSED = [
    ("1.234,5", None, Fault.WHICH_NOTATION),
    ("1,234.5", None, Fault.WHICH_NOTATION),
    ("57.9", None, Fault.WHICH_NOTATION),
    ("57,9", None, Fault.WHICH_NOTATION),
    ("1,234.5", COMMA, Fault.OTHER_NOTATION),
    ("1.234,5", POINT, Fault.OTHER_NOTATION),
    ("57.9", COMMA, Fault.OTHER_NOTATION),
    ("1.2345.678", COMMA, Fault.OTHER_NOTATION),
    ("1,23,456", POINT, Fault.OTHER_NOTATION),
    ("", COMMA, Fault.MISSING),
    ("80 %", COMMA, Fault.NUMBER),
    ("sekitar 9", None, Fault.NUMBER),
    ("1e9", POINT, Fault.NUMBER),
    ("NaN", POINT, Fault.NUMBER),
    ("٤٢", POINT, Fault.NUMBER),
    (float("inf"), None, Fault.NUMBER),
    (float("nan"), None, Fault.NUMBER),
    (True, None, Fault.NUMBER),
    ("0,12345", COMMA, Fault.TOO_EXACT),
    (0.12345, None, Fault.TOO_EXACT),
    ("100000000000000", COMMA, Fault.TOO_LARGE),
    (1e300, None, Fault.TOO_LARGE),
]


@pytest.mark.parametrize(("cell", "notation", "value"), READ)
def test_it_is_read_exactly(cell, notation, value):
    found = read(cell, notation)

    assert isinstance(found, Decimal)
    assert found == Decimal(value)


@pytest.mark.parametrize(("cell", "notation", "fault"), REFUSED)
def test_it_is_refused_with_its_reason(cell, notation, fault):
    with pytest.raises(Unreadable) as caught:
        read(cell, notation)

    assert caught.value.fault == fault
