"""Who may do what: every question, for every role, in every relation."""

from __future__ import annotations

from itertools import product

import pytest

from committee.enums import Role
from committee.rules.permissions import Actor
from roadmap.rules import permissions
from roadmap.rules.permissions import ActionFacts

ME, OWNER, PLACE = 1, 2, 10
FACTS = {
    "none": ActionFacts(PLACE, owner_id=OWNER),
    "owner": ActionFacts(PLACE, owner_id=ME),
    "contributor": ActionFacts(PLACE, owner_id=OWNER, contributor_ids=frozenset({ME, 5})),
    "deputy": ActionFacts(PLACE, owner_id=OWNER, deputy_id=ME),
    "submitter": ActionFacts(PLACE, owner_id=OWNER, submitter_id=ME),
    "lead": ActionFacts(PLACE, owner_id=OWNER),
    "lead elsewhere": ActionFacts(PLACE, owner_id=OWNER),
    "nobody's": ActionFacts(PLACE),
}
OWN = {"owner", "contributor", "deputy"}
MAY_WRITE = {Role.MEMBER, Role.SECRETARIAT, Role.CHAIR}
VERIFIERS = {Role.SECRETARIAT, Role.CHAIR}
EVERY_CASE = pytest.mark.parametrize(("role", "relation"), list(product(Role, FACTS)))


def actor(role, relation="none", **fields):
    seats = {"lead": frozenset({PLACE}), "lead elsewhere": frozenset({99})}
    return Actor(ME, role, lead_of=seats.get(relation, frozenset()), **fields)


def leads(role, relation):
    """Say whether a lead seat counts: an admin is never one for content."""
    return relation == "lead" and role != Role.ADMIN


@EVERY_CASE
def test_reporting(role, relation):
    is_reader = role in (Role.VIEWER, Role.ADVISER)
    own = relation in OWN and role in MAY_WRITE
    expected = own or role == Role.SECRETARIAT or (leads(role, relation) and not is_reader)
    questions = (
        permissions.may_report,
        permissions.may_submit,
        permissions.may_add_evidence,
        permissions.may_raise_obstacle,
        permissions.may_close_obstacle,
    )

    answers = {ask(actor(role, relation), FACTS[relation]) for ask in questions}

    assert answers == {expected}


@EVERY_CASE
def test_verifying(role, relation):
    expected = role in VERIFIERS and relation not in OWN | {"submitter"}

    assert permissions.may_verify(actor(role, relation), FACTS[relation]) == expected
    assert permissions.may_return(actor(role, relation), FACTS[relation]) == expected


@EVERY_CASE
def test_what_is_the_secretariats(role, relation):
    questions = (permissions.may_cancel, permissions.may_reopen, permissions.may_move_date)

    answers = {ask(actor(role, relation), FACTS[relation]) for ask in questions}

    assert answers == {role == Role.SECRETARIAT}


@EVERY_CASE
def test_editing_and_handing_on(role, relation):
    expected = role == Role.SECRETARIAT or leads(role, relation)

    assert permissions.may_edit_action(actor(role, relation), FACTS[relation]) == expected
    assert permissions.may_reassign(actor(role, relation), FACTS[relation]) == expected
    assert permissions.may_create_action(actor(role, relation), PLACE) == expected
    assert permissions.may_edit_milestone(actor(role, relation), PLACE) == expected
    assert permissions.may_link(actor(role, relation), PLACE) == expected


@EVERY_CASE
def test_the_whole_roadmaps_milestones(role, relation):
    expected = role == Role.SECRETARIAT

    assert permissions.may_edit_milestone(actor(role, relation), None) == expected
    assert permissions.may_move_milestone(actor(role, relation)) == expected
    assert permissions.may_end_milestone(actor(role, relation)) == expected
    assert permissions.may_manage_rules(actor(role, relation)) == expected


@EVERY_CASE
def test_asking_for_another_date(role, relation):
    is_reader = role in (Role.VIEWER, Role.ADVISER)
    own = relation in OWN and role in MAY_WRITE
    expected = own or (leads(role, relation) and not is_reader)

    assert permissions.may_ask_move(actor(role, relation), FACTS[relation]) == expected
    asks = permissions.may_ask_milestone_move(actor(role, relation), PLACE)
    assert asks == leads(role, relation)
    assert not permissions.may_ask_milestone_move(actor(role, relation), None)


@EVERY_CASE
def test_what_the_committee_decides_the_secretariat_writes_down(role, relation):
    names = ("answer_move", "decide_obstacle", "adopt", "manage_periods", "set_up")

    answers = {getattr(permissions, f"may_{name}")(actor(role, relation)) for name in names}

    assert answers == {role == Role.SECRETARIAT}


@EVERY_CASE
def test_signing_for_a_workstream(role, relation):
    expected = role == Role.SECRETARIAT or leads(role, relation)

    assert permissions.may_sign_report(actor(role, relation), PLACE) == expected


@pytest.mark.parametrize("role", Role)
def test_what_is_ones_own_whatever_the_role(role):
    assert permissions.may_comment(actor(role))
    for ask in (permissions.may_edit_comment, permissions.may_withdraw_request):
        assert ask(actor(role), ME)
        assert not ask(actor(role), OWNER)


@pytest.mark.parametrize("role", Role)
def test_verifying_anything(role):
    assert permissions.may_verify_anything(actor(role)) == (role in VERIFIERS)


@EVERY_CASE
def test_an_inactive_person_may_nothing(role, relation):
    gone, facts = actor(role, relation, is_active=False), FACTS[relation]
    of_action = ("report", "verify", "return", "cancel", "reopen", "reassign", "move_date")
    of_action += ("submit", "add_evidence", "raise_obstacle", "close_obstacle", "edit_action")
    of_action += ("ask_move",)
    alone = ("move_milestone", "end_milestone", "create_anything", "manage_rules", "answer_move")
    alone += ("decide_obstacle", "adopt", "manage_periods", "set_up", "comment")

    assert not any(getattr(permissions, f"may_{name}")(gone, facts) for name in of_action)
    assert not any(getattr(permissions, f"may_{name}")(gone) for name in alone)
    assert not permissions.may_verify_anything(gone)
    assert not permissions.may_create_action(gone, PLACE)
    assert not permissions.may_link(gone, PLACE)
    assert not permissions.may_edit_milestone(gone, PLACE)
    assert not permissions.may_ask_milestone_move(gone, PLACE)
    assert not permissions.may_sign_report(gone, PLACE)
    assert not permissions.may_edit_comment(gone, ME)
    assert not permissions.may_withdraw_request(gone, ME)
    assert not permissions.is_own(gone, facts)


def test_nobody_is_not_an_owner():
    """An action without an owner or a deputy belongs to no one, whoever asks."""
    assert not permissions.is_own(actor(Role.MEMBER), FACTS["nobody's"])


def test_every_question_is_asked_here():
    asked = {name for name in vars(permissions) if name.startswith("may_")}

    assert asked == {
        *("may_report", "may_submit", "may_add_evidence", "may_raise_obstacle"),
        *("may_close_obstacle", "may_verify", "may_return", "may_verify_anything", "may_cancel"),
        *("may_reopen", "may_reassign", "may_move_date", "may_create_action", "may_edit_action"),
        "may_link",
        *("may_edit_milestone", "may_move_milestone", "may_end_milestone"),
        *("may_create_anything", "may_manage_rules"),
        *("may_ask_move", "may_ask_milestone_move", "may_answer_move", "may_withdraw_request"),
        *("may_decide_obstacle", "may_adopt", "may_sign_report", "may_manage_periods"),
        *("may_comment", "may_edit_comment", "may_set_up"),
        *("may_keep_views", "may_order_pack"),
    }


@EVERY_CASE
def test_creating_anything(role, relation):
    seat = relation in ("lead", "lead elsewhere")
    expected = role == Role.SECRETARIAT or (seat and role != Role.ADMIN)

    assert permissions.may_create_anything(actor(role, relation)) == expected
