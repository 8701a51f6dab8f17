"""What a steering pack holds: one tree of plain facts, in no reader's language.

It says what was so at the end of a day, and what changed since a meeting or an earlier day. The
checksum covers all of it but the names of things and people, which are today's (`TODAYS`); what
each name stands for, its code or number, is covered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from roadmap.rules.checksums import TODAYS, checksum


@dataclass(frozen=True, slots=True)
class Name:
    """What is spoken of: covered by its kind and key, called by its names of today."""

    kind: str
    key: str
    title: str = field(metadata=TODAYS)
    title_en: str = field(default="", metadata=TODAYS)

    @property
    def url(self) -> str:
        """Give the page of it; institutions and people are named, not linked."""
        return reverse(f"roadmap:{self.kind}", args=[self.key]) if self.kind in LINKED else ""

    @property
    def code(self) -> str:
        return self.key if self.kind == "action" else ""


LINKED = frozenset(
    ("action", "milestone", "workstream", "decision", "advice", "obstacle", "period", "meeting")
) | {"request"}


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing an edit changed, by the name of its field."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Line:
    """One change: of what, on which day, from what to what, by whom and why."""

    what: Name
    on: date | None = None
    about: Name | None = None
    place: Name | None = None
    state: str = ""
    mark: str = ""
    text: str = ""
    text_en: str = ""
    old_date: date | None = None
    old_precision: str = "day"
    new_date: date | None = None
    new_precision: str = "day"
    old_who: Name | None = None
    new_who: Name | None = None
    by: Name | None = None
    asked_by: str = ""
    note: str = ""
    note_en: str = ""
    edits: tuple[Edit, ...] = ()
    source: str = ""
    is_illustrative: bool = False

    @property
    def days(self) -> int:
        """Count the days a date moved; later is positive."""
        return (self.new_date - self.old_date).days if self.new_date and self.old_date else 0


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of change: how many there are, and the first of them."""

    section: str
    count: int
    lines: tuple[Line, ...]

    @property
    def is_cut(self) -> bool:
        return len(self.lines) < self.count


@dataclass(frozen=True, slots=True)
class Numbers:
    """Sums over some actions, now and at the beginning of what is compared with."""

    total: int = 0
    cancelled: int = 0
    never_reported: int = 0
    claimed: float | None = None
    verified: float | None = None
    expected: float | None = None
    claimed_before: float | None = None
    verified_before: float | None = None
    counts: dict[str, int] = field(default_factory=dict)
    oldest_due: date | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """A workstream: who leads it, how far it is, and what comes next."""

    what: Name
    lead: Name | None
    numbers: Numbers
    next_milestone: Name | None = None
    next_date: date | None = None
    next_precision: str = "day"


@dataclass(frozen=True, slots=True)
class Watched:
    """An action that needs attention, and every reason for it."""

    what: Name
    place: Name
    owner: Name | None
    lead: Name | None
    signal: str
    marks: tuple[str, ...]
    status: str
    progress: int
    outlook: str
    expected_date: date | None
    due_date: date | None
    due_precision: str
    is_illustrative: bool
    times_moved: int
    days_moved: int
    reported_on: date | None


@dataclass(frozen=True, slots=True)
class Need:
    """What somebody waits for: an obstacle, an ask to move a date, an advice without an answer."""

    what: Name
    since: date
    text: str = ""
    text_en: str = ""
    about: Name | None = None
    needed_from: Name | None = None
    needed_by: date | None = None
    by: Name | None = None
    old_date: date | None = None
    old_precision: str = "day"
    new_date: date | None = None
    new_precision: str = "day"
    is_illustrative: bool = False


@dataclass(frozen=True, slots=True)
class Needs:
    """One kind of need: how many, and the most urgent of them."""

    count: int
    rows: tuple[Need, ...]

    @property
    def is_cut(self) -> bool:
        return len(self.rows) < self.count


@dataclass(frozen=True, slots=True)
class Coming:
    """A milestone that is open: past its date, or within the next weeks."""

    what: Name
    place: Name | None
    due_date: date
    due_precision: str
    is_past: bool
    gates: int
    verified: int


@dataclass(frozen=True, slots=True)
class Slip:
    """Something whose date moved: how often and how far in all, and the last move."""

    what: Name
    times: int
    days: int
    first_date: date
    new_date: date
    new_precision: str
    on: date
    decision: Name | None
    by: Name | None
    asked_by: str
    reason: str
    reason_en: str
    source: str
    is_illustrative: bool


@dataclass(frozen=True, slots=True)
class Owed:
    """A decision not carried out yet."""

    what: Name
    code: str
    text: str
    state: str
    is_overdue: bool
    decided_on: date
    by_when: date | None
    institution: Name | None
    responsible: Name | None


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a list, and how many it has in all."""

    count: int
    rows: tuple[Any, ...]

    @property
    def is_cut(self) -> bool:
        return len(self.rows) < self.count


@dataclass(frozen=True, slots=True)
class Pack:
    """The whole paper. `made_at` is set only while the day is not over yet."""

    day: date
    since: date
    meeting: int | None
    is_rehearsal: bool
    numbers: Numbers
    fresh_owners: int
    all_owners: int
    changes: tuple[Kind, ...]
    obstacles: Needs
    requests: Needs
    advice: Needs
    attention: Part
    milestones: Part
    streams: tuple[Stream, ...]
    slips: Part
    slip_count: int
    decisions: Part
    overdue_decisions: int
    made_at: datetime | None = field(default=None, metadata=TODAYS)

    @property
    def checksum(self) -> str:
        return checksum(self)

    @property
    def since_value(self) -> str:
        """Name what it is compared with as an address does."""
        return f"meeting:{self.meeting}" if self.meeting else self.since.isoformat()

    @property
    def needed_count(self) -> int:
        return self.obstacles.count + self.requests.count + self.advice.count
