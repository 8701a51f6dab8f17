"""Moved dates across the whole roadmap: the ledger with its sums, and what came and went."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from committee.http import PageRequest, public, revalidated
from committee.past import looks_back
from roadmap.exports.moves import table_of
from roadmap.forms import slips as forms
from roadmap.forms.slips import Asked, Offered
from roadmap.selectors import actions, since, slips, slips_beside
from roadmap.selectors.slips import Kind, Show, Summary
from roadmap.views.exports import file_of

BESIDE = (Show.ADDED, Show.REMOVED)


@looks_back
@public
@require_safe
@revalidated
def listing(request: PageRequest) -> HttpResponse:
    """Show how often and how far dates moved, and every move with who agreed to it."""
    inside, today = request.actor is not None, request.day
    choices = actions.choices(inside=False)
    offered = Offered(choices.workstreams, choices.institutions)
    asked = forms.read(request.GET, offered=offered, today=today, inside=inside)
    held = since.meetings(today) if inside else []
    begin = asked.query.since or since.default(held, today)
    summary = slips.summary(query=asked.query, today=today, inside=inside, offered=offered.places)
    page = _page(request, asked, begin, summary)
    notes = [*(one.label for one in asked.chosen), *asked.ignored]
    if file := file_of(request, table_of(asked.query.show), page, *notes):
        return file
    context = {
        "asked": asked,
        "offered": offered,
        "kinds": Kind,
        "meetings": held,
        "begin": begin,
        "summary": summary,
        "beside": slips_beside.counts(asked.query, begin.day, today),
        "page_obj": page,
        "is_beside": asked.query.show in BESIDE,
    }
    return render(request, "roadmap/slips.html", context)


def _page(request: PageRequest, asked: Asked, begin: since.Since, summary: Summary) -> Any:
    """Give the list that was asked for: entries, items that moved, or what came and went."""
    query, today = asked.query, request.day
    if query.show in BESIDE:
        return slips_beside.listing(query, begin.day, today, asked.page)
    return slips.entries(
        query=query,
        today=today,
        inside=request.actor is not None,
        sums=summary.sums,
        page=asked.page,
    )
