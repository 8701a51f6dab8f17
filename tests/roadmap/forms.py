"""What a person sends with a form of an action: the version it was made on, and its token."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from django.urls import reverse

from roadmap.models import ActionItem, Milestone


def sent(thing: ActionItem | Milestone | None = None, **fields: Any) -> dict[str, Any]:
    """Give the fields of a form made from the thing as it now stands."""
    version = 0
    if thing is not None:
        version = type(thing).objects.values_list("version", flat=True).get(pk=thing.pk)
    return {"version": version, "token": str(uuid4())} | fields


def report(action: ActionItem, **fields: Any) -> dict[str, Any]:
    return sent(action, status="in_progress", progress="55", note="Rancangan selesai.") | fields


def step(name: str, action: ActionItem) -> str:
    return reverse(f"roadmap:action-{name}", args=[action.code])


def seen(answer: Any) -> str:
    """Give what a page of a move has shown, which whoever confirms sends back."""
    found = re.search(r'name="seen" form="move" value="(\w+)"', answer.content.decode())
    return found.group(1) if found else ""


def state(thing: Any) -> dict[str, Any]:
    """Give every column of a row, to show that a refusal changed nothing."""
    return dict(type(thing).objects.filter(pk=thing.pk).values().get())
