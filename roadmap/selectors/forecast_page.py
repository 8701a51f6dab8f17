"""The forecast in words: whose letter, of what, by which stage, and why it reaches them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from committee.models import Member
from roadmap.enums import Audience
from roadmap.rules import reminders as rules
from roadmap.selectors import items
from roadmap.selectors.forecast import ForecastLetter, ForecastLine
from roadmap.selectors.items import Item, Name
from roadmap.selectors.letters import stage_words
from roadmap.selectors.why_words import why_words

# As many lines as a letter names, before it counts.
MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters a reader asked for; None means all."""

    person: int | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to be told, in words."""

    name: Name | None
    stage: str
    audience: str
    why: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter that is to come: its first lines, and how many more it counts."""

    day: date
    member_id: int
    name: str
    lines: list[Line]
    more: int


def chosen(letters: Iterable[ForecastLetter], wanted: Wanted) -> list[ForecastLetter]:
    """Keep the letters that were asked for."""
    return [
        letter
        for letter in letters
        if wanted.person in (None, letter.member_id) and wanted.day in (None, letter.day)
    ]


def in_order(letters: Iterable[ForecastLetter], names: Mapping[int, str]) -> list[ForecastLetter]:
    """Sort letters by day, then by the name of the reader."""
    return sorted(letters, key=lambda one: (one.day, names[one.member_id], one.member_id))


def names_of(letters: Iterable[ForecastLetter]) -> dict[int, str]:
    """Name everybody whom letters go to or speak of: one query."""
    people: set[int] = set()
    for letter in letters:
        people.add(letter.member_id)
        for line in letter.lines:
            people.update(_named(line))
    return dict(Member.objects.filter(pk__in=people).order_by().values_list("pk", "name"))


def _named(line: ForecastLine) -> list[int]:
    found = [line.why.stands_in_for, *(one.person_id for one in line.why.passed)]
    return [person for person in found if person is not None]


def in_words(
    letters: Sequence[ForecastLetter], names: Mapping[int, str], most: int | None = MOST_LINES
) -> list[Letter]:
    """Word some letters: one query for each kind of item. A page shows what a letter does."""
    shown = [(letter, _sorted(letter)[:most]) for letter in letters]
    about = items.items({line.item for _letter, lines in shown for line in lines})
    return [
        Letter(
            letter.day,
            letter.member_id,
            names[letter.member_id],
            [_line(line, about.get(line.item), names) for line in lines],
            more=len(letter.lines) - len(lines),
        )
        for letter, lines in shown
    ]


def _sorted(letter: ForecastLetter) -> list[ForecastLine]:
    """Put lines in the order of a letter: by group, then by the date they count from."""

    def place(line: ForecastLine) -> tuple[int, date, str]:
        group = rules.group_of(line.occasion, line.audience, line.anchor, letter.day)
        return group, line.anchor or letter.day, line.item

    return sorted(letter.lines, key=place)


def _line(line: ForecastLine, item: Item | None, names: Mapping[int, str]) -> Line:
    return Line(
        name=items.name_of(item) if item is not None else None,
        stage=stage_words(line.occasion, line.stage),
        audience=_audience(line),
        why=why_words(line.why, names),
    )


def _audience(line: ForecastLine) -> str:
    """Say in which part somebody is told; a notice to one person is to nobody's part."""
    is_personal = rules.is_personal(line.occasion, line.stage)
    return "" if is_personal else str(Audience(line.audience).label)
