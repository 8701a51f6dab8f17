"""Changing the rules that say who is reminded of what, and when."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from committee.access import actor_of
from committee.models import Member
from committee.services import bump_revision
from roadmap.models import ReminderRule
from roadmap.rules import permissions, telling
from roadmap.rules.refusals import Refused
from roadmap.selectors import reminder_rules as selectors


@transaction.atomic
def save_rule(*, by: Member, rule: ReminderRule, today: date) -> ReminderRule:
    """Add a rule, change it or switch it off; a rule once told by is never deleted.

    The next plan follows it.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if the rule makes no sense, or another tells the same.
    """
    actor = actor_of(Member.objects.get(pk=by.pk), today)
    if not permissions.may_manage_rules(actor):
        raise PermissionDenied
    # Held together: of two people who make the same rule, the second sees the first one's.
    list(ReminderRule.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    if found := telling.faults(selectors.rule_of(rule), selectors.beside(rule)):
        raise Refused(found[0].reason)
    rule.save()
    bump_revision()
    return rule
