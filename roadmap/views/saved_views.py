"""Saved views: one's own list, keeping and forgetting them, opening one, and where one begins."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from committee.http import MemberRequest, sent_only
from committee.past import looks_back
from committee.rules.days import past_day
from roadmap import access
from roadmap.enums import ViewPage
from roadmap.forms import views as forms
from roadmap.forms.saved import fresh
from roadmap.models import SavedView
from roadmap.rules import permissions
from roadmap.rules.refusals import Refused
from roadmap.rules.views import MOST, kept
from roadmap.selectors import views as selectors
from roadmap.services import views as services
from roadmap.services.changes import Attempt
from roadmap.views.steps import StepPage, ask, bound, page_or_step, take


@require_safe
def listing(request: MemberRequest) -> HttpResponse:
    """List one's own views."""
    context = {"rows": selectors.listing(request.actor.id), "most": MOST}
    return render(request, "roadmap/views.html", context)


@require_safe
def open_view(request: MemberRequest, slug: str) -> HttpResponse:
    """Open the list a view names; whoever has its address sees there what they may see."""
    view = access.saved_view(slug)
    if view is None:
        return _unknown(request)
    return redirect(selectors.place_of(view))


@looks_back
@require_safe
def start(request: MemberRequest) -> HttpResponse:
    """Open the view a person begins with, else what the way here asked for, else their work."""
    view = selectors.start_of(request.actor.id)
    if view is not None:
        return redirect(selectors.place_of(view))
    return redirect("roadmap:overview" if request.GET.get("else") == "overview" else "roadmap:my")


@page_or_step
def keep(request: MemberRequest) -> HttpResponse:
    """Keep a page with its filters under a name."""
    ask(permissions.may_keep_views(request.actor))
    first = _first(request)
    page = StepPage(
        title=_("Save this view"),
        button=_("Save"),
        saved=_("The view is saved; it stands under your name, in “My views”."),
        back=f"{reverse('roadmap:' + first['page'])}?{first['query']}",
        lede=_("It opens the list with these filters. Others can open it by its address."),
        beside="roadmap/partials/view_kept.html",
        facts=selectors.described([SavedView(page=first["page"], query=first["query"])])[0],
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> SavedView:
        return services.save_view(attempt=attempt, wish=forms.wish_of(cleaned))

    form = bound(request, forms.KeepForm, **fresh(**first))
    return take(request, page, form, change, place=selectors.place_of)


def _first(request: MemberRequest) -> dict[str, Any]:
    """Read what is to be kept from the address or the form; what is not known is left out."""
    asked = request.POST if request.method == "POST" else request.GET
    page = asked.get("page", "")
    page = page if page in ViewPage.values else ViewPage.ACTIONS.value
    query = asked.get("query", "")[: forms.LONGEST_ASKED]
    with suppress(Refused):  # which saving it will say
        query = kept(page, query)
    return {"page": page, "query": query, "day": _day(request, asked.get("day", ""))}


def _day(request: MemberRequest, text: str) -> str:
    try:
        day = past_day(text, request.clock.today)
    except ValueError:
        return ""
    return day.isoformat() if day else ""


@page_or_step
def rename(request: MemberRequest, slug: str) -> HttpResponse:
    """Give one's own view another name."""
    view = access.saved_view(slug)
    if view is None:
        return _unknown(request)
    ask(view.member_id == request.actor.id)
    page = StepPage(
        title=_("Rename the view"),
        button=_("Rename"),
        saved=_("The view has its new name; its address is the same."),
        back=reverse("roadmap:views"),
        about=view,
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> SavedView:
        return services.rename_view(view=view, attempt=attempt, name=cleaned["name"])

    return take(request, page, bound(request, forms.NameForm, **fresh(name=view.name)), change)


@page_or_step
def forget(request: MemberRequest, slug: str) -> HttpResponse:
    """Delete one's own view; one that is gone already needs no second time."""
    view = access.saved_view(slug)
    if view is None:
        return redirect("roadmap:views") if request.method == "POST" else _unknown(request)
    ask(view.member_id == request.actor.id)
    page = StepPage(
        title=_("Delete the view"),
        button=_("Delete"),
        saved=_("The view is deleted; nothing of the roadmap has changed."),
        back=reverse("roadmap:views"),
        about=view,
        lede=_("Whoever has its address will be told that it is gone."),
        is_grave=True,
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> None:
        services.delete_view(view=view, attempt=attempt)

    return take(request, page, bound(request, forms.ForgetForm, **fresh()), change)


@sent_only
def begin_here(request: MemberRequest, slug: str) -> HttpResponse:
    """Begin with one's own view from now on, or no longer; sent twice it means the same."""
    view = access.saved_view(slug)
    if view is None:
        return _unknown(request)
    is_start = request.POST.get("start", "yes") == "yes"
    attempt = Attempt(request.user, request.clock)
    try:
        services.start_with(view=view, attempt=attempt, is_start=is_start)
    except ObjectDoesNotExist:  # deleted between the opening of this request and its locks
        return _unknown(request)
    said = _("You begin here from now on.") if is_start else _("You begin with “My actions” again.")
    messages.success(request, said)
    return redirect("roadmap:views")


def _unknown(request: MemberRequest) -> HttpResponse:
    return render(request, "roadmap/view_unknown.html", status=404)
