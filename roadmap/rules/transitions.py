"""Which status may follow which: for people, and for the imported public record."""

from __future__ import annotations

from collections.abc import Mapping

from roadmap.enums import Refusal, Status
from roadmap.rules.refusals import Refused

OPEN = frozenset({Status.PLANNED, Status.IN_PROGRESS})

# Returning (submitted → in progress) and reopening have checks of their own below.
NEXT: Mapping[Status, frozenset[Status]] = {
    Status.PLANNED: frozenset({Status.IN_PROGRESS, Status.CANCELLED}),
    Status.IN_PROGRESS: frozenset({Status.SUBMITTED, Status.CANCELLED}),
    Status.SUBMITTED: frozenset({Status.VERIFIED, Status.CANCELLED}),
    Status.VERIFIED: frozenset(),
    Status.CANCELLED: frozenset(),
}
ORDER = (Status.PLANNED, Status.IN_PROGRESS, Status.SUBMITTED, Status.VERIFIED)


def check(current: Status, to: Status, *, evidence: bool) -> None:
    """Refuse a step that nobody may take, as things stand.

    :raises Refused: with the reason to show.
    """
    if to not in NEXT[current]:
        raise Refused(Refusal.OUT_OF_ORDER)
    if to == Status.SUBMITTED and not evidence:
        raise Refused(Refusal.NO_EVIDENCE)


def check_report(current: Status, to: Status) -> None:
    """Refuse a report on something closed, or one that takes back work already begun.

    :raises Refused: with the reason to show.
    """
    if current not in OPEN:
        raise Refused(Refusal.CLOSED)
    if to not in OPEN or (current, to) == (Status.IN_PROGRESS, Status.PLANNED):
        raise Refused(Refusal.OUT_OF_ORDER)


def check_return(current: Status) -> None:
    """Refuse to return what was not submitted.

    :raises Refused: with the reason to show.
    """
    if current != Status.SUBMITTED:
        raise Refused(Refusal.OUT_OF_ORDER)


def check_reopen(current: Status) -> None:
    """Refuse to reopen what is not closed.

    :raises Refused: with the reason to show.
    """
    if current not in (Status.VERIFIED, Status.CANCELLED):
        raise Refused(Refusal.OUT_OF_ORDER)


def may_import(current: Status, to: str) -> bool:
    """Say whether the public record may make this step: forward to any state, or returned."""
    if to == "returned":
        return current == Status.SUBMITTED
    if current == Status.CANCELLED:
        return False
    return ORDER.index(Status(to)) >= ORDER.index(current)
