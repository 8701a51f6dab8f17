"""Things for tests, with traits: set only what the test is about.

Plain functions, one per noun; `actions` and `milestones` make many in a handful of queries.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from allauth.mfa.models import Authenticator

from committee.clock import JAKARTA
from committee.enums import InstitutionKind, Role, SeatKind
from committee.models import Institution, Member, Seat, Workstream
from committee.rules.second_factor import ASKED
from roadmap.enums import Status, UpdateKind
from roadmap.models import (
    STATE_FIELDS,
    ActionItem,
    Dependency,
    DueDateChange,
    Evidence,
    Milestone,
    News,
    Obstacle,
    StatusUpdate,
)
from umkm.enums import Confidence, ObservationKind
from umkm.models import MAIN, Challenge, Indicator, Initiative, Observation, Series, Source

TODAY = date(2018, 9, 24)
PASSWORD = "peta-jalan"
_numbers = count(100)  # beyond the codes that tests name themselves, such as LOG-10
SMALL = 30_000  # numbers of a process may pass what a small column holds


def days(number: int) -> date:
    """Give the day this many days from TODAY."""
    return TODAY + timedelta(days=number)


def moment(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=JAKARTA)


def institution(code: str = "", **fields: Any) -> Institution:
    code = code or f"INST_{next(_numbers)}"
    values = {"title": f"Instansi {code}", "kind": InstitutionKind.MINISTRY} | fields
    return Institution.objects.create(code=code, **values)


def workstream(code: str = "", **fields: Any) -> Workstream:
    number = next(_numbers)
    values = {"title": f"Pilar {number}", "order": number % SMALL} | fields
    return Workstream.objects.create(code=code or f"WS{number}", **values)


def member(role: Role | str = Role.MEMBER, *, password: str | None = None, **fields: Any) -> Member:
    """Make a member; only with `password=PASSWORD` can they sign in through the form.

    Whoever signs in otherwise has the second factor that their role asks for.
    """
    number = next(_numbers)
    values = {"email": f"orang{number}@demo.test", "name": f"Orang {number}", "role": role}
    made = Member.objects.create_user(password=password, **values | fields)
    if password is None and made.role in ASKED:
        Authenticator.objects.create(user=made, type=Authenticator.Type.TOTP, data={})
    return made


def seat(of: Member, workstream: Workstream, kind: str = SeatKind.LEAD, **fields: Any) -> Seat:
    values = {"from_date": days(-365)} | fields
    return Seat.objects.create(member=of, workstream=workstream, kind=kind, **values)


def challenge(code: str = "", **fields: Any) -> Challenge:
    code = code or f"C{next(_numbers)}"
    return Challenge.objects.create(code=code, **{"title": f"Tantangan {code}"} | fields)


def _action_fields(
    *,
    late: bool = False,
    silent: bool = False,
    blocked: bool = False,
    submitted: bool = False,
    verified: bool = False,
    cancelled: bool = False,
    **fields: Any,
) -> dict[str, Any]:
    """Turn traits into fields; without any, a fresh action in progress and on track."""
    values: dict[str, Any] = {
        "status": Status.IN_PROGRESS,
        "progress": 40,
        "start_date": days(-100),
        "created_on": days(-100),
        "due_date": days(-10) if late else days(100),
        "reported_on": days(-40) if silent else days(-5),
        "is_blocked": blocked,
    }
    if submitted or verified:
        status = Status.VERIFIED if verified else Status.SUBMITTED
        values |= {"status": status, "submitted_on": days(-3), "progress": 100}
    if cancelled:
        values["status"] = Status.CANCELLED
    values |= fields
    values.setdefault("first_due_date", values["due_date"])
    return values


def action(
    code: str = "", *, workstream: Workstream | None = None, history: bool = True, **fields: Any
) -> ActionItem:
    """Make an action with its first status update.

    Traits: late, silent, blocked, submitted, verified, cancelled; any field overrides them.
    """
    place = workstream or globals()["workstream"]()
    contributors = fields.pop("contributors", ())
    number = fields.pop("number", None) or next(_numbers) % SMALL
    values = {"title": f"Rencana aksi {number}"} | _action_fields(**fields)
    made = ActionItem.objects.create(
        code=code or f"{place.code}-{number:02}", workstream=place, number=number, **values
    )
    made.contributors.set(contributors)
    if history:
        update(made, kind=UpdateKind.IMPORTED, at=moment(made.created_on), by=None)
    return made


def actions(number: int, *, workstream: Workstream, **fields: Any) -> list[ActionItem]:
    """Make many actions with bulk_create; they have no history."""
    values = _action_fields(**fields)
    rows = []
    for _ in range(number):
        n = next(_numbers)
        named = {"title": f"Rencana aksi {n}"} | values
        rows.append(
            ActionItem(
                code=f"{workstream.code}-{n:02}", workstream=workstream, number=n % SMALL, **named
            )
        )
    return ActionItem.objects.bulk_create(rows)


def update(of: ActionItem, kind: str = UpdateKind.REPORTED, **fields: Any) -> StatusUpdate:
    """Add a link to an action's chain: its present state, superseding the one before."""
    values = {name: getattr(of, name) for name in STATE_FIELDS}
    values |= {"at": moment(TODAY)} | fields
    if kind != UpdateKind.IMPORTED and "by" not in values:
        values["by"] = of.owner or member()
    StatusUpdate.objects.filter(action=of, superseded_at=None).update(superseded_at=values["at"])
    return StatusUpdate.objects.create(action=of, kind=kind, **values)


def obstacle(of: ActionItem, **fields: Any) -> Obstacle:
    """Raise an obstacle and mark the action as blocked while it is open."""
    values = {"needed": "Nomor peraturan", "raised_on": days(-4)} | fields
    values.setdefault("raised_by", of.owner or member())
    made = Obstacle.objects.create(action=of, **values)
    if made.closed_on is None:
        ActionItem.objects.filter(pk=of.pk).update(is_blocked=True)
        of.is_blocked = True
    return made


def evidence(of: ActionItem, **fields: Any) -> Evidence:
    values = {"title": "Peraturan", "url": "https://jdih.example/1", "added_on": days(-3)} | fields
    values.setdefault("added_by", of.owner or member())
    return Evidence.objects.create(action=of, **values)


def milestone(*, achieved: bool = False, missed: bool = False, **fields: Any) -> Milestone:
    """Make a milestone; traits: achieved, missed; `actions` are those that gate it."""
    gates = fields.pop("actions", ())
    made = Milestone.objects.create(**_milestone_fields(achieved, missed, fields))
    made.actions.set(gates)
    return made


def milestones(
    number: int, *, achieved: bool = False, missed: bool = False, **fields: Any
) -> list[Milestone]:
    """Make many milestones with bulk_create, gated by nothing."""
    rows = [Milestone(**_milestone_fields(achieved, missed, dict(fields))) for _ in range(number)]
    return Milestone.objects.bulk_create(rows)


def _milestone_fields(achieved: bool, missed: bool, fields: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {
        "title": f"Tonggak {next(_numbers)}",
        "due_date": days(30),
        "known_from": days(-200),
    }
    if achieved:
        values |= {"achieved_date": days(-20), "achieved_recorded_on": days(-20)}
    if missed:
        values |= {"closing": "missed", "closed_on": days(-9), "closing_reason": "Terlewat."}
    values |= fields
    values.setdefault("first_due_date", values["due_date"])
    return values


def slip(of: ActionItem | Milestone, **fields: Any) -> DueDateChange:
    """Put a slip on the ledger and move the item with it."""
    owner = "action" if isinstance(of, ActionItem) else "milestone"
    old = of.due_date or TODAY
    values = {
        owner: of,
        "old_date": old,
        "new_date": old + timedelta(days=30),
        "on": days(-15),
        "reason": "Rancangan belum selesai.",
        "source": "uji",
    } | fields
    made = DueDateChange.objects.create(**values)
    if made.is_applied:
        moved = {"due_date": made.new_date, "times_moved": of.times_moved + 1}
        type(of).objects.filter(pk=of.pk).update(**moved)
        of.refresh_from_db(fields=list(moved))
    return made


def dependency(before: ActionItem, after: ActionItem, **fields: Any) -> Dependency:
    """Let one action wait for another."""
    values = {"created_on": days(-50)} | fields
    values.setdefault("created_by", before.owner or member("secretariat"))
    return Dependency.objects.create(predecessor=before, successor=after, **values)


def news(**fields: Any) -> News:
    values = {
        "date": days(-6),
        "text": f"Berita {next(_numbers)}",
        "source": "uji",
        "confidence": Confidence.HIGH,
    }
    return News.objects.create(**values | fields)


def indicator(code: str = "", **fields: Any) -> Indicator:
    code = code or f"IND_{next(_numbers)}"
    made = Indicator.objects.create(code=code, **{"title": code, "unit": "juta"} | fields)
    Series.objects.create(indicator=made)
    return made


def series(of: Indicator, code: str, **fields: Any) -> Series:
    return Series.objects.create(indicator=of, code=code, **{"title": code, "order": 1} | fields)


def initiative(code: str = "", **fields: Any) -> Initiative:
    code = code or f"INI_{next(_numbers)}"
    return Initiative.objects.create(code=code, **{"title": code, "what": "uji"} | fields)


def source(citation: str = "uji") -> Source:
    return Source.objects.get_or_create(citation=citation)[0]


def observation(of: Indicator | Series, **fields: Any) -> Observation:
    """State a figure in a line, or in the first line of an indicator."""
    line = of if isinstance(of, Series) else of.series.get(code=MAIN)
    values = {
        "series": line,
        "year": 2017,
        "value": "1",
        "kind": ObservationKind.ACTUAL,
        "known_from": days(-100),
        "confidence": Confidence.HIGH,
    }
    cited = source(fields.pop("source", "uji"))
    return Observation.objects.create(source=cited, **values | fields)
