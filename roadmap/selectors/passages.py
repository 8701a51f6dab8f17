"""The parts of a meeting's minutes: as first written, as corrected, and in a reader's words.

Corrections keep what stood and what is right in no language: a day as 2018-09-24, an attendance
as `present:Rudi`, who carries a decision out as the numbers of an institution and a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from committee.enums import AdviceAnswer, MinutesPart, Presence
from committee.models import Advice, Decision, Institution, Member, MinutesCorrection

DAYS = (MinutesPart.DATE, MinutesPart.BY_WHEN)
LONGEST_KEY = 19  # digits of the first number that no row can have


@dataclass(frozen=True, slots=True)
class Names:
    """What institutions and people are called, by their numbers."""

    institutions: Mapping[int, str] = field(default_factory=dict)
    people: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One correction in words: what stood, what is right, and who says so."""

    part: MinutesPart
    old: str
    new: str
    reason: str
    by: str
    on: date

    @property
    def about(self) -> str:
        """Name the part where the place of the entry does not."""
        return {
            MinutesPart.CARRIED_BY: _("Carried out by"),
            MinutesPart.BY_WHEN: _("By when"),
            MinutesPart.ANSWER: _("Answer"),
            MinutesPart.ANSWER_WHY: _("Reason"),
        }.get(self.part, "")


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of the minutes: as first written, and the corrections that led to what stands."""

    what: str
    label: str
    original: str
    corrections: list[MinutesCorrection] = field(default_factory=list)
    names: Names | None = None

    @property
    def part(self) -> MinutesPart:
        return MinutesPart(self.what.partition(":")[0])

    @property
    def text(self) -> str:
        return self.corrections[-1].new if self.corrections else self.original

    @property
    def words(self) -> str:
        return words(self.part, self.text, self.names)

    @property
    def version(self) -> int:
        """Count the corrections: whoever corrects further must have seen them all."""
        return len(self.corrections)

    @property
    def entries(self) -> list[Entry]:
        return entries(self.corrections, self.names)


def corrections_of(thing: Decision | Advice, on: date) -> list[Entry]:
    """Give what was corrected of a decision or an answer after its meeting was closed."""
    found = thing.corrections.filter(on__lte=on)
    return entries(found.select_related("by").order_by("at", "pk"))


def entries(corrections: Iterable[MinutesCorrection], names: Names | None = None) -> list[Entry]:
    """Put corrections into words, in the reader's language."""
    found = list(corrections)
    known = names or names_in(carriers_in(found))
    return [
        Entry(
            MinutesPart(one.part),
            words(one.part, one.old, known),
            words(one.part, one.new, known),
            one.reason,
            one.by.name,
            one.on,
        )
        for one in found
    ]


def key_of(correction: MinutesCorrection) -> str:
    """Name the passage a correction speaks of."""
    told = (correction.agenda_item_id, correction.decision_id, correction.advice_id)
    target = next((one for one in (*told, correction.institution_id) if one), None)
    return f"{correction.part}:{target}" if target else correction.part


def attended(presence: str, people: str) -> str:
    """Write an attendance as corrections keep it, in no language."""
    return f"{presence}:{people}"


def carried(institution: int | None, person: int | None) -> str:
    """Write who carries a decision out as corrections keep it, in no language."""
    return f"{institution or ''}:{person or ''}"


def carriers(text: str) -> tuple[int | None, int | None]:
    """Read the numbers of an institution and a person back.

    :raises ValueError: where the text is not as `carried` writes it.
    """
    place, _colon, person = text.partition(":")
    institution, member = _number(place), _number(person)
    if carried(institution, member) != text:
        raise ValueError(text)
    return institution, member


def _number(text: str) -> int | None:
    is_key = text.isascii() and text.isdecimal() and len(text) < LONGEST_KEY
    return int(text) if is_key else None


def carriers_in(corrections: Iterable[MinutesCorrection]) -> list[str]:
    """Give what corrections say of who carries decisions out."""
    told = [one for one in corrections if one.part == MinutesPart.CARRIED_BY]
    return [text for one in told for text in (one.old, one.new)]


def names_in(texts: Iterable[str], known: Iterable[Decision] = ()) -> Names:
    """Load what institutions and people are called; those of `known` decisions are at hand."""
    decisions = list(known)
    places = {one.institution_id: one.institution for one in decisions if one.institution}
    people = {one.responsible_id: one.responsible for one in decisions if one.responsible}
    asked = [carriers(text) for text in texts]
    if missing := {one for one, _person in asked if one} - places.keys():
        places |= Institution.objects.in_bulk(missing)
    if missing := {one for _place, one in asked if one} - people.keys():
        people |= Member.objects.in_bulk(missing)
    return Names(
        {pk: one.local_title for pk, one in places.items() if pk},
        {pk: one.name for pk, one in people.items() if pk},
    )


def words(part: str, text: str, names: Names | None = None) -> str:
    """Say what a passage holds, as a reader reads it."""
    if part in DAYS:
        return date_format(date.fromisoformat(text), "j F Y") if text else _("no date")
    if part == MinutesPart.CARRIED_BY:
        return _carried_words(text, names or names_in([text]))
    if part == MinutesPart.ANSWER:
        return str(AdviceAnswer(text).label)
    if part == MinutesPart.ATTENDANCE:
        return _attended_words(text)
    return text or "—"


def _carried_words(text: str, names: Names) -> str:
    place, person = carriers(text)
    told = (names.people.get(person or 0), names.institutions.get(place or 0))
    return " · ".join(one for one in told if one) or _("nobody named")


def _attended_words(text: str) -> str:
    presence, _colon, people = text.partition(":")
    label = str(Presence(presence).label) if presence else _("not recorded")
    return f"{label} · {people}" if people else label
