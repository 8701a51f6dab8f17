"""The lines of an action's history.

Python and not a template: twenty of them were a third of what drawing the page of an action
cost. Everything a person wrote is escaped; numbers and dates are ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from roadmap.enums import Status, UpdateKind
from roadmap.selectors.history import Delta, Entry
from roadmap.selectors.sources import SourcePart
from roadmap.templatetags.roadmap import percent, period
from umkm.enums import Confidence

register = template.Library()


@register.simple_tag
def drawn_history(entries: Iterable[Entry]) -> SafeString:
    """Draw the updates, each with what it changed and what was said."""
    drawn = "".join(_entry(one) for one in entries)
    return mark_safe(drawn)  # noqa: S308 - every part that was written is escaped below


def _entry(entry: Entry) -> str:
    obstacle = _said(_("Obstacle"), "" if entry.obstacle == entry.note else entry.obstacle)
    follow_up = _said(_("Follow-up"), entry.follow_up)
    return (
        f'<li data-kind="{entry.update.kind}">{_head(entry)}{_first(entry)}{_deltas(entry.deltas)}'
        f"{_note(entry)}{obstacle}{follow_up}{_source(entry)}</li>"
    )


def _head(entry: Entry) -> str:
    update = entry.update
    was_created = bool(update.changes.get("created"))
    what = _("Put on the roadmap") if was_created else UpdateKind(update.kind).label
    person = f" · {escape(entry.person)}" if entry.person else ""
    example = _tag(_("example"), "tag") if update.is_illustrative else ""
    setback = _tag(_("setback"), "tag tag-solid") if update.is_setback else ""
    return (
        f'<p class="history-head"><span class="history-what">{escape(str(what))}</span>'
        f'<span class="history-when">{_when(update)}{person}</span>{example}{setback}</p>'
    )


def _when(update: Any) -> str:
    at = localtime(update.at)
    time = "" if update.kind == UpdateKind.IMPORTED else f", {at:%H:%M}"
    moment = at.isoformat(timespec="seconds")
    return f'<time datetime="{moment}">{period(at, update.date_precision)}{time}</time>'


def _tag(words: str, style: str) -> str:
    return f' <span class="{style}">{escape(words)}</span>'


def _first(entry: Entry) -> str:
    """Say in which state the first update of all left the action."""
    if not entry.is_first:
        return ""
    update = entry.update
    due, name = "", _("Due date")
    if update.due_date:
        due = f" · {escape(name)} {period(update.due_date, update.due_precision)}"
    status = escape(str(Status(update.status).label))
    return f'<p class="history-change">{status}, {percent(update.progress)}{due}</p>'


def _deltas(deltas: Sequence[Delta]) -> str:
    told = " · ".join(_delta(one) for one in deltas)
    return f'<p class="history-change">{told}</p>' if told else ""


def _delta(delta: Delta) -> str:
    old, new = delta.old, delta.new
    if delta.is_date:
        old, new = period(old, delta.old_precision), period(new, delta.new_precision)
    return f"{escape(capfirst(delta.label))}: {escape(str(old))} → {escape(str(new))}"


def _note(entry: Entry) -> str:
    if not entry.note:
        return ""
    return f'<p class="history-note" lang="{entry.note_language}">{escape(entry.note)}</p>'


def _said(name: str, words: str) -> str:
    if not words:
        return ""
    return f'<p class="history-note"><strong>{escape(name)}:</strong> {escape(words)}</p>'


def _source(entry: Entry) -> str:
    """Say where an update comes from, as partials/source.html does."""
    if not entry.source:
        return ""
    told, name = "; ".join(_part(one) for one in entry.source), _("Source")
    sure = entry.update.confidence
    how_sure = f" · {escape(str(Confidence(sure).label))}" if sure else ""
    return f'<p class="history-source">{escape(name)}: {told}{how_sure}</p>'


def _part(part: SourcePart) -> str:
    unsure = _tag(_("not verified"), "tag") if part.is_unverified else ""
    return f'<span lang="en">{escape(part.text)}</span>{unsure}'
