"""Advice: its list and page, giving it, answering it at a meeting, and what carries it out."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from committee.http import MemberRequest
from committee.models import Advice
from committee.past import looks_back, writer
from committee.rules import permissions
from roadmap import access
from roadmap.exports.committee import ADVICE
from roadmap.forms import advice as forms
from roadmap.forms.filters import unknown
from roadmap.forms.saved import fresh
from roadmap.selectors import advice as selectors
from roadmap.selectors.advice import AdviceView, Carried
from roadmap.selectors.meetings import open_meetings
from roadmap.services import advice as services
from roadmap.services.changes import Attempt
from roadmap.views import comments
from roadmap.views.exports import file_of
from roadmap.views.steps import StepPage, ask, bound, page_or_step, take


@looks_back
@require_safe
def listing(request: MemberRequest) -> HttpResponse:
    """List what was advised; an adviser begins with their own, an unknown list is named."""
    gives = permissions.may_give_advice(request.actor)
    asked = request.GET.get("show", "")
    first = AdviceView.MINE if gives else AdviceView.ALL
    is_known = asked in AdviceView.values
    view = AdviceView(asked) if is_known else first
    found = selectors.listing(
        view=view,
        reader=request.actor.id,
        gives=gives,
        today=request.day,
        page=request.GET.get("page", "1"),
    )
    context: dict[str, Any] = {
        "found": found,
        "view": view,
        "ignored": unknown(asked) if asked and not is_known else "",
        "may_create": gives and writer(request) is not None,
    }
    file = file_of(request, ADVICE, found.page, context["ignored"])
    return file or render(request, "roadmap/advice_list.html", context)


@looks_back
@require_safe
def detail(request: MemberRequest, pk: int) -> HttpResponse:
    """Show one advice: why, what was answered when and by whom, and what became of it."""
    advice = access.advice(pk, request.day)
    only = request.GET.get("only", "")
    only = only if only in Carried.values else ""
    shown = selectors.advice_page(
        advice=advice,
        today=request.day,
        language=get_language() or "id",
        only=only,
        page=request.GET.get("page", "1"),
    )
    context = {
        "advice": advice,
        "shown": shown,
        "only": only,
        "may": _may(request, advice),
        "talk": comments.talk(request, advice) if writer(request) else None,
    }
    return render(request, "roadmap/advice.html", context)


def _may(request: MemberRequest, advice: Advice) -> dict[str, bool]:
    """Say which pages that change this advice its own page leads to."""
    actor = writer(request)
    if actor is None:
        return {}
    is_settled = advice.answered_at is not None and advice.answered_at.is_closed
    may_answer = permissions.may_answer_advice(actor)
    is_own = permissions.may_edit_advice(actor, advice.author_id)
    return {
        "edit": is_own and not advice.answer,
        "answer": may_answer and not is_settled,
        "link": may_answer and advice.answer in services.WELCOME,
    }


@page_or_step
def create(request: MemberRequest) -> HttpResponse:
    """Give an advice."""
    ask(permissions.may_give_advice(request.actor))
    page = StepPage(
        title=_("New advice"),
        button=_("Give the advice"),
        saved=_("Your advice is before the committee."),
        back=reverse("roadmap:advice-list"),
        lede=_("The committee answers it at a meeting, with its reason."),
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Advice:
        return services.give_advice(attempt=attempt, draft=forms.draft_of(cleaned))

    form = bound(request, forms.AdviceForm, **fresh())
    return take(request, page, form, change, place=Advice.get_absolute_url)


@page_or_step
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Reword one's own advice while it is not answered."""
    advice = access.advice(pk)
    ask(permissions.may_edit_advice(request.actor, advice.author_id))
    page = _page(advice, _("Edit the advice"), _("Save"), _("Saved."))

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Advice:
        draft = forms.draft_of(cleaned)
        return services.edit_advice(advice=advice, attempt=attempt, draft=draft)

    form = bound(request, forms.AdviceForm, **forms.values_of(advice))
    return take(request, page, form, change)


@page_or_step
def answer(request: MemberRequest, pk: int) -> HttpResponse:
    """Answer an advice at an open meeting; without one the page leads to the meetings."""
    advice = access.advice(pk)
    ask(permissions.may_answer_advice(request.actor))
    title = _("Revise the answer") if advice.answer else _("Answer the advice")
    facts = {
        "advice": advice,
        "has_meeting": open_meetings().exists(),
        "is_settled": advice.answered_at is not None and advice.answered_at.is_closed,
        "decisions": list(selectors.decisions_of(advice, request.clock.today)),
    }
    page = StepPage(
        title=title,
        button=_("Save the answer"),
        saved=_("The answer is on the record; the adviser reads it in the next letter."),
        back=advice.get_absolute_url(),
        about=advice,
        facts=facts,
        template="roadmap/advice_answer.html",
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Advice:
        given = forms.answer_of(cleaned)
        return services.answer_advice(advice=advice, attempt=attempt, answer=given)

    form = bound(request, forms.AnswerForm, **forms.answer_values(advice))
    assert isinstance(form, forms.AnswerForm)
    form.offer(may_decide=not facts["decisions"])
    return take(request, page, form, change)


@page_or_step
def link(request: MemberRequest, pk: int) -> HttpResponse:
    """Name the actions that carry an advice out, or take some of them out again."""
    advice = access.advice(pk)
    ask(permissions.may_answer_advice(request.actor))
    page = _page(advice, _("Actions that carry it out"), _("Save"), _("The actions are linked."))

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Advice:
        actions = cleaned["actions"]
        return services.link_actions(advice=advice, attempt=attempt, actions=actions)

    form = bound(request, forms.LinkForm, **forms.link_values(advice))
    return take(request, page, form, change)


def _page(advice: Advice, title: str, button: str, saved: str) -> StepPage:
    return StepPage(title, button, saved, advice.get_absolute_url(), advice)
