"""The overview: what needs attention, how far each workstream is, what is next, what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import QuerySet

from committee.models import Workstream
from committee.models.prepared import load
from roadmap.enums import Signal
from roadmap.selectors import changes, milestones, progress
from roadmap.selectors.actions import INSIDE_ONLY, Watch
from roadmap.selectors.progress import Tally
from roadmap.selectors.trend import Past, Trend, trend
from roadmap.selectors.vitality import WHOLE, Vitality, vitalities
from umkm.enums import ObservationKind
from umkm.models import Observation
from umkm.selectors.glance import Glance, glance

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
    examples: int = 0  # of these, how many hang on a date that is only an example

    @property
    def mark(self) -> str:
        """Name the signal whose colour and shape it wears."""
        return {Watch.SILENT: "silent", Watch.BLOCKED: "blocked"}.get(self.name, self.name)  # type: ignore[call-overload, no-any-return]


@dataclass(frozen=True, slots=True)
class Attention:
    """What needs attention, first of all what is late."""

    total: int
    places: int
    late: Door
    late_days: int
    doors: tuple[Door, ...]
    orphans: Door | None
    silent_days: int
    soon_days: int


@dataclass(frozen=True, slots=True)
class Stream:
    """A workstream's row: plain values, so that it is drawn anew only when one differs."""

    code: str
    title: str
    title_en: str
    lead: str
    lead_en: str
    total: int
    never_reported: int
    claimed: float | None
    verified: float | None
    expected: float | None
    claimed_before: float | None
    verified_before: float | None
    before: date
    pills: tuple[tuple[Signal, int], ...]
    vitality: tuple[int, int, float | None] | None
    silent_days: int

    @property
    def claimed_change(self) -> float | None:
        return _change(self.claimed, self.claimed_before)

    @property
    def verified_change(self) -> float | None:
        return _change(self.verified, self.verified_before)

    @property
    def fresh_share(self) -> float | None:
        if self.vitality is None or not self.vitality[1]:
            return None
        return 100 * self.vitality[0] / self.vitality[1]


@dataclass(frozen=True, slots=True)
class Target:
    """The e-commerce target, and what was measured on the same definition (so far, nothing)."""

    stated: Observation
    measured: Observation | None


@dataclass(frozen=True, slots=True)
class Overview:
    total: Tally
    attention: Attention
    streams: list[Stream]
    trend: Trend
    milestones: list[milestones.MilestoneRow]
    changes: list[changes.Change]
    target: Target | None
    businesses: tuple[Glance, ...]
    vitality: Vitality | None


def overview(*, today: date, inside: bool, language: str) -> Overview:
    """Gather the overview: eleven queries for the public, twelve for a member."""
    tallies = progress.tallies(today=today, inside=inside)
    total = progress.whole(tallies.values())
    places = load(_places, today)
    so_far = trend(today=today, total=total)
    alive = vitalities(today) if inside else {}
    return Overview(
        total=total,
        attention=_attention(total, len(places), today, inside=inside),
        streams=[
            _stream(one, tallies.get(one.pk, Tally()), so_far, alive[one.pk] if inside else None)
            for one in places
        ],
        trend=so_far,
        milestones=milestones.upcoming(today=today, limit=6),
        changes=changes.latest(today=today, limit=8, inside=inside, language=language),
        target=target(today),
        businesses=tuple(glance(today)),
        vitality=alive[WHOLE] if inside else None,
    )


def _places(_today: date) -> QuerySet[Workstream]:
    return Workstream.objects.select_related("lead_institution").order_by("order")


def _attention(total: Tally, places: int, today: date, *, inside: bool) -> Attention:
    return Attention(
        total=total.total,
        places=places,
        late=_door(Signal.LATE, total),
        late_days=(today - total.oldest_due).days if total.oldest_due else 0,
        doors=tuple(_door(name, total) for name in doors(inside=inside)),
        orphans=_door(Watch.ORPHAN, total) if inside else None,
        silent_days=settings.SILENT_AFTER_DAYS,
        soon_days=settings.DUE_SOON_DAYS,
    )


def _door(name: str, total: Tally) -> Door:
    hangs_on_a_date = name in (Signal.LATE, Signal.DUE_SOON)
    examples = total.illustrative.get(name, 0) if hangs_on_a_date else 0
    return Door(name, total.count(name), examples)


def _stream(place: Workstream, tally: Tally, so_far: Trend, alive: Vitality | None) -> Stream:
    lead, before = place.lead_institution, so_far.before.get(place.pk, Past())
    return Stream(
        code=place.code,
        title=place.title,
        title_en=place.title_en,
        lead=lead.title if lead else "",
        lead_en=lead.title_en if lead else "",
        total=tally.total,
        never_reported=tally.never_reported,
        claimed=tally.claimed,
        verified=tally.verified,
        expected=tally.expected,
        claimed_before=before.claimed,
        verified_before=before.verified,
        before=so_far.before_day,
        pills=tuple(tally.pills),
        vitality=(alive.fresh, alive.owners, alive.age) if alive else None,
        silent_days=settings.SILENT_AFTER_DAYS,
    )


def _change(now: float | None, before: float | None) -> float | None:
    """Give a change in percentage points, where there was something to change from."""
    return None if now is None or before is None else now - before


def doors(*, inside: bool) -> tuple[str, ...]:
    """Name the doors beside the late ones; what only members may know is not among them."""
    shown = DOORS if inside else PUBLIC_DOORS
    return tuple(name for name in shown if inside or name not in INSIDE_ONLY)


def target(today: date) -> Target | None:
    """Find the US$130 billion target as stated by a day, and any actual of the same series."""
    found = load(_series, today)
    stated = [one for one in found if one.kind == ObservationKind.TARGET]
    measured = [one for one in found if one.kind == ObservationKind.ACTUAL]
    return Target(stated[0], measured[0] if measured else None) if stated else None


def _series(today: date) -> QuerySet[Observation]:
    series = Observation.objects.known_on(today).filter(series__indicator__code=TARGET)
    return series.select_related("series__indicator", "source").order_by("-year", "pk")
