"""The list of meetings and the page of one. What changes them lives in meeting_edits.py."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from committee.enums import MeetingStatus
from committee.http import MemberRequest
from committee.models import Meeting
from committee.rules import permissions
from roadmap import access
from roadmap.selectors import meetings as selectors

PER_PAGE = 25


@require_safe
def listing(request: MemberRequest) -> HttpResponse:
    """List the meetings, the newest first."""
    page = Paginator(selectors.listing(), PER_PAGE).get_page(request.GET.get("page"))
    may_create = permissions.may_run_meetings(request.actor)
    context = {"page_obj": page, "may_create": may_create}
    return render(request, "roadmap/meetings.html", context)


@require_safe
def detail(request: MemberRequest, number: int) -> HttpResponse:
    """Show one meeting: who came, what was said, what was decided, what was corrected."""
    meeting = access.meeting(number)
    context = {
        "meeting": meeting,
        "minutes": selectors.minutes_of(meeting),
        "answers": list(selectors.answered_at(meeting)),
        "may": _may(request, meeting),
    }
    return render(request, "roadmap/meeting.html", context)


def _may(request: MemberRequest, meeting: Meeting) -> dict[str, bool]:
    """Say which steps this reader may take from here."""
    runs = permissions.may_run_meetings(request.actor)
    opens = permissions.may_open_and_close_meetings(request.actor)
    return {
        "edit": runs and not meeting.is_closed,
        "decide": runs and meeting.status == MeetingStatus.OPEN,
        "open": opens and meeting.status == MeetingStatus.DRAFT,
        "close": opens and meeting.status == MeetingStatus.OPEN,
        "correct": runs and meeting.is_closed,
    }
