"""The line on every page of those who look after the mail, while nothing is being sent."""

from __future__ import annotations

from typing import Any

from django import template

from committee.rules import permissions
from roadmap.selectors import machinery
from roadmap.selectors.machinery import Alarm

register = template.Library()


@register.simple_tag(takes_context=True)
def mail_alarm(context: Any) -> Alarm | None:
    """Tell those who look after the mail why nothing is being sent: one query, for them alone."""
    page = context.get("page")
    actor = getattr(context.get("request"), "actor", None)
    if page is None or page.is_past or actor is None:
        return None
    return machinery.alarm() if permissions.may_see_all_letters(actor) else None
