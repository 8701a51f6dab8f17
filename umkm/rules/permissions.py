"""Who may change what is written about small businesses and their figures."""

from __future__ import annotations

from committee.enums import Role
from committee.rules.permissions import Actor, has_role, leads


def may_manage_figures(actor: Actor) -> bool:
    """The secretariat keeps challenges, initiatives, indicators and their series."""
    return has_role(actor, Role.SECRETARIAT)


def may_enter_figures(actor: Actor, workstream_id: int | None) -> bool:
    """Figures are entered by the secretariat, and by the lead of the indicator's workstream."""
    return may_manage_figures(actor) or leads(actor, workstream_id)


def may_import_figures(actor: Actor) -> bool:
    """A file may be brought by whoever may enter at least some figures; each row is asked anew."""
    return may_manage_figures(actor) or (actor.is_active and bool(actor.lead_of))
