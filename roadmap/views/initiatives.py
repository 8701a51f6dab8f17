"""What runs across workstreams, what small businesses lack, and where nobody is working on it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from committee.http import PageRequest, public, revalidated
from committee.past import looks_back, writer
from roadmap.rules import permissions as roadmap_permissions
from roadmap.selectors import served
from umkm import access
from umkm.models import Challenge, Initiative
from umkm.rules import permissions
from umkm.selectors import indicators

PAGE_SIZE = 50


@looks_back
@public
@require_safe
@revalidated
def coverage(request: PageRequest) -> HttpResponse:
    """Lay workstreams against challenges; an empty cell is a finding."""
    actor = writer(request)
    context = {
        "coverage": served.coverage(request.day),
        "may_create": actor is not None and roadmap_permissions.may_create_anything(actor),
        "may_manage": _may_manage(request),
    }
    return render(request, "umkm/coverage.html", context)


@looks_back
@public
@require_safe
@revalidated
def challenge(request: PageRequest, code: str) -> HttpResponse:
    """Show one challenge, the actions that answer it and the figures that tell of it."""
    found = access.challenge(code)
    told = found.indicators.order_by("code")
    context = {"challenge": found, **_behind(request, found), "indicators": told}
    return render(request, "umkm/challenge.html", context)


@looks_back
@public
@require_safe
@revalidated
def listing(request: PageRequest) -> HttpResponse:
    """List the initiatives with how far each one is."""
    found = Paginator(indicators.initiatives(), PAGE_SIZE).get_page(request.GET.get("page", "1"))
    rows = served.initiative_rows(list(found.object_list), request.day)
    context = {"found": found, "rows": rows, "may_manage": _may_manage(request)}
    return render(request, "umkm/initiatives.html", context)


@looks_back
@public
@require_safe
@revalidated
def detail(request: PageRequest, code: str) -> HttpResponse:
    """Show one initiative with its actions, milestones, figures and progress."""
    found = access.initiative(code)
    told = indicators.headlines(request.day, list(found.indicators.order_by("code")))
    context = {"initiative": found, **_behind(request, found), "headlines": told}
    return render(request, "umkm/initiative.html", context)


def _behind(request: PageRequest, of: Challenge | Initiative) -> dict[str, Any]:
    behind = served.behind(
        of,
        today=request.day,
        inside=request.actor is not None,
        language=get_language() or "id",
        page=request.GET.get("page", "1"),
    )
    return {"behind": behind, "may_manage": _may_manage(request)}


def _may_manage(request: PageRequest) -> bool:
    actor = writer(request)
    return actor is not None and permissions.may_manage_figures(actor)
