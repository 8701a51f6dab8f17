"""What others did that concerns the reader, until it is settled: the page behind the bell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from committee.http import MemberRequest, sent_only
from roadmap import access
from roadmap.models import Obstacle
from roadmap.selectors import items
from roadmap.selectors import notices as selectors
from roadmap.selectors.items import Name
from roadmap.selectors.letters import stage_words
from roadmap.selectors.notices import Told
from roadmap.services import bell, happenings
from roadmap.services.happenings import Happening

PER_PAGE = 50
LONGEST_NUMBER = 18  # digits that any database can hold


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice in words; `name` says what it is about, and where that is."""

    pk: int
    at: datetime
    name: Name
    heading: str
    sentences: Sequence[str]


@require_safe
def listing(request: MemberRequest) -> HttpResponse:
    """List what stands under the reader's own bell, newest first."""
    page = Paginator(selectors.standing(request.actor.id), PER_PAGE).get_page(
        request.GET.get("page")
    )
    told = selectors.told(list(page))
    decided = selectors.decided_of(one.reminder for one in told)
    context = {
        "page_obj": page,
        "notices": [_worded(one, decided) for one in told],
        "until": max((one.reminder.pk for one in told), default=0),
    }
    return render(request, "roadmap/notices.html", context)


def _worded(told: Told, decided: Mapping[tuple[int, str], Obstacle]) -> Notice:
    reminder, item, sentences = told.reminder, told.item, []
    if item is not None and told.source is not None:
        sentences = happenings.words(reminder, item, Happening(told.source, decided))
    return Notice(
        pk=reminder.pk,
        at=reminder.due_at,
        name=items.name_of(item) if item else Name(_("no longer on the roadmap"), url=""),
        heading=stage_words(reminder.occasion, reminder.stage),
        sentences=sentences,
    )


@sent_only
def seen(request: MemberRequest, pk: int) -> HttpResponse:
    """Take one notice away."""
    bell.see(by=request.user, notice=access.notice(request.actor, pk))
    return redirect("roadmap:notices")


@sent_only
def all_seen(request: MemberRequest) -> HttpResponse:
    """Take away every notice up to the newest one the reader was shown."""
    until = request.POST.get("until", "")
    number = int(until) if until.isdecimal() and len(until) <= LONGEST_NUMBER else 0
    bell.see_all(by=request.user, until=number)
    return redirect("roadmap:notices")
