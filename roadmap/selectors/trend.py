"""How progress and lateness went, read from the history: at each month's end, and 30 days ago.

What was true on a settled day never changes, unless an import adds something about that day
later. So what was counted is kept, in the database's cache, together with the last update seen;
one look at the updates since tells from which day on it must be counted anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Max, Min, Q, QuerySet, Sum, Value

from committee.models.prepared import ask, load
from committee.rules.days import PastDay, night_after
from roadmap.enums import Status
from roadmap.models import StatusUpdate
from roadmap.models.querysets import is_late
from roadmap.selectors import progress
from roadmap.selectors.actions import known
from roadmap.selectors.progress import Tally, mean

MONTHS = 12
BACK = timedelta(days=30)
SETTLING = timedelta(days=2)
KEPT_FOR = 400 * 24 * 60 * 60
MOST_DAYS = 100
OFTEN = 200


class Past(NamedTuple):
    """Sums over the actions of a workstream, or of all, as they were on a past day."""

    total: int = 0
    late: int = 0
    weight: int = 0
    claimed_sum: float = 0
    verified_sum: float = 0
    dated_weight: int = 0
    expected_sum: float = 0

    @property
    def claimed(self) -> float | None:
        return mean(self.claimed_sum, self.weight)

    @property
    def verified(self) -> float | None:
        return mean(self.verified_sum, self.weight)

    @property
    def expected(self) -> float | None:
        return mean(self.expected_sum, self.dated_weight)


@dataclass(frozen=True, slots=True)
class Point:
    """Where the roadmap stood at the end of a day; `is_now` at the day shown."""

    day: date
    claimed: float | None
    verified: float | None
    expected: float | None
    late: int
    is_now: bool


@dataclass(frozen=True, slots=True)
class Trend:
    """The points since the history began, at most a year of them, and 30 days ago."""

    points: tuple[Point, ...]
    before: dict[int, Past]
    before_day: date


def trend(*, today: date, total: Tally) -> Trend:
    """Read the trend up to a day: two queries, and one for each day not yet counted."""
    ends, before = month_ends(today), PastDay.fromordinal((today - BACK).toordinal())
    found = past([*ends, before], today)
    points = [_point(day, whole(found[day].values())) for day in ends]
    now = Point(
        today, total.claimed, total.verified, total.expected, total.count("late"), is_now=True
    )
    begun = [point for point in points if point is not None]
    return Trend((*begun, now), found[before], before)


def month_ends(today: date) -> list[PastDay]:
    """Give the last days of the twelve months before a day, oldest first."""
    ends, first = [], today.replace(day=1)
    for _month in range(MONTHS):
        end = first - timedelta(days=1)
        ends.append(PastDay(end.year, end.month, end.day))
        first = end.replace(day=1)
    return ends[::-1]


def past(days: Iterable[PastDay], today: date) -> dict[date, dict[int, Past]]:
    """Give each workstream's sums on past days, from what was kept where that still holds."""
    kept = _kept(today)
    found: dict[date, dict[int, Past]] = {
        day: kept.days[day] if day in kept.days else _count(day) for day in days
    }
    _keep(kept, {day: sums for day, sums in found.items() if _is_settled(day, today)})
    return found


def whole(parts: Iterable[Past]) -> Past:
    """Add up workstreams, for the whole roadmap."""
    return Past(*map(sum, zip(*parts, strict=True)))


def _point(day: date, at: Past) -> Point | None:
    """Give a point; none for a day before the roadmap had anything on it."""
    if not at.total:
        return None
    return Point(day, at.claimed, at.verified, at.expected, at.late, is_now=False)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was counted and still holds, what was kept before, and the last update seen."""

    days: dict[date, dict[int, Past]]
    seen: int
    last: int


def _key() -> str:
    return f"trend:{settings.BUILD}"


def _kept(today: date) -> _Kept:
    """Read what was kept and still holds: what was written since may be about an earlier day.

    Of what is being written now nobody has seen the last, so only what lies a day back counts
    as seen: an import under way has written lower numbers than a report that came between.
    """
    seen, days = cache.get(_key()) or (0, {})
    came = next(iter(load(_came, today, seen=seen)), {"first": None, "last": None})
    if came["first"] is not None:
        days = {day: sums for day, sums in days.items() if night_after(day) <= came["first"]}
    return _Kept(days, seen, came["last"] or seen)


def _came(today: date, *, seen: int) -> Any:
    """Ask for the first and the last of the updates that nobody had seen, in one row."""
    over = Q(at__lt=night_after(today - SETTLING))
    found = StatusUpdate.objects.filter(pk__gt=seen).order_by().annotate(all=Value(1))
    counted = found.values("all").annotate(first=Min("at"), last=Max("pk", filter=over))
    return counted.values("first", "last")


def _keep(kept: _Kept, settled: dict[date, dict[int, Past]]) -> None:
    """Keep what is new, and move on past the updates seen once they are many."""
    if settled.keys() <= kept.days.keys() and kept.last - kept.seen < OFTEN:
        return
    latest = sorted((kept.days | settled).items())[-MOST_DAYS:]
    cache.set(_key(), (kept.last, dict(latest)), KEPT_FOR)


def _is_settled(day: date, today: date) -> bool:
    """Say whether a day is well over: just after midnight one may still be writing about it."""
    return isinstance(today, PastDay) or day <= today - SETTLING


def _count(day: PastDay) -> dict[int, Past]:
    """Count a past day: one query."""
    return {
        row["workstream_id"]: Past(
            row["counted"],
            row["late"],
            row["weights"],
            row["claims"] or 0,
            100 * (row["done"] or 0),
            row["dated"] or 0,
            row["expectation"] or 0,
        )
        for row in ask(_sums_on, day)
    }


def _sums_on(day: date) -> QuerySet[Any, Any]:
    counted = known(day).exclude(status=Status.CANCELLED).values("workstream_id")
    return counted.annotate(
        counted=Count("pk"),
        late=Count("pk", filter=is_late(day)),
        done=Sum("weight", filter=Q(status=Status.VERIFIED)),
        **progress.means(day),
    ).order_by()
