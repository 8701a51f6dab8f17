"""Signals and progress per workstream, counted by the database in one grouped query.

The formula is rules/progress.py; a test holds the two together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import (
    Case,
    Count,
    F,
    FloatField,
    Func,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)

from committee.models.prepared import as_day, ask
from roadmap.enums import DueBasis, Signal
from roadmap.models import StatusUpdate
from roadmap.models.querysets import (
    ActionQuerySet,
    is_blocked,
    is_contradictory,
    is_silent,
    signal_case,
)
from roadmap.selectors.actions import Watch, is_orphan, known

# Worst first: the order in which a row of pills is read.
ORDER = (
    *(Signal.LATE, Signal.BLOCKED, Signal.NOT_REPORTED, Signal.SILENT, Signal.DUE_SOON),
    *(Signal.WAITING, Signal.ON_TRACK, Signal.DONE_LATE, Signal.DONE),
)


class DaysBetween(Func):
    """The days from one date to a later one."""

    output_field = FloatField()
    arity = 2

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "(julianday(%(expressions)s))"
        return self.as_sql(
            compiler, connection, template=template, arg_joiner=") - julianday(", **extra
        )

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "((%(expressions)s)::float8)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=" - ", **extra)


def mean(total: float, weight: float) -> float | None:
    """Give a weighted mean in percent, None where nothing counts."""
    return total / weight if weight else None


@dataclass(slots=True)
class Tally:
    """Sums over some actions; cancelled ones are counted and otherwise left out."""

    total: int = 0
    cancelled: int = 0
    never_reported: int = 0
    weight: float = 0
    claimed_sum: float = 0
    verified_sum: float = 0
    dated_weight: float = 0
    expected_sum: float = 0
    oldest_due: date | None = None
    signals: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    watches: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    # Of each signal, those whose due date is only an example.
    illustrative: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def claimed(self) -> float | None:
        return mean(self.claimed_sum, self.weight)

    @property
    def verified(self) -> float | None:
        return mean(self.verified_sum, self.weight)

    @property
    def expected(self) -> float | None:
        return mean(self.expected_sum, self.dated_weight)

    @property
    def pills(self) -> list[tuple[Signal, int]]:
        return [(signal, self.signals[signal]) for signal in ORDER if self.signals.get(signal)]

    def count(self, name: str) -> int:
        """Count a signal or an overlapping question by its name in the address."""
        return self.watches[name] if name in Watch.values else self.signals[name]


def tallies(
    *, today: date, inside: bool, among: ActionQuerySet | QuerySet[StatusUpdate] | None = None
) -> dict[int, Tally]:
    """Tally each workstream by its id: one query, grouped by workstream and signal.

    `among` may be updates, which wear the state of their action as of then.
    """
    if among is None:
        return _tallied(ask(_of_all, today, inside))
    return _tallied(_grouped(among, today, _watch_counts(today, inside=inside)))


def unwatched(among: ActionQuerySet, today: date) -> dict[int, Tally]:
    """Tally each workstream without the questions that overlap: one query, a lighter one."""
    return _tallied(_grouped(among, today, {}))


def _tallied(rows: Iterable[dict[str, Any]]) -> dict[int, Tally]:
    found: dict[int, Tally] = defaultdict(Tally)
    for row in rows:
        _add(found[row["workstream_id"]], row)
    return found


def _of_all(today: date, inside: bool) -> QuerySet[Any, Any]:
    return _grouped(known(today), today, _watch_counts(today, inside=inside))


def _grouped(actions: QuerySet[Any], today: date, watches: dict[str, Any]) -> QuerySet[Any, Any]:
    return (
        actions.annotate(signal=signal_case(today))
        .values("workstream_id", "signal")
        .annotate(**_sums(today), **watches)
        .order_by()
    )


def whole(tallies: Iterable[Tally]) -> Tally:
    """Add up tallies, for the whole roadmap."""
    total = Tally()
    for tally in tallies:
        for name in ("total", "cancelled", "never_reported", "weight", "claimed_sum"):
            setattr(total, name, getattr(total, name) + getattr(tally, name))
        for name in ("verified_sum", "dated_weight", "expected_sum"):
            setattr(total, name, getattr(total, name) + getattr(tally, name))
        for name, number in tally.signals.items():
            total.signals[name] += number
        for name, number in tally.watches.items():
            total.watches[name] += number
        for name, number in tally.illustrative.items():
            total.illustrative[name] += number
        total.oldest_due = min(filter(None, (total.oldest_due, tally.oldest_due)), default=None)
    return total


def vitality(*, today: date, among: ActionQuerySet | None = None) -> tuple[int, int]:
    """Count the owners of open actions who reported lately, and all of them."""
    actions = known(today) if among is None else among
    lately = Q(reported_on__gt=today - timedelta(days=settings.SILENT_AFTER_DAYS))
    counts = actions.open().aggregate(
        all=Count("owner_id", distinct=True),
        fresh=Count("owner_id", distinct=True, filter=lately),
    )
    return counts["fresh"], counts["all"]


def _sums(today: date) -> dict[str, Any]:
    return {
        **means(today),
        "number": Count("pk"),
        "reports": Count("reported_on"),
        "oldest": Min("due_date"),
        "examples": Count("pk", filter=Q(due_basis=DueBasis.ILLUSTRATIVE)),
    }


def means(today: date) -> dict[str, Any]:
    """Give the sums behind claimed and expected progress."""
    reported = Q(reported_on__isnull=False)
    dated = Q(due_date__isnull=False)
    return {
        "weights": Sum("weight"),
        "claims": Sum(F("weight") * F("progress"), filter=reported),
        "dated": Sum("weight", filter=dated),
        "expectation": Sum(F("weight") * expected_share(today), filter=dated),
    }


def _watch_counts(today: date, *, inside: bool) -> dict[str, Any]:
    counted = {Watch.SILENT: is_silent(today)}
    if inside:
        counted |= {
            Watch.BLOCKED: is_blocked(),
            Watch.CONTRADICTION: is_contradictory(today),
            Watch.ORPHAN: is_orphan(),
        }
    return {f"watch_{name}": Count("pk", filter=asked) for name, asked in counted.items()}


def expected_share(today: date) -> Case:
    """Mirror `rules.progress.expected` for an action with a due date."""
    gone = DaysBetween(Value(today, models.DateField()), F("start_date"))
    span = DaysBetween(F("due_date"), F("start_date"))
    return Case(
        When(due_date__lt=today, then=Value(100.0)),
        When(Q(start_date=None) | Q(start_date__gte=today), then=Value(0.0)),
        default=Value(100.0) * gone / span,
        output_field=FloatField(),
    )


def _add(tally: Tally, row: dict[str, Any]) -> None:
    if not row["signal"]:
        tally.cancelled += row["number"]
        return
    signal = Signal(row["signal"])
    tally.total += row["number"]
    tally.signals[signal] += row["number"]
    tally.illustrative[signal] += row["examples"]
    tally.never_reported += row["number"] - row["reports"]
    tally.weight += row["weights"]
    tally.claimed_sum += row["claims"] or 0
    tally.dated_weight += row["dated"] or 0
    tally.expected_sum += row["expectation"] or 0
    if signal in (Signal.DONE, Signal.DONE_LATE):
        tally.verified_sum += 100 * row["weights"]
    if signal == Signal.LATE:
        tally.oldest_due = as_day(row["oldest"])
    for name in Watch:
        tally.watches[name] += row.get(f"watch_{name}", 0)
