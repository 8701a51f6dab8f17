"""What may stand in a cell: each reader turns text into a value or says why it cannot."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

CODE = re.compile(r"[A-Z][A-Z0-9_-]*\Z")
Read = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """How a cell is read; `of` names the file whose codes it must hold."""

    read: Read
    of: str = ""


def text(longest: int = 10_000, *, required: bool = False) -> Column:
    def read(cell: str) -> str:
        if required and not cell:
            raise ValueError(_("must not be empty"))
        if len(cell) > longest:
            raise ValueError(_("is longer than %(longest)d characters") % {"longest": longest})
        return cell

    return Column(read)


def code(longest: int = 30, *, of: str = "", required: bool = True) -> Column:
    def read(cell: str) -> str:
        if (cell or required) and (not CODE.match(cell) or len(cell) > longest):
            raise ValueError(_("“%(cell)s” is not a code") % {"cell": cell})
        return cell

    return Column(read, of)


def codes(of: str) -> Column:
    return Column(lambda cell: tuple(filter(None, map(str.strip, cell.split(";")))), of)


def texts(mark: str = ";") -> Column:
    """Read several texts of one cell."""
    return Column(lambda cell: tuple(filter(None, map(str.strip, cell.split(mark)))))


def day(*, required: bool = False) -> Column:
    def read(cell: str) -> date | None:
        if not cell and not required:
            return None
        try:
            return date.fromisoformat(cell)
        except ValueError:
            raise ValueError(_("“%(cell)s” is not a date (2018-09-24)") % {"cell": cell}) from None

    return Column(read)


def whole(lowest: int, highest: int, *, required: bool = True) -> Column:
    def read(cell: str) -> int | None:
        if not cell and not required:
            return None
        if not re.fullmatch(r"[0-9]{1,9}", cell) or not lowest <= int(cell) <= highest:
            raise ValueError(
                _("“%(cell)s” is not a whole number from %(lowest)d to %(highest)d")
                % {"cell": cell, "lowest": lowest, "highest": highest}
            )
        return int(cell)

    return Column(read)


def number() -> Column:
    def read(cell: str) -> Decimal:
        try:
            value = Decimal(cell)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or abs(value) >= Decimal(10) ** 14:
            raise ValueError(_("“%(cell)s” is not a number") % {"cell": cell})
        return value

    return Column(read)


def choice(*allowed: str, blank: str | None = None) -> Column:
    """Read one of a few words; an empty cell means `blank`, where one is given."""

    def read(cell: str) -> str:
        if not cell and blank is not None:
            return blank
        if cell not in allowed:
            raise ValueError(
                _("“%(cell)s” is none of: %(allowed)s")
                % {"cell": cell, "allowed": ", ".join(allowed)}
            )
        return cell

    return Column(read)
