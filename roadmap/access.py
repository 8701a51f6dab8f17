"""The only way to fetch roadmap objects for somebody: what they may not see is 404.

There are two audiences, public and signed-in; actions and milestones are seen by both, so
what differs is which fields the templates show. Evidence is for the inside only.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.http import Http404

from committee.models import Workstream
from committee.rules.permissions import Actor
from roadmap.enums import Status
from roadmap.models import ActionItem, Evidence, Milestone, Obstacle
from roadmap.rules import signals


def action(code: str, today: date) -> ActionItem:
    """Fetch an action that exists on this day, with its signal.

    :raises Http404: if there is none.
    """
    found = ActionItem.objects.for_rows().filter(code=clean(code), created_on__lte=today).first()
    if found is None:
        raise Http404
    found.signal = _signal(found, today)  # type: ignore[attr-defined]  # as lists annotate it
    return found


def _signal(action: ActionItem, today: date) -> str:
    """Decide one action's signal by the rule itself: the SQL that lists need costs more."""
    facts = signals.Facts(
        status=Status(action.status),
        created_on=action.created_on,
        due_date=action.due_date,
        start_date=action.start_date,
        reported_on=action.reported_on,
        is_submitted_late=action.is_submitted_late,
        is_blocked=action.is_blocked,
    )
    thresholds = {"silent_after": settings.SILENT_AFTER_DAYS, "due_soon": settings.DUE_SOON_DAYS}
    return signals.signal(facts, today, **thresholds) or ""


def workstream(code: str) -> Workstream:
    """Fetch a workstream by code.

    :raises Http404: if there is none.
    """
    found = Workstream.objects.select_related("lead_institution").filter(code=clean(code)).first()
    if found is None:
        raise Http404
    return found


def milestone(pk: int, today: date) -> Milestone:
    """Fetch a milestone known on this day.

    :raises Http404: if there is none.
    """
    milestones = Milestone.objects.known_on(today).select_related("workstream")
    found = milestones.filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404
    return found


def obstacle(action: ActionItem, pk: int) -> Obstacle:
    """Fetch an obstacle of an action.

    :raises Http404: if there is none.
    """
    found = action.obstacles.filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404
    return found


def evidence(actor: Actor | None, pk: int) -> Evidence:
    """Fetch a piece of evidence for somebody signed in.

    :raises Http404: if there is none, or the reader is not signed in.
    """
    if actor is None or not actor.is_active or pk >= 2**63:
        raise Http404
    found = Evidence.objects.select_related("action").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def clean(code: str) -> str:
    """Drop a NUL byte, which PostgreSQL refuses, so that a bad address is merely unknown."""
    return code.replace("\x00", "")
