"""What counts down on a day, and who stands where: the facts the planner weighs.

Plain values, not model rows: a day's plan reads every open action, each in one tuple.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Max, Q

from committee.clock import JAKARTA, start_of
from committee.enums import Role, SeatKind
from committee.models import Member, Seat
from roadmap.enums import Audience, RuleSubject, RuleUnit, Status, UpdateKind
from roadmap.models import ActionItem, Milestone, ReminderRule, StatusUpdate
from roadmap.rules import reminders
from roadmap.rules.reminders import Desk, Person, Rule
from roadmap.selectors.periods import open_unsigned

NOBODY = Desk()


@dataclass(frozen=True, slots=True)
class Countdown:
    """One thing that is or was to happen: its stages count from `anchor`.

    `changed_at` is when a person last changed the item today: what that brought up waits for
    the next letter.
    """

    subject: RuleSubject
    item: str
    occasion: str
    anchor: date
    desk: Desk
    owner_id: int | None = None
    is_calm: bool = False
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody who may get a letter on a day, and the desks they sit at."""

    people: Mapping[int, Person]
    zones: Mapping[int, str]
    desks: Mapping[int, Desk]
    everywhere: Desk

    def desk(self, workstream_id: int | None) -> Desk:
        if workstream_id is None:
            return self.everywhere
        return self.desks.get(workstream_id, self.everywhere)


@dataclass(slots=True)
class _Seats:
    leads: list[int] = field(default_factory=list)
    deputies: list[int] = field(default_factory=list)


def active_rules() -> dict[RuleSubject, list[Rule]]:
    """Give the rules in force by what they watch: one query."""
    found: dict[RuleSubject, list[Rule]] = defaultdict(list)
    for row in ReminderRule.objects.filter(is_active=True).order_by("pk"):
        subject = RuleSubject(row.subject)
        unit, audience = RuleUnit(row.unit), Audience(row.audience)
        rule = Rule(subject, row.amount, unit, audience, row.repeat, row.pk)
        found[subject].append(rule)
    return found


def staff(today: date) -> Staff:
    """Gather who can be told, and the leads and deputies of every workstream: two queries."""
    members = list(Member.objects.order_by("pk"))
    secretariat = _with_role(members, Role.SECRETARIAT)
    chairs = _with_role(members, Role.CHAIR)
    return Staff(
        people={member.pk: _person(member, today) for member in members},
        zones={member.pk: member.time_zone for member in members},
        desks={
            workstream: Desk(tuple(seats.leads), tuple(seats.deputies), secretariat, chairs)
            for workstream, seats in _seats(today).items()
        },
        everywhere=Desk(secretariat=secretariat, chairs=chairs),
    )


def _with_role(members: list[Member], role: Role) -> tuple[int, ...]:
    return tuple(member.pk for member in members if member.role == role)


def _person(member: Member, today: date) -> Person:
    return Person(
        id=member.pk,
        is_reachable=member.is_active and bool(member.email),
        is_away=member.is_paused(today),
        deputy_id=member.deputy_id,
    )


def _seats(today: date) -> dict[int, _Seats]:
    found: dict[int, _Seats] = defaultdict(_Seats)
    held = Seat.objects.held_on(today).filter(kind__in=(SeatKind.LEAD, SeatKind.DEPUTY))
    for workstream, kind, member in held.order_by("from_date", "pk").values_list(
        "workstream", "kind", "member"
    ):
        seats = found[workstream]
        (seats.leads if kind == SeatKind.LEAD else seats.deputies).append(member)
    return found


def all_countdowns(now: datetime, staff: Staff) -> Iterator[Countdown]:
    """Yield everything that counts down now: five queries."""
    today = now.astimezone(JAKARTA).date()
    changed = _changed_since(start_of(today))
    yield from _of_actions(today, staff, changed)
    yield from _of_submissions(staff, changed)
    yield from _of_milestones(today, now, staff)
    yield from _of_reports(today, staff)


def _changed_since(start: datetime) -> dict[int, datetime]:
    """Give when a person last changed an action today; the public record changes it overnight."""
    updates = StatusUpdate.objects.filter(at__gte=start).exclude(kind=UpdateKind.IMPORTED)
    return dict(updates.order_by().values_list("action").annotate(last=Max("at")))


def _of_actions(today: date, staff: Staff, changed: Mapping[int, datetime]) -> Iterator[Countdown]:
    rows = (
        ActionItem.objects.open()
        .filter(created_on__lte=today)
        .values_list(
            *("pk", "workstream", "owner", "due_date", "date_generation", "outlook"),
            *("expected_date", "reported_on", "start_date", "created_on"),
        )
    )
    for pk, place, owner, due, generation, outlook, expected, reported, start, created in rows:
        item, desk, at = f"action:{pk}", staff.desk(place), changed.get(pk)
        if due:
            occasion = reminders.due_occasion(generation)
            calm = reminders.escalation_stopped(outlook, expected, today)
            yield Countdown(RuleSubject.ACTION, item, occasion, due, desk, owner, calm, at)
        since = reminders.silent_since(reported, start, created)
        occasion = reminders.update_occasion(since)
        yield Countdown(RuleSubject.UPDATE, item, occasion, since, desk, owner, False, at)


def _of_submissions(staff: Staff, changed: Mapping[int, datetime]) -> Iterator[Countdown]:
    own = Max("updates__pk", filter=Q(updates__kind=UpdateKind.SUBMITTED))
    rows = ActionItem.objects.filter(status=Status.SUBMITTED).annotate(submission=own)
    for pk, place, owner, submitted, number in rows.order_by().values_list(
        "pk", "workstream", "owner", "submitted_on", "submission"
    ):
        assert submitted is not None  # as a constraint of the table says
        yield Countdown(
            subject=RuleSubject.VERIFICATION,
            item=f"action:{pk}",
            occasion=reminders.verification_occasion(submitted, number or 0),
            anchor=submitted,
            desk=staff.desk(place),
            owner_id=owner,
            changed_at=changed.get(pk),
        )


def _of_milestones(today: date, now: datetime, staff: Staff) -> Iterator[Countdown]:
    rows = Milestone.objects.known_on(today).open().filter(due_date__isnull=False)
    for pk, place, due, generation, known, import_key in rows.values_list(
        "pk", "workstream", "due_date", "date_generation", "known_from", "import_key"
    ):
        assert due is not None
        made_today = known == today and import_key is None
        yield Countdown(
            subject=RuleSubject.MILESTONE,
            item=f"milestone:{pk}",
            occasion=reminders.due_occasion(generation),
            anchor=due,
            desk=staff.desk(place),
            changed_at=now if made_today else None,
        )


def _of_reports(today: date, staff: Staff) -> Iterator[Countdown]:
    """Yield the reports of open periods that nobody has signed: their workstream answers."""
    rows = open_unsigned(today).order_by("pk")
    for pk, place, period, closes in rows.values_list(
        "pk", "workstream", "period", "period__closes_on"
    ):
        yield Countdown(
            subject=RuleSubject.PERIOD,
            item=f"report:{pk}",
            occasion=reminders.period_occasion(period),
            anchor=closes,
            desk=staff.desk(place),
        )
