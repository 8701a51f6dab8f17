"""How every signal and score is counted, and the inputs of a workstream's progress."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from committee.http import PageRequest, public, revalidated
from committee.past import looks_back
from roadmap.forms.filters import choose
from roadmap.selectors import examples
from roadmap.selectors.actions import workstreams
from roadmap.selectors.inputs import NEVER, inputs


@looks_back
@public
@require_safe
@revalidated
def method(request: PageRequest) -> HttpResponse:
    """Say of each signal and score what it means, from what and with which threshold."""
    day, language = request.day, get_language() or "id"
    is_inside = request.actor is not None
    contradiction = examples.of_contradiction(today=day, language=language) if is_inside else None
    context = {
        "examples": examples.by_signal(today=day, language=language),
        "of_progress": examples.of_progress(today=day, language=language),
        "of_contradiction": contradiction,
        "silent_days": settings.SILENT_AFTER_DAYS,
        "soon_days": settings.DUE_SOON_DAYS,
    }
    return render(request, "roadmap/method.html", context)


@looks_back
@public
@require_safe
@revalidated
def progress(request: PageRequest) -> HttpResponse:
    """List the inputs of the progress of one workstream, or of the whole roadmap."""
    offered = {option.value: option.label for option in workstreams()}
    chosen, ignored = choose(request.GET, {"workstream": offered, "show": [NEVER]})
    found = inputs(
        today=request.day,
        page=request.GET.get("page", "1"),
        language=get_language() or "id",
        **chosen,
    )
    context = {
        "found": found,
        "offered": offered,
        "chosen": chosen,
        "place": offered.get(chosen["workstream"], ""),
        "ignored": ignored,
    }
    return render(request, "roadmap/progress.html", context)
