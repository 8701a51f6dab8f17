"""What a reminder hangs on: its item as a text key, and whether its occasion still stands."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import CharField, F, Model, QuerySet, Value
from django.db.models.functions import Cast, Concat

from committee.models import Member
from roadmap.enums import Audience, Status
from roadmap.models import ActionItem, Milestone, Reminder
from roadmap.rules import reminders as rules

ACTION = "action"
MILESTONE = "milestone"
NOTICE = "notice"


def key(kind: str, pk: int) -> str:
    """Name an item as reminders do: `action:12`."""
    return f"{kind}:{pk}"


def split(item: str) -> tuple[str, int]:
    """Give an item's kind and number back from its key."""
    kind, _colon, pk = item.partition(":")
    return kind, int(pk)


def keys(kind: str, queryset: QuerySet[Any, Any]) -> QuerySet[Model, Any]:
    """Give the keys of many items as a subquery, for `item__in`."""
    named = Concat(Value(f"{kind}:"), Cast(F("pk"), CharField()), output_field=CharField())
    return queryset.order_by().annotate(item_key=named).values("item_key")


def notice_of(occasion: str) -> int | None:
    """Give the number of the status update a notice tells of; None for any other occasion."""
    kind, _colon, pk = occasion.partition(":")
    return int(pk) if kind == NOTICE else None


def answers(owner: Member | None, today: date) -> bool:
    """Tell whether an owner can be told: reachable, and here or with a deputy who is."""
    if owner is None or not _is_reachable(owner):
        return False
    if not owner.is_paused(today):
        return True
    deputy = owner.deputy
    return deputy is not None and _is_reachable(deputy) and not deputy.is_paused(today)


def _is_reachable(member: Member) -> bool:
    return member.is_active and bool(member.email)


def why_over(reminder: Reminder, item: ActionItem | Milestone, today: date) -> str:
    """Say why what a reminder counts from no longer stands; empty while it does."""
    if notice_of(reminder.occasion) is not None:
        return ""  # what somebody did stays done
    if isinstance(item, Milestone):
        return _why_milestone_over(reminder, item)
    if reminder.occasion.startswith("submission:"):
        return _why_submission_over(reminder, item)
    if not item.is_open:
        return str(item.status)
    if reminder.occasion.startswith("report:"):
        since = rules.silent_since(item.reported_on, item.start_date, item.created_on)
        return "" if reminder.occasion == rules.update_occasion(since) else "reported"
    return _why_date_over(reminder, item, today)


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
