"""Who may change what is written about small businesses and their figures."""

from __future__ import annotations

from committee.enums import Role
from committee.rules.permissions import Actor, has_role


def may_manage_figures(actor: Actor) -> bool:
    """The secretariat keeps challenges, indicators and their observations."""
    return has_role(actor, Role.SECRETARIAT)
