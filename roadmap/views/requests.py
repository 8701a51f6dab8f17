"""Asking for another due date, and answering it: the list, the page of one, and its steps."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from committee.enums import DecisionEffect
from committee.http import MemberRequest
from roadmap import access
from roadmap.enums import RequestState
from roadmap.forms import requests as forms
from roadmap.forms.saved import SavedForm, fresh
from roadmap.models import ActionItem, DateRequest, Milestone
from roadmap.rules import permissions
from roadmap.selectors import requests as selectors
from roadmap.selectors import ripple
from roadmap.services import requests as services
from roadmap.services.changes import Attempt
from roadmap.views import panels
from roadmap.views.decisions import asked_decision
from roadmap.views.saving import Saving
from roadmap.views.steps import StepPage, ask, bound, page_or_step, show, take


@require_safe
def listing(request: MemberRequest) -> HttpResponse:
    """List the asks for another date: those that wait, unless others are asked for."""
    asked = request.GET.get("state", "")
    is_known = asked in (*RequestState.values, selectors.EVERY)
    state = asked if is_known else RequestState.PENDING.value
    unknown = _("“%(value)s” is not known here; it was ignored.") % {"value": asked[:40]}
    context = {
        "found": selectors.listing(state=state, page=request.GET.get("page", "1")),
        "state": state,
        "ignored": [unknown] if asked and not is_known else [],
    }
    return render(request, "roadmap/requests.html", context)


@require_safe
def detail(request: MemberRequest, pk: int) -> HttpResponse:
    """Show one ask: what, why, what it would run past, and what was answered."""
    found = access.date_request(pk)
    shown = selectors.request_page(found, request.clock.today)
    context = {
        "shown": shown,
        "asked": found,
        "decision": asked_decision(request, DecisionEffect.MOVE),
        "may_answer": shown.is_waiting and permissions.may_answer_move(request.actor),
        "may_withdraw": shown.is_waiting
        and permissions.may_withdraw_request(request.actor, found.asked_by_id),
    }
    return render(request, "roadmap/request.html", context)


@page_or_step
def ask_action(request: MemberRequest, code: str) -> HttpResponse:
    """Ask for another due date of an action."""
    action = access.action(code, request.clock.today)
    ask(permissions.may_ask_move(request.actor, panels.facts(request, action)))
    return _ask(request, action)


@page_or_step
def ask_milestone(request: MemberRequest, pk: int) -> HttpResponse:
    """Ask for another due date of a milestone."""
    milestone = access.milestone(pk, request.clock.today)
    ask(permissions.may_ask_milestone_move(request.actor, milestone.workstream_id))
    return _ask(request, milestone)


def _ask(request: MemberRequest, item: ActionItem | Milestone) -> HttpResponse:
    first = {"due_date": item.due_date, "due_precision": item.due_precision}
    form = bound(request, forms.AskForm, **fresh(version=item.version, **first))
    page = StepPage(
        title=_("Ask for another date"),
        button=_("Ask"),
        saved=_("Asked. The secretariat answers; you are told in your next letter."),
        back=item.get_absolute_url(),
        about=item,
        lede=_("The date in force stays until the answer. Ask, reason and answer stay on record."),
        beside="roadmap/partials/ripple_ahead.html",
        facts=_ahead(request, item, form),
        template="roadmap/request_ask.html",
    )
    if "preview" in request.POST:
        return show(request, page, Saving(forms.as_typed(form)))

    def change(cleaned: dict[str, Any], attempt: Attempt) -> DateRequest:
        return services.ask_move(item=item, attempt=attempt, move=forms.wish_of(cleaned))

    return take(request, page, form, change, place=DateRequest.get_absolute_url)


def _ahead(request: MemberRequest, item: ActionItem | Milestone, form: SavedForm) -> dict[str, Any]:
    """Say what hangs on the date, and what the one typed would run past."""
    today = request.clock.today
    wished = forms.wished_day(form) if request.method == "POST" else None
    return {
        "item": item,
        "wished": wished,
        "overruns": ripple.overruns(item, wished, today) if wished else [],
        "reach": ripple.reach(item, item.due_date, today) if item.due_date else [],
    }


@page_or_step
def approve(request: MemberRequest, pk: int) -> HttpResponse:
    """Approve an ask, and move the date."""
    found = access.date_request(pk)
    ask(permissions.may_answer_move(request.actor))
    page = _answer_page(
        request,
        found,
        title=_("Approve the request"),
        button=_("Approve and move the date"),
        saved=_("Approved: the date is moved, and whoever asked is told."),
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> DateRequest:
        return services.approve_request(
            request=found, attempt=attempt, decision=cleaned["decision"], answer=cleaned["note"]
        )

    decision = asked_decision(request, DecisionEffect.MOVE)
    form = bound(request, forms.ApproveForm, **fresh(decision=decision))
    return take(request, page, form, change)


@page_or_step
def decline(request: MemberRequest, pk: int) -> HttpResponse:
    """Decline an ask, saying why."""
    found = access.date_request(pk)
    ask(permissions.may_answer_move(request.actor))
    page = _answer_page(
        request,
        found,
        title=_("Decline the request"),
        button=_("Decline"),
        saved=_("Declined: the date stays, and whoever asked is told why."),
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> DateRequest:
        return services.decline_request(
            request=found, attempt=attempt, decision=cleaned["decision"], answer=cleaned["note"]
        )

    decision = asked_decision(request, services.DECLINING)
    form = bound(request, forms.DeclineForm, **fresh(decision=decision))
    return take(request, page, form, change)


@page_or_step
def withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    """Take an own ask back."""
    found = access.date_request(pk)
    ask(permissions.may_withdraw_request(request.actor, found.asked_by_id))
    page = _answer_page(
        request,
        found,
        title=_("Withdraw the request"),
        button=_("Withdraw"),
        saved=_("Withdrawn: the date stays."),
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> DateRequest:
        return services.withdraw_request(request=found, attempt=attempt, answer=cleaned["note"])

    return take(request, page, bound(request, forms.WithdrawForm, **fresh()), change)


def _answer_page(
    request: MemberRequest, found: DateRequest, *, title: str, button: str, saved: str
) -> StepPage:
    return StepPage(
        title=title,
        button=button,
        saved=saved,
        back=found.get_absolute_url(),
        about=found,
        beside="roadmap/partials/request_facts.html",
        facts=selectors.request_page(found, request.clock.today),
    )
