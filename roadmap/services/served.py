"""Challenges, initiatives and indicators with the actions that serve them, saved as one.

What is written about them is changed by `umkm`; the actions that name them are known only here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from committee.changes import Attempt, one_change
from roadmap.models import ActionItem
from roadmap.services.links import switch_actions
from umkm.models import Challenge, Indicator, Initiative
from umkm.services import figures
from umkm.services.figures import IndicatorLinks

Thing = Challenge | Initiative


@dataclass(frozen=True, slots=True)
class ServedDraft:
    """What a person says of a challenge or an initiative, and what is linked to it."""

    fields: dict[str, Any]
    # None: not said, and so they stay as they are.
    actions: list[ActionItem] | None = None
    indicators: list[Indicator] = field(default_factory=list)


@one_change
def add_served(*, thing: Thing, attempt: Attempt, draft: ServedDraft) -> Thing:
    """Add a challenge or an initiative, linked to its actions and figures.

    :raises PermissionDenied: for anybody but the secretariat.
    """
    new: Any = thing
    for name, value in draft.fields.items():
        setattr(new, name, value)
    return _linked(figures.add_figure(figure=new, attempt=attempt), attempt, draft)


@one_change
def edit_served(*, thing: Thing, attempt: Attempt, draft: ServedDraft) -> Thing:
    """Change what is written about a challenge or an initiative, and what is linked to it.

    :raises PermissionDenied: for anybody but the secretariat.
    :raises Stale: when somebody else saved first.
    """
    row: Any = thing
    made = figures.edit_figure(figure=row, attempt=attempt, changes=draft.fields)
    return _linked(made, attempt, draft)


@one_change
def link_indicator(
    *,
    indicator: Indicator,
    attempt: Attempt,
    links: IndicatorLinks,
    actions: Iterable[ActionItem],
) -> Indicator:
    """Say what an indicator tells of, what to read beside it, and which actions are to move it.

    :raises PermissionDenied: for anybody but the secretariat.
    :raises Stale: when somebody else saved first.
    """
    made = figures.link_indicator(indicator=indicator, attempt=attempt, links=links)
    switch_actions(made, attempt, actions)
    return made


def _linked(thing: Thing, attempt: Attempt, draft: ServedDraft) -> Thing:
    """Link it; the same form sent twice changes nothing the second time."""
    figures.relink(thing.indicators, draft.indicators)
    if draft.actions is not None:
        switch_actions(thing, attempt, draft.actions)
    return thing
