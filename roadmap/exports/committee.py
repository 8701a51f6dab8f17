"""The committee's work as files: meetings, decisions, advice, obstacles, requests for dates.

All of it is for the inside: its pages stand behind the sign-in, and so do these files.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committee.enums import AdviceAnswer, DecisionEffect, MeetingStatus
from roadmap.enums import DecisionState, Precision, RequestState
from roadmap.exports.tables import (
    Column,
    Scope,
    Table,
    chunks,
    day,
    each,
    number,
    text,
    words,
    yes_or_no,
)
from roadmap.models import undone
from roadmap.models.words import worn, worn_advice, worn_meetings
from roadmap.selectors.obstacles import row_of


def address(scope: Scope, of: str = "") -> Column:
    """Say where a row has its own page; `of` leads from the row to the thing."""

    def place(row: Any) -> str:
        return scope.site + str((getattr(row, of) if of else row).get_absolute_url())

    return text(_("Address"), place, 40)


def titled(row: Any) -> str:
    return row.local_title if row else ""


def _meeting_columns(scope: Scope) -> list[Column]:
    states = words(MeetingStatus)
    return [
        number(_("Meeting"), "number"),
        day(_("Date"), "date"),
        text(_("Place"), "place", 40),
        text(_("Status"), lambda row: states[row.status]),
        number(_("Points on the agenda"), "points"),
        number(_("Decisions"), "decided"),
        day(_("Closed on"), "closed_on"),
        address(scope),
    ]


def _meeting_rows(found: Any, scope: Scope) -> Iterator[Any]:
    for part in chunks(found):
        yield from (undone.meeting(row, scope.today) for row in worn_meetings(part))


def _decision_columns(scope: Scope) -> list[Column]:
    effects, states = words(DecisionEffect), words(DecisionState)
    return [
        text(_("Decision"), "code", 12),
        number(_("Meeting"), "meeting.number"),
        day(_("Date of the meeting"), "meeting.date"),
        text(_("What was decided"), "text", 60),
        text(_("Effect"), lambda row: effects[row.effect]),
        text(_("State"), lambda row: states[row.state]),
        text(_("Overdue"), lambda row: yes_or_no(row.is_overdue), 12),
        day(_("By when"), "due_date"),
        text(_("Carried out by (institution)"), lambda row: titled(row.institution), 30),
        text(_("Carried out by (person)"), lambda row: _name(row.responsible)),
        day(_("Carried out on"), "done_on"),
        text(_("How it was carried out"), "done_note", 40),
        address(scope),
    ]


def _decision_rows(found: Any, scope: Scope) -> Iterator[Any]:
    for part in chunks(found):
        yield from (undone.decision(row, scope.today) for row in worn(part))


def _advice_columns(scope: Scope) -> list[Column]:
    answers = words(AdviceAnswer) | {"": _("Waiting for an answer")}
    return [
        text(_("Subject"), "subject", 60),
        text(_("Reasoning"), "reasoning", 60),
        text(_("Given by"), "author.name"),
        day(_("Given on"), "given_on"),
        text(_("Workstreams"), _places, 30),
        text(_("Answer"), lambda row: answers[row.answer]),
        text(_("Reason of the answer"), "answer_reason", 40),
        text(_("Answered at"), lambda row: str(row.answered_at or "")),
        day(_("Answered on"), "answered_on"),
        text(_("Decided"), lambda row: yes_or_no(row.has_decisions), 12),
        text(_("Carried out by actions"), lambda row: yes_or_no(row.has_actions), 16),
        address(scope),
    ]


def _places(row: Any) -> str:
    return "; ".join(one.local_title for one in row.workstreams.all()) or _("The whole roadmap")


def _advice_rows(found: Any, scope: Scope) -> Iterator[Any]:
    for part in chunks(found):
        yield from (undone.advice(row, scope.today) for row in worn_advice(part))


def _obstacle_columns(scope: Scope) -> list[Column]:
    return [
        text(_("Action"), "obstacle.action.code", 12),
        text(_("Title of the action"), "obstacle.action.local_title", 40),
        text(_("Workstream"), "obstacle.action.workstream.code", 14),
        number(_("Actions behind it"), "actions"),
        text(_("What is needed"), "obstacle.needed", 60),
        text(_("What is needed (English)"), "obstacle.needed_en", 60),
        text(_("Who must decide"), _decider, 30),
        day(_("Stands in the way since"), "since"),
        number(_("Age in days"), "age"),
        day(_("Needed by"), "needed_by"),
        text(_("Overdue"), lambda row: yes_or_no(row.is_overdue), 12),
        text(_("Raised by"), "obstacle.raised_by.name"),
        day(_("Closed on"), "obstacle.closed_on"),
        text(_("Closed by"), lambda row: _name(row.obstacle.closed_by)),
        text(_("How it was solved"), "obstacle.closing_note", 40),
        text(_("Decision"), lambda row: _code(row.obstacle.decision), 12),
        text(_("Example"), lambda row: yes_or_no(row.obstacle.is_illustrative), 12),
        address(scope, "obstacle"),
    ]


def _decider(row: Any) -> str:
    return titled(row.obstacle.needed_from) or _("the steering committee")


def _obstacle_rows(found: Any, scope: Scope) -> Iterator[Any]:
    for root in each(found):
        yield row_of(root, scope.today)


def _request_columns(scope: Scope) -> list[Column]:
    states, precisions = words(RequestState), words(Precision)
    return [
        text(_("Code"), lambda row: row.action.code if row.action else "", 12),
        text(_("What"), lambda row: row.item.local_title, 60),
        day(_("Old date"), "old_date"),
        text(_("The old date stands for"), lambda row: precisions[row.old_precision], 16),
        day(_("New date"), "new_date"),
        text(_("The new date stands for"), lambda row: precisions[row.new_precision], 16),
        number(_("Days moved"), "days"),
        text(_("Reason"), "reason", 60),
        text(_("Asked by"), "asked_by.name"),
        day(_("Asked on"), "asked_on"),
        text(_("State"), lambda row: states[row.state]),
        text(_("Answered by"), lambda row: _name(row.answered_by)),
        day(_("Answered on"), "answered_on"),
        text(_("Answer"), "answer_reason", 40),
        address(scope),
    ]


def _request_rows(found: Any, scope: Scope) -> Iterator[Any]:
    for row in each(found):
        yield undone.request(row, scope.today)


def _name(person: Any) -> str:
    return person.name if person else ""


def _code(decision: Any) -> str:
    return decision.code if decision else ""


def _baseline_columns(scope: Scope) -> list[Column]:
    precisions = words(Precision)
    return [
        text(_("Code"), "action.code", 12),
        text(_("Title (Indonesian)"), "title", 60),
        text(_("Output (Indonesian)"), "output", 60),
        day(_("Due date"), "due_date"),
        text(_("Precision of the due date"), lambda row: precisions[row.due_precision]),
        text(_("Owner"), lambda row: row.owner.name if row.owner else ""),
        text(_("Address"), lambda row: scope.site + row.action.get_absolute_url(), 40),
    ]


def _baseline_rows(found: Any, scope: Scope) -> Iterator[Any]:
    return each(found)


MEETINGS = Table(gettext_lazy("Meetings"), _meeting_columns, _meeting_rows)
BASELINE = Table(gettext_lazy("What was adopted"), _baseline_columns, _baseline_rows)
DECISIONS = Table(gettext_lazy("Decisions"), _decision_columns, _decision_rows)
ADVICE = Table(gettext_lazy("Advice"), _advice_columns, _advice_rows)
OBSTACLES = Table(gettext_lazy("Obstacles"), _obstacle_columns, _obstacle_rows)
REQUESTS = Table(gettext_lazy("Date moves"), _request_columns, _request_rows)
