"""The overview: what needs attention, how far each workstream is, what is next, what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from committee.models import Workstream
from roadmap.enums import Signal
from roadmap.selectors import changes, milestones, progress
from roadmap.selectors.actions import INSIDE_ONLY, Watch
from roadmap.selectors.progress import Tally
from umkm.enums import ObservationKind
from umkm.models import Observation

TARGET = "ECOM_VALUE_TARGET"
DOORS = (
    *(Watch.SILENT, Signal.NOT_REPORTED, Watch.BLOCKED, Watch.CONTRADICTION),
    *(Signal.WAITING, Signal.DUE_SOON),
)
PUBLIC_DOORS = (
    *(Watch.SILENT, Signal.NOT_REPORTED, Signal.BLOCKED, Signal.WAITING, Signal.DUE_SOON),
    Signal.ON_TRACK,
)


@dataclass(frozen=True, slots=True)
class Door:
    """A number that opens the list of exactly what it counts."""

    name: str
    number: int

    @property
    def mark(self) -> str:
        """Name the signal whose colour and shape it wears."""
        return {Watch.SILENT: "silent", Watch.BLOCKED: "blocked"}.get(self.name, self.name)  # type: ignore[call-overload, no-any-return]


@dataclass(frozen=True, slots=True)
class Stream:
    """A workstream beside its tally."""

    workstream: Workstream
    tally: Tally


@dataclass(frozen=True, slots=True)
class Target:
    """The e-commerce target, and what was measured on the same definition (so far, nothing)."""

    stated: Observation
    measured: Observation | None


@dataclass(frozen=True, slots=True)
class Overview:
    total: Tally
    late: Door
    late_days: int
    doors: list[Door]
    orphans: Door | None
    streams: list[Stream]
    milestones: list[milestones.MilestoneRow]
    changes: list[changes.Change]
    target: Target | None
    vitality: tuple[int, int] | None
    silent_days: int
    soon_days: int


def overview(*, today: date, inside: bool, language: str) -> Overview:
    """Gather the overview: eight queries for the public, nine for a member."""
    tallies = progress.tallies(today=today, inside=inside)
    total = progress.whole(tallies.values())
    workstreams = Workstream.objects.select_related("lead_institution").order_by("order")
    return Overview(
        total=total,
        late=Door(Signal.LATE, total.count(Signal.LATE)),
        late_days=(today - total.oldest_due).days if total.oldest_due else 0,
        doors=[Door(name, total.count(name)) for name in doors(inside=inside)],
        orphans=Door(Watch.ORPHAN, total.count(Watch.ORPHAN)) if inside else None,
        streams=[Stream(row, tallies.get(row.pk, Tally())) for row in workstreams],
        milestones=milestones.upcoming(today=today, limit=6),
        changes=changes.latest(today=today, limit=8, inside=inside, language=language),
        target=target(today),
        vitality=progress.vitality(today=today) if inside else None,
        silent_days=settings.SILENT_AFTER_DAYS,
        soon_days=settings.DUE_SOON_DAYS,
    )


def doors(*, inside: bool) -> tuple[str, ...]:
    """Name the doors beside the late ones; what only members may know is not among them."""
    shown = DOORS if inside else PUBLIC_DOORS
    return tuple(name for name in shown if inside or name not in INSIDE_ONLY)


def target(today: date) -> Target | None:
    """Find the US$130 billion target as stated by a day, and any actual of the same series."""
    series = Observation.objects.known_on(today).filter(indicator__code=TARGET)
    found = list(series.select_related("indicator").order_by("-year", "pk"))
    stated = [one for one in found if one.kind == ObservationKind.TARGET]
    measured = [one for one in found if one.kind == ObservationKind.ACTUAL]
    return Target(stated[0], measured[0] if measured else None) if stated else None
