"""Meetings and corrections: addresses, forms, budgets, and what may not be stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from committee.models import Attendance, Meeting, MinutesCorrection
from tests import committee_factories, factories
from tests.factories import TODAY, days, moment


def make(cast: Any) -> dict[str, Any]:
    """Make a meeting in each of its states; the open one has a full agenda."""
    places = [factories.institution(committee_role=role) for role in ("chair", "member")]
    draft = committee_factories.meeting(number=901, status="draft")
    opened = committee_factories.meeting(number=902, opened_on=TODAY)
    point = committee_factories.agenda_item(opened, order=1, about=f"action:{cast.open.pk}")
    committee_factories.decision(opened, agenda_item=point, number=1)
    free = committee_factories.agenda_item(opened, order=2, about=f"milestone:{cast.milestone.pk}")
    closed = committee_factories.meeting(number=903)
    committee_factories.agenda_item(closed, order=1, minutes="Dibahas.")
    Attendance.objects.create(meeting=closed, institution=places[0], presence="present")
    # The most urgent one: on the first page of the list, however long that grows.
    urgent = {"responsible": cast.people["owner"], "due_date": days(-400)}
    decision = committee_factories.decision(closed, number=1, **urgent)
    answered = {"answered_at": closed, "answered_by": cast.people["secretariat"]}
    committee_factories.advice(cast.people["adviser"], answered=True, **answered)
    committee_factories.close(closed, cast.people["secretariat"])
    who = {"old": f":{cast.people['owner'].pk}", "new": f"{places[0].pk}:"}
    correction(closed, part="carried_by", decision=decision, **who)
    made = {"draft_meeting": draft, "meeting": opened, "closed_meeting": closed}
    made["proposed"] = factories.obstacle(cast.open, needed="Keputusan komite")
    made["long_meeting"] = committee_factories.meeting(number=904)
    return made | {"agenda_item": free, "seated": places}


def arguments(cast: Any) -> dict[str, list[Any]]:
    """Give the arguments of each address, by its name."""
    more = cast.more
    opened = more["meeting"].number
    names = ("meeting", "meeting-edit", "meeting-close", "meeting-attend")
    every = {name: [opened] for name in (*names, "agenda-add", "agenda-propose")}
    every |= {name: [opened, more["agenda_item"].pk] for name in ("agenda-edit", "agenda-remove")}
    every |= {"meeting-open": [more["draft_meeting"].number]}
    return every | {"meeting-correct": [more["closed_meeting"].number]}


def forms(cast: Any) -> dict[str, dict[str, Any]]:
    """Give what the right person would send to each address: it is accepted from them."""
    opened, draft = cast.more["meeting"], cast.more["draft_meeting"]
    seat = cast.more["seated"][0].pk
    held = {"date": "2018-10-01", "place": "Kantor Menko"}
    return {
        "meeting-create": _on(0, number="950", **held),
        "meeting-edit": _on(opened.version, number="951", **held),
        "meeting-open": _on(draft.version),
        "meeting-close": _on(opened.version),
        "meeting-attend": _on(opened.version, **{f"presence_{seat}": "present"}),
        "meeting-correct": _on(0, what="place", new="Istana", reason="Salah tulis."),
        "agenda-add": _on(opened.version, title="Lain-lain", order="1"),
        "agenda-edit": _on(opened.version, title="Lain-lain", order="1"),
        "agenda-remove": _on(opened.version),
        "agenda-propose": _on(opened.version, about=[f"obstacle:{cast.more['proposed'].pk}"]),
    }


def _on(version: int, **fields: Any) -> dict[str, Any]:
    return {"version": version, "token": str(uuid4())} | fields


def fill(cast: Any, number: int) -> None:
    """Grow the lists of this area by so many rows."""
    first = 1000 + Meeting.objects.count()
    Meeting.objects.bulk_create(
        Meeting(number=first + n, date=days(-n), place="Kantor Menko") for n in range(number)
    )


# Queries of each page for whoever sees most; pages that answer GET with no page.
BUDGETS: dict[str, int] = {
    "roadmap:agenda-add": 8,
    "roadmap:agenda-edit": 8,
    "roadmap:agenda-propose": 13,
    "roadmap:agenda-remove": 8,
    "roadmap:meeting": 15,
    "roadmap:meeting-attend": 9,
    "roadmap:meeting-close": 15,
    "roadmap:meeting-correct": 14,
    "roadmap:meeting-create": 7,
    "roadmap:meeting-edit": 7,
    "roadmap:meeting-open": 7,
    "roadmap:meetings": 8,
}
NO_PAGE: set[str] = set()


def _meeting(**fields: Any) -> None:
    made = committee_factories.meeting()
    Meeting.objects.filter(pk=made.pk).update(**fields)


def _point(times: int = 1, **fields: Any) -> None:
    made = committee_factories.meeting()
    for _ in range(times):
        committee_factories.agenda_item(made, **fields)


def _attendance(times: int = 1, **fields: Any) -> None:
    made, place = committee_factories.meeting(), factories.institution()
    for _ in range(times):
        values = {"presence": "present"} | fields
        Attendance.objects.create(meeting=made, institution=place, **values)


def correction(of: Meeting | None = None, **fields: Any) -> MinutesCorrection:
    """Correct the place of a closed meeting."""
    values = {"part": "place", "old": "Istana", "new": "Kantor", "reason": "Salah tulis."}
    values |= {"on": TODAY, "at": moment(TODAY), "by": factories.member("secretariat")} | fields
    return MinutesCorrection.objects.create(
        meeting=of or committee_factories.meeting(closed=True), **values
    )


# What each constraint refuses, by its name.
BREAKS: dict[str, list[Callable[[], Any]]] = {
    "meeting_status_is_known": [lambda: _meeting(status="lost")],
    "meeting_is_closed_by_somebody": [
        lambda: _meeting(status="closed"),
        lambda: _meeting(status="closed", closed_on=TODAY),
        lambda: _meeting(closed_on=TODAY),
        lambda: _meeting(closed_by=factories.member()),
    ],
    "agenda_item_has_a_title": [lambda: _point(title="")],
    "agenda_item_is_proposed_once": [lambda: _point(2, about="obstacle:1")],
    "attendance_is_recorded_once": [lambda: _attendance(2)],
    "attendance_presence_is_known": [lambda: _attendance(presence="perhaps")],
    "minutes_correction_changes_something": [lambda: correction(new="Istana")],
    "minutes_correction_has_a_reason": [lambda: correction(reason="")],
    "minutes_correction_names_its_part": [
        lambda: correction(part="agenda"),
        lambda: correction(part="decision"),
        lambda: correction(part="attendance"),
        lambda: correction(part="carried_by", new=":1"),
        lambda: correction(part="by_when", advice=committee_factories.advice()),
        lambda: correction(part="answer", decision=committee_factories.decision()),
        lambda: correction(part="answer_why"),
        lambda: correction(institution=factories.institution()),
        lambda: correction(part="weather"),
    ],
}
