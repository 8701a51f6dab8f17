"""Facts told in the next morning's letter because somebody else did something."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from committee.clock import JAKARTA
from committee.enums import LetterState
from committee.models import Member
from roadmap.enums import Audience
from roadmap.models import ActionItem, Reminder, StatusUpdate
from roadmap.rules import reminders as rules
from roadmap.selectors import countdowns
from roadmap.services import occasions


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
) -> None:
    """Tell people something once, in their next letter; whoever did it needs no telling.

    `item` is what the line is about (`action:3`, `milestone:2`, `advice:5`, `decision:4`);
    `occasion` is what happened: `notice:<status update>`, `comment:<comment>`,
    `request:<date request>` or `answer:<advice>`.
    """
    fact = {"item": item, "occasion": occasion, "stage": stage}
    for person in people:
        if person.is_active and (by is None or person.pk != by.pk):
            _put(Reminder(**fact, recipient=person, due_at=at, is_orphan=is_orphan))


def _put(fact: Reminder, repeat: int = 1) -> None:
    """Add a fact; one withdrawn before stands again, and one told before is told anew.

    Only an answer that was revised after its letter comes a second time.
    """
    stage = fact.stage if repeat == 1 else f"{fact.stage}:{repeat}"
    key = {"item": fact.item, "occasion": fact.occasion, "stage": stage}
    values = {"audience": Audience.OWNER, "due_at": fact.due_at, "is_orphan": fact.is_orphan}
    row, is_new = Reminder.objects.select_related("letter").get_or_create(
        **key, recipient=fact.recipient, defaults=values
    )
    if is_new:
        return
    if row.cancelled_at is not None:
        standing = {"cancelled_at": None, "cancel_reason": "", "letter": None}
        Reminder.objects.filter(pk=row.pk).update(**standing, due_at=fact.due_at)
    elif row.letter is not None and row.letter.state == LetterState.SENT:
        _put(fact, repeat + 1)
