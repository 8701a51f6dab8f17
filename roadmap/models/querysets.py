"""The questions one asks of actions and milestones, as SQL.

The signal is decided twice: by rules/signals.py for one action and here for lists. A test
holds the two together over random states.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When

from committee.rules.days import PastDay
from roadmap.enums import Outlook, Signal, Status

if TYPE_CHECKING:
    from roadmap.models.actions import ActionItem  # noqa: F401 (quoted below)
    from roadmap.models.milestones import Milestone  # noqa: F401 (quoted below)

OPEN = Q(status__in=(Status.PLANNED, Status.IN_PROGRESS))


def is_late(today: date) -> Q:
    return OPEN & Q(due_date__lt=today)


def is_blocked() -> Q:
    return OPEN & Q(is_blocked=True)


def is_not_reported(today: date) -> Q:
    """Say who never reported, 30 days or more after the later of start and creation."""
    limit = today - timedelta(days=settings.SILENT_AFTER_DAYS)
    began = Q(created_on__lte=limit) & (Q(start_date=None) | Q(start_date__lte=limit))
    return OPEN & Q(reported_on=None) & began


def is_silent(today: date) -> Q:
    limit = today - timedelta(days=settings.SILENT_AFTER_DAYS)
    return OPEN & Q(reported_on__lte=limit)


def is_due_soon(today: date) -> Q:
    last = today + timedelta(days=settings.DUE_SOON_DAYS)
    return OPEN & Q(due_date__gte=today, due_date__lte=last)


def has_passed_gate(today: date) -> Q:
    """Say whether the action gates a milestone that is open after its date.

    The list of such actions is asked for once. Asked for each action, its supposed cost hides
    from PostgreSQL what reading the history costs, and it reads that row by row.
    """
    milestone = apps.get_model("roadmap", "Milestone")
    passed = milestone.objects.known_on(today).open().filter(due_date__lt=today)
    gates = milestone.actions.through.objects.filter(milestone_id__in=passed.values("pk"))
    return Q(pk__in=gates.values("actionitem_id"))


def is_contradictory(today: date) -> Q:
    seen = is_late(today) | is_silent(today) | (OPEN & has_passed_gate(today))
    return Q(outlook=Outlook.ON_TIME) & seen


def signal_case(today: date) -> Case:
    """Mirror rules/signals.py; the first match wins, a cancelled action has none."""
    return Case(
        When(status=Status.CANCELLED, then=Value("")),
        When(status=Status.VERIFIED, is_submitted_late=True, then=Value(Signal.DONE_LATE)),
        When(status=Status.VERIFIED, then=Value(Signal.DONE)),
        When(status=Status.SUBMITTED, then=Value(Signal.WAITING)),
        When(is_late(today), then=Value(Signal.LATE)),
        When(is_blocked(), then=Value(Signal.BLOCKED)),
        When(is_not_reported(today), then=Value(Signal.NOT_REPORTED)),
        When(is_silent(today), then=Value(Signal.SILENT)),
        When(is_due_soon(today), then=Value(Signal.DUE_SOON)),
        default=Value(Signal.ON_TRACK),
        output_field=models.CharField(),
    )


class ActionQuerySet(models.QuerySet["ActionItem"]):
    def with_signal(self, today: date) -> ActionQuerySet:
        """Annotate `signal`, in one SQL expression."""
        return self.annotate(signal=signal_case(today))

    def open(self) -> ActionQuerySet:
        return self.filter(OPEN)

    def for_rows(self) -> ActionQuerySet:
        """Load what a row of a list shows, in one query."""
        return self.select_related("workstream", "owner", "lead_institution")


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def known_on(self, today: date) -> MilestoneQuerySet:
        """Give the milestones known on a day; for a day looked back at, as they were then."""
        if isinstance(today, PastDay):
            then: Any = apps.get_model("roadmap", "MilestoneThen").objects.all()
            until = Q(until_day=None) | Q(until_day__gt=today)
            return then.filter(until, from_day__lte=today, known_from__lte=today)  # type: ignore[no-any-return]
        return self.filter(known_from__lte=today)

    def open(self) -> MilestoneQuerySet:
        return self.filter(achieved_date=None, closing="")
