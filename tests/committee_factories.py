"""Things of the committee's work for tests: meetings, decisions, advice, periods, comments."""

from __future__ import annotations

from itertools import count
from typing import Any

from committee.enums import DecisionEffect, MeetingStatus
from committee.models import Advice, AgendaItem, Decision, Meeting, Member
from roadmap.models import (
    ActionItem,
    Adoption,
    BaselineItem,
    Comment,
    DateRequest,
    Milestone,
    Period,
    PeriodReport,
)
from tests import factories
from tests.factories import TODAY, days, moment

_numbers = count(1)


def meeting(*, closed: bool = False, **fields: Any) -> Meeting:
    """Make an open meeting; traits: closed. Give `status` for a draft.

    Fill a closed one through `close`: the database refuses what comes later.
    """
    values = {"date": TODAY, "place": "Kantor Menko", "status": MeetingStatus.OPEN} | fields
    # Far from any number that a test gives by hand.
    made = Meeting.objects.create(**{"number": 500_000 + next(_numbers)} | values)
    return close(made) if closed else made


def close(meeting: Meeting, by: Member | None = None) -> Meeting:
    meeting.status, meeting.closed_on = MeetingStatus.CLOSED, TODAY
    meeting.closed_by = by or factories.member("secretariat")
    meeting.save()
    return meeting


def agenda_item(of: Meeting, **fields: Any) -> AgendaItem:
    number = next(_numbers) % factories.SMALL
    return AgendaItem.objects.create(meeting=of, **{"order": number, "title": "Pokok"} | fields)


def decision(of: Meeting | None = None, **fields: Any) -> Decision:
    values = {"text": "Menyusun pedoman.", "effect": DecisionEffect.ACTION} | fields
    return Decision.objects.create(
        meeting=of or meeting(), **{"number": next(_numbers) % factories.SMALL} | values
    )


def advice(author: Member | None = None, *, answered: bool = False, **fields: Any) -> Advice:
    """Make an advice; traits: answered (accepted at an open meeting)."""
    places = fields.pop("workstreams", ())
    values = {"subject": "Satu gerbang data", "reasoning": "Data tersebar.", "given_on": days(-9)}
    if answered:
        values |= {"answer": "accepted", "answer_reason": "Sejalan.", "answered_on": TODAY}
        values |= {"answered_at": meeting(), "answered_by": factories.member("secretariat")}
    by = author or factories.member("adviser")
    made = Advice.objects.create(author=by, **values | fields)
    made.workstreams.set(places)
    return made


def adoption(of: Decision | None = None, actions: Any = (), **fields: Any) -> Adoption:
    values = {"on": TODAY, "at": moment(TODAY), "by": factories.member("secretariat")} | fields
    made = Adoption.objects.create(
        decision=of or decision(effect=DecisionEffect.ADOPTION), **values
    )
    for action in actions:
        BaselineItem.objects.create(
            adoption=made,
            action=action,
            title=action.title,
            output=action.output,
            due_date=action.due_date,
            due_precision=action.due_precision,
            owner=action.owner,
            lead_institution=action.lead_institution,
            weight=action.weight,
        )
    return made


def date_request(of: ActionItem | Milestone, **fields: Any) -> DateRequest:
    owner = "action" if isinstance(of, ActionItem) else "milestone"
    values = {
        owner: of,
        "asked_on": days(-2),
        "old_date": of.due_date,
        "new_date": days(200),
        "reason": "Pengadaan diulang.",
    } | fields
    values.setdefault("asked_by", getattr(of, "owner", None) or factories.member())
    return DateRequest.objects.create(**values)


def period(**fields: Any) -> Period:
    """Make a period that is open on TODAY."""
    number = next(_numbers)
    values = {"code": f"T{number}", "year": 2018, "ends_on": days(6)}
    values |= {"opens_on": days(-1), "closes_on": days(16)}
    return Period.objects.create(**values | fields)


def report(of: Period, *, signed: bool = False, **fields: Any) -> PeriodReport:
    values = dict(fields)
    values.setdefault("workstream", None)
    values["workstream"] = values["workstream"] or factories.workstream()
    if signed:
        values |= {"narrative": "Sesuai rencana.", "signed_on": TODAY}
        values.setdefault("signed_by", factories.member())
    return PeriodReport.objects.create(period=of, **values)


def comment(about: ActionItem | Advice | Decision, **fields: Any) -> Comment:
    kind = {ActionItem: "action", Advice: "advice", Decision: "decision"}[type(about)]
    values = {kind: about, "at": moment(TODAY), "text": "Setuju."} | fields
    values.setdefault("by", factories.member())
    return Comment.objects.create(**values)
