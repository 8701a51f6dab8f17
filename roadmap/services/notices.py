"""Facts told in the next morning's letter because somebody else did something."""

from __future__ import annotations

from roadmap.enums import Audience
from roadmap.models import ActionItem, Reminder, StatusUpdate


def tell_owner(action: ActionItem, update: StatusUpdate, stage: str) -> None:
    """Tell the owner what another person did with their action; their own doings never."""
    owner = action.owner
    if owner is None or not owner.is_active or owner.pk == update.by_id:
        return
    Reminder.objects.create(
        item=f"action:{action.pk}",
        occasion=f"notice:{update.pk}",
        stage=stage,
        audience=Audience.OWNER,
        recipient=owner,
        due_at=update.at,
    )
