"""What a reminder hangs on: its item as a text key, and whether its occasion still stands."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Q

from committee.models import Member
from roadmap.enums import Audience, Status
from roadmap.models import ActionItem, Milestone, PeriodReport, Reminder
from roadmap.rules import reminders as rules
from roadmap.selectors.items import Item


def key(kind: str, pk: int) -> str:
    """Name an item as reminders do: `action:12`."""
    return f"{kind}:{pk}"


def are_notices() -> Q:
    """Find reminders that tell what somebody did."""
    return reduce(or_, (Q(occasion__startswith=f"{kind}:") for kind in rules.NOTICES))


def are_personal() -> Q:
    """Find notices to one person, which no change of the item makes untrue."""
    return are_notices() & (~Q(occasion__startswith="notice:") | Q(stage=rules.DECIDED))


def answers(owner: Member | None, today: date) -> bool:
    """Tell whether an owner can be told: reachable, and here or with a deputy who is."""
    if owner is None or not is_reachable(owner):
        return False
    if not owner.is_paused(today):
        return True
    deputy = owner.deputy
    return deputy is not None and is_reachable(deputy) and not deputy.is_paused(today)


def is_reachable(member: Member) -> bool:
    """Tell whether a letter can reach somebody at all."""
    return member.is_active and bool(member.email)


def why_over(reminder: Reminder, item: Item, today: date) -> str:
    """Say why what a reminder counts from no longer stands; empty while it does."""
    if rules.is_notice(reminder.occasion):
        return ""  # what somebody did stays done
    if isinstance(item, PeriodReport):
        return _why_report_over(reminder, item)
    if isinstance(item, Milestone):
        return _why_milestone_over(reminder, item)
    if not isinstance(item, ActionItem):
        return "no longer owed"  # advice and decisions count down to nothing
    if reminder.occasion.startswith("submission:"):
        return _why_submission_over(reminder, item)
    if not item.is_open:
        return str(item.status)
    if reminder.occasion.startswith("report:"):
        since = rules.silent_since(item.reported_on, item.start_date, item.created_on)
        return "" if reminder.occasion == rules.update_occasion(since) else "reported"
    return _why_date_over(reminder, item, today)


def _why_report_over(reminder: Reminder, report: PeriodReport) -> str:
    if report.signed_on is not None:
        return "signed"
    if report.period.closed_on is not None:
        return "period closed"
    return "" if reminder.occasion == rules.period_occasion(report.period_id) else "no longer owed"


def _why_milestone_over(reminder: Reminder, item: Milestone) -> str:
    if item.achieved_date is not None:
        return "achieved"
    if item.closing:
        return f"closed: {item.closing}"
    moved = reminder.occasion != rules.due_occasion(item.date_generation)
    return "due date moved" if moved or item.due_date is None else ""


def _why_submission_over(reminder: Reminder, item: ActionItem) -> str:
    if item.status != Status.SUBMITTED:
        return "returned" if item.is_open else str(item.status)
    day = reminder.occasion.split(":")[1]
    return "" if item.submitted_on and day == item.submitted_on.isoformat() else "returned"


def _why_date_over(reminder: Reminder, item: ActionItem, today: date) -> str:
    if item.due_date is None or reminder.occasion != rules.due_occasion(item.date_generation):
        return "due date moved"
    if reminder.audience == Audience.OWNER:
        return ""
    stopped = rules.escalation_stopped(item.outlook, item.expected_date, today)
    return "expected later" if stopped else ""
