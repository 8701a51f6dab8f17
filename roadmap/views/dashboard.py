"""The overview and the workstreams: where a reader begins."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from committee.http import PageRequest, public, revalidated
from committee.past import looks_back, writer
from roadmap import access
from roadmap.rules import permissions
from roadmap.selectors.overview import Overview
from roadmap.selectors.overview import overview as read_overview
from roadmap.selectors.setup import has_met
from roadmap.selectors.workstreams import workstream_page


@looks_back
@public
@require_safe
@revalidated
def overview(request: PageRequest) -> HttpResponse:
    """Show what needs attention, then how far everything is."""
    inside = request.actor is not None
    board = read_overview(today=request.day, inside=inside, language=get_language() or "id")
    context = {"board": board, "is_new": _is_new(request, board)}
    return render(request, "roadmap/overview.html", context)


def _is_new(request: PageRequest, board: Overview) -> bool:
    """Say whether the secretariat has steps of the first hour before it; a rehearsal has none."""
    actor = writer(request)
    if actor is None or not permissions.may_set_up(actor):
        return False
    is_real = request.clock.rehearsal is None
    return is_real and not (board.streams and board.total.total and has_met())


@looks_back
@public
@require_safe
@revalidated
def workstream(request: PageRequest, code: str) -> HttpResponse:
    """Show one workstream."""
    place = workstream_page(
        workstream=access.workstream(code),
        today=request.day,
        inside=request.actor is not None,
        language=get_language() or "id",
    )
    return render(request, "roadmap/workstream.html", {"place": place})
