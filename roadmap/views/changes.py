"""Everything that changed since a meeting or a day."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from committee.http import MemberRequest
from committee.past import looks_back
from roadmap.exports.changes import CHANGES
from roadmap.forms.filters import unknown
from roadmap.selectors import adoption, since
from roadmap.selectors.since import Section
from roadmap.selectors.since_committee import Asked
from roadmap.views.exports import file_of


@looks_back
@require_safe
def listing(request: MemberRequest) -> HttpResponse:
    """Show what changed since then: every section with its first rows, or one of them whole."""
    today, ignored = request.day, []
    text, name = request.GET.get("since", "").strip(), request.GET.get("section", "")
    chosen = since.read(text, today) if text else None
    if text and chosen is None:
        sentence = _("“%(value)s” names no meeting held and no past day; it was ignored.")
        ignored.append(sentence % {"value": text[:40]})
    if name and name not in Section.values:
        ignored.append(unknown(name))
    held = since.meetings(today)
    chosen = chosen or since.default(held, today)
    asked = Asked(chosen.day, today)
    context = {
        "since": chosen,
        "adopted": adoption.latest(today),
        "meetings": held,
        "ignored": ignored,
        **_sections(asked, name, request.GET.get("page", "1")),
    }
    sections = [found.section for found in context["sections"]]
    file = file_of(request, CHANGES, (asked, sections), *ignored)
    return file or render(request, "roadmap/changes_since.html", context)


def _sections(asked: Asked, name: str, page: str) -> dict[str, Any]:
    if name in Section.values:
        found, page_obj = since.one(Section(name), asked, page)
        return {"sections": [found], "page_obj": page_obj, "is_whole": True, "total": found.count}
    sections = since.everything(asked)
    return {"sections": sections, "total": sum(found.count for found in sections)}
