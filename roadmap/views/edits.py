"""Putting an action on the roadmap, and changing what it says."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from committee.enums import DecisionEffect
from committee.http import MemberRequest
from roadmap import access
from roadmap.forms import actions as forms
from roadmap.forms.saved import fresh
from roadmap.models import ActionItem, StatusUpdate
from roadmap.rules import permissions
from roadmap.services import actions as services
from roadmap.services.changes import Attempt
from roadmap.views import panels
from roadmap.views.decisions import asked_decision
from roadmap.views.steps import StepPage, ask, bound, page_or_step, take


@page_or_step
def create(request: MemberRequest) -> HttpResponse:
    """Put a new action on the roadmap, under its workstream's next free code."""
    ask(permissions.may_create_anything(request.actor))
    page = StepPage(
        title=_("New action"),
        button=_("Save"),
        saved=_("The action is on the roadmap."),
        back=reverse("roadmap:actions"),
    )
    decision = asked_decision(request, DecisionEffect.ACTION)
    first = forms.values_from(decision) if decision else {}
    form = bound(request, forms.NewActionForm, **fresh(weight=1, due_precision="day", **first))
    assert isinstance(form, forms.NewActionForm)
    form.offer(request.actor)
    form.offer_valid(request.clock.today)
    return take(request, page, form, _create, place=ActionItem.get_absolute_url)


def _create(cleaned: dict[str, Any], attempt: Attempt) -> ActionItem:
    return services.create_action(attempt=attempt, draft=forms.draft_of(cleaned))


@page_or_step
def edit(request: MemberRequest, code: str) -> HttpResponse:
    """Change what an action says; this is not a report and ends no silence."""
    action = access.action(code, request.clock.today)
    ask(permissions.may_edit_action(request.actor, panels.facts(request, action)))
    page = StepPage(
        title=_("Edit the action"),
        button=_("Save"),
        saved=_("Saved."),
        back=action.get_absolute_url(),
        about=action,
        lede=_("Owner and due date change on pages of their own, with a reason."),
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> StatusUpdate:
        draft = forms.draft_of(cleaned)
        return services.edit_action(action=action, attempt=attempt, draft=draft)

    values = forms.values_of(action) if request.method != "POST" else {}
    return take(request, page, bound(request, forms.ActionForm, **values), change)
