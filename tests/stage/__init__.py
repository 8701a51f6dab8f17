"""The committee's work on stage: each area makes its rows and says how its addresses are asked.

`more` of the cast holds what the areas made, by name.
"""

from __future__ import annotations

from typing import Any

from tests.stage import (
    advice,
    comments,
    decisions,
    dependencies,
    figures,
    leaving,
    mail,
    meetings,
    notices,
    obstacles,
    packs,
    periods,
    places,
    reminders,
    requests,
    sign_in,
    slips,
    start,
    umkm,
    views,
)

# In this order: decisions need a meeting, comments need a decision.
AREAS = (
    packs,
    *(meetings, advice, decisions, obstacles, requests, periods, comments, start),
    *(dependencies, places, views, slips, notices, mail, reminders),
    *(figures, umkm, leaving, sign_in),
)


def make(cast: Any) -> None:
    for area in AREAS:
        cast.more |= area.make(cast)


def arguments(cast: Any) -> dict[str, list[Any]]:
    return {name: found for area in AREAS for name, found in area.arguments(cast).items()}


def forms(cast: Any) -> dict[str, dict[str, Any]]:
    return {name: sent for area in AREAS for name, sent in area.forms(cast).items()}


def fill(cast: Any, number: int) -> None:
    for area in AREAS:
        area.fill(cast, number)


BUDGETS = {name: budget for area in AREAS for name, budget in area.BUDGETS.items()}
NO_PAGE = {name for area in AREAS for name in area.NO_PAGE}
BREAKS = {name: breaks for area in AREAS for name, breaks in area.BREAKS.items()}
# Who sees most of a page that the secretariat may not open; only some areas have such pages.
READERS = {name: who for area in AREAS for name, who in getattr(area, "READERS", {}).items()}
