"""What cannot be believed: owners say “on time”, and the dates say otherwise."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from committee.http import MemberRequest
from committee.past import looks_back, writer
from roadmap.exports.moves import CONTRADICTIONS
from roadmap.forms.filters import unknown
from roadmap.selectors import actions
from roadmap.selectors import contradictions as selectors
from roadmap.selectors.actions import Option
from roadmap.selectors.contradictions import Why
from roadmap.views.exports import file_of


@looks_back
@require_safe
def listing(request: MemberRequest) -> HttpResponse:
    """List contradictions with their reasons."""
    workstreams = actions.workstreams()
    chosen, ignored = _read(request, workstreams)
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


def _read(request: MemberRequest, workstreams: list[Option]) -> tuple[dict[str, str], list[str]]:
    """Read the filters; what is not known is named, and ignored."""
    known = {"why": Why.values, "workstream": [one.value for one in workstreams]}
    asked = {name: request.GET.get(name, "").strip() for name in known}
    chosen = {name: value if value in known[name] else "" for name, value in asked.items()}
    return chosen, [
        unknown(value) for name, value in asked.items() if value and value not in known[name]
    ]
