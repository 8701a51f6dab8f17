"""What I owe: the page a member opens between two meetings."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from committee.http import MemberRequest
from roadmap.forms import reports as forms
from roadmap.selectors import periods
from roadmap.selectors.my import my_page
from roadmap.views import cards

# The most urgent have their form in the page; the others fetch it when it is opened.
FORMS_AT_HAND = 5


@require_safe
def listing(request: MemberRequest) -> HttpResponse:
    """List what this person owes; htmx gets the one card it is about to swap."""
    if cards.is_asked(request):
        return cards.saved_card(request)
    page = my_page(
        actor=request.actor, today=request.clock.today, page=request.GET.get("page", "1")
    )
    entries = [
        forms.untouched(action, folded=place >= FORMS_AT_HAND)
        for place, action in enumerate(page.page.object_list)
    ]
    context = {
        "my": page,
        "entries": entries,
        "institutions": forms.institutions() if entries else None,
        "reports": periods.owed_by(request.actor, request.clock.today),
    }
    return render(request, "roadmap/my.html", context)
