"""One reminder in words: what a line of a letter says of its item, as it stands today.

Called inside the reader's language.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from committee.models import Decision
from roadmap import emails
from roadmap.enums import Audience, DueBasis, Status
from roadmap.models import ActionItem, Milestone, PeriodReport, Reminder
from roadmap.rules.reminders import Rule, group_of, is_personal
from roadmap.selectors import items
from roadmap.selectors.items import Item
from roadmap.selectors.letters import stage_words
from roadmap.selectors.owner_away import is_away_over_due
from roadmap.services import happenings
from roadmap.services.happenings import Happening
from roadmap.templatetags.roadmap import day, period, signed_days


def line(
    reminder: Reminder,
    item: Item,
    happening: Happening | None,
    today: date,
    rules: Sequence[Rule] = (),
) -> emails.Line:
    """Word one reminder; `happening` is what a notice tells of."""
    name, due = items.name_of(item), items.due_of(item)
    days_left = (due - today).days if due else 0
    dated = item if isinstance(item, ActionItem | Milestone) and item.due_date else None
    return emails.Line(
        group=group_of(reminder.occasion, reminder.audience, due, today),
        days_left=days_left,
        title=name.title,
        title_language=name.language,
        url=f"{settings.SITE_URL.rstrip('/')}{name.url}",
        code=name.code,
        happened=happenings.words(reminder, item, happening) if happening else (),
        place=_place(item),
        due=period(dated.due_date, dated.due_precision) if dated else "",
        days=emails.days_words(days_left) if dated else "",
        last_report=_last_report(item, today) if isinstance(item, ActionItem) else "",
        remarks=_remarks(reminder, item, days_left, rules),
        is_illustrative=isinstance(item, ActionItem) and item.due_basis == DueBasis.ILLUSTRATIVE,
    )


def _place(item: Item) -> str:
    """Say where an item belongs: a workstream, a meeting, a period."""
    if isinstance(item, ActionItem | Milestone):
        return item.workstream.local_title if item.workstream else _("Whole roadmap")
    if isinstance(item, Decision):
        return f"{item.meeting}, {day(item.meeting.date)}"
    if isinstance(item, PeriodReport):
        return _("Reporting period %(period)s") % {"period": item.period}
    return _("Advice given on %(day)s") % {"day": day(item.given_on)}


def _last_report(action: ActionItem, today: date) -> str:
    days = (today - action.reported_on).days if action.reported_on else None
    return emails.report_words(str(Status(action.status).label), days)


def _remarks(reminder: Reminder, item: Item, days_left: int, rules: Sequence[Rule]) -> list[str]:
    found = []
    if isinstance(item, PeriodReport):
        found.append(_narrative_owed(item, days_left))
    if isinstance(item, ActionItem | Milestone):
        found.append(_moved(item))
    if isinstance(item, ActionItem):
        found += [_whose(reminder, item), _away(reminder, item, rules)]
        found.append(_("An obstacle is open.") if item.is_blocked else "")
    found.append(_superseded(reminder))
    return [remark for remark in found if remark]


def _narrative_owed(report: PeriodReport, days_left: int) -> str:
    values = {
        "period": report.period,
        "day": day(report.period.closes_on),
        "days": emails.days_words(days_left),
    }
    return (
        _("The narrative for %(period)s is owed; the period closes on %(day)s (%(days)s).") % values
    )


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
    if is_personal(reminder.occasion, reminder.stage):
        return _("Owner: %(name)s") % {"name": owner}
    if reminder.audience == Audience.OWNER:
        return _("You stand in for %(name)s, who is away.") % {"name": owner}
    return _promise(action)


def _away(reminder: Reminder, action: ActionItem, rules: Sequence[Rule]) -> str:
    """Say, to whoever is told instead, that the owner is away all the while."""
    owner = action.owner
    if owner is None or owner.pk == reminder.recipient_id or not is_away_over_due(action, rules):
        return ""
    values = {"first": day(owner.paused_from), "last": day(owner.paused_until)}
    return _("The owner is away from %(first)s to %(last)s, and so over the due date.") % values


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
