"""What the committee itself did since a day: decided, adopted, was advised, was asked, closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.functions import Coalesce

from committee.models import Advice
from roadmap.enums import RequestState
from roadmap.models import Adoption, DateRequest, Period
from roadmap.models.words import with_answers, with_words
from roadmap.selectors.decisions import taken, with_state


@dataclass(frozen=True, slots=True)
class Asked:
    """What the sections are asked with."""

    since: date
    today: date


def decided(asked: Asked) -> QuerySet[Any]:
    found = with_words(with_state(taken(asked.today), asked.today), asked.today)
    rows = found.filter(held_on__gte=asked.since)
    rows = rows.select_related("meeting", "institution", "responsible")
    return rows.order_by("-held_on", "-meeting__number", "number")


def adopted(asked: Asked) -> QuerySet[Any]:
    found = Adoption.objects.filter(on__gte=asked.since, on__lte=asked.today)
    return found.select_related("decision__meeting", "by").order_by("-at", "-pk")


def advised(asked: Asked) -> QuerySet[Any]:
    found = Advice.objects.filter(given_on__gte=asked.since, given_on__lte=asked.today)
    found = with_answers(found, asked.today)
    return found.select_related("author").order_by("-given_on", "-pk")


def answered(asked: Asked) -> QuerySet[Any]:
    found = Advice.objects.filter(answered_on__gte=asked.since, answered_on__lte=asked.today)
    found = with_answers(found, asked.today)
    whole = found.select_related("author", "answered_at", "answered_by")
    return whole.order_by("-answered_on", "-pk")


def requested(asked: Asked) -> QuerySet[Any]:
    """Give requests asked or answered, each on its latest day; one approved is a move."""
    answered = Q(answered_on__lte=asked.today)
    lately = Q(asked_on__gte=asked.since) | Q(answered_on__gte=asked.since)
    found = DateRequest.objects.filter(lately, asked_on__lte=asked.today)
    found = found.exclude(answered, state=RequestState.APPROVED)
    whole = found.select_related(
        "action", "milestone", "asked_by", "answered_by", "decision__meeting"
    )
    day = Coalesce(Case(When(answered, then=F("answered_on"))), F("asked_on"))
    return whole.annotate(day=day).filter(day__gte=asked.since).order_by("-day", "-pk")


def closed_periods(asked: Asked) -> QuerySet[Any]:
    found = Period.objects.filter(closed_on__gte=asked.since, closed_on__lte=asked.today)
    found = found.select_related("closed_by")
    return found.order_by("-closed_on", "-ends_on", "pk")
