"""What is in force of a closed meeting: a later correction of its minutes may have changed it.

Lists annotate it in SQL, where it can be filtered and counted, and then wear it: the rows carry
the corrected values under their own names, so that a page and an export say what the counts say.
Worn rows are for reading; services lock and change rows of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

from django.db.models import (
    BigIntegerField,
    Case,
    DateField,
    Exists,
    F,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Left, NullIf, StrIndex, Substr

from committee.enums import MinutesPart
from committee.models import Advice, Decision, Institution, Meeting, Member, MinutesCorrection

Row = TypeVar("Row", bound=Model)
LATEST = ("-at", "-pk")
COLON = Value(":")


def with_words(decisions: QuerySet[Decision], on: date | None = None) -> QuerySet[Any]:
    """Annotate what is in force, for lists: words, who, by when, and where and when."""
    return with_carriers(with_by_when(with_text(decisions, on), on), on).annotate(
        held_on=_day(MinutesPart.DATE, "meeting__date", on, meeting="meeting"),
        held_at=_text(MinutesPart.PLACE, "meeting__place", on, meeting="meeting"),
    )


def with_text(decisions: QuerySet[Decision], on: date | None = None) -> QuerySet[Any]:
    """Annotate `words`, all that a choice of decisions needs."""
    return decisions.annotate(words=_text(MinutesPart.DECISION, "text", on, decision="pk"))


def with_by_when(decisions: QuerySet[Decision], on: date | None = None) -> QuerySet[Any]:
    """Annotate `by_when`, the day in force; None where there is none."""
    return decisions.annotate(by_when=_day(MinutesPart.BY_WHEN, "due_date", on, decision="pk"))


def with_carriers(decisions: QuerySet[Decision], on: date | None = None) -> QuerySet[Any]:
    """Annotate `carrier` and `carrier_person`: the numbers of who carries a decision out."""
    entries = _entries(MinutesPart.CARRIED_BY, on, decision="pk")
    at = StrIndex("new", COLON)
    first = Cast(NullIf(Left("new", at - 1), Value("")), BigIntegerField())
    second = Cast(NullIf(Substr("new", at + 1), Value("")), BigIntegerField())
    return decisions.annotate(
        carrier=_either(entries, first, "institution_id", BigIntegerField()),
        carrier_person=_either(entries, second, "responsible_id", BigIntegerField()),
    )


def with_answers(advice: QuerySet[Advice], on: date | None = None) -> QuerySet[Any]:
    """Annotate `answered_as` and `answered_why`, the answer in force; none before it was given."""
    answer: Any = _text(MinutesPart.ANSWER, "answer", on, advice="pk")
    if on is not None:
        given = When(answered_on__lte=on, then=answer)
        answer = Case(given, default=Value(""), output_field=TextField())
    return advice.annotate(
        answered_as=answer,
        answered_why=_text(MinutesPart.ANSWER_WHY, "answer_reason", on, advice="pk"),
    )


def with_days(meetings: QuerySet[Meeting], on: date | None = None) -> QuerySet[Any]:
    """Annotate `held_on` and `held_at`, day and place in force."""
    return meetings.annotate(
        held_on=_day(MinutesPart.DATE, "date", on, meeting="pk"),
        held_at=_text(MinutesPart.PLACE, "place", on, meeting="pk"),
    )


def worn(decisions: Iterable[Decision]) -> list[Decision]:
    """Put on decisions what `with_words` found; two queries more where others carry them out."""
    found: list[Any] = list(decisions)
    places = _named(Institution, found, "institution_id", "carrier")
    people = _named(Member, found, "responsible_id", "carrier_person")
    for one in found:
        one.text, one.due_date = one.words, one.by_when
        if one.institution_id != one.carrier:
            one.institution = places.get(one.carrier)
        if one.responsible_id != one.carrier_person:
            one.responsible = people.get(one.carrier_person)
        if Decision.meeting.is_cached(one):  # type: ignore[attr-defined]  # as Django has it
            one.meeting.date, one.meeting.place = one.held_on, one.held_at
    return found


def worn_advice(advice: Iterable[Advice]) -> list[Advice]:
    """Put on advice what `with_answers` found."""
    found: list[Any] = list(advice)
    for one in found:
        one.answer, one.answer_reason = one.answered_as, one.answered_why
    return found


def worn_meetings(meetings: Iterable[Meeting]) -> list[Meeting]:
    """Put on meetings what `with_days` found."""
    found: list[Any] = list(meetings)
    for one in found:
        one.date, one.place = one.held_on, one.held_at
    return found


def words_of(decision: Decision) -> str:
    """Give the words of one: a query only where its meeting is closed, which alone is corrected."""
    if not decision.meeting.is_closed:
        return decision.text
    latest = _latest(decision.corrections, MinutesPart.DECISION)
    return decision.text if latest is None else latest


def by_when_of(decision: Decision) -> date | None:
    """Give the day of one that is in force."""
    latest = _latest(decision.corrections, MinutesPart.BY_WHEN)
    return decision.due_date if latest is None else _read(latest)


def answer_of(advice: Advice) -> str:
    """Give the answer of one that is in force."""
    latest = _latest(advice.corrections, MinutesPart.ANSWER) if advice.answer else None
    return advice.answer if latest is None else latest


def day_of(meeting: Meeting) -> date:
    """Give the day a meeting was held: a query only where it is closed."""
    latest = _latest(meeting.corrections, MinutesPart.DATE) if meeting.is_closed else None
    return (_read(latest) if latest else None) or meeting.date


def wear_day(decision: Decision | None) -> None:
    """Put on the meeting of one decision, already loaded, the day it was held."""
    if decision is not None:
        decision.meeting.date = day_of(decision.meeting)


def _read(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _latest(corrections: Any, part: MinutesPart) -> str | None:
    found = corrections.filter(part=part).order_by(*LATEST).values_list("new", flat=True)
    text: str | None = found.first()
    return text


def _entries(part: MinutesPart, on: date | None, **of: str) -> QuerySet[MinutesCorrection]:
    """Give the corrections of a part of what `of` names, the latest first."""
    named = {name: OuterRef(field) for name, field in of.items()}
    found = MinutesCorrection.objects.filter(part=part, **named)
    return (found if on is None else found.filter(on__lte=on)).order_by(*LATEST)


def _text(part: MinutesPart, written: str, on: date | None, **of: str) -> Coalesce:
    latest = Subquery(_entries(part, on, **of).values("new")[:1])
    return Coalesce(latest, F(written), output_field=TextField())


def _day(part: MinutesPart, written: str, on: date | None, **of: str) -> Case:
    day = Cast(NullIf("new", Value("")), DateField())
    return _either(_entries(part, on, **of), day, written, DateField())


def _either(entries: Any, new: Any, written: str, kind: Any) -> Case:
    """Give what the latest entry says, be it nothing; where there is no entry, what was written."""
    latest = Subquery(entries.annotate(right=new).values("right")[:1], output_field=kind)
    return Case(When(Exists(entries), then=latest), default=F(written), output_field=kind)


def _named(model: type[Row], rows: list[Any], written: str, in_force: str) -> dict[int, Row]:
    """Load whom corrections name instead of whom the rows name."""
    pairs = {(getattr(one, written), getattr(one, in_force)) for one in rows}
    numbers = {right for left, right in pairs if right not in (left, None)}
    return model._default_manager.in_bulk(numbers) if numbers else {}
