"""What cannot be believed: owners say “on time”, and the dates say otherwise."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from committee.http import MemberRequest
from committee.past import looks_back, writer
from roadmap.exports.moves import CONTRADICTIONS
from roadmap.forms.filters import choose
from roadmap.selectors import actions
from roadmap.selectors import contradictions as selectors
from roadmap.selectors.contradictions import Why
from roadmap.views.exports import file_of


@looks_back
@require_safe
def listing(request: MemberRequest) -> HttpResponse:
    """List contradictions with their reasons."""
    workstreams = actions.workstreams()
    known = {"why": Why.values, "workstream": [one.value for one in workstreams]}
    chosen, ignored = choose(request.GET, known)
    found = selectors.listing(
        today=request.day,
        **chosen,
        page=request.GET.get("page", "1"),
        reader=writer(request),
        offered=workstreams,
    )
    context = {
        "found": found,
        "chosen": chosen,
        "ignored": ignored,
        "is_filtered": any(chosen.values()),
    }
    file = file_of(request, CONTRADICTIONS, found.page, *ignored)
    return file or render(request, "roadmap/contradictions.html", context)
