"""The words of a decision that are in force: a correction of the minutes may have changed them."""

from __future__ import annotations

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from committee.models import Decision, MinutesCorrection

LATEST = ("-at", "-pk")


def with_words(decisions: QuerySet[Decision]) -> QuerySet[Decision]:
    """Annotate `words`, for lists."""
    latest = MinutesCorrection.objects.filter(decision=OuterRef("pk")).order_by(*LATEST)
    return decisions.annotate(words=Coalesce(Subquery(latest.values("new")[:1]), F("text")))


def words_of(decision: Decision) -> str:
    """Give those of one: a query only where its meeting is closed, which alone is corrected."""
    if not decision.meeting.is_closed:
        return decision.text
    latest = decision.corrections.order_by(*LATEST).values_list("new", flat=True).first()
    return latest or decision.text
