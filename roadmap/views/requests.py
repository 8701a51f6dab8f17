"""Asking for another due date, and answering it: the list, the page of one, and its steps."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from committee.enums import DecisionEffect
from committee.http import MemberRequest
from committee.past import looks_back, writer
from roadmap import access
from roadmap.enums import RequestState
from roadmap.exports.committee import REQUESTS
from roadmap.forms import requests as forms
from roadmap.forms.filters import unknown
from roadmap.forms.saved import fresh
from roadmap.models import ActionItem, DateRequest, Milestone
from roadmap.rules import permissions
from roadmap.selectors import requests as selectors
from roadmap.services import requests as services
from roadmap.services.changes import Attempt
from roadmap.views import panels
from roadmap.views.decisions import asked_decision
from roadmap.views.exports import file_of
from roadmap.views.moves import first_date, take_move
from roadmap.views.steps import StepPage, ask, bound, page_or_step, take


@looks_back
@require_safe
def listing(request: MemberRequest) -> HttpResponse:
    """List the asks for another date: those that wait, unless others are asked for."""
    asked = request.GET.get("state", "")
    is_known = asked in (*RequestState.values, selectors.EVERY)
    state = asked if is_known else RequestState.PENDING.value
    context: dict[str, Any] = {
        "found": selectors.listing(
            state=state, today=request.day, page=request.GET.get("page", "1")
        ),
        "state": state,
        "ignored": [unknown(asked)] if asked and not is_known else [],
    }
    file = file_of(request, REQUESTS, context["found"].page, *context["ignored"])
    return file or render(request, "roadmap/requests.html", context)


@looks_back
@require_safe
def detail(request: MemberRequest, pk: int) -> HttpResponse:
    """Show one ask: what, why, what it would run past, and what was answered."""
    found = access.date_request(pk, request.day)
    shown = selectors.request_page(found, request.day)
    context = {"shown": shown, "asked": found, **_may(request, found, shown)}
    return render(request, "roadmap/request.html", context)


def _may(
    request: MemberRequest, found: DateRequest, shown: selectors.RequestPage
) -> dict[str, Any]:
    """Say which answers this reader may give, and by which decision."""
    actor = writer(request)
    if actor is None:
        return {}
    withdraws = permissions.may_withdraw_request(actor, found.asked_by_id)
    return {
        "decision": asked_decision(request, DecisionEffect.MOVE),
        "may_answer": shown.is_waiting and permissions.may_answer_move(actor),
        "may_withdraw": shown.is_waiting and withdraws,
    }


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
    first = fresh(version=item.version, **first_date(request, item))
    page = StepPage(
        title=_("Ask for another date"),
        button=_("Ask"),
        saved=_("Asked. The secretariat answers; you are told in your next letter."),
        back=item.get_absolute_url(),
        about=item,
        lede=_("The date in force stays until the answer. Ask, reason and answer stay on record."),
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> DateRequest:
        return services.ask_move(item=item, attempt=attempt, move=forms.wish_of(cleaned))

    form = bound(request, forms.AskForm, **first)
    place = DateRequest.get_absolute_url
    return take_move(request, page, form, change, moves=False, place=place)


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
