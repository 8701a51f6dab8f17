"""The overview: where a reader begins, and what refreshes itself while it is open."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from committee.http import PageRequest, etag_of, public, revalidated_panel
from committee.past import looks_back, writer
from roadmap.charts.trend import TrendChart, chart
from roadmap.rules import permissions
from roadmap.selectors.overview import Attention, Overview
from roadmap.selectors.overview import overview as read_overview
from roadmap.selectors.setup import has_met
from roadmap.views.drawing import drawn
from umkm.selectors.glance import Glance


@dataclass(frozen=True, slots=True)
class Shown:
    """What a part of the overview is drawn from: plain values only."""

    what: Attention | TrendChart | tuple[Glance, ...]
    inside: bool


@looks_back
@public
@require_safe
@revalidated_panel
def overview(request: PageRequest) -> HttpResponse:
    """Show what needs attention, then how far everything is; htmx gets the panel alone."""
    inside = request.actor is not None
    etag = etag_of(request, is_part=True)  # before what it is about is read
    board = read_overview(today=request.day, inside=inside, language=get_language() or "id")
    context = {"board": board, "etag": etag, **_parts(board, inside)}
    if request.htmx:
        return render(request, "roadmap/overview.html#board", context)
    return render(request, "roadmap/overview.html", {**context, "is_new": _is_new(request, board)})


def _parts(board: Overview, inside: bool) -> dict[str, SafeString | list[SafeString]]:
    head = Shown(board.attention, inside)
    return {
        "head": drawn("roadmap/partials/overview_head.html", head),
        "attention": drawn("roadmap/partials/attention.html", head),
        "streams": [drawn("roadmap/partials/stream.html", one) for one in board.streams],
        "businesses": drawn("roadmap/partials/glance.html", Shown(board.businesses, inside)),
        "trend": drawn("roadmap/partials/trend.html", Shown(chart(board.trend.points), inside)),
    }


def _is_new(request: PageRequest, board: Overview) -> bool:
    """Say whether the secretariat has steps of the first hour before it; a rehearsal has none."""
    actor = writer(request)
    if actor is None or not permissions.may_set_up(actor):
        return False
    is_real = request.clock.rehearsal is None
    return is_real and not (board.streams and board.total.total and has_met())
