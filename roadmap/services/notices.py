"""Facts told in the next morning's letter, and under the bell, because somebody did something."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from committee.clock import JAKARTA
from committee.enums import LetterState
from committee.models import Member
from roadmap.enums import Audience
from roadmap.models import ActionItem, DueDateChange, Milestone, Reminder, StatusUpdate
from roadmap.rules import reminders as rules
from roadmap.selectors import countdowns
from roadmap.services import bell, occasions


def tell_owner(action: ActionItem, update: StatusUpdate, stage: str) -> None:
    """Tell the owner what another person did with their action; their own doings never.

    While they are away their deputy is told; without anybody to tell, the workstream's lead,
    the lead's deputy or the secretariat, as of an orphan.
    """
    if action.owner is None and stage == "assigned":
        return  # nobody was given it
    people, is_orphan = _answering(action, update.at)
    tell(
        people=people,
        item=f"action:{action.pk}",
        occasion=f"notice:{update.pk}",
        stage=stage,
        at=update.at,
        by=update.by,
        is_orphan=is_orphan,
    )


def tell_leads(
    milestone: Milestone, slip: DueDateChange, at: datetime, besides: Member | None = None
) -> None:
    """Tell whoever answers for a milestone that its date was moved; not who is told otherwise."""
    staff = countdowns.staff(at.astimezone(JAKARTA).date())
    found = rules.responsible(None, staff.desk(milestone.workstream_id), staff.people)
    others = [pk for pk in found if besides is None or pk != besides.pk]
    tell(
        people=Member.objects.filter(pk__in=others).order_by("pk"),
        item=f"milestone:{milestone.pk}",
        occasion=f"slip:{slip.pk}",
        stage="moved",
        at=at,
        by=slip.by,
    )


def _answering(action: ActionItem, at: datetime) -> tuple[list[Member], bool]:
    """Give who answers for an action now, and whether that is for want of an owner.

    The usual case, an owner who is there, costs no query.
    """
    owner, today = action.owner, at.astimezone(JAKARTA).date()
    if owner is not None and occasions.is_reachable(owner) and not owner.is_paused(today):
        return [owner], False
    staff = countdowns.staff(today)
    found = rules.responsible(action.owner_id, staff.desk(action.workstream_id), staff.people)
    is_orphan = rules.standing_in(action.owner_id, staff.people) is None
    return list(Member.objects.filter(pk__in=found).order_by("pk")), is_orphan


def tell(
    *,
    people: Iterable[Member],
    item: str,
    occasion: str,
    stage: str,
    at: datetime,
    by: Member | None,
    is_orphan: bool = False,
    owner_id: int | None = None,
) -> None:
    """Tell people something once, in their next letter; whoever did it needs no telling.

    `item` is what the line is about (`action:3`, `milestone:2`, `advice:5`, `decision:4`);
    `occasion` is what happened: `notice:<status update>`, `slip:<due date change>`,
    `comment:<comment>`, `request:<date request>` or `answer:<advice>`. `owner_id` is whose work
    is spoken of: a mention there is mailed to them whatever they prefer.
    """
    fact = {"item": item, "occasion": occasion, "stage": stage}
    for person in people:
        if not person.is_active or (by is not None and person.pk == by.pk):
            continue
        told = Reminder(**fact, recipient=person, due_at=at, is_orphan=is_orphan, under_bell=True)
        if bell.is_bell_only(person, occasion, owner_id):
            told.cancelled_at, told.cancel_reason = at, bell.BELL_ONLY
        _put(told)


def _put(fact: Reminder, repeat: int = 1) -> None:
    """Add a fact; one withdrawn before stands again, and one told before is told anew.

    Only an answer that was revised after its letter comes a second time.
    """
    stage = fact.stage if repeat == 1 else f"{fact.stage}:{repeat}"
    key = {"item": fact.item, "occasion": fact.occasion, "stage": stage}
    row, is_new = Reminder.objects.select_related("letter").get_or_create(
        **key, recipient=fact.recipient, defaults=_values(fact)
    )
    if is_new:
        return
    if row.cancelled_at is not None:
        Reminder.objects.filter(pk=row.pk).update(**_values(fact), letter=None)
    elif row.letter is not None and row.letter.state == LetterState.SENT:
        _put(fact, repeat + 1)
    else:
        Reminder.objects.filter(pk=row.pk).update(under_bell=True)


def _values(fact: Reminder) -> dict[str, Any]:
    """Give what a fact holds beside its key."""
    return {
        "audience": Audience.OWNER,
        "due_at": fact.due_at,
        "is_orphan": fact.is_orphan,
        "under_bell": fact.under_bell,
        "cancelled_at": fact.cancelled_at,
        "cancel_reason": fact.cancel_reason,
    }
