"""What a page says to the member who reads it: their notices, and what their settings come to."""

from __future__ import annotations

from typing import Any

from django import template

from committee.models import Member
from roadmap.selectors import notices, preferences

register = template.Library()


@register.simple_tag
def standing_notices(member: Member) -> int:
    """Count what stands under the reader's bell: the one query it costs a page."""
    return notices.count(member.pk)


@register.simple_tag(takes_context=True)
def letter_effects(context: Any, member: Member) -> list[str]:
    """Say when the next letter may leave, and who is told while its reader is away."""
    return preferences.effects(member, context["request"].clock)
