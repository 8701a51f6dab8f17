"""Who may do what to actions and milestones."""

from __future__ import annotations

from dataclasses import dataclass

from committee.enums import Role
from committee.rules.permissions import Actor, has_role, leads


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """Who stands in which relation to an action today."""

    workstream_id: int
    owner_id: int | None = None
    contributor_ids: frozenset[int] = frozenset()
    deputy_id: int | None = None
    submitter_id: int | None = None


def is_own(actor: Actor, action: ActionFacts) -> bool:
    """Say whether this is the person's own work: owner, contributor, or acting deputy."""
    own = {action.owner_id, action.deputy_id} | action.contributor_ids
    return actor.is_active and actor.id in own


def may_report(actor: Actor, action: ActionFacts) -> bool:
    """Owners, contributors and deputies report; so do the workstream's lead and secretariat."""
    if actor.role in (Role.ADMIN, Role.VIEWER, Role.ADVISER):
        return False
    return is_own(actor, action) or may_edit_action(actor, action)


may_submit = may_report
may_add_evidence = may_report
may_raise_obstacle = may_report
may_close_obstacle = may_report


def may_verify(actor: Actor, action: ActionFacts) -> bool:
    """Secretariat or chair verify; nobody their own work."""
    if actor.id == action.submitter_id or is_own(actor, action):
        return False
    return has_role(actor, Role.SECRETARIAT, Role.CHAIR)


may_return = may_verify


def may_verify_anything(actor: Actor) -> bool:
    return has_role(actor, Role.SECRETARIAT, Role.CHAIR)


def may_cancel(actor: Actor, action: ActionFacts) -> bool:
    return has_role(actor, Role.SECRETARIAT)


def may_reopen(actor: Actor, action: ActionFacts) -> bool:
    return has_role(actor, Role.SECRETARIAT)


def may_reassign(actor: Actor, action: ActionFacts) -> bool:
    return may_edit_action(actor, action)


def may_move_date(actor: Actor, action: ActionFacts) -> bool:
    """Only the secretariat moves a due date; a lead sets the first one when creating."""
    return has_role(actor, Role.SECRETARIAT)


def may_create_action(actor: Actor, workstream_id: int) -> bool:
    return has_role(actor, Role.SECRETARIAT) or leads_content(actor, workstream_id)


def may_edit_action(actor: Actor, action: ActionFacts) -> bool:
    return may_create_action(actor, action.workstream_id)


def may_link(actor: Actor, workstream_id: int) -> bool:
    """The secretariat says what waits for what; leads what their own workstream waits for."""
    return has_role(actor, Role.SECRETARIAT) or leads_content(actor, workstream_id)


def may_edit_milestone(actor: Actor, workstream_id: int | None) -> bool:
    """Leads edit their workstream's milestones; the whole roadmap's are the secretariat's."""
    return has_role(actor, Role.SECRETARIAT) or leads_content(actor, workstream_id)


def may_move_milestone(actor: Actor) -> bool:
    return has_role(actor, Role.SECRETARIAT)


def may_end_milestone(actor: Actor) -> bool:
    return has_role(actor, Role.SECRETARIAT)


def may_create_anything(actor: Actor) -> bool:
    leads_one = actor.is_active and bool(actor.lead_of) and actor.role != Role.ADMIN
    return has_role(actor, Role.SECRETARIAT) or leads_one


def may_manage_rules(actor: Actor) -> bool:
    return has_role(actor, Role.SECRETARIAT)


def leads_content(actor: Actor, workstream_id: int | None) -> bool:
    """An admin looks after people and machines, never content, whatever seat they hold."""
    return actor.role != Role.ADMIN and leads(actor, workstream_id)


def may_ask_move(actor: Actor, action: ActionFacts) -> bool:
    """Owners' side and leads ask; the secretariat needs not ask."""
    if actor.role in (Role.ADMIN, Role.VIEWER, Role.ADVISER):
        return False
    return is_own(actor, action) or leads_content(actor, action.workstream_id)


def may_ask_milestone_move(actor: Actor, workstream_id: int | None) -> bool:
    return leads_content(actor, workstream_id)


def may_answer_move(actor: Actor) -> bool:
    return has_role(actor, Role.SECRETARIAT)


def may_withdraw_request(actor: Actor, asked_by: int) -> bool:
    return actor.is_active and actor.id == asked_by


def may_decide_obstacle(actor: Actor) -> bool:
    """Write down what the committee decided about what stands in the way."""
    return has_role(actor, Role.SECRETARIAT)


def may_adopt(actor: Actor) -> bool:
    return has_role(actor, Role.SECRETARIAT)


def may_sign_report(actor: Actor, workstream_id: int) -> bool:
    """The lead signs for the workstream; where nobody leads, the secretariat does."""
    return leads_content(actor, workstream_id) or has_role(actor, Role.SECRETARIAT)


def may_manage_periods(actor: Actor) -> bool:
    return has_role(actor, Role.SECRETARIAT)


def may_comment(actor: Actor) -> bool:
    return actor.is_active


def may_keep_views(actor: Actor) -> bool:
    return actor.is_active


def may_order_pack(actor: Actor) -> bool:
    return actor.is_active


def may_edit_comment(actor: Actor, author_id: int) -> bool:
    return actor.is_active and actor.id == author_id


def may_set_up(actor: Actor) -> bool:
    """Lead an empty site to its first institutions, members, workstreams, actions, meeting."""
    return has_role(actor, Role.SECRETARIAT)
