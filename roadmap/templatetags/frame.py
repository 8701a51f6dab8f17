"""What stands around every page and hardly ever differs: drawn once, and kept as it is."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.safestring import SafeString

from roadmap.views.drawing import drawn

register = template.Library()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader is, and what kind of reader: all that the navigation depends on."""

    here: str
    is_inside: bool
    is_staff: bool


@register.simple_tag
def drawn_once(part: str, thing: Hashable = "") -> SafeString:
    """Draw a part of a page from a plain value, the same for everybody."""
    return drawn(part, thing)


@register.simple_tag(takes_context=True)
def navigation(context: Any) -> SafeString:
    """Draw the main navigation, with the page it is on marked."""
    match = getattr(context.get("request"), "resolver_match", None)
    user = context.get("user")
    place = Place(
        here=(match and match.url_name) or "",
        is_inside=bool(user and user.is_authenticated),
        is_staff=bool(user and user.is_staff),
    )
    return drawn("components/navigation.html", place)
