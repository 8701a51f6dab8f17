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
from roadmap.rules.letter_days import Habit
from roadmap.rules.reminders import Desk, Person, Rule
from roadmap.rules.weighing import Countdown, Staff
from roadmap.selectors import items
from roadmap.selectors.periods import open_unsigned

__all__ = ["Roster", "Staff", "active_rules", "all_countdowns", "habit", "roster", "staff"]


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody with their pauses and seats as they are known now: who stands where on any day."""

    members: list[Member]
    seats: list[Seat]

    def on(self, day: date) -> Staff:
        """Give who can be told on a day, and the leads and deputies of every workstream."""
        secretariat = self._with_role(Role.SECRETARIAT)
        chairs = self._with_role(Role.CHAIR)
        return Staff(
            people={member.pk: _person(member, day) for member in self.members},
            habits={member.pk: habit(member) for member in self.members},
            desks={
                workstream: Desk(tuple(seats.leads), tuple(seats.deputies), secretariat, chairs)
                for workstream, seats in self._held(day).items()
            },
            everywhere=Desk(secretariat=secretariat, chairs=chairs),
        )

    def _with_role(self, role: Role) -> tuple[int, ...]:
        return tuple(member.pk for member in self.members if member.role == role)

    def _held(self, day: date) -> dict[int, _Seats]:
        found: dict[int, _Seats] = defaultdict(_Seats)
        for seat in self.seats:
            if seat.from_date <= day and (seat.until_date is None or day <= seat.until_date):
                seats = found[seat.workstream_id]
                chosen = seats.leads if seat.kind == SeatKind.LEAD else seats.deputies
                chosen.append(seat.member_id)
        return found


@dataclass(slots=True)
class _Seats:
    leads: list[int] = field(default_factory=list)
    deputies: list[int] = field(default_factory=list)


def active_rules() -> list[Rule]:
    """Give the rules in force, of all workstreams and of single ones: one query."""
    return [
        Rule(
            RuleSubject(row.subject),
            row.amount,
            RuleUnit(row.unit),
            Audience(row.audience),
            row.repeat,
            row.pk,
            row.workstream_id,
        )
        for row in ReminderRule.objects.filter(is_active=True).order_by("pk")
    ]


def roster() -> Roster:
    """Read who there is, and every seat of a lead or deputy: two queries."""
    seats = Seat.objects.filter(kind__in=(SeatKind.LEAD, SeatKind.DEPUTY))
    return Roster(
        members=list(Member.objects.order_by("pk")),
        seats=list(seats.order_by("from_date", "pk")),
    )


def staff(today: date) -> Staff:
    """Gather who can be told today, and who sits where: two queries."""
    return roster().on(today)


def habit(member: Member) -> Habit:
    return Habit(member.letter_hour, member.time_zone, member.letter_days)


def _person(member: Member, day: date) -> Person:
    return Person(
        id=member.pk,
        is_reachable=member.is_active and bool(member.email),
        is_away=member.is_paused(day),
        deputy_id=member.deputy_id,
    )


def all_countdowns(now: datetime, until: date | None = None, item: str = "") -> Iterator[Countdown]:
    """Yield everything that counts down by a day (today), or one item alone: five queries."""
    today = now.astimezone(JAKARTA).date()
    until = until or today
    changed = _changed_since(start_of(today))
    kind, pk = items.split(item)
    for name, found in (
        (items.ACTION, lambda: _of_actions(until, changed, pk)),
        (items.ACTION, lambda: _of_submissions(changed, pk)),
        (items.MILESTONE, lambda: _of_milestones(today, until, now, pk)),
        (items.REPORT, lambda: _of_reports(today, until, pk)),
    ):
        if kind in ("", name):
            yield from found()


def _changed_since(start: datetime) -> dict[int, datetime]:
    """Give when a person last changed an action today; the public record changes it overnight."""
    updates = StatusUpdate.objects.filter(at__gte=start).exclude(kind=UpdateKind.IMPORTED)
    return dict(updates.order_by().values_list("action").annotate(last=Max("at")))


def _only(pk: int) -> dict[str, int]:
    return {"pk": pk} if pk else {}


def _of_actions(until: date, changed: Mapping[int, datetime], only: int) -> Iterator[Countdown]:
    rows = (
        ActionItem.objects.open()
        .filter(created_on__lte=until, **_only(only))
        .values_list(
            *("pk", "workstream", "owner", "due_date", "date_generation", "outlook"),
            *("expected_date", "reported_on", "start_date", "created_on"),
        )
    )
    for pk, place, owner, due, generation, outlook, expected, reported, start, created in rows:
        item, at = f"action:{pk}", changed.get(pk)
        if due:
            occasion = reminders.due_occasion(generation)
            calm = reminders.calm_until(outlook, expected)
            yield Countdown(
                RuleSubject.ACTION, item, occasion, due, place, owner, calm, at, begins=created
            )
        since = reminders.silent_since(reported, start, created)
        occasion = reminders.update_occasion(since)
        yield Countdown(
            RuleSubject.UPDATE, item, occasion, since, place, owner, None, at, begins=created
        )


def _of_submissions(changed: Mapping[int, datetime], only: int) -> Iterator[Countdown]:
    own = Max("updates__pk", filter=Q(updates__kind=UpdateKind.SUBMITTED))
    waiting = ActionItem.objects.filter(status=Status.SUBMITTED, **_only(only))
    for pk, place, owner, submitted, number in (
        waiting.annotate(submission=own)
        .order_by()
        .values_list("pk", "workstream", "owner", "submitted_on", "submission")
    ):
        assert submitted is not None  # as a constraint of the table says
        yield Countdown(
            subject=RuleSubject.VERIFICATION,
            item=f"action:{pk}",
            occasion=reminders.verification_occasion(submitted, number or 0),
            anchor=submitted,
            place=place,
            owner_id=owner,
            changed_at=changed.get(pk),
        )


def _of_milestones(today: date, until: date, now: datetime, only: int) -> Iterator[Countdown]:
    rows = Milestone.objects.known_on(until).open().filter(due_date__isnull=False, **_only(only))
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
            place=place,
            changed_at=now if made_today else None,
            begins=known,
        )


def _of_reports(today: date, until: date, only: int) -> Iterator[Countdown]:
    """Yield the reports of open periods that nobody has signed: their workstream answers."""
    rows = open_unsigned(today, until).filter(**_only(only)).order_by("pk")
    for pk, place, period, opens, closes in rows.values_list(
        "pk", "workstream", "period", "period__opens_on", "period__closes_on"
    ):
        yield Countdown(
            subject=RuleSubject.PERIOD,
            item=f"report:{pk}",
            occasion=reminders.period_occasion(period),
            anchor=closes,
            place=place,
            begins=opens,
            ends=closes,
        )
