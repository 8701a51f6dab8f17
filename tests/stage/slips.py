"""Moved dates and contradictions: addresses, budgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from roadmap.models import ActionItem, DueDateChange, Milestone
from tests import factories
from tests.factories import TODAY, days


def make(cast: Any) -> dict[str, Any]:
    """Move an action and a milestone, announce a note, and let an owner contradict the dates."""
    place, owner = cast.open.workstream, cast.people["owner"]
    moved = factories.action(workstream=place, owner=owner, late=True, outlook="on_time")
    factories.slip(moved, by=cast.people["secretariat"], reason="Pengadaan diulang.")
    factories.slip(moved, is_applied=False)
    gate = factories.milestone(due_date=days(-40), workstream=place, actions=[moved])
    factories.slip(gate)
    return {"moved": moved, "moved_gate": gate}


def arguments(cast: Any) -> dict[str, list[Any]]:
    """Give the arguments of each address, by its name."""
    return {"slips": [], "contradictions": []}


def forms(cast: Any) -> dict[str, dict[str, Any]]:
    """Give what the right person would send to each address: none takes a form."""
    return {}


def fill(cast: Any, number: int) -> None:
    """Grow both lists: each action moved once and behind a milestone of its own."""
    place = cast.open.workstream
    common = {"workstream": place, "owner": cast.people["owner"], "outlook": "on_time"}
    made = factories.actions(number, silent=True, late=True, **common)
    gates = factories.milestones(number, workstream=place, due_date=days(-30))
    pairs = zip(made, gates, strict=True)
    link = Milestone.actions.through
    link.objects.bulk_create(
        link(actionitem_id=action.pk, milestone_id=gate.pk) for action, gate in pairs
    )
    DueDateChange.objects.bulk_create(_move(action, n) for n, action in enumerate(made))


def _move(action: ActionItem, number: int) -> DueDateChange:
    return DueDateChange(
        action=action,
        old_date=days(-30 - number % 90),
        new_date=days(-10),
        on=TODAY,
        reason="Rancangan belum selesai.",
        source="uji",
    )


# Queries of each page for whoever sees most; pages that answer GET with no page.
BUDGETS: dict[str, int] = {
    "roadmap:contradictions": 17,
    "roadmap:slips": 20,
}
NO_PAGE: set[str] = set()
BREAKS: dict[str, list[Callable[[], Any]]] = {}
