"""The timeline: every workstream along one axis, and the same rows as a table."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from committee.http import PageRequest, public, revalidated
from committee.past import looks_back
from roadmap.charts import axis
from roadmap.charts.timeline import Chart, Drawing, Marks, Words
from roadmap.enums import Status
from roadmap.forms import filters
from roadmap.forms import timeline as forms
from roadmap.forms.timeline import CLOSED, Asked
from roadmap.selectors import actions, network, since
from roadmap.selectors import timeline as selectors
from roadmap.selectors.timeline import Found
from roadmap.views.timeline_answers import Answers

# What the list of actions filters by too.
SHARED = (
    *("workstream", "institution", "part", "status", "signal", "owner", "q"),
    *("due_from", "due_to", "challenge", "initiative"),
)


@looks_back
@public
@require_safe
@revalidated
def timeline(request: PageRequest) -> HttpResponse:
    """Show the timeline asked for, and what was asked about it: a slip, a chain, what moved."""
    inside, language = request.actor is not None, get_language() or "id"
    owner, served = filters.owner_asked(request.GET), filters.served_asked(request.GET)
    choices = actions.choices(inside=inside, today=request.day, owner=owner, served=served)
    asked = forms.read(request.GET, choices=choices, today=request.day, inside=inside)
    found = selectors.timeline(
        query=asked.filters.query,
        today=request.day,
        workstreams=choices.workstreams,
        opened=asked.opened,
        page=asked.page,
        inside=inside,
    )
    targets = network.targets(request.day, language)
    answers, marks = Answers(asked, found, request.day, language, targets).read()
    chart = _chart(request, asked, found, marks)
    context = {
        "asked": asked,
        "found": found,
        "chart": chart,
        "targets": targets,
        "meetings": since.meetings(request.day) if inside else [],
        **_addresses(request, found, chart),
        **answers,
    }
    return render(request, "roadmap/timeline.html", context)


def _chart(request: PageRequest, asked: Asked, found: Found, marks: Marks) -> Chart:
    window = axis.window(
        found.days, request.day, zoom=asked.zoom, first=asked.first, last=asked.last
    )
    shown = [row["pk"] for row in found.actions]
    opened = [group.code for group in found.groups if group.is_open]

    def toggle(code: str) -> str:
        left = [one for one in opened if one != code]
        now = left if code in opened else [*opened, code]
        return address(request, open=",".join(now) or CLOSED, page=None) + f"#w-{code}"

    drawing = Drawing(
        window=window,
        words=Words(get_language() or "id"),
        today=request.day,
        marks=marks,
        network=network.around(shown, request.day),
        toggle=toggle,
        door=lambda **changes: _door(request, **changes),
    )
    return drawing.chart(found, asked.zoom)


def address(request: PageRequest, **changes: Any) -> str:
    """Give this page's query with some of it changed; None leaves a name out."""
    params = request.GET.copy()
    for name, value in changes.items():
        params.pop(name, None)
        if value is not None:
            params[name] = str(value)
    for name in [name for name in params if not any(params.getlist(name))]:
        del params[name]
    return f"?{params.urlencode(safe=',:')}"


def _door(request: PageRequest, **changes: Any) -> str:
    """Lead to the list of actions with the same filter."""
    params = {name: value for name in SHARED if (value := request.GET.get(name))} | changes
    base = reverse("roadmap:actions")
    return f"{base}?{urlencode(params)}" if params else base


def _addresses(request: PageRequest, found: Found, chart: Chart) -> dict[str, Any]:
    """Give where the links of the page lead."""
    windows = (axis.shifted(chart.window, -1), axis.shifted(chart.window, 1))
    plain = address(request, slip=None, days=None)
    asked = [(name, value) for name, values in request.GET.lists() for value in values if value]
    return {
        "actions_address": _door(request),
        "cancelled_address": _door(request, status=Status.CANCELLED.value),
        "all_open": address(request, open=",".join(group.code for group in found.groups)),
        "all_closed": address(request, open=CLOSED, page=None),
        "slip_address": plain if plain == "?" else f"{plain}&",
        "moves_along": [
            address(request, **{"from": one.first.isoformat(), "to": one.last.isoformat()})
            for one in windows
        ],
        "pages": _pages(request, found),
        "kept": [(name, value) for name, value in asked if name not in ("slip", "days")],
    }


def _pages(request: PageRequest, found: Found) -> dict[str, Any]:
    """Say which rows of how many are shown, and lead to the others."""
    part = found.part
    return {
        "first": part.start + 1,
        "last": min(part.start + part.size, part.total),
        "total": part.total,
        "previous": address(request, page=part.page - 1) if part.page > 1 else "",
        "next": address(request, page=part.page + 1) if part.page < part.pages else "",
    }
