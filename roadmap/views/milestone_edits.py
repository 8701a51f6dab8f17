"""Setting milestones, changing what they say, moving their date, and how they end."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from committee.enums import DecisionEffect
from committee.http import MemberRequest
from roadmap import access
from roadmap.enums import MilestoneClosing, Precision
from roadmap.forms import milestones as forms
from roadmap.forms.reports import MoveForm, move_of
from roadmap.forms.saved import SavedForm, fresh
from roadmap.models import Milestone
from roadmap.rules import permissions
from roadmap.services import dates
from roadmap.services import milestones as services
from roadmap.services.changes import Attempt
from roadmap.views.decisions import asked_decision
from roadmap.views.moves import first_date, take_move
from roadmap.views.steps import StepPage, ask, bound, page_or_step, take


@page_or_step
def create(request: MemberRequest) -> HttpResponse:
    """Set a new milestone."""
    ask(permissions.may_create_anything(request.actor))
    page = StepPage(
        title=_("New milestone"),
        button=_("Save"),
        saved=_("The milestone is on the roadmap."),
        back=reverse("roadmap:milestones"),
    )
    decision = asked_decision(request, DecisionEffect.MILESTONE)
    first = fresh(due_precision="day", decision=decision)
    first |= {"due_date": decision.due_date} if decision else {}
    form = _offered(request, forms.NewMilestoneForm, first)
    return take(request, page, form, _create, place=Milestone.get_absolute_url)


def _create(cleaned: dict[str, Any], attempt: Attempt) -> Milestone:
    return services.create_milestone(attempt=attempt, draft=forms.draft_of(cleaned))


def _offered(
    request: MemberRequest, kind: type[forms.MilestoneForm], values: dict[str, Any]
) -> SavedForm:
    form = bound(request, kind, **values)
    assert isinstance(form, forms.MilestoneForm)
    form.offer(request.actor)
    return form


@page_or_step
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change what a milestone says."""
    milestone = access.milestone(pk, request.clock.today)
    ask(permissions.may_edit_milestone(request.actor, milestone.workstream_id))
    page = _page(milestone, _("Edit the milestone"), _("Save"), _("Saved."))

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Milestone:
        draft = forms.draft_of(cleaned)
        return services.edit_milestone(milestone=milestone, attempt=attempt, draft=draft)

    form = _offered(request, forms.MilestoneForm, forms.values_of(milestone))
    return take(request, page, form, change)


@page_or_step
def move(request: MemberRequest, pk: int) -> HttpResponse:
    """Move a milestone's due date."""
    milestone = access.milestone(pk, request.clock.today)
    ask(permissions.may_move_milestone(request.actor))
    page = _page(milestone, _("Move the due date"), _("Move"), _("The due date is moved."))

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Milestone:
        return dates.move_milestone_date(
            milestone=milestone, attempt=attempt, move=move_of(cleaned)
        )

    first = fresh(
        version=milestone.version,
        decision=asked_decision(request, DecisionEffect.MOVE),
        **first_date(request, milestone),
    )
    return take_move(request, page, bound(request, MoveForm, **first), change)


@page_or_step
def achieve(request: MemberRequest, pk: int) -> HttpResponse:
    """Record that a milestone was achieved."""
    milestone = access.milestone(pk, request.clock.today)
    ask(permissions.may_end_milestone(request.actor))
    page = _page(milestone, _("Mark as achieved"), _("Save"), _("The milestone is achieved."))

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Milestone:
        return services.achieve_milestone(
            milestone=milestone,
            attempt=attempt,
            achieved=cleaned["achieved"],
            precision=Precision(cleaned["precision"]),
        )

    first = fresh(version=milestone.version, achieved=request.clock.today, precision="day")
    return take(request, page, bound(request, forms.AchieveForm, **first), change)


@page_or_step
def close(request: MemberRequest, pk: int) -> HttpResponse:
    """Close a milestone as missed or cancelled."""
    milestone = access.milestone(pk, request.clock.today)
    ask(permissions.may_end_milestone(request.actor))
    page = _page(milestone, _("Close the milestone"), _("Close"), _("The milestone is closed."))

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Milestone:
        return services.close_milestone(
            milestone=milestone,
            attempt=attempt,
            closing=MilestoneClosing(cleaned["closing"]),
            reason=cleaned["note"],
        )

    form = bound(request, forms.CloseForm, **fresh(version=milestone.version))
    return take(request, page, form, change)


def _page(milestone: Milestone, title: str, button: str, saved: str) -> StepPage:
    return StepPage(title, button, saved, milestone.get_absolute_url(), milestone)
