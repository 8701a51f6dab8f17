"""What changed since a day as one file: every kind of change in the same columns.

What a row is depends on its section (selectors/since.py); here each becomes one line that says
what, from what to what, on which day, by whom and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committee.enums import AdviceAnswer, DecisionEffect
from committee.rules.days import jakarta_day
from roadmap.enums import MilestoneClosing, RequestState, Status
from roadmap.exports.moves import address_of, code_of
from roadmap.exports.tables import CHUNK, Column, Scope, Table, day, text
from roadmap.selectors import since
from roadmap.selectors.since import Section
from roadmap.selectors.since_committee import Asked
from roadmap.templatetags.roadmap import day as in_words
from roadmap.templatetags.roadmap import period

Whole = tuple[Asked, Iterable[Section]]


@dataclass(frozen=True, slots=True)
class Change:
    """One line: `on` is its day, `item` what it is about; `title` where that has another."""

    on: date | datetime | None
    item: Any
    old: str = ""
    new: str = ""
    by: str = ""
    why: str = ""
    code: str = ""
    title: str = ""


def _columns(scope: Scope) -> list[Column]:
    return [
        text(_("Kind of change"), lambda row: str(row[0].label), 30),
        day(_("Day"), lambda row: row[1].on and jakarta_day(row[1].on)),
        text(_("Code"), lambda row: row[1].code or code_of(row[1].item), 12),
        text(_("What"), lambda row: row[1].title or row[1].item.local_title, 60),
        text(_("Before"), lambda row: row[1].old, 30),
        text(_("After"), lambda row: row[1].new, 30),
        text(_("Who"), lambda row: row[1].by),
        text(_("Reason"), lambda row: row[1].why, 60),
        text(_("Address"), lambda row: scope.site + _address(row[1].item), 40),
    ]


def _address(item: Any) -> str:
    """Give where a thing is shown; an action of a past day has no address of its own."""
    return item.get_absolute_url() if hasattr(item, "get_absolute_url") else address_of(item)


def _rows(found: Whole, _scope: Scope) -> Iterator[tuple[Section, Change]]:
    asked, sections = found
    for section in sections:
        for part in since.in_parts(section, asked, CHUNK):
            for row in part:
                yield section, LINES[section](row)


def _name(person: Any) -> str:
    return person.name if person else ""


def _decided(row: Any) -> Change:
    who = _name(row.responsible) or (row.institution.local_title if row.institution else "")
    effect = str(DecisionEffect(row.effect).label)
    return Change(row.meeting.date, row, new=effect, by=who, code=row.code, title=row.text)


def _adopted(row: Any) -> Change:
    decision = row.decision
    return Change(row.on, decision, by=_name(row.by), code=decision.code, title=str(decision))


def _advised(row: Any) -> Change:
    title, by = row.subject, _name(row.author)
    return Change(row.given_on, row, by=by, why=row.reasoning, title=title)


def _answered(row: Any) -> Change:
    answer = str(AdviceAnswer(row.answer).label)
    by = _name(row.answered_by)
    return Change(row.answered_on, row, "", answer, by, row.answer_reason, title=row.subject)


def _added(row: Any) -> Change:
    return Change(row.created_on, row, new=_due(row), by=_name(row.owner))


def _due(row: Any) -> str:
    return period(row.due_date, row.due_precision) if row.due_date else ""


def _edited(row: Any) -> Change:
    old = "; ".join(f"{one.label}: {_said(one, one.old)}" for one in row.deltas)
    new = "; ".join(f"{one.label}: {_said(one, one.new)}" for one in row.deltas)
    return Change(row.at, row.action, old, new, _name(row.by), row.note)


def _said(delta: Any, value: Any) -> str:
    return in_words(value) if delta.is_date else str(value)


def _entered(row: Any) -> Change:
    status = str(Status(row.status).label)
    return Change(row.entered_on, row, "", status, row.entered_by or "", row.entered_note or "")


def _moved(row: Any) -> Change:
    dates = _period(row, "old"), _period(row, "new")
    by = _name(row.by) or row.asked_by
    return Change(row.on, row.action or row.milestone, *dates, by, row.local_reason)


def _period(row: Any, which: str) -> str:
    return period(getattr(row, f"{which}_date"), getattr(row, f"{which}_precision"))


def _requested(row: Any) -> Change:
    asked = f"{_period(row, 'new')} ({RequestState(row.state).label})"
    item, code = row.item, code_of(row.item)
    by, why = _name(row.asked_by), row.reason
    return Change(row.day, row, _period(row, "old"), asked, by, why, code, item.local_title)


def _owner(row: Any) -> Change:
    return Change(row.at, row.action, row.old_name or "", _name(row.owner), _name(row.by), row.note)


def _reopened(row: Any) -> Change:
    now = str(Status(row.action.status).label)
    return Change(row.at, row.action, new=now, by=_name(row.by), why=row.note)


def _late(row: Any) -> Change:
    return Change(row.due_date, row, new=_due(row), by=_name(row.owner))


def _milestone_added(row: Any) -> Change:
    return Change(row.known_from, row, new=_due(row))


def _milestone_ended(row: Any) -> Change:
    if row.achieved_date:
        new = ": ".join([_("Achieved"), period(row.achieved_date, row.achieved_precision)])
        return Change(row.achieved_recorded_on, row, new=new)
    closing = str(MilestoneClosing(row.closing).label)
    return Change(row.closed_on, row, new=closing, why=row.closing_reason)


def _raised(row: Any) -> Change:
    action, by = row.action, _name(row.raised_by)
    return Change(row.raised_on, row, by=by, code=action.code, title=row.needed)


def _cleared(row: Any) -> Change:
    action, by = row.action, _name(row.closed_by)
    note = row.closing_note
    return Change(row.closed_on, row, by=by, why=note, code=action.code, title=row.needed)


def _period_closed(row: Any) -> Change:
    by = _name(row.closed_by) or _("By the calendar")
    return Change(row.closed_on, row, by=by, title=str(row))


LINES: dict[Section, Callable[[Any], Change]] = {
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
CHANGES = Table(gettext_lazy("Changes"), _columns, _rows)
