"""Changing the rules that say who is reminded of what, and when."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from committee.access import actor_of
from committee.models import Member
from committee.services import bump_revision
from roadmap.models import ReminderRule
from roadmap.rules import permissions


@transaction.atomic
def save_rule(*, by: Member, rule: ReminderRule, today: date) -> ReminderRule:
    """Add a rule, change it or switch it off; a rule once told by is never deleted.

    :raises PermissionDenied: if this person may not.
    """
    actor = actor_of(Member.objects.get(pk=by.pk), today)
    if not permissions.may_manage_rules(actor):
        raise PermissionDenied
    rule.save()
    bump_revision()
    return rule
