"""What a person may do with an action now: the rules asked, the status of the day considered."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from committee.http import PageRequest
from committee.rules.permissions import Actor
from roadmap.enums import Status
from roadmap.forms import reports as forms
from roadmap.models import ActionItem, DateRequest
from roadmap.rules import permissions
from roadmap.selectors.requests import of_item
from roadmap.services.changes import Attempt, facts_of


@dataclass(frozen=True, slots=True)
class Step:
    """A door to the page of one step."""

    name: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Panel:
    """The forms of an action's page: the update first, the rest behind a door."""

    entry: forms.Entry | None
    institutions: forms.Institutions | None
    next_steps: list[Step]
    rare_steps: list[Step]
    may_close_obstacles: bool
    requests: list[DateRequest]
    may_link: bool

    @property
    def is_empty(self) -> bool:
        return not (self.entry or self.next_steps or self.rare_steps)


def facts(request: PageRequest, action: ActionItem) -> permissions.ActionFacts:
    """Gather what the rules ask about an action today."""
    return facts_of(action, Attempt(request.user, request.clock))  # type: ignore[arg-type]


def action_forms(request: PageRequest, action: ActionItem) -> Panel:
    """Gather what this person may do with this action now."""
    actor, known = request.actor, facts(request, action)
    assert actor is not None
    may_report = permissions.may_report(actor, known)
    entry = forms.untouched(action) if may_report and action.is_open else None
    return Panel(
        entry=entry,
        institutions=forms.institutions(request.clock.today) if entry else None,
        next_steps=_steps(action, _next(actor, known, action)),
        rare_steps=_steps(action, _rare(actor, known, action)),
        may_close_obstacles=permissions.may_close_obstacle(actor, known),
        requests=of_item(action),
        may_link=_may_link(actor, action),
    )


def _may_link(actor: Actor, action: ActionItem) -> bool:
    """Say who is led to say what an action waits for."""
    return permissions.may_link(actor, action.workstream_id) and action.status != Status.CANCELLED


def _next(actor: Actor, known: permissions.ActionFacts, action: ActionItem) -> dict[str, str]:
    """Name the steps that lead an action forward."""
    is_submitted = action.status == Status.SUBMITTED
    offered: dict[str, tuple[str, bool]] = {
        "submit": (
            _("Submit for verification"),
            action.status == Status.IN_PROGRESS and permissions.may_submit(actor, known),
        ),
        "verify": (_("Verify"), is_submitted and permissions.may_verify(actor, known)),
        "return": (_("Return"), is_submitted and permissions.may_return(actor, known)),
        "evidence": (
            _("Add evidence"),
            action.status != Status.CANCELLED and permissions.may_add_evidence(actor, known),
        ),
        "obstacle": (
            _("Raise an obstacle"),
            action.is_open and permissions.may_raise_obstacle(actor, known),
        ),
        "ask": (_("Ask for another date"), _may_ask(actor, known, action)),
    }
    return {name: label for name, (label, allowed) in offered.items() if allowed}


def _may_ask(actor: Actor, known: permissions.ActionFacts, action: ActionItem) -> bool:
    """Offer the ask to those who may ask and may not move."""
    may = permissions.may_ask_move(actor, known) and not permissions.may_move_date(actor, known)
    return may and action.is_open and action.due_date is not None


def _rare(actor: Actor, known: permissions.ActionFacts, action: ActionItem) -> dict[str, str]:
    """Name the steps that correct the roadmap."""
    is_closed = action.status in (Status.VERIFIED, Status.CANCELLED)
    offered: dict[str, tuple[str, bool]] = {
        "edit": (_("Edit"), permissions.may_edit_action(actor, known)),
        "move": (
            _("Move the due date") if action.due_date else _("Set the due date"),
            action.is_open and permissions.may_move_date(actor, known),
        ),
        "reassign": (_("Reassign"), permissions.may_reassign(actor, known)),
        "cancel": (_("Cancel the action"), not is_closed and permissions.may_cancel(actor, known)),
        "reopen": (_("Reopen"), is_closed and permissions.may_reopen(actor, known)),
    }
    return {name: label for name, (label, allowed) in offered.items() if allowed}


def _steps(action: ActionItem, offered: dict[str, str]) -> list[Step]:
    return [Step(name, label, address(action, name)) for name, label in offered.items()]


def address(action: ActionItem, name: str) -> str:
    """Give the address of a step's page."""
    place = {"evidence": "evidence-add", "obstacle": "obstacle-raise"}.get(name, f"action-{name}")
    return reverse(f"roadmap:{place}", args=[action.code])
