"""One reminder in words: what a line of a letter says of its item, as it stands today.

Called inside the reader's language.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap import emails
from roadmap.enums import Audience, DueBasis
from roadmap.models import ActionItem, Milestone, Reminder, StatusUpdate
from roadmap.rules.reminders import group_of
from roadmap.selectors.letters import stage_words
from roadmap.templatetags.roadmap import day, period, signed_days


def line(
    reminder: Reminder, item: ActionItem | Milestone, update: StatusUpdate | None, today: date
) -> emails.Line:
    """Word one reminder; `update` is what a notice tells of."""
    action = item if isinstance(item, ActionItem) else None
    days_left = (item.due_date - today).days if item.due_date else 0
    return emails.Line(
        group=group_of(reminder.occasion, reminder.audience, item.due_date, today),
        days_left=days_left,
        title=item.local_title,
        title_language=item.title_language,
        url=f"{settings.SITE_URL.rstrip('/')}{item.get_absolute_url()}",
        code=action.code if action else "",
        place=item.workstream.local_title if item.workstream else _("Whole roadmap"),
        due=period(item.due_date, item.due_precision) if item.due_date else "",
        days=emails.days_words(days_left) if item.due_date else "",
        last_report=_last_report(action, today) if action else "",
        remarks=_remarks(reminder, item, update),
        is_illustrative=action is not None and action.due_basis == DueBasis.ILLUSTRATIVE,
    )


def _last_report(action: ActionItem, today: date) -> str:
    days = (today - action.reported_on).days if action.reported_on else None
    return emails.report_words(str(action.get_status_display()), days)


def _remarks(
    reminder: Reminder, item: ActionItem | Milestone, update: StatusUpdate | None
) -> list[str]:
    found = [_notice(reminder.stage, update) if update else "", _moved(item)]
    if isinstance(item, ActionItem):
        found += [_whose(reminder, item), _("An obstacle is open.") if item.is_blocked else ""]
    found.append(_superseded(reminder))
    return [remark for remark in found if remark]


def _notice(stage: str, update: StatusUpdate) -> str:
    """Say who did what, and why."""
    values = {"name": update.by or _("The public record"), "note": update.note}
    if not update.note:
        return _notice_without_reason(stage) % values
    words = {
        "assigned": _("%(name)s gave this action to you: %(note)s"),
        "returned": _("%(name)s returned your submission: %(note)s"),
        "moved": _("%(name)s moved your due date: %(note)s"),
    }
    return words.get(stage, _("%(name)s changed this: %(note)s")) % values


def _notice_without_reason(stage: str) -> str:
    words = {
        "assigned": _("%(name)s gave this action to you."),
        "returned": _("%(name)s returned your submission."),
        "moved": _("%(name)s moved your due date."),
    }
    return words.get(stage, _("%(name)s changed this."))


def _moved(item: ActionItem | Milestone) -> str:
    """Count the slips: moved 2×, +304 days."""
    if not item.times_moved:
        return ""
    words = ngettext("moved %(n)s×, %(days)s", "moved %(n)s×, %(days)s", item.times_moved)
    return words % {"n": item.times_moved, "days": signed_days(item.days_moved)}


def _whose(reminder: Reminder, action: ActionItem) -> str:
    """Say whose work it is when it is not the reader's own."""
    owner = action.owner
    if owner is None:
        return _("This action has no owner.")
    if reminder.is_orphan:
        return _("Its owner, %(name)s, cannot be reached.") % {"name": owner}
    if owner.pk == reminder.recipient_id:
        return ""
    if reminder.audience == Audience.OWNER:
        return _("You stand in for %(name)s, who is away.") % {"name": owner}
    return _promise(action)


def _promise(action: ActionItem) -> str:
    if action.expected_date:
        values = {"name": action.owner, "day": day(action.expected_date)}
        return _("Owner: %(name)s, who expected it by %(day)s.") % values
    return _("Owner: %(name)s") % {"name": action.owner}


def _superseded(reminder: Reminder) -> str:
    """Name the first reminder of a due date that fell away; an owed update repeats itself."""
    if not reminder.supersedes or not reminder.occasion.startswith("due:"):
        return ""
    first = stage_words(reminder.occasion, reminder.supersedes)
    return _("This also stands for earlier reminders, the first of them %(stage)s.") % {
        "stage": first
    }
