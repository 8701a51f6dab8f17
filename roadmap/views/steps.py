"""One step of one thing, as a page of its own: its form, then what it answers when sent.

Every step works by itself without JavaScript; a form elsewhere that was refused lands here
with every character that was typed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from committee.http import MemberRequest
from roadmap.forms.saved import SavedForm
from roadmap.views.saving import Change, Saving, save

Place = Callable[[Any], str]
page_or_step = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True)
class StepPage:
    """The words around a step's form; `about` is the thing it changes, None for a new one.

    `beside` names a template shown above the form, with `step.facts` for it to speak of;
    `version` is the one to save on top of, where it is not that of the thing.
    """

    title: str
    button: str
    saved: str
    back: str
    about: Any = None
    lede: str = ""
    is_grave: bool = False
    beside: str = ""
    facts: Any = None
    template: str = "roadmap/step.html"
    version: int | None = None


def ask(allowed: bool) -> None:
    """Refuse a page whose step this person may not take.

    :raises PermissionDenied: if not allowed.
    """
    if not allowed:
        raise PermissionDenied


def take(
    request: MemberRequest,
    page: StepPage,
    form: SavedForm,
    change: Change,
    *,
    place: Place | None = None,
) -> HttpResponse:
    """Show a step's form, or try it and go on; `place` says where, from what was done."""
    if request.method != "POST":
        return show(request, page, Saving(form))
    about = getattr(page.about, "version", 0)
    version = about if page.version is None else page.version
    saving = save(request, form, change, version=version)
    if not saving.is_saved:
        return show(request, page, saving)
    messages.success(request, page.saved)
    return redirect(place(saving.result) if place else page.back)


def show(request: MemberRequest, page: StepPage, saving: Saving) -> HttpResponse:
    """Draw the page of a step."""
    context = {"step": page, "form": saving.form, "saving": saving, "action": page.about}
    return render(request, page.template, context, status=saving.status)


def bound(request: MemberRequest, form: type[SavedForm], **values: Any) -> SavedForm:
    """Fill a form with what was sent, or with its first values."""
    if request.method == "POST":
        return form(request.POST, request.FILES)
    return form(initial=values)
