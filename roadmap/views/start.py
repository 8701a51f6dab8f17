"""The first hour: from an empty site to institutions, people, workstreams, actions, a meeting.

Every step can be left and taken up again, in any order; each takes many lines at once, or one
thing at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from committee.http import MemberRequest
from committee.models import Meeting
from roadmap.forms import setup as ones
from roadmap.forms import setup_lines as many
from roadmap.forms.meetings import MeetingForm, meeting_draft
from roadmap.forms.saved import SavedForm, fresh
from roadmap.rules import permissions
from roadmap.seed.suggested import pillars
from roadmap.selectors import setup as selectors
from roadmap.selectors.meetings import next_number
from roadmap.selectors.setup import Here
from roadmap.services import meetings as meeting_services
from roadmap.services import setup as services
from roadmap.services.changes import Attempt
from roadmap.services.setup import Added
from roadmap.views.saving import Saving, save
from roadmap.views.steps import StepPage, ask, bound, page_or_step, take

MOST_NAMED = 10
Adding = Callable[[dict[str, Any], Attempt], Added]


@dataclass(frozen=True, slots=True)
class Step:
    """The words around a step's two forms, and what it has brought so far."""

    title: str
    lede: str
    here: Here
    door: str
    lines: type[many.PasteForm]
    one: type[SavedForm]
    add: Adding
    done: Callable[[int], str]
    suggested: str = ""
    first: dict[str, Any] = field(default_factory=dict)
    missing: str = ""


@require_safe
def start(request: MemberRequest) -> HttpResponse:
    """Show how far the first hour has come, and what is next."""
    ask(permissions.may_set_up(request.actor))
    counts = selectors.counts(request.clock.today)
    context = {"counts": counts, "steps": counts.steps, "finished": sum(counts.done)}
    return render(request, "roadmap/start.html", context)


@page_or_step
def institutions(request: MemberRequest) -> HttpResponse:
    """Add the institutions around the table."""
    ask(permissions.may_set_up(request.actor))
    step = Step(
        title=_("Institutions"),
        lede=_("Ministries, agencies and others that lead, support or sit on the committee."),
        here=selectors.institutions(),
        door=reverse("admin:committee_institution_changelist"),
        lines=many.InstitutionsForm,
        one=ones.InstitutionForm,
        add=_add_institutions,
        done=lambda n: ngettext("%(n)s institution added.", "%(n)s institutions added.", n),
        first={"committee_role": "member"},
    )
    return _take(request, step)


def _add_institutions(cleaned: dict[str, Any], attempt: Attempt) -> Added:
    found = [ones.institution_of(values) for values in ones.lines_of(cleaned)]
    return services.add_institutions(attempt=attempt, institutions=found)


@page_or_step
def members(request: MemberRequest) -> HttpResponse:
    """Invite the people of the committee."""
    ask(permissions.may_set_up(request.actor))
    step = Step(
        title=_("Members"),
        lede=_("Everybody gets a letter with a one-time link to choose a password."),
        here=selectors.members(),
        door=reverse("admin:committee_member_changelist"),
        lines=many.MembersForm,
        one=ones.MemberForm,
        add=_add_members,
        done=lambda n: ngettext(
            "%(n)s person invited; the letter is on its way.",
            "%(n)s people invited; the letters are on their way.",
            n,
        ),
        first={"role": "member"},
    )
    return _take(request, step)


def _add_members(cleaned: dict[str, Any], attempt: Attempt) -> Added:
    found = [ones.invitation_of(values) for values in ones.lines_of(cleaned)]
    return services.add_members(attempt=attempt, invitations=found)


@page_or_step
def workstreams(request: MemberRequest) -> HttpResponse:
    """Add the workstreams, each with its lead institution and its coordinator."""
    ask(permissions.may_set_up(request.actor))
    here = selectors.workstreams(request.clock.today)
    step = Step(
        title=_("Workstreams"),
        lede=_("The pillars of the roadmap. Who coordinates one looks after its actions."),
        here=here,
        door=reverse("admin:committee_workstream_changelist"),
        lines=many.WorkstreamsForm,
        one=ones.WorkstreamForm,
        add=_add_workstreams,
        done=lambda n: ngettext("%(n)s workstream added.", "%(n)s workstreams added.", n),
        suggested="" if here.number else pillars(selectors.institution_codes()),
    )
    return _take(request, step)


def _add_workstreams(cleaned: dict[str, Any], attempt: Attempt) -> Added:
    found = [ones.workstream_of(values) for values in ones.lines_of(cleaned)]
    return services.add_workstreams(attempt=attempt, drafts=found)


@page_or_step
def actions(request: MemberRequest) -> HttpResponse:
    """Put the first actions on the roadmap."""
    ask(permissions.may_set_up(request.actor))
    step = Step(
        title=_("First actions"),
        lede=_("What is to be done, by whom and by when; the rest can be written later."),
        here=selectors.actions(request.clock.today),
        door=reverse("roadmap:actions"),
        lines=many.ActionsForm,
        one=ones.ActionForm,
        add=_add_actions,
        done=lambda n: ngettext("%(n)s action added.", "%(n)s actions added.", n),
        missing="" if selectors.has_workstream() else _("Add a workstream first."),
    )
    return _take(request, step)


def _add_actions(cleaned: dict[str, Any], attempt: Attempt) -> Added:
    found = [ones.action_of(values) for values in ones.lines_of(cleaned)]
    return services.add_actions(attempt=attempt, drafts=found)


@page_or_step
def meeting(request: MemberRequest) -> HttpResponse:
    """Plan the first meeting; it goes on from the page of its own."""
    ask(permissions.may_set_up(request.actor))
    page = StepPage(
        title=_("First meeting"),
        button=_("Save"),
        saved=_("The meeting is planned. It begins as a draft; its agenda is on its own page."),
        back=reverse("roadmap:start"),
        lede=_("When and where the committee sits. Everything can be changed until it is closed."),
    )
    form = bound(request, MeetingForm, **fresh(number=next_number()))
    return take(request, page, form, _create_meeting)


def _create_meeting(cleaned: dict[str, Any], attempt: Attempt) -> Meeting:
    return meeting_services.create_meeting(attempt=attempt, draft=meeting_draft(cleaned))


def _take(request: MemberRequest, step: Step) -> HttpResponse:
    """Show a step's two forms, or try the one that was sent and go on."""
    if request.method != "POST":
        return _show(request, step, Saving(_lines(request, step)), _one(request, step))
    if request.POST.get("form") == "one":
        saving = save(request, _one(request, step, request.POST), step.add)
        if not saving.is_saved:
            lines = Saving(_lines(request, step), saving.status)
            return _show(request, step, lines, saving.form)
        _tell(request, step, saving.result)
        return redirect(request.path)
    saving = save(request, _lines(request, step, request.POST), step.add)
    if not saving.is_saved:
        return _show(request, step, saving, _one(request, step))
    _tell(request, step, saving.result)
    return redirect("roadmap:start")


def _lines(request: MemberRequest, step: Step, sent: Any = None) -> SavedForm:
    form = step.lines(sent, prefix="lines", initial=fresh(text=step.suggested))
    form.offer_valid(request.clock.today)
    return form


def _one(request: MemberRequest, step: Step, sent: Any = None) -> SavedForm:
    form = step.one(sent, prefix="one", initial=fresh(**step.first))
    form.offer_valid(request.clock.today)
    return form


def _show(request: MemberRequest, step: Step, saving: Saving, one: SavedForm) -> HttpResponse:
    context = {"step": step, "lines": saving.form, "one": one}
    return render(request, "roadmap/start_step.html", context, status=saving.status)


def _tell(request: MemberRequest, step: Step, added: Added) -> None:
    """Say how many were added, and which were there before."""
    if number := len(added.made):
        messages.success(request, step.done(number) % {"n": number})
    if number := len(added.kept):
        names = ", ".join(str(one) for one in added.kept[:MOST_NAMED])
        sentence = ngettext(
            "%(n)s was there already and is left as it is: %(names)s",
            "%(n)s were there already and are left as they are: %(names)s",
            number,
        )
        rest = "" if number <= MOST_NAMED else " …"
        messages.info(request, sentence % {"n": number, "names": names} + rest)
