"""Facts told in the next morning's letter because somebody else did something."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from committee.models import Member
from roadmap.enums import Audience
from roadmap.models import ActionItem, Reminder, StatusUpdate


def tell_owner(action: ActionItem, update: StatusUpdate, stage: str) -> None:
    """Tell the owner what another person did with their action; their own doings never."""
    if action.owner is None:
        return
    tell(
        people=[action.owner],
        item=f"action:{action.pk}",
        occasion=f"notice:{update.pk}",
        stage=stage,
        at=update.at,
        by=update.by,
    )


def tell(
    *,
    people: Iterable[Member],
    item: str,
    occasion: str,
    stage: str,
    at: datetime,
    by: Member | None,
) -> None:
    """Tell people something once, in their next letter; whoever did it needs no telling.

    `item` is what the line is about (`action:3`, `milestone:2`, `advice:5`, `decision:4`);
    `occasion` is what happened: `notice:<status update>`, `comment:<comment>`,
    `request:<date request>` or `answer:<advice>`.
    """
    for person in people:
        if person.is_active and (by is None or person.pk != by.pk):
            Reminder.objects.get_or_create(
                item=item,
                occasion=occasion,
                stage=stage,
                recipient=person,
                defaults={"audience": Audience.OWNER, "due_at": at},
            )
