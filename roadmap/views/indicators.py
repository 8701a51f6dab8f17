"""How small businesses are doing: headlines, one indicator whole, its provinces, its history."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from committee.http import PageRequest, public, revalidated
from committee.past import looks_back, writer
from roadmap.charts import figures as charts
from roadmap.forms.filters import unknown
from roadmap.selectors import served
from umkm import access
from umkm.enums import Measure
from umkm.models import Indicator
from umkm.rules import permissions
from umkm.selectors import indicators as selectors

PAGE_SIZE = 25


@looks_back
@public
@require_safe
@revalidated
def listing(request: PageRequest) -> HttpResponse:
    """Show the headlines as cards, then every other indicator in a list."""
    rest = Paginator(selectors.indicators().filter(headline_order=None), PAGE_SIZE)
    found = rest.get_page(request.GET.get("page", "1"))
    headlines = selectors.headlines(request.day)
    others = selectors.headlines(request.day, list(found.object_list))
    actor = writer(request)
    return render(
        request,
        "umkm/indicators.html",
        {
            "cards": [(one, charts.spark(one.line)) for one in headlines],
            "rows": [(one, charts.spark(one.line)) for one in others],
            "found": found,
            "may_manage": actor is not None and permissions.may_manage_figures(actor),
            "may_import": actor is not None and permissions.may_import_figures(actor),
        },
    )


@looks_back
@public
@require_safe
@revalidated
def detail(request: PageRequest, code: str) -> HttpResponse:
    """Show one indicator: its lines, what may be said of its targets, and what is to move it."""
    indicator = access.indicator(code)
    shown = selectors.indicator_page(indicator, request.day)
    behind = served.behind(
        indicator,
        today=request.day,
        inside=request.actor is not None,
        language=get_language() or "id",
        page=request.GET.get("page", "1"),
    )
    is_rank = indicator.measure == Measure.RANK
    context = {
        "shown": shown,
        "behind": behind,
        "chart": charts.chart(shown.lines, is_upside_down=is_rank),
        "beside": [(one, charts.spark(one.line)) for one in shown.beside],
        "may": _may(request, indicator),
    }
    return render(request, "umkm/indicator.html", context)


@looks_back
@public
@require_safe
@revalidated
def provinces(request: PageRequest, code: str) -> HttpResponse:
    """Rank the provinces of one line in one year, and show each one's own curve."""
    indicator = access.indicator(code)
    lines = list(indicator.series.order_by("order", "pk"))
    asked, year = request.GET.get("series", ""), request.GET.get("year", "")
    line = next((one for one in lines if one.code == asked), lines[0])
    line.indicator = indicator
    wanted = int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else None
    ranking = selectors.ranking(line, request.day, wanted)
    ignored = [unknown(asked)] if asked and asked != line.code else []
    if year and (ranking is None or str(ranking.year) != year):
        ignored.append(unknown(year))
    multiples = charts.multiples(selectors.small_multiples(line, request.day))
    context = {
        "indicator": indicator,
        "lines": lines,
        "line": line,
        "ranking": ranking,
        "multiples": multiples,
        "ignored": ignored,
    }
    return render(request, "umkm/provinces.html", context)


@looks_back
@public
@require_safe
@revalidated
def history(request: PageRequest, code: str) -> HttpResponse:
    """List every figure ever stated, with what was corrected or withdrawn, when and why."""
    indicator = access.indicator(code)
    stated = selectors.history(indicator, request.day)
    found = Paginator(stated, PAGE_SIZE).get_page(request.GET.get("page", "1"))
    rows = [(one, one.stood_on(request.day)) for one in found.object_list]
    may = _may(request, indicator)
    context = {"indicator": indicator, "found": found, "rows": rows, "may": may}
    return render(request, "umkm/history.html", context)


def _may(request: PageRequest, indicator: Indicator) -> dict[str, Any]:
    """Say what the reader may do with an indicator; whoever looks back only reads."""
    actor = writer(request)
    if actor is None:
        return {}
    return {
        "manage": permissions.may_manage_figures(actor),
        "enter": permissions.may_enter_figures(actor, indicator.workstream_id),
    }
