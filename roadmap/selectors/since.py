"""What changed since a meeting or a day: every kind of change as a section with its count.

A day counts from its beginning, so what a meeting led to on the same day is in. Each section
costs one query: its rows carry their total.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Window
from django.utils.translation import gettext_lazy as _

from committee.enums import MeetingStatus
from committee.models import Meeting
from committee.rules.days import PastDay, night_after, start_of
from roadmap.enums import Status, UpdateKind
from roadmap.models import (
    DueDateChange,
    Milestone,
    Obstacle,
    StatusUpdate,
    undone,
)
from roadmap.models.querysets import is_late
from roadmap.models.words import with_days, worn, worn_advice, worn_meetings
from roadmap.selectors import since_committee as committee
from roadmap.selectors.actions import known
from roadmap.selectors.adoption import with_standing
from roadmap.selectors.history import edits
from roadmap.selectors.since_committee import Asked

SHOWN = 10
PAGE_SIZE = 50
WITHIN = timedelta(days=30)
MOST_MEETINGS = 50


class Section(models.TextChoices):
    """The kinds of change, in the order of the page."""

    DECIDED = "decided", _("Decisions taken")
    ADOPTED = "adopted", _("Roadmap adopted")
    ADVISED = "advised", _("Advice given")
    ANSWERED = "answered", _("Advice answered")
    ADDED = "added", _("Actions added")
    EDITED = "edited", _("Actions edited")
    REMOVED = "removed", _("Actions removed")
    MOVED = "moved", _("Due dates of actions moved")
    REQUESTED = "requested", _("Other dates asked for, not approved")
    OWNER = "owner", _("Owners changed")
    VERIFIED = "verified", _("Newly verified")
    REOPENED = "reopened", _("Reopened")
    LATE = "late", _("Late since then")
    MILESTONE_ADDED = "milestone_added", _("Milestones added")
    MILESTONE_MOVED = "milestone_moved", _("Due dates of milestones moved")
    MILESTONE_ENDED = "milestone_ended", _("Milestones achieved or closed")
    RAISED = "raised", _("Obstacles raised")
    CLEARED = "cleared", _("Obstacles closed")
    PERIOD_CLOSED = "period_closed", _("Reporting periods closed")


@dataclass(frozen=True, slots=True)
class Since:
    """From which day on, and the meeting that names it."""

    day: date
    meeting: Meeting | None = None

    @property
    def value(self) -> str:
        return f"meeting:{self.meeting.number}" if self.meeting else self.day.isoformat()


@dataclass(frozen=True, slots=True)
class Found:
    """One section: its rows, or the first of them, and how many there are."""

    section: Section
    rows: list[Any]
    count: int

    @property
    def is_cut(self) -> bool:
        return len(self.rows) < self.count


def default(held: Iterable[Meeting], today: date) -> Since:
    """Give the latest closed one of the meetings held, else the last 30 days."""
    meeting = next((one for one in held if one.is_closed), None)
    return Since(meeting.date, meeting) if meeting else Since(today - WITHIN)


def read(text: str, today: date) -> Since | None:
    """Read `meeting:3` or `2018-09-12`; None for what names no meeting held or no past day."""
    kind, _colon, number = text.partition(":")
    if kind == "meeting" and number.isascii() and number.isdecimal() and len(number) < 10:
        meeting = next(iter(worn_meetings(_held(today).filter(number=int(number)))), None)
        return Since(meeting.date, meeting) if meeting else None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return Since(day) if date(2000, 1, 1) <= day <= today else None


def meetings(today: date) -> list[Meeting]:
    """List the meetings held, the latest first, to choose from."""
    held = worn_meetings(list(_latest_held(today)))
    return [undone.meeting(one, today) for one in held]


def _held(today: date) -> QuerySet[Any]:
    opened = Meeting.objects.exclude(status=MeetingStatus.DRAFT)
    if isinstance(today, PastDay):
        opened = opened.filter(undone.held(today))
    held = with_days(opened, today)
    return held.filter(held_on__lte=today)


def _latest_held(today: date) -> QuerySet[Any]:
    return _held(today).order_by("-held_on", "-number")[:MOST_MEETINGS]


def everything(asked: Asked) -> list[Found]:
    """Give every section with its first rows: one query each."""
    return [_first(section, asked) for section in Section]


def _first(section: Section, asked: Asked) -> Found:
    rows = list(_rows(section, asked).annotate(total=Window(Count("*")))[:SHOWN])
    return Found(section, _told(section, rows, asked), rows[0].total if rows else 0)


def one(section: Section, asked: Asked, page: Any) -> tuple[Found, Page[Any]]:
    """Give one section whole, fifty rows a page."""
    found = Paginator(_rows(section, asked), PAGE_SIZE).get_page(page)
    rows = _told(section, list(found.object_list), asked)
    return Found(section, rows, found.paginator.count), found


def in_parts(section: Section, asked: Asked, size: int) -> Iterator[list[Any]]:
    """Give a section whole, so many rows at once: for what holds more than a page."""
    rows = _rows(section, asked).iterator(chunk_size=size)
    while part := list(islice(rows, size)):
        yield _told(section, part, asked)


def _told(section: Section, rows: list[Any], asked: Asked) -> list[Any]:
    """Put into words what edits changed, and wear what stood on the day that is asked about."""
    if section in WORN:
        rows = WORN[section](rows)
    if section in STOOD:
        rows = [STOOD[section](row, asked.today) for row in rows]
    if section == Section.EDITED:
        for row in rows:
            row.deltas = edits(row)
    return rows


WORN: dict[Section, Callable[[list[Any]], list[Any]]] = {
    Section.DECIDED: worn,
    Section.ADVISED: worn_advice,
    Section.ANSWERED: worn_advice,
}
STOOD: dict[Section, Callable[[Any, date], Any]] = {
    Section.DECIDED: undone.decision,
    Section.ADVISED: undone.advice,
    Section.REQUESTED: undone.request,
    Section.RAISED: undone.obstacle,
}


def _rows(section: Section, asked: Asked) -> QuerySet[Any]:
    return SECTIONS[section](asked)


def _added(asked: Asked) -> QuerySet[Any]:
    found = known(asked.today).filter(created_on__gte=asked.since)
    rows = with_standing(found, asked.today).select_related("workstream", "owner")
    return rows.order_by("-created_on", "workstream__order", "number")


def _edited(asked: Asked) -> QuerySet[Any]:
    """Give each edit that says what it changed; the first entry of an action is its making."""
    found = _updates(UpdateKind.EDITED, asked)
    told = found.exclude(changes={}).exclude(changes__has_key="created")
    return told.select_related("action", "by").order_by("-at", "-pk")


def _updates(kind: UpdateKind, asked: Asked) -> QuerySet[Any]:
    """Give the updates of a kind from the beginning of one day to the end of the other."""
    within = {"at__gte": start_of(asked.since), "at__lt": night_after(asked.today)}
    return StatusUpdate.objects.filter(kind=kind, **within)


def _removed(asked: Asked) -> QuerySet[Any]:
    """Give what is cancelled now and was not before; the update says when, by whom and why."""
    found = _entered(Status.CANCELLED, UpdateKind.CANCELLED, asked)
    rows: Any = with_standing(found, asked.today)
    return rows.order_by("-entered_on", "workstream__order", "pk")


def _verified(asked: Asked) -> QuerySet[Any]:
    found = _entered(Status.VERIFIED, UpdateKind.VERIFIED, asked)
    return found.order_by("-entered_on", "workstream__order", "pk")


def _entered(status: Status, kind: UpdateKind, asked: Asked) -> Any:
    """Give actions that stand in a status now and did not at the beginning of the day."""
    began = start_of(asked.since)
    updates = StatusUpdate.objects.filter(action=OuterRef("pk"))
    before = updates.filter(Q(superseded_at=None) | Q(superseded_at__gt=began), at__lt=began)
    entering = updates.filter(at__gte=began, at__lt=night_after(asked.today), status=status)
    entering = entering.filter(kind__in=(kind, UpdateKind.IMPORTED))
    entering = entering.exclude(superseded_at=F("at")).order_by("-at", "-pk")
    return (
        known(asked.today)
        .filter(status=status)
        .annotate(before=Subquery(before.order_by("-at", "-pk").values("status")[:1]))
        .filter(Q(before=None) | ~Q(before=status))
        .annotate(
            entered_on=Subquery(entering.values("at")[:1]),
            entered_by=Subquery(entering.values("by__name")[:1]),
            entered_note=Subquery(entering.values("note")[:1]),
        )
        .select_related("workstream", "owner")
    )


def _moved(asked: Asked) -> QuerySet[Any]:
    return _slips(asked).filter(action__isnull=False)


def _milestone_moved(asked: Asked) -> QuerySet[Any]:
    return _slips(asked).filter(milestone__isnull=False)


def _slips(asked: Asked) -> QuerySet[Any]:
    found = DueDateChange.objects.filter(on__gte=asked.since, on__lte=asked.today, is_applied=True)
    whole = found.select_related(
        "action", "milestone", "by", "decision__meeting", "request__answered_by"
    )
    return whole.order_by("-on", "-pk")


def _owner(asked: Asked) -> QuerySet[Any]:
    """Give each change of owner with who it was before; giving it to the same is none."""
    earlier = StatusUpdate.objects.filter(
        Q(at__lt=OuterRef("at")) | Q(at=OuterRef("at"), pk__lt=OuterRef("pk")),
        action=OuterRef("action"),
    ).order_by("-at", "-pk")
    found = _updates(UpdateKind.REASSIGNED, asked).annotate(
        old_owner=Subquery(earlier.values("owner")[:1]),
        old_name=Subquery(earlier.values("owner__name")[:1]),
    )
    gained, lost = Q(old_owner=None, owner__isnull=False), Q(old_owner__isnull=False, owner=None)
    changed = found.filter(gained | lost | Q(old_owner__isnull=False) & ~Q(old_owner=F("owner")))
    return changed.select_related("action", "owner", "by").order_by("-at", "-pk")


def _reopened(asked: Asked) -> QuerySet[Any]:
    found = _updates(UpdateKind.REOPENED, asked)
    return found.select_related("action", "by").order_by("-at", "-pk")


def _late(asked: Asked) -> QuerySet[Any]:
    found = known(asked.today).filter(is_late(asked.today), due_date__gte=asked.since)
    rows = found.select_related("workstream", "owner")
    return rows.order_by("due_date", "workstream__order", "number")


def _milestone_added(asked: Asked) -> QuerySet[Any]:
    found = Milestone.objects.known_on(asked.today).filter(known_from__gte=asked.since)
    return found.select_related("workstream").order_by("-known_from", "pk")


def _milestone_ended(asked: Asked) -> QuerySet[Any]:
    """Give milestones by the day it was recorded that they ended."""
    ended = Q(achieved_recorded_on__gte=asked.since) | Q(closed_on__gte=asked.since)
    found = Milestone.objects.known_on(asked.today).filter(ended)
    return found.select_related("workstream").order_by("-achieved_recorded_on", "-closed_on", "pk")


def _raised(asked: Asked) -> QuerySet[Any]:
    found = Obstacle.objects.filter(raised_on__gte=asked.since, raised_on__lte=asked.today)
    return _with_action(found).order_by("-raised_on", "-pk")


def _cleared(asked: Asked) -> QuerySet[Any]:
    found = Obstacle.objects.filter(closed_on__gte=asked.since, closed_on__lte=asked.today)
    return _with_action(found).order_by("-closed_on", "-pk")


def _with_action(obstacles: QuerySet[Obstacle]) -> QuerySet[Obstacle]:
    return obstacles.select_related(
        "action", "needed_from", "raised_by", "closed_by", "decision__meeting"
    )


SECTIONS: dict[Section, Callable[[Asked], QuerySet[Any]]] = {
    Section.DECIDED: committee.decided,
    Section.ADOPTED: committee.adopted,
    Section.ADVISED: committee.advised,
    Section.ANSWERED: committee.answered,
    Section.ADDED: _added,
    Section.EDITED: _edited,
    Section.REMOVED: _removed,
    Section.MOVED: _moved,
    Section.REQUESTED: committee.requested,
    Section.OWNER: _owner,
    Section.VERIFIED: _verified,
    Section.REOPENED: _reopened,
    Section.LATE: _late,
    Section.MILESTONE_ADDED: _milestone_added,
    Section.MILESTONE_MOVED: _milestone_moved,
    Section.MILESTONE_ENDED: _milestone_ended,
    Section.RAISED: _raised,
    Section.CLEARED: _cleared,
    Section.PERIOD_CLOSED: committee.closed_periods,
}
