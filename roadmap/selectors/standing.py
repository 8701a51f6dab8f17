"""Where some actions stand on a day: what a paragraph about a workstream or institution says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q

from committee.rules.days import EARLIEST, PastDay
from roadmap.enums import DueBasis, Status
from roadmap.models import DueDateChange
from roadmap.models.querysets import ActionQuerySet, is_late
from roadmap.selectors.progress import Tally, tallies, whole

WITHIN = timedelta(days=30)
MOST = 10


@dataclass(frozen=True, slots=True)
class Late:
    """A late action, the days since its due date, and whether that date is an example."""

    code: str
    days: int
    is_illustrative: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """A move of a due date within the last 30 days."""

    code: str
    days: int


@dataclass(frozen=True, slots=True)
class Due:
    """The action that is due next."""

    code: str
    due_date: date
    due_precision: str
    is_illustrative: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What is so on a day, and what was so thirty days before."""

    day: date
    tally: Tally
    before: Tally
    late: list[Late]
    moved: list[Moved]
    moves: int
    reported: int
    verified: int
    examples: int
    next: Due | None


def standing(*, actions: Callable[[date], ActionQuerySet], today: date, tally: Tally) -> Standing:
    """Gather where the actions stand that `actions` gives for a day: five queries."""
    now = actions(today).exclude(status=Status.CANCELLED)
    moved = _moved(now, today)
    return Standing(
        day=today,
        tally=tally,
        before=tally_of(actions, _earlier(today)),
        late=_late(now, today),
        moved=moved[:MOST],
        moves=len(moved),
        next=_next(now, today),
        **_counts(now, today),
    )


def tally_of(actions: Callable[[date], ActionQuerySet], day: date) -> Tally:
    """Tally the actions of a day as one, public figures only."""
    return whole(tallies(today=day, inside=False, among=actions(day)).values())


def _earlier(today: date) -> PastDay:
    day = max(date(today.year, today.month, today.day) - WITHIN, EARLIEST)
    return PastDay(day.year, day.month, day.day)


def _late(actions: ActionQuerySet, today: date) -> list[Late]:
    found = actions.filter(is_late(today)).order_by("due_date", "pk")
    rows: Any = found.values_list("code", "due_date", "due_basis")[:MOST]
    return [
        Late(code, (today - due).days, basis == DueBasis.ILLUSTRATIVE) for code, due, basis in rows
    ]


def _next(actions: ActionQuerySet, today: date) -> Due | None:
    ahead = actions.open().filter(due_date__gte=today).order_by("due_date", "pk")
    row: Any = ahead.values_list("code", "due_date", "due_precision", "due_basis").first()
    if row is None:
        return None
    code, due_date, precision, basis = row
    return Due(code, due_date, precision, basis == DueBasis.ILLUSTRATIVE)


def _moved(actions: ActionQuerySet, today: date) -> list[Moved]:
    lately = DueDateChange.objects.filter(on__gt=today - WITHIN, on__lte=today, is_applied=True)
    found = lately.filter(action_id__in=actions.values("pk")).select_related("action")
    return [Moved(slip.action.code, slip.days) for slip in found.order_by("-on", "-pk")]  # type: ignore[union-attr]


def _counts(actions: ActionQuerySet, today: date) -> dict[str, Any]:
    fresh = Q(reported_on__gt=today - WITHIN)
    return actions.aggregate(
        reported=Count("pk", filter=fresh),
        verified=Count("pk", filter=Q(status=Status.VERIFIED)),
        examples=Count("pk", filter=Q(due_basis=DueBasis.ILLUSTRATIVE)),
    )
