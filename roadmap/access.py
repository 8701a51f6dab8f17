"""The only way to fetch roadmap objects for somebody: what they may not see is 404.

There are two audiences, public and signed-in; actions and milestones are seen by both, so
what differs is which fields the templates show. Evidence is for the inside only.
"""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import Http404

from committee.models import (
    Advice,
    AgendaItem,
    Decision,
    Institution,
    Meeting,
    Member,
    Workstream,
)
from committee.models.prepared import load
from committee.rules.days import PastDay
from committee.rules.permissions import Actor
from roadmap.enums import Status
from roadmap.models import (
    ActionItem,
    Comment,
    DateRequest,
    Dependency,
    Evidence,
    Job,
    Milestone,
    Obstacle,
    Period,
    PeriodReport,
    Reminder,
    SavedView,
    then,
    undone,
)
from roadmap.models.words import wear_day, with_answers, with_words, worn, worn_advice
from roadmap.rules import signals

Row = TypeVar("Row", bound=Model)


def action(code: str, today: date, *also: str) -> ActionItem:
    """Fetch an action that exists on this day, with its signal and what else is named.

    :raises Http404: if there is none.
    """
    found: Any = next(iter(load(_action, today, also, code=clean(code))), None)
    if found is None:
        raise Http404
    if isinstance(today, PastDay):
        found = then.wear(found, _one(then.actions_on(today).for_rows(), pk=found.pk))
    found.signal = _signal(found, today)  # as lists annotate it
    return found  # type: ignore[no-any-return]


def _action(today: date, also: tuple[str, ...], *, code: str) -> QuerySet[ActionItem]:
    rows = ActionItem.objects.for_rows().filter(code=code, created_on__lte=today)
    return _with(rows, also)


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


def institution(code: str) -> Institution:
    """Fetch an institution by code.

    :raises Http404: if there is none.
    """
    return _one(Institution.objects.all(), code=clean(code))


def person(pk: int) -> Member:
    """Fetch a member with their institution and who stands in for them.

    :raises Http404: if there is none.
    """
    return _one(Member.objects.select_related("institution", "deputy"), pk=pk)


def milestone(pk: int, today: date, *also: str) -> Milestone:
    """Fetch a milestone known on this day, with what else is named.

    :raises Http404: if there is none.
    """
    found = _one(
        _with(Milestone.objects.select_related("workstream"), also), pk=pk, known_from__lte=today
    )
    if isinstance(today, PastDay):
        found = then.wear_milestone(found, _one(Milestone.objects.known_on(today), pk=pk))
    return found


def obstacle(action: ActionItem, pk: int) -> Obstacle:
    """Fetch an obstacle of an action.

    :raises Http404: if there is none.
    """
    found = action.obstacles.filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404
    return found


def dependency(action: ActionItem, pk: int, *, is_sent: bool) -> Dependency:
    """Fetch what an action waits for; what it waits for no longer only to say so to a form sent.

    :raises Http404: if there is none.
    """
    found = Dependency.objects.filter(successor=action)
    found = found if is_sent else found.filter(removed_on=None)
    return _one(found.select_related("predecessor", "successor"), pk=pk)


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


def meeting(number: int, day: date | None = None) -> Meeting:
    """Fetch a meeting by its number, as of a day where one is named.

    :raises Http404: if there is none, or it was not opened by that past day.
    """
    found = Meeting.objects.select_related("closed_by")
    if isinstance(day, PastDay):
        found = found.filter(undone.held(day))
    made = _one(found, number=number)
    return undone.meeting(made, day) if day else made


def agenda_item(meeting: Meeting, pk: int) -> AgendaItem:
    """Fetch a point of a meeting's agenda.

    :raises Http404: if there is none.
    """
    return _one(meeting.agenda.all(), pk=pk)


def decision(pk: int, day: date | None = None) -> Decision:
    """Fetch a decision with its meeting and what is in force of it, now or on a day.

    :raises Http404: if there is none, or its meeting was not opened by that past day.
    """
    found = Decision.objects.select_related(
        "meeting", "agenda_item", "institution", "responsible", "advice__author", "done_by"
    )
    if isinstance(day, PastDay):
        found = found.filter(undone.held(day, "meeting__"))
    made = worn([_one(with_words(found, day), pk=pk)])[0]
    return undone.decision(made, day) if day else made


def advice(pk: int, day: date | None = None) -> Advice:
    """Fetch an advice with its author, where it was answered and the answer in force.

    :raises Http404: if there is none.
    """
    found = Advice.objects.select_related("author", "answered_at", "answered_by")
    made = worn_advice([_one(with_answers(found, day), pk=pk, **_since("given_on", day))])[0]
    return undone.advice(made, day) if day else made


def any_obstacle(pk: int, day: date | None = None) -> Obstacle:
    """Fetch an obstacle of whatever action, as of a day where one is named.

    :raises Http404: if there is none.
    """
    found = Obstacle.objects.select_related(
        *("action__workstream", "needed_from", "raised_by", "closed_by", "decision__meeting"),
        "joined_to",
    )
    made = _one(found, pk=pk, **_since("raised_on", day))
    return undone.obstacle(made, day) if day else made


def date_request(pk: int, day: date | None = None) -> DateRequest:
    """Fetch an ask to move a due date, with what is to move; as of a day where one is named.

    :raises Http404: if there is none.
    """
    found = DateRequest.objects.select_related(
        "action__workstream", "milestone__workstream", "asked_by", "answered_by"
    ).select_related("decision__meeting")
    made = _one(found, pk=pk, **_since("asked_on", day))
    wear_day(made.decision)
    return undone.request(made, day) if day else made


def period(pk: int, day: date | None = None) -> Period:
    """Fetch a reporting period, as of a day where one is named.

    :raises Http404: if there is none.
    """
    found = _one(Period.objects.select_related("closed_by"), pk=pk, **_since("opens_on", day))
    return undone.period(found, day) if day else found


def report(period: Period, code: str) -> PeriodReport:
    """Fetch a workstream's report of a period.

    :raises Http404: if there is none.
    """
    found = period.reports.select_related("period", "workstream", "signed_by")
    return _one(found, workstream__code=clean(code))


def comment(pk: int) -> Comment:
    """Fetch a comment with what it is about.

    :raises Http404: if there is none.
    """
    found = Comment.objects.select_related("by", "action", "advice", "decision__meeting")
    return _one(found, pk=pk)


def job(pk: int) -> Job:
    """Fetch a piece of long work with whoever ordered it.

    :raises Http404: if there is none.
    """
    return _one(Job.objects.select_related("ordered_by"), pk=pk)


def _with(rows: QuerySet[Row], also: tuple[str, ...]) -> QuerySet[Row]:
    """Join what is named; Django would take no name for every name."""
    return rows.select_related(*also) if also else rows


def _since(field: str, day: date | None) -> dict[str, date]:
    """Ask for what was there by a past day; what is there today needs no asking."""
    return {f"{field}__lte": day} if isinstance(day, PastDay) else {}


def _one(rows: QuerySet[Row], **asked: int | str | date) -> Row:
    """Give the one row asked for; a number no database can hold is merely unknown."""
    is_possible = all(not isinstance(value, int) or value < 2**63 for value in asked.values())
    found = rows.filter(**asked).first() if is_possible else None
    if found is None:
        raise Http404
    return found


def clean(code: str) -> str:
    """Drop a NUL byte, which PostgreSQL refuses, so that a bad address is merely unknown."""
    return code.replace("\x00", "")


def notice(actor: Actor, pk: int) -> Reminder:
    """Fetch a notice of this person's own.

    :raises Http404: if there is none, or it is another person's.
    """
    return _one(Reminder.objects.all(), pk=pk, recipient=actor.id)


def saved_view(slug: str) -> SavedView | None:
    """Fetch a kept view for whoever has its address; one that is gone is told of on a page."""
    return SavedView.objects.filter(slug=slug).first()
