"""The first hour: many institutions, people, workstreams or actions at once, or one.

What is there already is left alone and named, so the same lines pasted twice add nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Max

from committee import ledger
from committee.enums import SeatKind
from committee.models import Institution, Member, Seat, Workstream
from committee.services import Invitation, bump_revision, invite_all
from roadmap.models import ActionItem
from roadmap.rules import permissions
from roadmap.services.actions import ActionDraft, put_action
from roadmap.services.changes import Attempt, actor_now, one_change, require


@dataclass(frozen=True, slots=True)
class Added:
    """What a step made, and what was there before and was left alone."""

    made: list[Any] = field(default_factory=list)
    kept: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class WorkstreamDraft:
    """A workstream that is not there yet, and who is to lead it from today."""

    workstream: Workstream
    lead: Member | None = None


@one_change
def add_institutions(*, attempt: Attempt, institutions: Sequence[Institution]) -> Added:
    """Add the institutions whose codes are not known yet.

    :raises PermissionDenied: if this person may not.
    """
    require(permissions.may_set_up(actor_now(attempt)))
    there = Institution.objects.in_bulk([one.code for one in institutions], field_name="code")
    # In the order of their codes: two people adding the same ones wait, and never cross.
    new = sorted((one for one in institutions if one.code not in there), key=lambda one: one.code)
    made = Institution.objects.bulk_create(new)
    if made:
        ledger.tell_rows(made)
        bump_revision()
    return Added(made, list(there.values()))


@one_change
def add_members(*, attempt: Attempt, invitations: Sequence[Invitation]) -> Added:
    """Invite the people whose addresses are not known yet: their letters leave with the change.

    :raises PermissionDenied: if this person may not, or may not give one of the roles.
    """
    require(permissions.may_set_up(actor_now(attempt)))
    asked = [one.email for one in invitations]
    there = {one.email: one for one in Member.objects.filter(email__in=asked)}
    new = sorted((one for one in invitations if one.email not in there), key=lambda one: one.email)
    if not new:
        return Added([], list(there.values()))
    made = invite_all(by=attempt.by, invitations=new, today=attempt.at.today)
    return Added(made, list(there.values()))


@one_change
def add_workstreams(*, attempt: Attempt, drafts: Sequence[WorkstreamDraft]) -> Added:
    """Add the workstreams whose codes are not known yet, after the last, and seat their leads.

    :raises PermissionDenied: if this person may not.
    """
    require(permissions.may_set_up(actor_now(attempt)))
    codes = [one.workstream.code for one in drafts]
    there = Workstream.objects.in_bulk(codes, field_name="code")
    new = [one for one in drafts if one.workstream.code not in there]
    last = Workstream.objects.aggregate(last=Max("order"))["last"] or 0
    for order, draft in enumerate(new, last + 1):
        draft.workstream.order = order
    made = Workstream.objects.bulk_create([one.workstream for one in new])
    seats = [_seat(one, attempt) for one in new if one.lead is not None]
    Seat.objects.bulk_create(seats)
    if made:
        ledger.tell_rows([*made, *seats])
        bump_revision()
    return Added(made, list(there.values()))


def _seat(draft: WorkstreamDraft, attempt: Attempt) -> Seat:
    return Seat(
        member=draft.lead,
        workstream=draft.workstream,
        kind=SeatKind.LEAD,
        from_date=attempt.at.today,
    )


@one_change
def add_actions(*, attempt: Attempt, drafts: Sequence[ActionDraft]) -> Added:
    """Put actions on the roadmap, each under its workstream's next free code.

    :raises PermissionDenied: if this person may not.
    """
    require(permissions.may_set_up(actor_now(attempt)))
    places = {one.fields["workstream"].pk for one in drafts}
    # All of them first, in one order: nobody who holds one waits for another of ours.
    list(Workstream.objects.select_for_update().filter(pk__in=places).order_by("pk"))
    known = ActionItem.objects.filter(workstream__in=places).only("workstream", "title", "code")
    there = {_name(one): one for one in known}
    new = [one for one in drafts if action_key(one.fields) not in there]
    # A token marks one change of one action; these are many, and known by their titles.
    made = [put_action(replace(attempt, token=None), one) for one in new]
    if made:
        bump_revision()
    named = map(action_key, (one.fields for one in drafts))
    return Added(made, [there[key] for key in named if key in there])


def action_key(fields: dict[str, Any]) -> tuple[int, str]:
    """Say what makes two actions the same here: workstream and title, in whatever case."""
    return fields["workstream"].pk, fields["title"].casefold()


def _name(action: ActionItem) -> tuple[int, str]:
    return action.workstream_id, action.title.casefold()
