"""The list of meetings and the page of one. What changes them lives in meeting_edits.py."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from committee.enums import MeetingStatus
from committee.http import MemberRequest
from committee.models import Meeting
from committee.past import looks_back, writer
from committee.rules import permissions
from roadmap import access
from roadmap.exports.committee import MEETINGS
from roadmap.models import undone
from roadmap.models.words import worn_meetings
from roadmap.selectors import meetings as selectors
from roadmap.views.exports import file_of

PER_PAGE = 25


@looks_back
@require_safe
def listing(request: MemberRequest) -> HttpResponse:
    """List the meetings, the newest first."""
    page = Paginator(selectors.listing(request.day), PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = [undone.meeting(one, request.day) for one in worn_meetings(page.object_list)]
    actor = writer(request)
    may_create = actor is not None and permissions.may_run_meetings(actor)
    context = {"page_obj": page, "may_create": may_create}
    return file_of(request, MEETINGS, page) or render(request, "roadmap/meetings.html", context)


@looks_back
@require_safe
def detail(request: MemberRequest, number: int) -> HttpResponse:
    """Show one meeting: who came, what was said, what was decided, what was corrected."""
    meeting = access.meeting(number, request.day)
    context = {
        "meeting": meeting,
        "minutes": selectors.minutes_of(meeting, request.day),
        "may": _may(request, meeting),
    }
    return render(request, "roadmap/meeting.html", context)


def _may(request: MemberRequest, meeting: Meeting) -> dict[str, bool]:
    """Say which steps this reader may take from here."""
    actor = writer(request)
    if actor is None:
        return {}
    runs = permissions.may_run_meetings(actor)
    opens = permissions.may_open_and_close_meetings(actor)
    return {
        "edit": runs and not meeting.is_closed,
        "decide": runs and meeting.status == MeetingStatus.OPEN,
        "open": opens and meeting.status == MeetingStatus.DRAFT,
        "close": opens and meeting.status == MeetingStatus.OPEN,
        "correct": runs and meeting.is_closed,
    }
