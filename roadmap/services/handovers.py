"""Notices that wait for a letter, given to whoever answers for the action by now.

A notice has no ladder and is not planned again, so one whose reader has gone away or left would
wait for ever; a countdown's lines are simply planned for somebody else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from roadmap.enums import Audience
from roadmap.models import ActionItem, Reminder, StatusUpdate
from roadmap.rules import reminders as rules
from roadmap.selectors import items
from roadmap.selectors.countdowns import Staff
from roadmap.services import occasions

# Why a notice is no more its reader's: it leaves the bell with the letter.
OTHERS_MATTER = ("owner is back", "reassigned")


class Waiting(NamedTuple):
    """A notice that no letter has taken up."""

    pk: int
    item: str
    occasion: str
    stage: str
    recipient: int
    due_at: datetime


@dataclass(slots=True)
class Handed:
    """What the plan is to withdraw, by why, and to add in its place."""

    withdrawn: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    fresh: list[Reminder] = field(default_factory=list)


def hand_on(staff: Staff) -> Handed:
    """Find the notices that wait for somebody who cannot be told: four queries at most."""
    waiting = Reminder.objects.filter(occasions.are_notices(), letter=None, cancelled_at=None)
    rows = [Waiting(*row) for row in waiting.order_by("pk").values_list(*Waiting._fields)]
    personal = [row for row in rows if rules.is_personal(row.occasion, row.stage)]
    handed = Handed()
    handed.withdrawn["member inactive"] += [
        row.pk for row in personal if not staff.people[row.recipient].is_reachable
    ]
    of_actions = [row for row in rows if row.occasion.startswith("notice:")]
    _hand_on_owners(of_actions, staff, handed)
    _clear_bells(handed)
    return handed


def _clear_bells(handed: Handed) -> None:
    """Take from under the bell what is another's matter now; who is away finds theirs again."""
    gone = [pk for why in OTHERS_MATTER for pk in handed.withdrawn.get(why, ())]
    if gone:
        Reminder.objects.filter(pk__in=gone).update(under_bell=False)


def _hand_on_owners(rows: Sequence[Waiting], staff: Staff, handed: Handed) -> None:
    """Give an owner's notices to their deputy while they are away, an orphan's to the desk."""
    if not rows:
        return
    places = _places(rows)
    doers = _doers(rows)
    fresh: dict[tuple[str, str, int], Reminder] = {}
    for row in rows:
        if row.item not in places:
            continue
        place, owner = places[row.item]
        notice = rules.Notice(row.stage, row.recipient, doers.get(row.occasion))
        others = rules.heirs(notice, owner, staff.desk(place), staff.people)
        if not others:
            continue
        handed.withdrawn[_why(row.recipient, owner, staff)].append(row.pk)
        is_orphan = rules.standing_in(owner, staff.people) is None
        for person in others:
            fresh[row.occasion, row.stage, person] = _again(row, person, is_orphan)
    handed.fresh += fresh.values()


def _places(rows: Sequence[Waiting]) -> dict[str, tuple[int | None, int | None]]:
    """Give workstream and owner of the actions that notices are about."""
    found = ActionItem.objects.filter(pk__in={items.split(row.item)[1] for row in rows})
    return {
        occasions.key(items.ACTION, pk): (place, owner)
        for pk, place, owner in found.values_list("pk", "workstream", "owner")
    }


def _doers(rows: Sequence[Waiting]) -> dict[str, int | None]:
    """Give who did what notices tell of: they need no telling."""
    found = StatusUpdate.objects.filter(pk__in={items.split(row.occasion)[1] for row in rows})
    return {f"notice:{pk}": by for pk, by in found.values_list("pk", "by")}


def _why(recipient: int, owner: int | None, staff: Staff) -> str:
    person = staff.people[recipient]
    if not person.is_reachable:
        return "member inactive"
    if person.is_away:
        return "member away"
    return "owner is back" if rules.standing_in(owner, staff.people) == owner else "reassigned"


def _again(row: Waiting, person: int, is_orphan: bool) -> Reminder:
    return Reminder(
        item=row.item,
        occasion=row.occasion,
        stage=row.stage,
        recipient_id=person,
        audience=Audience.OWNER,
        is_orphan=is_orphan,
        under_bell=True,
        due_at=row.due_at,
    )
