"""Who may change what is written about small businesses and their figures."""

from __future__ import annotations

import pytest

from committee.enums import Role
from committee.rules.permissions import Actor
from umkm.rules import permissions

HERE, THERE = 1, 2


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("lead_of", [frozenset(), frozenset({HERE})])
@pytest.mark.parametrize("is_active", [True, False])
def test_figures_are_entered_by_the_secretariat_and_the_lead_of_their_workstream(
    role, lead_of, is_active
):
    actor = Actor(1, role, is_active=is_active, lead_of=lead_of)
    secretariat = is_active and role == Role.SECRETARIAT
    lead = is_active and bool(lead_of)

    assert permissions.may_manage_figures(actor) == secretariat
    assert permissions.may_enter_figures(actor, HERE) == (secretariat or lead)
    assert permissions.may_enter_figures(actor, THERE) == secretariat
    assert permissions.may_enter_figures(actor, None) == secretariat
    assert permissions.may_import_figures(actor) == (secretariat or lead)
