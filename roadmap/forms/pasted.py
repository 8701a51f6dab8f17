"""Lines people paste from a mail, a list or a spreadsheet, read whole or refused whole.

Each line is read by itself, so that every complaint can name its line and its part.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from committee.parts import UNSEEN, Read, Unreadable, printable, quoted, tidy
from roadmap.forms.saved import FIRST_DAY, LAST_DAY

MOST_LINES = 200
ENDINGS = re.compile(r"\r\n|\r|\n")
MONTHS = (
    ("januari", "january", "jan"),
    ("februari", "february", "feb"),
    ("maret", "march", "mar"),
    ("april", "apr"),
    ("mei", "may"),
    ("juni", "june", "jun"),
    ("juli", "july", "jul"),
    ("agustus", "august", "agu", "agt", "aug"),
    ("september", "sep", "sept"),
    ("oktober", "october", "okt", "oct"),
    ("november", "nov"),
    ("desember", "december", "des", "dec"),
)
MONTH_OF = {name: number for number, names in enumerate(MONTHS, 1) for name in names}
YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
DAY_FIRST = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
IN_WORDS = re.compile(r"([0-9]{1,2}) ([A-Za-z]+)\.? ([0-9]{4})")


@dataclass(frozen=True, slots=True)
class Column:
    """One part of a line; `names` are what the head of a spreadsheet may call it."""

    name: str
    label: str | Promise
    read: Read
    names: tuple[str, ...] = ()
    hint: str | Promise = ""
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line that could be read: its number as people count, and its values."""

    number: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was read; nothing of it counts while there is a complaint."""

    lines: list[Line]
    complaints: list[str]


def read(text: str, columns: Sequence[Column], key: Callable[[dict[str, Any]], Any]) -> Pasted:
    """Read every line; `key` names what may stand only once, None where it cannot be read."""
    written = [(number, line) for number, line in numbered(text) if line.strip("\t;, ")]
    if written and _is_head(written[0][1], columns):
        written = written[1:]
    if not written:
        return Pasted([], [_("There is no line to read; paste at least one.")])
    if len(written) > MOST_LINES:
        sentence = _("These are %(number)d lines; paste at most %(most)d at a time.")
        return Pasted([], [sentence % {"number": len(written), "most": MOST_LINES}])
    lines, complaints = [], []
    first: dict[Any, int] = {}
    for number, line in written:
        values, found = _read_line(line, columns)
        earlier = first.setdefault(key(values) or number, number)
        if earlier != number:
            found.append(": " + _("it repeats line %(line)d; keep one.") % {"line": earlier})
        place = _("Line %(number)d") % {"number": number}
        complaints += [f"{place}{one}" for one in found]
        lines.append(Line(number, values))
    return Pasted(lines, complaints)


def numbered(text: str) -> Iterable[tuple[int, str]]:
    """Give the lines as people count them, without what cannot be seen."""
    for number, line in enumerate(ENDINGS.split(text), 1):
        yield number, tidy(line.translate(UNSEEN))


def _read_line(line: str, columns: Sequence[Column]) -> tuple[dict[str, Any], list[str]]:
    try:
        parts = split(line, len(columns))
    except Unreadable as unreadable:
        return {}, [f": {unreadable}"]
    values: dict[str, Any] = {}
    found = []
    for column, part in zip(columns, parts, strict=True):
        try:
            values[column.name] = _value(column, part)
        except Unreadable as unreadable:
            found.append(f", {column.label}: {unreadable}")
    return values, found


def _value(column: Column, part: str) -> Any:
    if column.is_required and not part:
        raise Unreadable(_("it is missing; write it on this line."))
    return column.read(printable(part))


def split(line: str, width: int) -> list[str]:
    """Split a line at its tabs, else its semicolons, else, where they fit exactly, its commas.

    :raises Unreadable: if it has more parts than it may, or nothing that parts them.
    """
    mark = next((one for one in "\t;" if one in line), ",")
    try:
        (row,) = csv.reader([line], delimiter=mark, skipinitialspace=True, strict=True)
    except csv.Error:
        raise Unreadable(_("its quotation marks do not match; take them out.")) from None
    parts = [tidy(part) for part in row]
    while len(parts) > width and not parts[-1]:
        parts.pop()
    if len(parts) == 1:
        raise Unreadable(_("it has one part only; separate the parts with semicolons (;)."))
    if mark == "," and len(parts) != width:
        raise Unreadable(
            _("a comma may stand inside a name; separate the parts with semicolons (;).")
        )
    if len(parts) > width:
        sentence = _("it has %(number)d parts, but at most %(most)d are read; take the others out.")
        raise Unreadable(sentence % {"number": len(parts), "most": width})
    return parts + [""] * (width - len(parts))


def _is_head(line: str, columns: Sequence[Column]) -> bool:
    """Tell the head of a spreadsheet: its first two parts are names of those columns."""
    try:
        parts = split(line, len(columns))
    except Unreadable:
        return False
    known = zip(parts[:2], columns[:2], strict=True)
    return all(part.casefold() in column.names for part, column in known)


def day(part: str) -> date | None:
    """Read a day as written in an office: 2026-12-31, 31/12/2026 or 31 Desember 2026."""
    if not part:
        return None
    found = _day(part)
    if found is None or not FIRST_DAY <= found <= LAST_DAY:
        sentence = _("%(part)s is no day; write it as 2026-12-31, 31/12/2026 or 31 Desember 2026.")
        raise Unreadable(sentence % {"part": quoted(part)})
    return found


def _day(part: str) -> date | None:
    if found := DAY_FIRST.fullmatch(part) or IN_WORDS.fullmatch(part):
        number, month, year = found.groups()
    elif found := YEAR_FIRST.fullmatch(part):
        year, month, number = found.groups()
    else:
        return None
    try:
        return date(int(year), MONTH_OF.get(month.casefold()) or int(month), int(number))
    except ValueError:
        return None
