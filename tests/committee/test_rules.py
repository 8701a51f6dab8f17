"""Who may do what to the committee, its letters and its clock."""

from __future__ import annotations

from itertools import product

import pytest

from committee.enums import Role
from committee.rules import permissions
from committee.rules.permissions import Actor

ME, OTHER = 1, 2
MACHINE = {Role.SECRETARIAT, Role.ADMIN}
GUESTS = {Role.VIEWER, Role.ADVISER, Role.MEMBER}


@pytest.mark.parametrize(("role", "invited"), list(product(Role, Role)))
def test_inviting(role, invited):
    expected = role == Role.ADMIN or (role == Role.SECRETARIAT and invited in GUESTS)

    assert permissions.may_invite(Actor(ME, role), invited) == expected


@pytest.mark.parametrize("role", Role)
def test_roles_are_given_by_admins_and_never_to_themselves(role):
    assert permissions.may_change_role(Actor(ME, role), OTHER) == (role == Role.ADMIN)
    assert not permissions.may_change_role(Actor(ME, role), ME)


@pytest.mark.parametrize("role", Role)
def test_a_letter_is_read_by_its_reader_and_who_keeps_the_machine(role):
    assert permissions.may_see_letter(Actor(ME, role), ME)
    assert permissions.may_see_letter(Actor(ME, role), OTHER) == (role in MACHINE)
    assert permissions.may_see_all_letters(Actor(ME, role)) == (role in MACHINE)


@pytest.mark.parametrize("role", Role)
def test_what_keeps_the_machine_and_what_keeps_the_roadmap(role):
    actor = Actor(ME, role)
    machine = (
        permissions.may_step_clock,
        permissions.may_use_admin,
        permissions.may_manage_members,
    )
    roadmap = (
        permissions.may_manage_institutions,
        permissions.may_manage_seats,
        permissions.may_release_letters,
    )

    assert {ask(actor) for ask in machine} == {role in MACHINE}
    assert {ask(actor) for ask in roadmap} == {role == Role.SECRETARIAT}


@pytest.mark.parametrize(("place", "expected"), [(7, True), (8, False), (None, False)])
def test_leading_is_a_matter_of_the_seat(place, expected):
    assert permissions.leads(Actor(ME, Role.VIEWER, lead_of=frozenset({7})), place) == expected


@pytest.mark.parametrize("role", Role)
def test_meetings_and_advice(role):
    actor = Actor(ME, role)
    chairing = (Role.SECRETARIAT, Role.CHAIR)

    assert permissions.may_run_meetings(actor) == (role == Role.SECRETARIAT)
    assert permissions.may_open_and_close_meetings(actor) == (role in chairing)
    assert permissions.may_answer_advice(actor) == (role == Role.SECRETARIAT)
    assert permissions.may_give_advice(actor) == (role == Role.ADVISER)
    assert permissions.may_edit_advice(actor, ME) == (role == Role.ADVISER)
    assert not permissions.may_edit_advice(actor, OTHER)


@pytest.mark.parametrize("role", Role)
def test_an_inactive_person_may_nothing(role):
    gone = Actor(ME, role, is_active=False, lead_of=frozenset({7}))
    alone = ("step_clock", "use_admin", "manage_members", "manage_institutions", "manage_seats")
    alone += (
        "release_letters",
        "run_meetings",
        "open_and_close_meetings",
        "give_advice",
        "answer_advice",
    )

    assert not any(getattr(permissions, f"may_{name}")(gone) for name in alone)
    assert not permissions.may_invite(gone, Role.VIEWER)
    assert not permissions.may_change_role(gone, OTHER)
    assert not permissions.may_see_letter(gone, ME)
    assert not permissions.may_see_all_letters(gone)
    assert not permissions.may_edit_advice(gone, ME)
    assert not permissions.leads(gone, 7)


@pytest.mark.parametrize("role", Role)
def test_a_name_is_erased_by_admins_once_somebody_left_and_never_their_own(role):
    actor = Actor(ME, role)

    assert permissions.may_erase(actor, OTHER, is_active=False) == (role == Role.ADMIN)
    assert not permissions.may_erase(actor, OTHER, is_active=True)
    assert not permissions.may_erase(actor, ME, is_active=False)


@pytest.mark.parametrize(("role", "other"), list(product(Role, Role)))
def test_an_account_is_closed_by_who_may_invite_it_and_never_their_own(role, other):
    actor = Actor(ME, role)

    assert permissions.may_close_account(actor, OTHER, other) == permissions.may_invite(
        actor, other
    )
    assert not permissions.may_close_account(actor, ME, other)


@pytest.mark.parametrize("role", Role)
def test_a_second_factor_is_taken_away_by_admins_and_never_their_own(role):
    actor = Actor(ME, role)

    assert permissions.may_reset_second_factor(actor, OTHER) == (role == Role.ADMIN)
    assert not permissions.may_reset_second_factor(actor, ME)


@pytest.mark.parametrize("role", Role)
def test_institutions_and_seats_are_the_secretariats(role):
    actor = Actor(ME, role)

    assert permissions.may_manage_institutions(actor) == (role == Role.SECRETARIAT)
    assert permissions.may_manage_seats(actor) == (role == Role.SECRETARIAT)


@pytest.mark.parametrize("role", Role)
def test_advice_is_reworded_by_its_author_alone(role):
    actor = Actor(ME, role)

    assert permissions.may_edit_advice(actor, ME) == (role == Role.ADVISER)
    assert not permissions.may_edit_advice(actor, OTHER)


@pytest.mark.parametrize("role", Role)
def test_the_ledger_is_read_by_who_keeps_the_machine(role):
    assert permissions.may_read_ledger(Actor(ME, role)) == (role in MACHINE)
    assert not permissions.may_read_ledger(Actor(ME, role, is_active=False))
