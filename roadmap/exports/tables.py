"""What a table for a file is: its name, its columns, and how rows come from a list's query."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from itertools import islice
from operator import attrgetter
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _

CHUNK = 2000


class Kind(Enum):
    """What a column holds; only text can be taken for a formula."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Scope:
    """For whom and for which day a file is made; `site` is what an address begins with."""

    inside: bool
    today: date
    language: str
    site: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading in the reader's language, and its value of a row.

    The public gets no column marked `inside`.
    """

    heading: str
    value: Callable[[Any], Any]
    kind: Kind = Kind.TEXT
    width: int = 16
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A list as a file. `rows` is a generator: from the list's query, what the columns read."""

    title: str | Promise
    columns: Callable[[Scope], list[Column]]
    rows: Callable[[Any, Scope], Any]

    def shown(self, scope: Scope) -> list[Column]:
        """Give the columns this reader may have."""
        return [one for one in self.columns(scope) if scope.inside or not one.inside]


def text(heading: str, value: Any, width: int = 24, *, inside: bool = False) -> Column:
    return Column(heading, _reader(value), Kind.TEXT, width, inside)


def number(heading: str, value: Any, *, inside: bool = False) -> Column:
    return Column(heading, _reader(value), Kind.NUMBER, 14, inside)


def day(heading: str, value: Any, *, inside: bool = False) -> Column:
    return Column(heading, _reader(value), Kind.DATE, 14, inside)


def moment(heading: str, value: Any, *, inside: bool = False) -> Column:
    return Column(heading, _reader(value), Kind.MOMENT, 18, inside)


def _reader(value: Any) -> Callable[[Any], Any]:
    """Read an attribute by its name, or what a function says."""
    return attrgetter(value) if isinstance(value, str) else value  # type: ignore[no-any-return]


def words(choices: type[TextChoices]) -> dict[str, str]:
    """Give the words of an enumeration: asking it anew for each row would take most of the time."""
    return {"": ""} | {one.value: str(one.label) for one in choices}


def yes_or_no(value: Any) -> str:
    return _("yes") if value else _("no")


def chunks(found: Any) -> Iterator[list[Any]]:
    """Read a query in parts, so that no more than one of them is in memory."""
    rows = found.iterator(chunk_size=CHUNK)
    while part := list(islice(rows, CHUNK)):
        yield part


def each(found: Any) -> Iterator[Any]:
    """Give the rows of a query as they are."""
    yield from found.iterator(chunk_size=CHUNK)
