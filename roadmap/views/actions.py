"""The list of actions and the page of one. What changes them lives in reports.py and edits.py."""

from __future__ import annotations

from django.core.paginator import InvalidPage
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from committee.http import PageRequest, public, revalidated
from committee.past import looks_back, writer
from roadmap import access
from roadmap.exports.items import ACTIONS
from roadmap.forms import filters
from roadmap.rules import permissions
from roadmap.selectors import actions as selectors
from roadmap.selectors.action_page import action_page
from roadmap.selectors.origin import JOINED_TO_ACTION
from roadmap.views import comments, panels
from roadmap.views.exports import file_of


@looks_back
@public
@require_safe
@revalidated
def listing(request: PageRequest) -> HttpResponse:
    """List the actions asked for; htmx gets the list without the page around it."""
    inside = request.actor is not None
    choices = selectors.choices(
        inside=inside,
        today=request.day,
        owner=filters.owner_asked(request.GET),
        served=filters.served_asked(request.GET),
    )
    asked = filters.read(request.GET, choices=choices, inside=inside)
    found = selectors.listing(
        query=asked.query,
        today=request.day,
        page=asked.page,
        inside=inside,
        language=get_language() or "id",
    )
    context = {"filters": asked, "found": found, "ignored": _ignored(asked, found)}
    if file := file_of(request, ACTIONS, found.page, *_notes(asked, found)):
        return file
    if not request.htmx:
        actor = writer(request)
        may_create = actor is not None and permissions.may_create_anything(actor)
        return render(request, "roadmap/actions.html", {**context, "may_create": may_create})
    response = render(request, "roadmap/actions.html#actions-list", context)
    response["HX-Push-Url"] = _address(request)
    return response


@looks_back
@public
@require_safe
@revalidated
def detail(request: PageRequest, code: str) -> HttpResponse:
    """Show one action; a member's page offers what that member may do with it."""
    also = JOINED_TO_ACTION if request.actor else ()
    action = access.action(code, request.day, *also)
    shown = action_page(
        action=action,
        today=request.day,
        page=request.GET.get("page", "1"),
        inside=request.actor is not None,
        language=get_language() or "id",
    )
    forms = panels.action_forms(request, action) if writer(request) else None
    context = {"shown": shown, "action": action, "forms": forms}
    part = "#history" if request.htmx and request.htmx.target == "history" else ""
    if not part and writer(request):
        context["talk"] = comments.talk(request, action)
    return render(request, f"roadmap/action.html{part}", context)


def _ignored(asked: filters.Filters, found: selectors.ActionList) -> list[str]:
    """Add a sentence about a page that does not exist to those about unknown values."""
    try:
        found.page.paginator.validate_number(asked.page)
    except InvalidPage:
        sentence = _("There is no page “%(page)s”; this is page %(shown)s.")
        return [*asked.ignored, sentence % {"page": asked.page[:20], "shown": found.page.number}]
    return asked.ignored


def _notes(asked: filters.Filters, found: selectors.ActionList) -> list[str]:
    """Say what is asked, ignored and left out, for a file that leaves its page behind."""
    left_out = ngettext(
        "%(n)s cancelled action is left out.",
        "%(n)s cancelled actions are left out.",
        found.cancelled,
    )
    notes = [tag.label for tag in asked.chosen] + asked.ignored
    return [*notes, left_out % {"n": found.cancelled}] if found.cancelled else notes


def _address(request: PageRequest) -> str:
    """Give the address of this list without its empty parameters."""
    params = request.GET.copy()
    for name in [name for name, value in params.items() if not value]:
        del params[name]
    path = reverse("roadmap:actions")
    return f"{path}?{params.urlencode()}" if params else path
