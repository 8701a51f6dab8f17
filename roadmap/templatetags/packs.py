"""Labels of a steering pack: its facts are plain values, named in the reader's language here."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.conf import settings

from committee.enums import AdviceAnswer
from roadmap.enums import DecisionState, MilestoneClosing, Outlook, RequestState
from roadmap.models import ActionItem
from roadmap.selectors.pack_facts import Edit
from roadmap.selectors.since import Section
from roadmap.selectors.sources import SourcePart, parts

register = template.Library()


@register.filter
def section_label(value: str) -> str:
    return str(Section(value).label)


@register.filter
def state_label(value: str) -> str:
    """Name the state of a decision, an ask, an answer or a milestone's closing."""
    known: tuple[Any, ...] = (DecisionState, RequestState, AdviceAnswer, MilestoneClosing)
    return next((str(one(value).label) for one in known if value in one.values), value)


@register.filter
def outlook_label(value: str) -> str:
    return str(Outlook(value).label) if value else ""


@register.filter
def field_label(edit: Edit) -> str:
    """Name the field that an edit changed."""
    return str(ActionItem._meta.get_field(edit.field).verbose_name)  # type: ignore[union-attr]


@register.filter
def rose(now: float | None, before: float | None) -> int | None:
    """Give by how many points a share rose, each rounded as it is shown."""
    return None if now is None or before is None else round(now) - round(before)


@register.filter
def source_parts(source: str) -> list[SourcePart]:
    return parts(source)


@register.filter
def asked_facts(asked: dict[str, Any]) -> dict[str, Any]:
    """Read what an order holds into what a page can word."""
    kind, _colon, number = str(asked["since"]).partition(":")
    is_meeting = kind == "meeting"
    return {
        "day": date.fromisoformat(asked["day"]),
        "meeting": number if is_meeting else "",
        "since": None if is_meeting else date.fromisoformat(asked["since"]),
        "language": dict(settings.LANGUAGES).get(asked["language"], ""),
    }
