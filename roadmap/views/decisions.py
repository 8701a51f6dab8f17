"""The committee's decisions: the list of what is still owed, the page of one, and its steps."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from committee.enums import DecisionEffect, MeetingStatus
from committee.http import MemberRequest
from committee.models import Decision, Meeting
from committee.past import looks_back, writer
from committee.rules import permissions as committee_permissions
from roadmap import access
from roadmap.enums import DecisionState
from roadmap.exports.committee import BASELINE, DECISIONS
from roadmap.forms import decisions as forms
from roadmap.forms.filters import unknown
from roadmap.forms.saved import SavedForm, fresh
from roadmap.models import Adoption
from roadmap.rules import permissions
from roadmap.selectors import adoption as adoptions
from roadmap.selectors import decisions as selectors
from roadmap.selectors.decisions import Listed
from roadmap.services import adoption, decisions
from roadmap.services.changes import Attempt
from roadmap.views import comments
from roadmap.views.exports import file_of
from roadmap.views.steps import StepPage, ask, bound, page_or_step, take


@looks_back
@require_safe
def listing(request: MemberRequest) -> HttpResponse:
    """List decisions: those not yet carried out, unless others are asked for."""
    wanted = request.GET.get("state", "") or Listed.OPEN.value
    is_known = wanted in Listed.values
    listed = Listed(wanted) if is_known else Listed.OPEN
    page = request.GET.get("page", "1")
    found = selectors.listing(today=request.day, listed=listed, page=page)
    context: dict[str, Any] = {
        "found": found,
        "listed": listed,
        "ignored": [] if is_known else [unknown(wanted)],
    }
    file = file_of(request, DECISIONS, found.page, *context["ignored"])
    return file or render(request, "roadmap/decisions.html", context)


@looks_back
@require_safe
def baseline(request: MemberRequest, pk: int) -> HttpResponse:
    """List the actions that a decision adopted, with what was fixed of each."""
    decision = access.decision(pk, request.day)
    adopted = adoptions.by_decision(decision, request.day)
    if adopted is None:
        raise Http404
    page = adoptions.adopted_items(adopted, request.GET.get("page", "1"))
    if file := file_of(request, BASELINE, page):
        return file
    context = {"decision": decision, "adoption": adopted, "page_obj": page}
    return render(request, "roadmap/decision_baseline.html", context)


@looks_back
@require_safe
def detail(request: MemberRequest, pk: int) -> HttpResponse:
    """Show one decision, what came of it, and what its effect still asks for.

    A code in the address leads whoever moves dates to the page that moves that action's date by
    this decision, if that is what it was taken for.
    """
    decision = access.decision(pk, request.day)
    asked = request.GET.get("code", "") if _may_move(request, decision) else ""
    code = access.clean(asked).strip().upper()[:20]
    if code and (place := _move_page(request, decision, code)):
        return redirect(place)
    shown = selectors.decision_page(
        decision=decision, today=request.day, language=get_language() or "id"
    )
    may = _may(request, decision)
    context = {
        "shown": shown,
        "decision": decision,
        "may": may,
        "has_steps": any(may[name] for name in may if name != "move"),
        "unknown_code": code,
        "talk": comments.talk(request, decision) if writer(request) else None,
    }
    return render(request, "roadmap/decision.html", context)


def _may_move(request: MemberRequest, decision: Decision) -> bool:
    actor, moves = writer(request), decision.effect == DecisionEffect.MOVE
    return moves and actor is not None and permissions.may_answer_move(actor)


def _move_page(request: MemberRequest, decision: Decision, code: str) -> str:
    """Find the page that moves an action's due date; none for a code that is not known."""
    try:
        action = access.action(code, request.clock.today)
    except Http404:
        return ""
    return f"{reverse('roadmap:action-move', args=[action.code])}?decision={decision.pk}"


def _may(request: MemberRequest, decision: Decision) -> dict[str, bool]:
    """Say which steps a decision's page leads to; each suits its effect and the day."""
    actor, effect = writer(request), decision.effect
    if actor is None:
        return {}
    runs = committee_permissions.may_run_meetings(actor)
    is_open = decision.meeting.status == MeetingStatus.OPEN
    is_owed = decision.state != DecisionState.CARRIED_OUT  # type: ignore[attr-defined]
    return {
        "edit": runs and is_open,
        "done": runs and is_owed and effect == DecisionEffect.TASK,
        "adopt": is_owed
        and is_open
        and effect == DecisionEffect.ADOPTION
        and permissions.may_adopt(actor),
        "act": effect == DecisionEffect.ACTION and permissions.may_create_anything(actor),
        "mark": effect == DecisionEffect.MILESTONE and permissions.may_create_anything(actor),
        "move": _may_move(request, decision),
        "clear": effect == DecisionEffect.OBSTACLE and permissions.may_decide_obstacle(actor),
    }


@page_or_step
def create(request: MemberRequest, number: int) -> HttpResponse:
    """Write down a decision of an open meeting."""
    meeting = access.meeting(number)
    ask(committee_permissions.may_run_meetings(request.actor))
    page = StepPage(
        title=_("New decision"),
        button=_("Save"),
        saved=_("The decision is on the record."),
        back=meeting.get_absolute_url(),
        lede=_("%(meeting)s, %(place)s") % {"meeting": meeting, "place": meeting.place},
    )
    first = {"effect": DecisionEffect.ACTION.value, **_asked(request, meeting)}
    form = _offered(bound(request, forms.DecisionForm, **fresh(**first)), meeting)
    form.offer_valid(request.clock.today)

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Decision:
        draft = forms.draft_of(cleaned)
        return decisions.record_decision(meeting=meeting, attempt=attempt, draft=draft)

    return take(request, page, form, change, place=Decision.get_absolute_url)


def _asked(request: MemberRequest, meeting: Meeting) -> dict[str, Any]:
    """Read from the address which point or advice a new decision is about."""
    asked: dict[str, Any] = {}
    if (item := _number(request, "item")) is not None:
        asked["agenda_item"] = access.agenda_item(meeting, item)
    if (advice := _number(request, "advice")) is not None:
        asked["advice"] = access.advice(advice)
    return asked


def _number(request: MemberRequest, name: str) -> int | None:
    """Read a number from the address a page is opened at.

    :raises Http404: if it is none.
    """
    text = request.GET.get(name, "") if request.method != "POST" else ""
    if text and not (text.isascii() and forms.is_key(text)):
        raise Http404
    return int(text) if text else None


def _offered(form: SavedForm, meeting: Meeting, standing: Decision | None = None) -> SavedForm:
    assert isinstance(form, forms.DecisionForm)
    form.offer(meeting, standing)
    return form


@page_or_step
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Reword a decision while its meeting is open."""
    decision = access.decision(pk)
    ask(committee_permissions.may_run_meetings(request.actor))
    page = _page(decision, _("Edit the decision"), _("Save"), _("Saved."))
    form = bound(request, forms.DecisionForm, **forms.values_of(decision))

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Decision:
        draft = forms.draft_of(cleaned)
        return decisions.edit_decision(decision=decision, attempt=attempt, draft=draft)

    return take(request, page, _offered(form, decision.meeting, decision), change)


@page_or_step
def delete(request: MemberRequest, pk: int) -> HttpResponse:
    """Strike a decision from which nothing came; sent again, say that it is gone."""
    try:
        decision = access.decision(pk)
    except Http404:
        return _gone(request)
    ask(committee_permissions.may_run_meetings(request.actor))
    page = StepPage(
        title=_("Delete the decision"),
        button=_("Delete"),
        saved=_("The decision is struck."),
        back=decision.meeting.get_absolute_url(),
        about=decision,
        lede=_("Only while its meeting is open, and only if nothing came of it."),
        is_grave=True,
        beside="roadmap/partials/decision_words.html",
        facts=decision,
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> None:
        # Struck a moment ago, by this form sent twice or by somebody else: what was asked is so.
        with suppress(Decision.DoesNotExist):
            decisions.delete_decision(decision=decision, attempt=attempt)

    first = fresh(version=decision.version, meeting=decision.meeting.number)
    return take(request, page, bound(request, forms.DeleteForm, **first), change)


def _gone(request: MemberRequest) -> HttpResponse:
    """Answer the form that strikes a decision, sent again: what was asked is so.

    :raises Http404: for anything else.
    """
    form = forms.DeleteForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        raise Http404
    meeting = access.meeting(form.cleaned_data["meeting"] or 0)
    ask(committee_permissions.may_run_meetings(request.actor))
    messages.info(request, _("This decision was struck already."))
    return redirect(meeting)


@page_or_step
def done(request: MemberRequest, pk: int) -> HttpResponse:
    """Record that what was decided has been carried out."""
    decision = access.decision(pk)
    ask(committee_permissions.may_run_meetings(request.actor))
    page = _page(decision, _("Mark as carried out"), _("Save"), _("It is carried out."))

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Decision:
        day, note = cleaned["done_on"], cleaned["done_note"]
        return decisions.mark_done(decision=decision, attempt=attempt, day=day, note=note)

    first = fresh(version=decision.version, done_on=request.clock.today)
    return take(request, page, bound(request, forms.DoneForm, **first), change)


@page_or_step
def adopt(request: MemberRequest, pk: int) -> HttpResponse:
    """Adopt the roadmap as it stands today."""
    decision = access.decision(pk)
    ask(permissions.may_adopt(request.actor))
    number = adoptions.to_adopt(request.clock.today).count()
    lede = ngettext(
        "%(n)s action is fixed as it stands today: its due date, its output, its owner.",
        "%(n)s actions are fixed as they stand today: due date, output, owner.",
        number,
    )
    page = _page(
        decision,
        _("Adopt the roadmap"),
        _("Adopt"),
        _("The roadmap is adopted."),
        lede=" ".join([lede % {"n": number}, _("This cannot be undone.")]),
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Adoption:
        return adoption.adopt(decision=decision, attempt=attempt)

    return take(request, page, bound(request, SavedForm, **fresh(version=decision.version)), change)


def _page(decision: Decision, title: str, button: str, saved: str, lede: str = "") -> StepPage:
    return StepPage(
        title=title,
        button=button,
        saved=saved,
        back=decision.get_absolute_url(),
        about=decision,
        lede=lede,
        beside="roadmap/partials/decision_words.html",
        facts=decision,
    )


def asked_decision(request: MemberRequest, *effects: DecisionEffect) -> Decision | None:
    """Read from the address which decision a new thing comes from.

    :raises Http404: if there is none, or it was taken for something else.
    """
    pk = _number(request, "decision")
    if pk is None:
        return None
    decision = access.decision(pk)
    if decision.effect not in effects:
        raise Http404
    return decision
