"""What an action serves: the challenges, initiatives and indicators it is meant to answer and move.

A link that changes is an edit in the action's history: the codes before, and the codes after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from committee.changes import begin_row
from roadmap.enums import UpdateKind
from roadmap.models import ActionItem, Milestone
from roadmap.rules import permissions
from roadmap.services.changes import (
    Attempt,
    Words,
    begin,
    one_change,
    record,
    require,
    save_row,
)
from umkm.models import Challenge, Indicator, Initiative
from umkm.rules.permissions import may_manage_figures
from umkm.services.figures import relink

LISTS = ("challenges", "initiatives", "indicators")
Served = Challenge | Initiative | Indicator


@one_change
def link_action(
    *, action: ActionItem, attempt: Attempt, links: Mapping[str, Iterable[Served]]
) -> ActionItem:
    """Say what an action serves; a list of `LISTS` that is not given stays as it is.

    :raises PermissionDenied: if this person may not edit the action.
    :raises Stale: when somebody else saved first.
    """
    action, actor, facts = begin(action, attempt)
    require(permissions.may_edit_action(actor, facts))
    if changes := set_links(action, links):
        record(action, UpdateKind.EDITED, attempt, Words(changes=changes))
    return action


@one_change
def set_actions(*, of: Served, attempt: Attempt, actions: Iterable[ActionItem]) -> list[ActionItem]:
    """Say which actions serve a challenge, an initiative or an indicator; give those that changed.

    :raises PermissionDenied: for anybody but the secretariat.
    :raises Stale: when somebody else changed it first.
    """
    of, actor = begin_row(of, attempt)
    require(may_manage_figures(actor))
    changed = switch_actions(of, attempt, actions)
    save_row(of)
    return changed


def switch_actions(of: Served, attempt: Attempt, actions: Iterable[ActionItem]) -> list[ActionItem]:
    """Set which actions serve something within a change of the caller's; give those that changed.

    The same again changes nothing.
    """
    name = f"{type(of).__name__.lower()}s"
    wanted = {one.pk for one in actions}
    there = set(ActionItem.objects.filter(**{name: of}).values_list("pk", flat=True))
    rows = ActionItem.objects.filter(pk__in=wanted ^ there).order_by("pk")
    return [_switch(row, of, name, Attempt(by=attempt.by, at=attempt.at)) for row in rows]


def _switch(row: ActionItem, of: Served, name: str, attempt: Attempt) -> ActionItem:
    """Add a link where there is none, and take away the one that is there."""
    action, _actor, _facts = begin(row, attempt)
    now = set(getattr(action, name).all())
    changes = set_links(action, {name: now ^ {of}})
    record(action, UpdateKind.EDITED, attempt, Words(changes=changes))
    return action


@one_change
def link_milestone(
    *, milestone: Milestone, attempt: Attempt, indicators: Iterable[Indicator]
) -> Milestone:
    """Say which indicators a milestone is meant to move.

    :raises PermissionDenied: if this person may not edit the milestone.
    :raises Stale: when somebody else saved first.
    """
    milestone, actor = begin_row(milestone, attempt)
    require(permissions.may_edit_milestone(actor, milestone.workstream_id))
    milestone.indicators.set(indicators)
    return save_row(milestone)


def set_links(action: ActionItem, links: Mapping[str, Iterable[Served]]) -> dict[str, list[str]]:
    """Set the lists given within a change of the caller's; give what changed for its history."""
    changes: dict[str, list[str]] = {}
    for name in LISTS:
        if name in links:
            kept: Any = getattr(action, name)
            before, after = _codes(kept.all()), _codes(links[name])
            if before != after:
                relink(kept, links[name])
                changes[name] = [before, after]
    return changes


def _codes(rows: Iterable[Served]) -> str:
    return ", ".join(sorted(one.code for one in rows))
