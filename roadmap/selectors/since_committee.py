"""What the committee itself did since a day: decided, adopted, was advised, was asked, closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from committee.models import Advice, Decision
from roadmap.enums import RequestState
from roadmap.models import Adoption, DateRequest, Period
from roadmap.models.words import with_words
from roadmap.selectors.decisions import with_state


@dataclass(frozen=True, slots=True)
class Asked:
    """What the sections are asked with."""

    since: date
    today: date


def decided(asked: Asked) -> QuerySet[Any]:
    found = Decision.objects.filter(meeting__date__gte=asked.since)
    rows = with_words(with_state(found, asked.today))
    rows = rows.select_related("meeting", "institution", "responsible")
    return rows.order_by("-meeting__date", "-meeting__number", "number")


def adopted(asked: Asked) -> QuerySet[Any]:
    found = Adoption.objects.filter(on__gte=asked.since)
    return found.select_related("decision__meeting", "by").order_by("-at", "-pk")


def advised(asked: Asked) -> QuerySet[Any]:
    found = Advice.objects.filter(given_on__gte=asked.since)
    return found.select_related("author").order_by("-given_on", "-pk")


def answered(asked: Asked) -> QuerySet[Any]:
    found = Advice.objects.filter(answered_on__gte=asked.since)
    whole = found.select_related("author", "answered_at", "answered_by")
    return whole.order_by("-answered_on", "-pk")


def requested(asked: Asked) -> QuerySet[Any]:
    """Give requests asked or answered, each on its latest day; one approved is a move."""
    lately = Q(asked_on__gte=asked.since) | Q(answered_on__gte=asked.since)
    found = DateRequest.objects.filter(lately).exclude(state=RequestState.APPROVED)
    whole = found.select_related(
        "action", "milestone", "asked_by", "answered_by", "decision__meeting"
    )
    return whole.annotate(day=Coalesce(F("answered_on"), F("asked_on"))).order_by("-day", "-pk")


def closed_periods(asked: Asked) -> QuerySet[Any]:
    found = Period.objects.filter(closed_on__gte=asked.since).select_related("closed_by")
    return found.order_by("-closed_on", "-ends_on", "pk")
