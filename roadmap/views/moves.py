"""Another due date, looked at before it is saved: what it pushes, where, and what it runs past.

The look is what is computed from the date typed: asked for by a button, by an address, or as the
date changes. Whoever moves a date that pushes or runs past something sees that first, and then
confirms exactly what was seen. Asking for a date moves nothing, and needs no confirmation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render

from committee.http import MemberRequest
from roadmap.forms import moves as forms
from roadmap.forms.saved import SavedForm
from roadmap.models import ActionItem, Milestone
from roadmap.selectors import ripple
from roadmap.selectors.ripple import Overrun, Ripple
from roadmap.views.saving import Change, Saving
from roadmap.views.steps import Place, StepPage, show, take

BESIDE = "roadmap/partials/ripple_ahead.html"


@dataclass(frozen=True, slots=True)
class Ahead:
    """What hangs on a date, or what the one typed would do; `here` answers with it alone.

    With `moves` a date is moved, and what it would do is confirmed; `must_confirm`: not yet.
    """

    here: str
    item: ActionItem | Milestone
    wished: date | None
    ripple: Ripple
    reach: list[Overrun]
    moves: bool
    must_confirm: bool = False


def take_move(
    request: MemberRequest,
    page: StepPage,
    form: SavedForm,
    change: Change,
    *,
    moves: bool = True,
    place: Place | None = None,
) -> HttpResponse:
    """Show the form of a move beside what it would do, or save what was seen."""
    ahead = _ahead(request, page.about, form, moves=moves)
    page = replace(page, beside=BESIDE, template="roadmap/move.html", facts=ahead)
    if request.method != "POST":
        if request.htmx:
            return render(request, BESIDE, {"facts": ahead})
        return show(request, page, Saving(form))
    if "preview" in request.POST:
        return show(request, page, Saving(forms.as_typed(form)))
    if moves and form.is_valid() and not _is_seen(request, ahead.ripple):
        asking = replace(page, facts=replace(ahead, must_confirm=True))
        return show(request, asking, Saving(form, 422))
    return take(request, page, form, change, place=place)


def _is_seen(request: MemberRequest, found: Ripple) -> bool:
    return not found.is_any or request.POST.get("seen") == found.mark


def first_date(request: MemberRequest, item: ActionItem | Milestone) -> dict[str, object]:
    """Give the date a form begins with: the one in force, or the one its address names."""
    named = forms.named(request.GET)
    return {"due_date": item.due_date, "due_precision": item.due_precision, **named}


def _ahead(
    request: MemberRequest, item: ActionItem | Milestone, form: SavedForm, *, moves: bool
) -> Ahead:
    today, now = request.clock.today, item.due_date
    typed = form if request.method == "POST" else type(form)(request.GET)
    wished = forms.wished_day(typed)
    wished = None if wished == now else wished
    return Ahead(
        here=request.path,
        item=item,
        wished=wished,
        ripple=ripple.look(item, wished, today) if wished else Ripple(),
        reach=ripple.reach(item, now, today)[: ripple.MOST_SHOWN] if now and not wished else [],
        moves=moves,
    )
