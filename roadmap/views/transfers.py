"""Handing an action on, moving its date, and closing its obstacles."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from committee.enums import DecisionEffect
from committee.http import MemberRequest
from roadmap import access
from roadmap.forms import reports as forms
from roadmap.forms.saved import fresh
from roadmap.rules import permissions
from roadmap.services import dates, obstacles, reports
from roadmap.services.changes import Attempt
from roadmap.views import panels
from roadmap.views.decisions import asked_decision
from roadmap.views.moves import first_date, take_move
from roadmap.views.steps import StepPage, ask, bound, page_or_step, take


@page_or_step
def reassign(request: MemberRequest, code: str) -> HttpResponse:
    """Give an action to another owner."""
    action = access.action(code, request.clock.today)
    ask(permissions.may_reassign(request.actor, panels.facts(request, action)))
    page = StepPage(
        title=_("Reassign"),
        button=_("Reassign"),
        saved=_("Reassigned; the new owner is told."),
        back=action.get_absolute_url(),
        about=action,
        lede=_("The new owner gets the reminders from now on."),
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Any:
        words = forms.words_of(cleaned)
        return reports.reassign(action=action, attempt=attempt, owner=cleaned["owner"], words=words)

    first = fresh(version=action.version, owner=action.owner_id)
    return take(request, page, bound(request, forms.ReassignForm, **first), change)


@page_or_step
def move(request: MemberRequest, code: str) -> HttpResponse:
    """Move an action's due date."""
    action = access.action(code, request.clock.today)
    ask(permissions.may_move_date(request.actor, panels.facts(request, action)))
    page = StepPage(
        title=_("Move the due date"),
        button=_("Move"),
        saved=_("The due date is moved; the first date stays on record."),
        back=action.get_absolute_url(),
        about=action,
        lede=_("The old date, the new one, who asked and why stay on record for every member."),
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Any:
        return dates.move_action_date(action=action, attempt=attempt, move=forms.move_of(cleaned))

    first = fresh(
        version=action.version,
        decision=asked_decision(request, DecisionEffect.MOVE),
        **first_date(request, action),
    )
    return take_move(request, page, bound(request, forms.MoveForm, **first), change)


@page_or_step
def close_obstacle(request: MemberRequest, code: str, pk: int) -> HttpResponse:
    """Close an obstacle, saying how it was solved."""
    action = access.action(code, request.clock.today)
    obstacle = access.obstacle(action, pk)
    ask(permissions.may_close_obstacle(request.actor, panels.facts(request, action)))
    page = StepPage(
        title=_("Close the obstacle"),
        button=_("Close the obstacle"),
        saved=_("The obstacle is closed."),
        back=action.get_absolute_url(),
        about=action,
        lede=obstacle.needed,
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Any:
        return obstacles.close_obstacle(
            action=action, attempt=attempt, obstacle=obstacle, closing_note=cleaned["note"]
        )

    form = bound(request, forms.SolvedForm, **fresh(version=action.version))
    return take(request, page, form, change)
