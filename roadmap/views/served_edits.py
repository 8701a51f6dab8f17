"""Creating challenges and initiatives, and linking them to actions and figures."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from committee.http import MemberRequest
from roadmap.forms import served as forms
from roadmap.forms.saved import fresh
from roadmap.services import served as services
from roadmap.services.changes import Attempt
from roadmap.views.steps import StepPage, ask, bound, page_or_step, take
from umkm import access
from umkm.models import Challenge, Initiative
from umkm.rules import permissions

Served = Challenge | Initiative


@page_or_step
def create_challenge(request: MemberRequest) -> HttpResponse:
    """Name something else that small businesses lack."""
    saved = _("The challenge is there, with its column in the matrix.")
    page = StepPage(_("New challenge"), _("Save"), saved, reverse("roadmap:coverage"))
    return _create(request, page, forms.NewChallengeForm, Challenge())


@page_or_step
def create_initiative(request: MemberRequest) -> HttpResponse:
    """Name what runs across workstreams."""
    back = reverse("roadmap:initiatives")
    page = StepPage(_("New initiative"), _("Save"), _("The initiative is there."), back)
    return _create(request, page, forms.NewInitiativeForm, Initiative())


@page_or_step
def edit_challenge(request: MemberRequest, code: str) -> HttpResponse:
    """Change what is written about a challenge, and what is linked to it."""
    found = access.challenge(code)
    return _edit(request, _("Edit the challenge"), forms.ChallengeForm, found)


@page_or_step
def edit_initiative(request: MemberRequest, code: str) -> HttpResponse:
    """Change what is written about an initiative, and what is linked to it."""
    found = access.initiative(code)
    return _edit(request, _("Edit the initiative"), forms.InitiativeForm, found)


def _create(
    request: MemberRequest, page: StepPage, kind: type[forms.ServedForm], thing: Served
) -> HttpResponse:
    ask(permissions.may_manage_figures(request.actor))

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Served:
        draft = forms.draft_of(cleaned)
        return services.add_served(thing=thing, attempt=attempt, draft=draft)

    form = bound(request, kind, **fresh())
    return take(request, page, form, change, place=type(thing).get_absolute_url)


def _edit(
    request: MemberRequest, title: str, kind: type[forms.ServedForm], thing: Served
) -> HttpResponse:
    ask(permissions.may_manage_figures(request.actor))
    page = StepPage(title, _("Save"), _("Saved."), thing.get_absolute_url(), thing)
    values = forms.values_of(thing) if request.method != "POST" else {}
    form = bound(request, kind, **values)
    assert isinstance(form, forms.ServedForm)
    form.fit(thing)

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Served:
        draft = forms.draft_of(cleaned)
        return services.edit_served(thing=thing, attempt=attempt, draft=draft)

    return take(request, page, form, change)
