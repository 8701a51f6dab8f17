"""Why a letter reaches this person: their part in the matter, and who was passed over before.

It follows the choice of `reminders.responsible` and `reminders.escalated_to` step by step; a
test holds the three together over every state of the people involved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from roadmap.enums import Audience
from roadmap.rules.reminders import Desk, Person, standing_in


class Part(StrEnum):
    """In which part somebody is told."""

    OWNER = "owner"
    LEAD = "lead"
    DEPUTY = "deputy"
    SECRETARIAT = "secretariat"
    CHAIR = "chair"
    NOTICE = "notice"


class Cause(StrEnum):
    """Why somebody who comes first was passed over."""

    NOBODY = "nobody"
    UNREACHABLE = "unreachable"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Passed:
    """Somebody who should have been told first; `person_id` is None where nobody holds the part."""

    part: Part
    cause: Cause
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """The part of a reader, whom they stand in for while that one is away, and who was passed."""

    part: Part
    stands_in_for: int | None = None
    passed: tuple[Passed, ...] = ()


NOTICE = Why(Part.NOTICE)
# Of these all who can be reached are told: none of them is passed over for another.
EVERYBODY = (Part.SECRETARIAT, Part.CHAIR)


def why(
    reader: int,
    audience: str,
    owners: Sequence[int | None],
    desk: Desk,
    people: Mapping[int, Person],
) -> Why:
    """Say why somebody is told; `owners` is empty for what a workstream answers for as such."""
    passed: list[Passed] = []
    for part, person_id in _candidates(audience, owners, desk):
        found = standing_in(person_id, people)
        if found == reader:
            return Why(part, None if person_id == reader else person_id, tuple(passed))
        if found is None and part not in EVERYBODY:
            passed.append(Passed(part, cause_of(person_id, people), person_id))
    return Why(Part.SECRETARIAT, None, tuple(passed))


def cause_of(person_id: int | None, people: Mapping[int, Person]) -> Cause:
    """Say why neither a person nor their deputy can be told."""
    person = people.get(person_id) if person_id is not None else None
    if person is None:
        return Cause.NOBODY
    return Cause.AWAY if person.is_reachable else Cause.UNREACHABLE


def _candidates(
    audience: str, owners: Sequence[int | None], desk: Desk
) -> Iterator[tuple[Part, int | None]]:
    """Yield who is to be told, in the order in which they are tried."""
    if audience == Audience.CHAIR:
        yield from ((Part.CHAIR, one) for one in desk.chairs)
        return
    if audience != Audience.SECRETARIAT:
        if audience == Audience.OWNER:
            yield from ((Part.OWNER, one) for one in owners)
        yield from ((Part.LEAD, one) for one in desk.leads or (None,))
        yield from ((Part.DEPUTY, one) for one in desk.deputies)
    yield from ((Part.SECRETARIAT, one) for one in desk.secretariat)
