"""How far the first hour has come, and what each of its steps has brought so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from committee.enums import SeatKind
from committee.models import Institution, Meeting, Member, Seat, Workstream
from roadmap.enums import Status
from roadmap.models import ActionItem

SHOWN = 12
STEPS = ("institutions", "members", "workstreams", "actions", "meeting")


@dataclass(frozen=True, slots=True)
class Progress:
    """One step as the checklist shows it."""

    name: str
    is_done: bool
    is_next: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """What is there, step by step."""

    institutions: int
    people: int
    workstreams: int
    lacks_lead: bool
    actions: int
    meetings: int

    @property
    def done(self) -> tuple[bool, ...]:
        """Say of each step whether it has brought anything; the reader is one of the people."""
        numbers = (self.institutions, self.people - 1, self.workstreams, self.actions)
        return tuple(number > 0 for number in (*numbers, self.meetings))

    @property
    def steps(self) -> list[Progress]:
        """Give the steps in order; the first without a result is the next to take."""
        following = self.done.index(False) if False in self.done else None
        return [
            Progress(name, is_done, number == following)
            for number, (name, is_done) in enumerate(zip(STEPS, self.done, strict=True))
        ]


def counts(today: date) -> Counts:
    """Count as the lists behind the numbers do."""
    return Counts(
        institutions=Institution.objects.count(),
        people=Member.objects.count(),
        workstreams=Workstream.objects.count(),
        lacks_lead=Workstream.objects.exclude(_led(today)).exists(),
        actions=_actions(today).count(),
        meetings=Meeting.objects.count(),
    )


def _led(today: date) -> Exists:
    held = Seat.objects.held_on(today).filter(kind=SeatKind.LEAD)
    return Exists(held.filter(workstream=OuterRef("pk")))


def institution_codes() -> set[str]:
    return set(Institution.objects.values_list("code", flat=True))


def has_workstream() -> bool:
    return Workstream.objects.exists()


def has_met() -> bool:
    """Say whether a meeting was ever planned: the last step of the first hour."""
    return Meeting.objects.exists()


@dataclass(frozen=True, slots=True)
class Here:
    """The newest of what a step has brought, and how many there are in all."""

    names: list[str]
    number: int

    @property
    def more(self) -> int:
        return self.number - len(self.names)


def institutions() -> Here:
    """Give the institutions by code."""
    rows = Institution.objects.order_by("code")
    return Here([f"{one.code} · {one.local_title}" for one in rows[:SHOWN]], rows.count())


def members() -> Here:
    """Give the people who came last."""
    rows = Member.objects.select_related("institution").order_by("-pk")
    return Here([_person(one) for one in rows[:SHOWN]], rows.count())


def _person(member: Member) -> str:
    parts = [member.name, member.institution.code if member.institution else ""]
    return " · ".join(filter(None, [*parts, str(member.get_role_display())]))


def workstreams(today: date) -> Here:
    """Give the workstreams in order, with who leads them."""
    leads = _leads(today)
    rows = Workstream.objects.order_by("order")
    nobody = [_("no coordinator yet")]
    names = [
        " · ".join([one.code, one.local_title, *leads.get(one.pk, nobody)]) for one in rows[:SHOWN]
    ]
    return Here(names, rows.count())


def _leads(today: date) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    held = Seat.objects.held_on(today).filter(kind=SeatKind.LEAD).order_by("pk")
    for place, name in held.holders():
        found.setdefault(place, []).append(name)
    return found


def actions(today: date) -> Here:
    """Give the actions put on the roadmap last."""
    rows = _actions(today).order_by("-pk")
    return Here([f"{one.code} · {one.local_title}" for one in rows[:SHOWN]], rows.count())


def _actions(today: date) -> QuerySet[ActionItem]:
    return ActionItem.objects.filter(created_on__lte=today).exclude(status=Status.CANCELLED)
