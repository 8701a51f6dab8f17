"""Closing the account of somebody who leaves, with everything handed over in one step.

Whoever may invite a person may do it, an admin too: it changes who answers, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from committee import services as committee
from committee.enums import Role
from committee.models import Member
from committee.rules.permissions import may_close_account
from committee.services import Unlike
from roadmap.enums import Refusal, UpdateKind
from roadmap.models import ActionItem
from roadmap.rules.refusals import Refused
from roadmap.selectors.leaving import Held, held
from roadmap.services import notices
from roadmap.services.changes import (
    Attempt,
    Repeated,
    Words,
    actor_now,
    one_change,
    record,
    require,
)


@dataclass(frozen=True, slots=True)
class Handover:
    """Who takes over (None: nobody), why, and the mark of what was shown to move."""

    successor: Member | None
    note: str
    digest: str


@one_change
def leave(*, member: Member, attempt: Attempt, handover: Handover) -> Member:
    """Hand over what hangs on a member, and close the account.

    :raises PermissionDenied: if this person may not.
    :raises Refused: without a reason, or if the successor has no active account.
    :raises Unlike: when by now something else would move than was shown.
    """
    people = {member.pk, handover.successor.pk if handover.successor else member.pk}
    rows = Member.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=people)
    locked = {one.pk: one for one in rows.order_by("pk")}
    member = locked[member.pk]
    require(may_close_account(actor_now(attempt), member.pk, Role(member.role)))
    if not member.is_active:
        raise Repeated(member)
    if not handover.note.strip():
        raise Refused(Refusal.NEEDS_REASON)
    successor = locked[handover.successor.pk] if handover.successor else None
    if successor is not None and (not successor.is_active or successor.pk == member.pk):
        raise Refused(Refusal.INACTIVE_OWNER)
    what = held(member, attempt.at.today)
    if what.digest(successor) != handover.digest:
        raise Unlike
    _pass_actions(what, member, replace(attempt, version=None, token=None), handover)
    by, today = attempt.by, attempt.at.today
    committee.pass_on(by=by, member=member, to=successor, today=today)
    return committee.close_account(by=by, member=member, today=today)


def _pass_actions(what: Held, member: Member, attempt: Attempt, handover: Handover) -> None:
    """Write each move into the history of its action."""
    owned, contributed = ({one.pk for one in rows} for rows in (what.owned, what.contributed))
    rows = ActionItem.objects.select_for_update(of=("self",)).filter(pk__in=owned | contributed)
    for action in rows.order_by("pk"):
        if action.pk in contributed:
            action.contributors.remove(member)
            if handover.successor is not None:
                action.contributors.add(handover.successor)
        _record(action, action.pk in owned, attempt, handover)


def _record(action: ActionItem, is_owned: bool, attempt: Attempt, handover: Handover) -> None:
    words = Words(note=handover.note)
    if not is_owned:
        record(action, UpdateKind.EDITED, attempt, words)
        return
    action.owner = handover.successor
    update = record(action, UpdateKind.REASSIGNED, attempt, words)
    notices.tell_owner(action, update, "assigned")
