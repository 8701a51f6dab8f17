"""The people and items that tests/chaos/expected.csv speaks of, and crowds for load.

Runs inside the product, in a forked process. Nothing here knows what will be told.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from committee.enums import SeatKind
from committee.models import Member, Workstream
from roadmap.enums import Outlook, Status
from roadmap.models import ReminderRule
from tests import factories as make

FIRST_DAY = date(2018, 11, 12)  # a Monday; everything was reported on it
CROWD_DUE = make.days(7)


def committee(_size: int) -> None:
    """Make three workstreams, ten people, eleven actions and four milestones."""
    ReminderRule.objects.filter(subject="period").update(is_active=False)
    person("rina", "secretariat")
    _of_cha(place("CHA", lead=person("lina")))
    nobody = make.workstream("NOL", title="Tanpa pimpinan")
    action("NOL-01", nobody, date(2018, 12, 13))
    away = person("lala", paused_from=date(2018, 11, 1), paused_until=date(2018, 12, 31))
    stood_in = place("DEP", lead=away)
    make.seat(person("didi"), stood_in, kind=SeatKind.DEPUTY)
    action("DEP-01", stood_in, date(2018, 11, 29))
    milestone("M-DEP", stood_in, date(2018, 12, 3))
    milestone("M-ALL", None, date(2018, 12, 12))


def _of_cha(cha: Workstream) -> None:
    sari, dewi, ina = person("sari"), person("dewi"), person("ina", is_active=False)
    away = {"paused_from": date(2018, 12, 3), "paused_until": date(2018, 12, 7)}
    budi = person("budi", deputy=dewi, **away)
    late = {"outlook": Outlook.WILL_BE_LATE, "expected_date": date(2018, 12, 4)}
    sent_in = {"status": Status.SUBMITTED, "submitted_on": FIRST_DAY}
    action("CHA-01", cha, date(2018, 11, 21), sari)
    action("CHA-02", cha, date(2018, 12, 7), budi)
    action("CHA-03", cha, date(2018, 11, 26))
    action("CHA-04", cha, date(2018, 12, 9), ina)
    action("CHA-05", cha, date(2018, 11, 23), sari, **late)
    action("CHA-06", cha, date(2019, 6, 28), sari, reported_on=date(2018, 10, 20))
    action("CHA-07", cha, date(2018, 12, 3), sari, **sent_in)
    action("CHA-08", cha, date(2018, 11, 30), sari, **sent_in | {"status": Status.VERIFIED})
    action("CHA-09", cha, date(2018, 11, 30), sari, status=Status.CANCELLED)
    action("CHA-10", cha, date(2018, 10, 15), sari)
    milestone("M-CHA", cha, date(2018, 12, 25))
    milestone("M-DONE", cha, date(2018, 12, 5), achieved=True)


def person(name: str, role: str = "member", **fields: Any) -> Member:
    values = {"name": name, "email": f"{name}@demo.test", "language": "en"} | fields
    return make.member(role, password=make.PASSWORD, **values)


def place(code: str, *, lead: Member) -> Workstream:
    made = make.workstream(code, title=f"Pilar {code}")
    make.seat(lead, made)
    return made


def action(
    code: str, where: Workstream, due: date, owner: Member | None = None, **fields: Any
) -> None:
    """Make an action that was reported on the first day, imported like the rest of a roadmap."""
    values = {"number": int(code[-2:]), "title": code, "reported_on": FIRST_DAY} | fields
    make.action(code, workstream=where, owner=owner, due_date=due, **values)


def milestone(title: str, where: Workstream | None, due: date, **fields: Any) -> None:
    make.milestone(title=title, workstream=where, due_date=due, **fields)


def crowd(size: int) -> None:
    """Make `size` actions of 400 owners, all due in a week: each is told -7d on the first day."""
    where = make.workstream("BIG", title="Besar")
    owners = [person_of(number) for number in range(400)]
    for number, owner in enumerate(owners):
        share = size // 400 + (number < size % 400)
        make.actions(share, workstream=where, owner=owner, due_date=CROWD_DUE)


def person_of(number: int) -> Member:
    """Make a member who never signs in; hashing 400 passwords would take a minute."""
    name = f"m{number}"
    return make.member(name=name, email=f"{name}@demo.test", language="en")


ROWS = {"committee": committee, "crowd": crowd}
