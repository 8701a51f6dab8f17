"""The list of milestones and the page of one. What changes them lives in milestone_edits.py."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from committee.http import PageRequest, public, revalidated
from committee.past import looks_back, writer
from roadmap import access
from roadmap.exports.items import MILESTONES
from roadmap.forms.filters import choose, unknown
from roadmap.models import Milestone
from roadmap.rules import permissions
from roadmap.selectors import actions, milestones
from roadmap.selectors.milestones import Between, Stage
from roadmap.selectors.origin import JOINED
from roadmap.selectors.requests import of_item
from roadmap.views.exports import file_of


@looks_back
@public
@require_safe
@revalidated
def listing(request: PageRequest) -> HttpResponse:
    """List milestones by stage; an unknown filter is named and ignored."""
    workstreams = actions.workstreams()
    places = {milestones.WHOLE_ROADMAP, *(option.value for option in workstreams)}
    chosen, ignored = choose(request.GET, {"workstream": places, "stage": Stage.values})
    between = _between(request, ignored)
    found = milestones.listing(
        today=request.day, page=request.GET.get("page", "1"), between=between, **chosen
    )
    context = {
        "found": found,
        "workstreams": workstreams,
        "ignored": ignored,
        "between": between,
        "may_create": _may_create(request),
        **chosen,
    }
    file = file_of(request, MILESTONES, found.page, *ignored)
    return file or render(request, "roadmap/milestones.html", context)


@looks_back
@public
@require_safe
@revalidated
def detail(request: PageRequest, pk: int) -> HttpResponse:
    """Show one milestone: its dates, its slips, and the actions that gate it."""
    milestone = access.milestone(pk, request.day, *(JOINED if request.actor else ()))
    shown = milestones.milestone_page(
        milestone=milestone,
        today=request.day,
        inside=request.actor is not None,
        language=get_language() or "id",
        page=request.GET.get("page", "1"),
    )
    context = {
        "shown": shown,
        "milestone": milestone,
        "may": _may(request, milestone),
        "requests": of_item(milestone) if writer(request) else [],
    }
    return render(request, "roadmap/milestone.html", context)


def _between(request: PageRequest, ignored: list[str]) -> Between:
    """Read the days a stack of milestones on the timeline leads here with."""
    found: list[date | None] = []
    for name in ("from", "to"):
        text = request.GET.get(name, "").strip()
        try:
            found.append(date.fromisoformat(text) if text else None)
        except ValueError:
            found.append(None)
            ignored.append(unknown(text))
    return found[0], found[1]


def _may_create(request: PageRequest) -> bool:
    actor = writer(request)
    return actor is not None and permissions.may_create_anything(actor)


def _may(request: PageRequest, milestone: Milestone) -> dict[str, bool]:
    """Say which pages that change this milestone its own page leads to."""
    actor = writer(request)
    if actor is None:
        return {}
    still_open = milestone.is_open
    return {
        "edit": permissions.may_edit_milestone(actor, milestone.workstream_id),
        "move": still_open and permissions.may_move_milestone(actor),
        "ask": still_open
        and milestone.due_date is not None
        and permissions.may_ask_milestone_move(actor, milestone.workstream_id)
        and not permissions.may_move_milestone(actor),
        "end": still_open and permissions.may_end_milestone(actor),
    }
