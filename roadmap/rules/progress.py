"""How far along a workstream is: claimed, verified, and how far it should be by now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from roadmap.enums import Status


@dataclass(frozen=True, slots=True)
class Part:
    """One action's share: a cancelled one is left out of every mean."""

    status: Status
    weight: int = 1
    progress: int = 0
    was_reported: bool = True
    start_date: date | None = None
    due_date: date | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Three means in percent, None where nothing counts, and how many never reported."""

    claimed: float | None
    verified: float | None
    expected: float | None
    never_reported: int


def progress(parts: Iterable[Part], today: date) -> Progress:
    """Weigh the actions of a workstream: Σ weight × share ÷ Σ weight."""
    counted = [part for part in parts if part.status != Status.CANCELLED]
    dated = [part for part in counted if part.due_date is not None]
    return Progress(
        claimed=_mean((part.weight, claimed(part)) for part in counted),
        verified=_mean((part.weight, verified(part)) for part in counted),
        expected=_mean((part.weight, expected(part, today)) for part in dated),
        never_reported=sum(not part.was_reported for part in counted),
    )


def claimed(part: Part) -> float:
    """The last value reported; never reported counts 0."""
    return float(part.progress) if part.was_reported else 0.0


def verified(part: Part) -> float:
    return 100.0 if part.status == Status.VERIFIED else 0.0


def expected(part: Part, today: date) -> float:
    """The share of time gone from start to due date; 100 after it.

    Without a start date it is 0 until the due date, since nothing says when work should begin.
    """
    if part.due_date is None or today > part.due_date:
        return 100.0
    if part.start_date is None or today <= part.start_date:
        return 0.0
    return 100.0 * (today - part.start_date).days / (part.due_date - part.start_date).days


def _mean(weighted: Iterable[tuple[int, float]]) -> float | None:
    pairs = list(weighted)
    total = sum(weight for weight, _ in pairs)
    return sum(weight * share for weight, share in pairs) / total if total else None
