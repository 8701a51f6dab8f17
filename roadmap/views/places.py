"""Workstreams, institutions and people: what each answers for, how much is due when, how lively."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from committee.http import PageRequest, public, revalidated
from committee.past import looks_back
from roadmap import access
from roadmap.charts.load import bars
from roadmap.exports.places import INSTITUTIONS, OWNERS
from roadmap.forms.filters import choose, unknown
from roadmap.forms.saved import FIRST_DAY, LAST_DAY
from roadmap.paragraphs import Subject, paragraphs
from roadmap.rules import load as rules
from roadmap.selectors import actions, institutions, people
from roadmap.selectors.load import EARLIER, Load
from roadmap.selectors.people import Reported
from roadmap.selectors.worklists import Asked, Reader, Show
from roadmap.selectors.workstreams import workstream_page
from roadmap.templatetags.roadmap import day
from roadmap.views.exports import file_of

OF_INSTITUTION = (Show.LEADS, Show.SUPPORTS, Show.MILESTONES)
OF_PERSON = (Show.OWNS, Show.CONTRIBUTES, Show.DEPUTISES, Show.MILESTONES)


@looks_back
@public
@require_safe
@revalidated
def listing(request: PageRequest) -> HttpResponse:
    """List the institutions with a part in the roadmap, and what nobody leads."""
    inside = request.actor is not None
    page = request.GET.get("page", "1")
    found = institutions.listing(today=request.day, inside=inside, page=page)
    beside = [found.without_lead] if found.without_lead.led else []
    rows = [*found.page.paginator.object_list, *beside]
    context = {"found": found, "in_all": len(rows)}
    file = file_of(request, INSTITUTIONS, rows)
    return file or render(request, "roadmap/institutions.html", context)


@looks_back
@public
@require_safe
@revalidated
def institution(request: PageRequest, code: str) -> HttpResponse:
    """Show what one institution leads and supports, and what is due when."""
    found = access.institution(code)
    asked, ignored = _asked(request, OF_INSTITUTION)
    place = institutions.institution_page(institution=found, asked=asked, reader=_reader(request))
    texts = paragraphs(Subject(found, place.supported), place.standing)
    context = {"place": place, "ignored": ignored, "texts": texts, **_load(place.load, asked)}
    return render(request, "roadmap/institution.html", context)


@looks_back
@public
@require_safe
@revalidated
def workstream(request: PageRequest, code: str) -> HttpResponse:
    """Show one workstream."""
    found = access.workstream(code)
    asked, ignored = _asked(request, (Show.MILESTONES,))
    place = workstream_page(workstream=found, asked=asked, reader=_reader(request))
    texts = paragraphs(Subject(found), place.standing)
    context = {"place": place, "ignored": ignored, "texts": texts, **_load(place.load, asked)}
    return render(request, "roadmap/workstream.html", context)


@looks_back
@require_safe
def people_listing(request: PageRequest) -> HttpResponse:
    """List the owners of open actions, the longest silent first."""
    offered = actions.choices(inside=False)
    known = {
        "reported": Reported.values,
        "institution": [option.value for option in offered.institutions],
        "workstream": [option.value for option in offered.workstreams],
    }
    chosen, ignored = choose(request.GET, known)
    wanted = people.Wanted(**chosen)
    found = people.listing(wanted=wanted, today=request.day, page=request.GET.get("page", "1"))
    return file_of(request, OWNERS, found.page, *ignored) or render(
        request,
        "roadmap/people.html",
        {
            "found": found,
            "wanted": wanted,
            "offered": offered,
            "ignored": ignored,
            "silent_days": settings.SILENT_AFTER_DAYS,
            "kept": _kept(wanted),
            "of_place": _kept(wanted).replace("institution=", "part=lead&institution="),
        },
    )


@looks_back
@require_safe
def person(request: PageRequest, pk: int) -> HttpResponse:
    """Show what one person answers for."""
    asked, ignored = _asked(request, OF_PERSON)
    place = people.person_page(member=access.person(pk), asked=asked, reader=_reader(request))
    context = {
        "place": place,
        "ignored": ignored,
        "is_own": place.member.pk == request.actor.id,  # type: ignore[union-attr]
        "is_away": place.member.is_paused(request.day),
        **_load(place.load, asked),
    }
    return render(request, "roadmap/person.html", context)


def _kept(wanted: people.Wanted) -> str:
    """Give the parameters that stay when another list of owners is asked for."""
    asked = {"institution": wanted.institution, "workstream": wanted.workstream}
    return "".join(f"{name}={quote(value)}&" for name, value in asked.items() if value)


def _reader(request: PageRequest) -> Reader:
    return Reader(request.day, request.actor is not None, get_language() or "id")


def _load(load: Load, asked: Asked) -> dict[str, Any]:
    """Give what the partial of the load draws and explains."""
    return {
        "week_words": _week_words(asked.week),
        "load": load,
        "bars": bars(load.weeks),
        "crush": {"least": rules.CRUSH_AT_LEAST, "times": rules.CRUSH_TIMES},
        "short_week": rules.SHORT_WEEK,
    }


def _asked(request: PageRequest, offered: Sequence[Show]) -> tuple[Asked, list[str]]:
    """Read which list is asked for; what it does not know is named and ignored."""
    show, week = request.GET.get("show", ""), request.GET.get("week", "")
    ignored = [unknown(show)] if show and show not in offered else []
    if week and not _is_week(week):
        ignored.append(unknown(week))
        week = ""
    chosen = show if show in offered else offered[0]
    return Asked(chosen, week, request.GET.get("page", "1")), ignored


def _is_week(text: str) -> bool:
    """Say whether this is the Monday of a week that can hold a date, or what was due before."""
    if text == EARLIER:
        return True
    try:
        monday = date.fromisoformat(text)
    except ValueError:
        return False
    return FIRST_DAY <= monday <= LAST_DAY and monday.weekday() == 0


def _week_words(week: str) -> str:
    if not week:
        return ""
    if week == EARLIER:
        return _("Due before this week")
    return _("Due in the week from %(day)s") % {"day": day(date.fromisoformat(week))}
