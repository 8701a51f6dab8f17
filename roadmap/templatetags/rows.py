"""The rows of a table of actions.

Python and not a template: fifty rows of it were half of what the list of actions cost.
Everything a person wrote is escaped; numbers and dates are ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.selectors.action_rows import ActionRow
from roadmap.templatetags.roadmap import days_from, percent, period, signed_days

register = template.Library()


@dataclass(frozen=True, slots=True)
class Words:
    """What every row says, looked up once for all of them."""

    lead: str
    due: str
    claimed: str
    report: str
    no_lead: str
    no_owner: str
    example: str
    no_date: str
    verified: str
    never: str
    in_time: str
    too_late: str
    contradictory: str


@register.simple_tag(takes_context=True)
def drawn_rows(context: Any, rows: Iterable[ActionRow], hide_workstream: Any = False) -> SafeString:
    """Draw the rows; the owner only for the inside, the workstream unless the page names it."""
    page, words = context["page"], _words()
    inside, today = page.inside, page.day
    drawn = (_row(row, words, today, inside=inside, hides=bool(hide_workstream)) for row in rows)
    return mark_safe("".join(drawn))  # noqa: S308 - every part that was written is escaped below


def _words() -> Words:
    written = Words(
        lead=_("Lead institution"),
        due=_("Due date"),
        claimed=_("Claimed"),
        report=_("Last report"),
        no_lead=_("no lead institution"),
        no_owner=_("no owner"),
        example=_("example, not an official target"),
        no_date=_("no date"),
        verified=_("verified"),
        never=_("never"),
        in_time=_("submitted in time"),
        too_late=_("submitted late"),
        contradictory=_("Contradictory"),
    )
    return Words(*(escape(getattr(written, name)) for name in Words.__slots__))


def _row(a: ActionRow, words: Words, today: date, *, inside: bool, hides: bool) -> str:
    place = "" if hides else f" · {conditional_escape(a['workstream'])}"
    owner = _owner(a, words) if inside else ""
    return (
        f'<tr><td><span class="list-title"><a href="{escape(a["url"])}">'
        f'{conditional_escape(a["title"])}</a></span><span class="list-meta">'
        f'<code class="code">{escape(a["code"])}</code>{place}</span></td>'
        f'<td data-label="{words.lead}">{_lead(a, words)}{owner}</td>'
        f'<td data-label="{words.due}">{_due(a, words)}</td>'
        f'<td class="number" data-label="{words.claimed}">{_claimed(a, words)}</td>'
        f'<td data-label="{words.report}">{_reported(a, words, today)}</td>'
        f'<td class="list-signal">{_signal(a, words)}</td></tr>'
    )


def _lead(a: ActionRow, words: Words) -> str:
    if not a["lead"]:
        return f'<span class="tag">{words.no_lead}</span>'
    title = conditional_escape(a["lead_title"])
    return f'<a href="{escape(a["lead_url"])}" title="{title}">{escape(a["lead"])}</a>'


def _owner(a: ActionRow, words: Words) -> str:
    owner = a["owner"]
    told = f'<a href="{a["owner_url"]}">{escape(owner)}</a>' if owner else words.no_owner
    return f'<span class="list-meta">{told}</span>'


def _due(a: ActionRow, words: Words) -> str:
    due = a["due_date"]
    if due is None:
        return f'<span class="quiet">{words.no_date}</span>'
    told = f'<time datetime="{due.isoformat()}">{period(due, a["due_precision"])}</time>'
    if a["is_illustrative"]:
        told += f' <span class="tag">{words.example}</span>'
    return told + _moved(a) if a["times_moved"] else told


def _moved(a: ActionRow) -> str:
    times = a["times_moved"]
    told = ngettext("moved %(n)s×, %(days)s", "moved %(n)s×, %(days)s", times)
    days = signed_days(a["days_moved"])
    return f' <span class="list-meta">{escape(told % {"n": times, "days": days})}</span>'


def _claimed(a: ActionRow, words: Words) -> str:
    told = percent(a["progress"]) if a["reported_on"] else '<span class="quiet">—</span>'
    return f'{told} <span class="list-meta">{words.verified}</span>' if a["is_verified"] else told


def _reported(a: ActionRow, words: Words, today: date) -> str:
    if a["reported_on"] is None:
        return f'<span class="quiet">{words.never}</span>'
    return escape(days_from(a["reported_on"], today))


def _signal(a: ActionRow, words: Words) -> str:
    told = f'<span class="pill" data-signal="{a["signal"]}">{escape(a["signal_label"])}</span>'
    if a["is_waiting"]:
        when = words.too_late if a["is_submitted_late"] else words.in_time
        told += f' <span class="list-meta">{when}</span>'
    if a["is_contradiction"]:
        told += f' <span class="pill" data-signal="contradiction">{words.contradictory}</span>'
    return told
