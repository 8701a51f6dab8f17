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

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import TextChoices
from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from roadmap.forms.saved import FIRST_DAY, LAST_DAY

MOST_LINES = 200
LONGEST_ADDRESS = 254  # as accounts keep it
ENDINGS = re.compile(r"\r\n|\r|\n")
# What mail programs and spreadsheets leave behind, unseen: marks of order and of direction.
UNSEEN = dict.fromkeys(map(ord, "\ufeff\u200b\u200e\u200f\u2060\u202a\u202b\u202c"))
SPACES = re.compile("[ \u00a0\u2000-\u200a\u202f\u3000]+")
CODE = re.compile(r"[A-Z][A-Z0-9_]*")
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
Read = Callable[[str], Any]


class Unreadable(Exception):
    """A part of a line that makes no sense; the message says what to do."""


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
    if not part.isprintable():
        raise Unreadable(_("it holds a control character; write it anew."))
    return column.read(part)


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


def tidy(part: str) -> str:
    """Make every kind of space a plain one, and keep what must be complained of."""
    return SPACES.sub(" ", part).strip(" ")


def _is_head(line: str, columns: Sequence[Column]) -> bool:
    """Tell the head of a spreadsheet: its first two parts are names of those columns."""
    try:
        parts = split(line, len(columns))
    except Unreadable:
        return False
    known = zip(parts[:2], columns[:2], strict=True)
    return all(part.casefold() in column.names for part, column in known)


def quoted(part: str) -> str:
    """Show what was written, not longer than a complaint can bear."""
    return f"“{Truncator(part).chars(40)}”"


def words(longest: int) -> Read:
    """Read a text of a certain length at most."""

    def read_words(part: str) -> str:
        if len(part) > longest:
            sentence = _("it is longer than %(longest)d characters; shorten it.")
            raise Unreadable(sentence % {"longest": longest})
        return part

    return read_words


def code(longest: int) -> Read:
    """Read a new code, in capitals however it was written."""

    def read_code(part: str) -> str:
        found = part.upper()
        if not CODE.fullmatch(found) or len(found) > longest:
            sentence = _("%(part)s is no code; use at most %(longest)d of A to Z, 0 to 9 and _.")
            raise Unreadable(sentence % {"part": quoted(part), "longest": longest})
        return found

    return read_code


def address(part: str) -> str:
    """Read an e-mail address, in lower case: one person, one account."""
    if not part:
        return ""
    try:
        validate_email(part)
    except ValidationError:
        sentence = _("%(part)s is no e-mail address; write it as name@office.go.id.")
        raise Unreadable(sentence % {"part": quoted(part)}) from None
    return str(words(LONGEST_ADDRESS)(part)).lower()


def one_of(kinds: type[TextChoices], blank: TextChoices) -> Read:
    """Read a word of a list, as it is called in either language; empty means `blank`."""

    def read_word(part: str) -> Any:
        found = spoken(kinds).get(part.casefold(), None) if part else blank
        if found is None:
            sentence = _("%(part)s is none of: %(words)s.")
            known = ", ".join(str(one.label) for one in kinds)
            raise Unreadable(sentence % {"part": quoted(part), "words": known})
        return found

    return read_word


def spoken(kinds: type[TextChoices]) -> dict[str, Any]:
    """Give every word a choice goes by: its code and its labels in both languages."""
    found = {one.value.casefold(): one for one in kinds}
    for language in ("id", "en"):
        with translation.override(language):
            found |= {str(one.label).casefold(): one for one in kinds}
    return found


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
