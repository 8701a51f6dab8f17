"""What will be told, and what was: the letters to come, and the reminders of one item."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from committee.http import MemberRequest
from committee.rules import permissions
from roadmap import access
from roadmap.exports.forecast import FORECAST
from roadmap.forms.forecast import ForecastFilter
from roadmap.models import ActionItem, Milestone
from roadmap.selectors import forecast_page, items
from roadmap.selectors.forecast import DAYS, forecast
from roadmap.selectors.forecast_page import Wanted
from roadmap.selectors.owner_away import is_away_over_due
from roadmap.selectors.reminded import reminded
from roadmap.views.exports import file_of

PER_PAGE = 25


@require_safe
def listing(request: MemberRequest) -> HttpResponse:
    """List who will get what in the coming fortnight, and why; a member sees their own."""
    sees_all = permissions.may_see_all_letters(request.actor)
    found = forecast(now=request.clock.now)
    if not sees_all:
        found = forecast_page.chosen(found, Wanted(person=request.actor.id))
    names = forecast_page.names_of(found)
    readers = {letter.member_id: names[letter.member_id] for letter in found}
    form = ForecastFilter(request.GET, names=readers, sees_all=sees_all)
    asked = forecast_page.in_order(forecast_page.chosen(found, form.wanted()), names)
    page = Paginator(asked, PER_PAGE).get_page(request.GET.get("page"))
    if file := file_of(request, FORECAST, page):
        return file
    context = {
        "form": form,
        "page_obj": page,
        "letters": forecast_page.in_words(list(page.object_list), names),
        "lines": sum(len(letter.lines) for letter in asked),
        "until": request.clock.today + timedelta(days=DAYS - 1),
        "sees_all": sees_all,
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "roadmap/forecast.html", context)


@require_safe
def of_action(request: MemberRequest, code: str) -> HttpResponse:
    """Show who was reminded of an action, who was not and why, and what comes next."""
    action = access.action(code, request.clock.today)
    away = is_away_over_due(action)
    return _page(request, action, items.ACTION, _("Actions"), "roadmap:actions", is_away=away)


@require_safe
def of_milestone(request: MemberRequest, pk: int) -> HttpResponse:
    """Show the same of a milestone."""
    milestone = access.milestone(pk, request.clock.today)
    listed = _("Milestones"), "roadmap:milestones"
    return _page(request, milestone, items.MILESTONE, *listed, is_away=False)


def _page(
    request: MemberRequest,
    thing: ActionItem | Milestone,
    kind: str,
    listed: str,
    listed_at: str,
    **context: Any,
) -> HttpResponse:
    shown = reminded(
        item=f"{kind}:{thing.pk}",
        actor=request.actor,
        now=request.clock.now,
        page=request.GET.get("page"),
    )
    context |= {"thing": thing, "shown": shown, "page_obj": shown.page}
    context |= {"listed": listed, "listed_at": listed_at, "name": items.name_of(thing)}
    return render(request, "roadmap/reminders.html", context)
