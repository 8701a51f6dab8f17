"""What I owe: the page a member opens between two meetings."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from committee.http import MemberRequest
from committee.past import looks_back, writer
from roadmap.exports.items import ACTIONS
from roadmap.forms import reports as forms
from roadmap.models import ActionItem
from roadmap.selectors import action_rows, periods
from roadmap.selectors.my import my_page, owed_by
from roadmap.views import cards
from roadmap.views.exports import file_of

# The most urgent has its form in the page; the others fetch theirs when it is opened.
FORMS_AT_HAND = 1


@looks_back
@require_safe
def listing(request: MemberRequest) -> HttpResponse:
    """List what this person owes; htmx gets the one card it is about to swap."""
    may_write = writer(request) is not None
    if may_write and cards.is_asked(request):
        return cards.saved_card(request)
    owed = action_rows.select(owed_by(request.user.pk, request.day), request.day, inside=True)
    if file := file_of(request, ACTIONS, owed):
        return file
    page = my_page(actor=request.actor, today=request.day, page=request.GET.get("page", "1"))
    entries = [
        _entry(action, place, may_write=may_write)
        for place, action in enumerate(page.page.object_list)
    ]
    context = {
        "my": page,
        "entries": entries,
        "institutions": forms.institutions(request.clock.today) if entries and may_write else None,
        "reports": periods.owed_by(request.actor, request.day) if may_write else [],
    }
    return render(request, "roadmap/my.html", context)


def _entry(action: ActionItem, place: int, *, may_write: bool) -> Any:
    """Give an action with its form; on a page as of a past day there is none."""
    if not may_write:
        return {"action": action, "is_past": True}
    return forms.untouched(action, folded=place >= FORMS_AT_HAND)
