"""Why an action has its signal, in words a reader can check against its dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.enums import Signal
from roadmap.models import ActionItem


def reason(action: ActionItem, signal: str, today: date) -> str:
    """Say in one sentence what the system saw."""
    if not signal:
        return _("Cancelled; it has no signal and is left out of every mean.")
    return _WORDS[Signal(signal)](action, today)


def _day(value: date | None) -> str:
    return date_format(value, "j F Y") if value else "—"


def _done(action: ActionItem, today: date) -> str:
    return _("Submitted on %(day)s, by the due date, and verified.") % {
        "day": _day(action.submitted_on)
    }


def _done_late(action: ActionItem, today: date) -> str:
    return _("Verified, but submitted on %(day)s, after the due date then in force.") % {
        "day": _day(action.submitted_on)
    }


def _waiting(action: ActionItem, today: date) -> str:
    values = {"day": _day(action.submitted_on)}
    if action.is_submitted_late:
        return _("Submitted on %(day)s, late; it waits for verification.") % values
    return _("Submitted on %(day)s, in time; it waits for verification.") % values


def _late(action: ActionItem, today: date) -> str:
    days = (today - (action.due_date or today)).days
    return ngettext(
        "Due on %(day)s, %(days)s day ago, and not submitted.",
        "Due on %(day)s, %(days)s days ago, and not submitted.",
        days,
    ) % {"day": _day(action.due_date), "days": days}


def _blocked(action: ActionItem, today: date) -> str:
    return _("An obstacle is open.")


def _not_reported(action: ActionItem, today: date) -> str:
    began = max(action.start_date or action.created_on, action.created_on)
    days = (today - began).days
    return ngettext(
        "No report since it began on %(day)s, %(days)s day ago; the limit is %(limit)s days.",
        "No report since it began on %(day)s, %(days)s days ago; the limit is %(limit)s days.",
        days,
    ) % {"day": _day(began), "days": days, "limit": settings.SILENT_AFTER_DAYS}


def _silent(action: ActionItem, today: date) -> str:
    days = (today - (action.reported_on or today)).days
    return ngettext(
        "Last report on %(day)s, %(days)s day ago; the limit is %(limit)s days.",
        "Last report on %(day)s, %(days)s days ago; the limit is %(limit)s days.",
        days,
    ) % {"day": _day(action.reported_on), "days": days, "limit": settings.SILENT_AFTER_DAYS}


def _due_soon(action: ActionItem, today: date) -> str:
    days = ((action.due_date or today) - today).days
    if days == 0:
        return _("Due today.")
    return ngettext(
        "Due on %(day)s, in %(days)s day.", "Due on %(day)s, in %(days)s days.", days
    ) % {"day": _day(action.due_date), "days": days}


def _on_track(action: ActionItem, today: date) -> str:
    if action.due_date is None:
        return _("It has no due date, and no report is owed.")
    return _("Not due before %(day)s, nothing blocks it, and no report is owed.") % {
        "day": _day(action.due_date)
    }


_WORDS: dict[Signal, Callable[[ActionItem, date], str]] = {
    Signal.DONE: _done,
    Signal.DONE_LATE: _done_late,
    Signal.WAITING: _waiting,
    Signal.LATE: _late,
    Signal.BLOCKED: _blocked,
    Signal.NOT_REPORTED: _not_reported,
    Signal.SILENT: _silent,
    Signal.DUE_SOON: _due_soon,
    Signal.ON_TRACK: _on_track,
}
