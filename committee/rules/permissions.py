"""Who may do what to the committee, its letters and its clock."""

from __future__ import annotations

from dataclasses import dataclass

from committee.enums import Role

MACHINE = frozenset({Role.SECRETARIAT, Role.ADMIN})
INVITED_BY_SECRETARIAT = frozenset({Role.VIEWER, Role.ADVISER, Role.MEMBER})


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person: role, and the workstreams they lead today (lead or deputy seat)."""

    id: int
    role: Role
    is_active: bool = True
    lead_of: frozenset[int] = frozenset()


def has_role(actor: Actor, *roles: Role) -> bool:
    return actor.is_active and actor.role in roles


def leads(actor: Actor, workstream_id: int | None) -> bool:
    """Say whether this person sits as lead or deputy; a lead seat needs no special role."""
    return actor.is_active and workstream_id is not None and workstream_id in actor.lead_of


def may_see_letter(actor: Actor, recipient_id: int) -> bool:
    return actor.is_active and (may_see_all_letters(actor) or actor.id == recipient_id)


def may_see_all_letters(actor: Actor) -> bool:
    return actor.is_active and actor.role in MACHINE


def may_release_letters(actor: Actor) -> bool:
    """The secretariat decides on held letters, and tries failed ones again."""
    return has_role(actor, Role.SECRETARIAT)


def may_step_clock(actor: Actor) -> bool:
    return actor.is_active and actor.role in MACHINE


def may_read_ledger(actor: Actor) -> bool:
    return actor.is_active and actor.role in MACHINE


def may_use_admin(actor: Actor) -> bool:
    return actor.is_active and actor.role in MACHINE


def may_invite(actor: Actor, role: Role) -> bool:
    if has_role(actor, Role.ADMIN):
        return True
    return has_role(actor, Role.SECRETARIAT) and role in INVITED_BY_SECRETARIAT


def may_change_role(actor: Actor, member_id: int) -> bool:
    """Admins give roles, to anybody but themselves."""
    return has_role(actor, Role.ADMIN) and actor.id != member_id


def may_erase(actor: Actor, member_id: int, *, is_active: bool) -> bool:
    """Admins erase the name of somebody who has left; nobody their own."""
    return has_role(actor, Role.ADMIN) and actor.id != member_id and not is_active


def may_close_account(actor: Actor, member_id: int, role: Role) -> bool:
    """Whoever may invite somebody may close their account, but nobody their own."""
    return may_invite(actor, role) and actor.id != member_id


def may_reset_second_factor(actor: Actor, member_id: int) -> bool:
    """Admins let somebody in again who lost theirs; their own they must keep."""
    return has_role(actor, Role.ADMIN) and actor.id != member_id


def may_manage_members(actor: Actor) -> bool:
    return actor.is_active and actor.role in MACHINE


def may_manage_institutions(actor: Actor) -> bool:
    return has_role(actor, Role.SECRETARIAT)


def may_manage_seats(actor: Actor) -> bool:
    return has_role(actor, Role.SECRETARIAT)


def may_run_meetings(actor: Actor) -> bool:
    """The secretariat plans meetings, minutes them, and writes down what was decided."""
    return has_role(actor, Role.SECRETARIAT)


def may_open_and_close_meetings(actor: Actor) -> bool:
    return has_role(actor, Role.SECRETARIAT, Role.CHAIR)


def may_give_advice(actor: Actor) -> bool:
    return has_role(actor, Role.ADVISER)


def may_edit_advice(actor: Actor, author_id: int) -> bool:
    """An adviser may reword their own advice; the service refuses once it is answered."""
    return may_give_advice(actor) and actor.id == author_id


def may_answer_advice(actor: Actor) -> bool:
    return has_role(actor, Role.SECRETARIAT)
