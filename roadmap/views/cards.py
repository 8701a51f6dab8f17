"""The card of one action on "My actions": drawn with its page, then swapped alone by htmx."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render

from committee.http import MemberRequest
from roadmap import access
from roadmap.forms import reports as forms
from roadmap.models import ActionItem, StatusUpdate
from roadmap.selectors import my

PREFIX = "action-"


def is_asked(request: MemberRequest) -> bool:
    """Tell whether htmx asks for one card; what it names is only ever looked up."""
    return bool(request.htmx) and (request.htmx.target or "").startswith(PREFIX)


def code_asked(request: MemberRequest) -> str:
    return (request.htmx.target or "").removeprefix(PREFIX)


def render_card(
    request: MemberRequest, entry: forms.Entry, status: int = 200, *, saved: bool = False
) -> HttpResponse:
    """Draw one card, with what it says about the form just sent."""
    mine = my.card(member_id=request.user.pk, code=entry.action.code, today=request.clock.today)
    context = {
        "entry": entry,
        "action": mine or entry.action,
        "institutions": forms.institutions(request.clock.today),
        "saved": saved,
        "opened": request.method == "GET" and "open" in request.GET,
    }
    return render(request, "roadmap/my.html#task", context, status=status)


def saved_card(request: MemberRequest) -> HttpResponse:
    """Draw the card just saved or opened, from what now stands.

    :raises Http404: if there is no such action.
    """
    code = access.clean(code_asked(request))
    found = my.card(member_id=request.user.pk, code=code, today=request.clock.today)
    if found is None:
        raise Http404
    return render_card(request, forms.untouched(found), saved="saved" in request.GET)


def last_change(action: ActionItem) -> StatusUpdate | None:
    """Give who changed an action last, and how."""
    return action.updates.filter(superseded_at=None).select_related("by").first()
