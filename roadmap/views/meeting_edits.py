"""Planning a meeting, its agenda and attendance, opening, closing, and correcting its minutes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from committee.enums import MeetingStatus
from committee.http import MemberRequest
from committee.models import AgendaItem, Meeting
from committee.rules import permissions
from committee.typed import typed_in
from roadmap import access
from roadmap.forms import meetings as forms
from roadmap.forms.saved import SavedForm, fresh
from roadmap.selectors import meetings as selectors
from roadmap.selectors import proposals
from roadmap.services import meetings as services
from roadmap.services.changes import Attempt
from roadmap.views.steps import StepPage, ask, bound, page_or_step, take


@page_or_step
def create(request: MemberRequest) -> HttpResponse:
    """Plan a meeting; its number is proposed."""
    ask(permissions.may_run_meetings(request.actor))
    page = StepPage(
        title=_("New meeting"),
        button=_("Save"),
        saved=_("The meeting is planned; now its agenda."),
        back=reverse("roadmap:meetings"),
        lede=_("It begins as a draft: fill the agenda, then open it on the day."),
    )
    first = fresh(number=selectors.next_number(), date=request.clock.today)
    form = bound(request, forms.MeetingForm, **first)
    return take(request, page, form, _create, place=Meeting.get_absolute_url)


def _create(cleaned: dict[str, Any], attempt: Attempt) -> Meeting:
    return services.create_meeting(attempt=attempt, draft=forms.meeting_draft(cleaned))


@page_or_step
def edit(request: MemberRequest, number: int) -> HttpResponse:
    """Change number, date and place."""
    meeting = _run(request, number)
    page = _page(meeting, _("Edit the meeting"), _("Save"), _("Saved."))

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Meeting:
        draft = forms.meeting_draft(cleaned)
        return services.edit_meeting(meeting=meeting, attempt=attempt, draft=draft)

    form = bound(request, forms.MeetingForm, **forms.meeting_values(meeting))
    return take(request, page, form, change, place=Meeting.get_absolute_url)


@page_or_step
def open_meeting(request: MemberRequest, number: int) -> HttpResponse:
    """Open a meeting."""
    meeting = _sit(request, number)
    page = _page(
        meeting,
        _("Open the meeting"),
        _("Open the meeting"),
        _("The meeting is open."),
        lede=_("From now on decisions can be written down and advice answered at it."),
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Meeting:
        return services.open_meeting(meeting=meeting, attempt=attempt)

    return take(request, page, _status_form(request, meeting, MeetingStatus.OPEN), change)


@page_or_step
def close(request: MemberRequest, number: int) -> HttpResponse:
    """Close a meeting, and say what that locks."""
    meeting = _sit(request, number)
    page = _page(
        meeting,
        _("Close the meeting"),
        _("Close and lock the minutes"),
        _("The meeting is closed; its minutes are locked."),
        lede=_("This cannot be undone."),
        is_grave=True,
        beside="roadmap/partials/agenda_locked.html",
        facts=selectors.minutes_of(meeting),
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Meeting:
        return services.close_meeting(meeting=meeting, attempt=attempt)

    return take(request, page, _status_form(request, meeting, MeetingStatus.CLOSED), change)


def _status_form(request: MemberRequest, meeting: Meeting, aim: MeetingStatus) -> SavedForm:
    form = bound(request, forms.StatusForm, **fresh(version=meeting.version))
    assert isinstance(form, forms.StatusForm)
    form.aim = str(aim.label)
    return form


@page_or_step
def attend(request: MemberRequest, number: int) -> HttpResponse:
    """Record who attended, all institutions at once."""
    meeting = _run(request, number)
    page = _page(
        meeting,
        _("Attendance"),
        _("Save"),
        _("The attendance is recorded."),
        template="roadmap/meeting_attend.html",
    )
    form = bound(request, forms.AttendanceForm, **fresh(version=meeting.version))
    assert isinstance(form, forms.AttendanceForm)
    form.offer(selectors.seats_of(meeting))

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Meeting:
        return services.save_attendance(meeting=meeting, attempt=attempt, sittings=form.sittings())

    return take(request, page, form, change)


@page_or_step
def add_point(request: MemberRequest, number: int) -> HttpResponse:
    """Put a point on the agenda."""
    meeting = _run(request, number)
    page = _page(meeting, _("New point"), _("Save"), _("The point is on the agenda."))

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Meeting:
        draft = forms.agenda_draft(cleaned)
        return services.add_point(meeting=meeting, attempt=attempt, draft=draft)

    form = bound(request, forms.AgendaForm, **forms.agenda_values(meeting))
    return take(request, page, form, change)


@page_or_step
def edit_point(request: MemberRequest, number: int, pk: int) -> HttpResponse:
    """Change a point, its place, its minutes."""
    meeting = _run(request, number)
    item = access.agenda_item(meeting, pk)
    page = _page(meeting, _("Edit the point"), _("Save"), _("Saved."), back=_at(meeting, item))

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Meeting:
        draft = forms.agenda_draft(cleaned)
        return services.edit_point(meeting=meeting, attempt=attempt, item=item, draft=draft)

    form = bound(request, forms.AgendaForm, **forms.agenda_values(meeting, item))
    assert isinstance(form, forms.AgendaForm)
    form.item = item
    return take(request, page, form, change)


@page_or_step
def remove_point(request: MemberRequest, number: int, pk: int) -> HttpResponse:
    """Take a point off the agenda; sent again, say that it is gone."""
    meeting = _run(request, number)
    try:
        item = access.agenda_item(meeting, pk)
    except Http404:
        return _gone(request, meeting)
    page = _page(
        meeting,
        _("Remove the point"),
        _("Remove"),
        _("The point is off the agenda."),
        lede=item.title,
        is_grave=True,
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Meeting:
        return services.remove_point(meeting=meeting, attempt=attempt, item=item)

    form = bound(request, forms.RemoveForm, **fresh(version=meeting.version))
    assert isinstance(form, forms.RemoveForm)
    form.item = item
    return take(request, page, form, change)


def _gone(request: MemberRequest, meeting: Meeting) -> HttpResponse:
    """Answer the form that removes a point, sent again: what was asked is so.

    :raises Http404: for anything else.
    """
    if request.method != "POST" or not SavedForm(request.POST).is_valid():
        raise Http404
    messages.info(request, _("This point was taken off the agenda already."))
    return redirect(meeting)


@page_or_step
def propose(request: MemberRequest, number: int) -> HttpResponse:
    """Take onto the agenda what it proposes by itself."""
    meeting = _run(request, number)
    page = _page(
        meeting,
        _("What the agenda proposes"),
        _("Take onto the agenda"),
        _("The points are on the agenda."),
        lede=_("What waits for the committee today and is not on this agenda yet."),
        template="roadmap/meeting_propose.html",
    )
    form = bound(request, forms.ProposalsForm, **fresh(version=meeting.version))
    assert isinstance(form, forms.ProposalsForm)
    sent = request.POST.getlist("about")
    today = request.clock.today
    others = proposals.groups(meeting, today, only=sent) if sent else []
    form.offer(proposals.groups(meeting, today), others)

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Meeting:
        return services.take_proposals(meeting=meeting, attempt=attempt, abouts=cleaned["about"])

    return take(request, page, form, change)


@page_or_step
def correct(request: MemberRequest, number: int) -> HttpResponse:
    """Choose what to correct, then correct it."""
    meeting = _run(request, number)
    what = request.POST.get("what") or request.GET.get("what", "")
    minutes = selectors.minutes_of(meeting)
    passage = next((one for one in minutes.passages() if one.what == what), None)
    is_too_early = not meeting.is_closed and request.method != "POST"
    if passage is None or is_too_early:
        return _choose(request, meeting, minutes, what)
    page = _page(
        meeting,
        _("Correct the minutes"),
        _("Add the correction"),
        _("The correction stands beside what was written."),
        lede=passage.label,
        beside="roadmap/partials/agenda_stands.html",
        facts=passage,
        version=passage.version,
    )
    form = bound(request, forms.correction_form(passage), **forms.correction_values(passage))
    assert isinstance(form, forms.CorrectionForm)

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Any:
        words = services.Correction(passage.what, form.text(), cleaned["reason"])
        return services.correct_minutes(meeting=meeting, attempt=attempt, correction=words)

    return take(request, page, form, change)


def _choose(
    request: MemberRequest, meeting: Meeting, minutes: selectors.Minutes, what: str
) -> HttpResponse:
    """List what can be corrected; a part that is not there is named.

    Of a meeting that is not closed that is nothing: the page says where its minutes are changed.
    What somebody typed of such a part stands there to be copied.
    """
    is_unknown = meeting.is_closed and bool(what or request.method == "POST")
    typed, is_all = typed_in(request)
    context = {"meeting": meeting, "minutes": minutes, "is_unknown": is_unknown}
    context |= {"typed": typed, "is_all": is_all}
    status = 200 if meeting.is_closed else 409
    status = 422 if request.method == "POST" else status
    return render(request, "roadmap/meeting_correct.html", context, status=status)


def _run(request: MemberRequest, number: int) -> Meeting:
    """Fetch a meeting for whoever runs it.

    :raises Http404: if there is none.
    :raises PermissionDenied: if this person does not.
    """
    meeting = access.meeting(number)
    ask(permissions.may_run_meetings(request.actor))
    return meeting


def _sit(request: MemberRequest, number: int) -> Meeting:
    """Fetch a meeting for whoever opens and closes it.

    :raises Http404: if there is none.
    :raises PermissionDenied: if this person does not.
    """
    meeting = access.meeting(number)
    ask(permissions.may_open_and_close_meetings(request.actor))
    return meeting


def _at(meeting: Meeting, item: AgendaItem) -> str:
    return f"{meeting.get_absolute_url()}#point-{item.pk}"


def _page(meeting: Meeting, title: str, button: str, saved: str, **more: Any) -> StepPage:
    values: dict[str, Any] = {"back": meeting.get_absolute_url(), "about": meeting} | more
    return StepPage(title=title, button=button, saved=saved, **values)
