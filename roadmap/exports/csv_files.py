"""CSV: one line of headings, then the rows; for machines, and for Excel in Indonesia.

`csv` is what programs expect: commas, decimal points, UTF-8 as it is. Excel with Indonesian
regional settings opens that in one column, and reads 47.5 as a date or as text; so `csv-id` has
semicolons, decimal commas, and a byte order mark, without which Excel takes UTF-8 for cp1252.
Days are ISO in both: Excel knows 2018-09-24 in every region and shows it as its own, while
03/04/2018 silently becomes another day where the region is American.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from io import TextIOWrapper
from typing import Any, BinaryIO

from django.utils import timezone

from roadmap.exports.safe import guarded
from roadmap.exports.tables import Column, Kind


@dataclass(frozen=True, slots=True)
class Dialect:
    separator: str
    decimal: str
    encoding: str


PLAIN = Dialect(",", ".", "utf-8")
INDONESIAN = Dialect(";", ",", "utf-8-sig")


def write(file: BinaryIO, columns: list[Column], rows: Iterable[Any], dialect: Dialect) -> int:
    """Write a table and say how many rows it has."""
    stream = TextIOWrapper(file, dialect.encoding, errors="replace", newline="")
    lines = csv.writer(stream, delimiter=dialect.separator)
    lines.writerow([guarded(one.heading) for one in columns])
    writers = [(one.value, WRITERS[one.kind]) for one in columns]
    decimal, count = dialect.decimal, 0
    for row in rows:
        lines.writerow([written(value(row), decimal) for value, written in writers])
        count += 1
    stream.flush()
    stream.detach()
    return count


def _text(value: str | None, _decimal: str) -> str:
    return guarded(str(value)) if value else ""


def _number(value: Any, decimal: str) -> str:
    return "" if value is None else str(value).replace(".", decimal)


def _day(value: date | None, _decimal: str) -> str:
    return value.isoformat() if value else ""


def _moment(value: datetime | None, _decimal: str) -> str:
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else ""


WRITERS: dict[Kind, Callable[[Any, str], str]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.DATE: _day,
    Kind.MOMENT: _moment,
}
