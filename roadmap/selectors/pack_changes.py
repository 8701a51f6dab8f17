"""The changes of a steering pack: the rows of selectors/since.py, turned into plain facts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import QuerySet

from committee.models import Decision, Institution, Member, Workstream
from committee.rules.days import jakarta_day
from roadmap.enums import DueBasis, RequestState
from roadmap.models.words import worn
from roadmap.selectors import since
from roadmap.selectors import since_committee as committee
from roadmap.selectors.pack_facts import Edit, Kind, Line, Name
from roadmap.selectors.since import Found, Section
from roadmap.selectors.since_committee import Asked

Maker = Callable[[Any, date], Line]


def changes(asked: Asked) -> tuple[Kind, ...]:
    """Give every kind of change that happened, in the order of the page of changes."""
    found = [_settled(one, asked) for one in since.everything(asked)]
    return tuple(
        Kind(section.value, count, tuple(MAKERS[section](row, asked.today) for row in rows))
        for section, count, rows in found
        if count
    )


def _settled(one: Found, asked: Asked) -> tuple[Section, int, list[Any]]:
    """Count decisions from the closing of their minutes: until then their words may change."""
    if one.section != Section.DECIDED:
        return one.section, one.count, one.rows
    rows = minuted(committee.decided(asked), asked.today)
    return one.section, rows.count(), worn(rows[: since.SHOWN])


def minuted(decisions: QuerySet[Decision], day: date) -> QuerySet[Decision]:
    """Keep the decisions whose minutes were closed by a day: their words are settled."""
    return decisions.filter(meeting__closed_on__lte=day)


def action(row: Any) -> Name:
    return Name("action", row.code, row.title, row.title_en)


def milestone(row: Any) -> Name:
    return Name("milestone", str(row.pk), row.title, row.title_en)


def workstream(row: Workstream | None) -> Name | None:
    return Name("workstream", row.code, row.title, row.title_en) if row else None


def institution(row: Institution | None) -> Name | None:
    return Name("institution", row.code, row.title, row.title_en) if row else None


def person(row: Member | None) -> Name | None:
    return Name("person", str(row.pk), row.name) if row else None


def called(name: str | None) -> Name | None:
    return Name("person", "", name) if name else None


def decision(row: Decision | None) -> Name | None:
    return Name("decision", str(row.pk), row.code) if row else None


def item(row: Any) -> Name:
    """Name what a move or an ask is about."""
    return action(row.action) if row.action is not None else milestone(row.milestone)


def _decided(row: Any, today: date) -> Line:
    return Line(
        what=_decision(row),
        on=row.meeting.date,
        state=row.state,
        mark="late" if row.is_overdue else "",
        text=row.text,
        place=institution(row.institution),
        by=person(row.responsible),
        new_date=row.due_date,
    )


def _decision(row: Decision) -> Name:
    return Name("decision", str(row.pk), row.code)


def _adopted(row: Any, today: date) -> Line:
    return Line(what=_decision(row.decision), on=row.on, by=person(row.by))


def _advice(row: Any) -> Name:
    return Name("advice", str(row.pk), row.subject)


def _advised(row: Any, today: date) -> Line:
    return Line(what=_advice(row), on=row.given_on, by=person(row.author))


def _answered(row: Any, today: date) -> Line:
    return Line(
        what=_advice(row),
        on=row.answered_on,
        state=row.answer,
        note=row.answer_reason,
        by=person(row.author),
    )


def _added(row: Any, today: date) -> Line:
    return Line(
        what=action(row),
        on=row.created_on,
        place=workstream(row.workstream),
        state=str(row.standing),
        new_who=person(row.owner),
        new_date=row.due_date,
        new_precision=row.due_precision,
        is_illustrative=row.due_basis == DueBasis.ILLUSTRATIVE,
    )


def _edited(row: Any, today: date) -> Line:
    pairs = {name: pair for name, pair in row.changes.items() if isinstance(pair, list)}
    edits = tuple(Edit(name, *pair) for name, pair in sorted(pairs.items()) if len(pair) == 2)
    return Line(what=action(row.action), on=jakarta_day(row.at), edits=edits, by=person(row.by))


def _entered(row: Any, today: date) -> Line:
    return Line(
        what=action(row),
        on=jakarta_day(row.entered_on),
        place=workstream(row.workstream),
        mark="late" if row.is_submitted_late else "",
        by=called(row.entered_by),
        note=row.entered_note or "",
    )


def _moved(row: Any, today: date) -> Line:
    asked = getattr(row, "request", None)
    return Line(
        what=item(row),
        on=row.on,
        old_date=row.old_date,
        old_precision=row.old_precision,
        new_date=row.new_date,
        new_precision=row.new_precision,
        about=decision(row.decision),
        by=person(asked.answered_by if asked else row.by),
        asked_by=row.asked_by,
        note=row.reason,
        note_en=row.reason_en,
        source=row.source,
    )


def _requested(row: Any, today: date) -> Line:
    is_answered = row.answered_on is not None and row.answered_on <= today
    return Line(
        what=item(row),
        on=row.answered_on if is_answered else row.asked_on,
        state=row.state if is_answered else RequestState.PENDING.value,
        old_date=row.old_date,
        old_precision=row.old_precision,
        new_date=row.new_date,
        new_precision=row.new_precision,
        by=person(row.asked_by),
        note=row.reason,
    )


def _owner(row: Any, today: date) -> Line:
    old = Name("person", str(row.old_owner), row.old_name) if row.old_owner else None
    return Line(
        what=action(row.action),
        on=jakarta_day(row.at),
        old_who=old,
        new_who=person(row.owner),
        by=person(row.by),
        note=row.note,
    )


def _reopened(row: Any, today: date) -> Line:
    return Line(what=action(row.action), on=jakarta_day(row.at), by=person(row.by), note=row.note)


def _late(row: Any, today: date) -> Line:
    return Line(
        what=action(row),
        on=row.due_date,
        place=workstream(row.workstream),
        new_date=row.due_date,
        new_precision=row.due_precision,
        new_who=person(row.owner),
        is_illustrative=row.due_basis == DueBasis.ILLUSTRATIVE,
    )


def _milestone_added(row: Any, today: date) -> Line:
    return Line(
        what=milestone(row),
        on=row.known_from,
        place=workstream(row.workstream),
        new_date=row.due_date,
        new_precision=row.due_precision,
    )


def _milestone_ended(row: Any, today: date) -> Line:
    is_achieved = row.achieved_date is not None
    return Line(
        what=milestone(row),
        on=row.achieved_recorded_on if is_achieved else row.closed_on,
        place=workstream(row.workstream),
        state="achieved" if is_achieved else row.closing,
        new_date=row.achieved_date,
        new_precision=row.achieved_precision,
        note=row.closing_reason,
    )


def _raised(row: Any, today: date) -> Line:
    is_closed = row.closed_on is not None and row.closed_on <= today
    return Line(
        what=Name("obstacle", str(row.pk), ""),
        on=row.raised_on,
        text=row.needed,
        text_en=row.needed_en,
        about=action(row.action),
        state="closed" if is_closed else "open",
        place=institution(row.needed_from),
        by=person(row.raised_by),
        is_illustrative=row.is_illustrative,
    )


def _cleared(row: Any, today: date) -> Line:
    return Line(
        what=Name("obstacle", str(row.pk), ""),
        on=row.closed_on,
        text=row.needed,
        text_en=row.needed_en,
        about=action(row.action),
        new_who=decision(row.decision),
        by=person(row.closed_by),
        note=row.closing_note,
        is_illustrative=row.is_illustrative,
    )


def _period_closed(row: Any, today: date) -> Line:
    name = Name("period", str(row.pk), f"{row.code} {row.year}")
    return Line(what=name, on=row.closed_on, by=person(row.closed_by))


MAKERS: dict[Section, Maker] = {
    Section.DECIDED: _decided,
    Section.ADOPTED: _adopted,
    Section.ADVISED: _advised,
    Section.ANSWERED: _answered,
    Section.ADDED: _added,
    Section.EDITED: _edited,
    Section.REMOVED: _entered,
    Section.MOVED: _moved,
    Section.REQUESTED: _requested,
    Section.OWNER: _owner,
    Section.VERIFIED: _entered,
    Section.REOPENED: _reopened,
    Section.LATE: _late,
    Section.MILESTONE_ADDED: _milestone_added,
    Section.MILESTONE_MOVED: _moved,
    Section.MILESTONE_ENDED: _milestone_ended,
    Section.RAISED: _raised,
    Section.CLEARED: _cleared,
    Section.PERIOD_CLOSED: _period_closed,
}
