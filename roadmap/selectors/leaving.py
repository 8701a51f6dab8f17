"""What hangs on a member who leaves: what moves to a successor, and what stays with whom."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from committee.models import Decision, Member, Seat, Workstream
from roadmap.enums import DecisionState, Status
from roadmap.models import ActionItem
from roadmap.models.words import with_words, worn
from roadmap.rules.reminders import responsible
from roadmap.selectors import countdowns
from roadmap.selectors.decisions import taken, with_state

# What may still come back to its owner: a submission may be returned.
LIVE = (Status.PLANNED, Status.IN_PROGRESS, Status.SUBMITTED)


@dataclass(frozen=True, slots=True)
class Held:
    """Everything that hangs on a person, today and later."""

    owned: list[ActionItem]
    contributed: list[ActionItem]
    seats: list[Seat]
    deputised: list[Member]
    # Minutes change by a correction of the secretariat alone: these stay, and are named.
    decisions: list[Decision]

    @property
    def moves(self) -> int:
        lists = (self.owned, self.contributed, self.seats, self.deputised)
        return sum(len(one) for one in lists)

    def digest(self, successor: Member | None) -> str:
        """Give a mark by which the change knows that it does what was shown."""
        lists = (self.owned, self.contributed, self.seats, self.deputised)
        told = [[one.pk for one in rows] for rows in lists]
        mark = repr((told, successor and successor.pk))
        return hashlib.sha256(mark.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Orphans:
    """Actions of one workstream that nobody would own, and whom their reminders would reach."""

    workstream: Workstream
    actions: list[ActionItem]
    told: list[Member]


def held(member: Member, today: date) -> Held:
    """Gather what hangs on a member: five queries."""
    live = ActionItem.objects.filter(status__in=LIVE).select_related("workstream")
    in_order = ("workstream__order", "number")
    seats = member.seats.not_over(today).select_related("workstream")
    return Held(
        owned=list(live.filter(owner=member).order_by(*in_order)),
        contributed=list(live.filter(contributors=member).order_by(*in_order)),
        seats=list(seats.order_by("workstream__order", "pk")),
        deputised=list(member.deputising_for.order_by("name", "pk")),
        decisions=_decisions(member, today),
    )


def _decisions(member: Member, today: date) -> list[Decision]:
    """List what the person has still to carry out, as corrected."""
    found = with_words(with_state(taken(today), today), today).filter(carrier_person=member.pk)
    unfinished = found.exclude(state=DecisionState.CARRIED_OUT).select_related("meeting")
    return worn(unfinished.order_by("meeting__number", "number"))


def orphans(member: Member, owned: list[ActionItem], today: date) -> list[Orphans]:
    """Say whom the reminders of somebody's actions would reach without an owner: three queries."""
    if not owned:
        return []
    staff = countdowns.staff(today)
    gone = replace(staff.people[member.pk], is_reachable=False)
    people = {**staff.people, member.pk: gone}
    places = groupby(owned, key=lambda one: one.workstream)
    found = [
        (place, list(rows), responsible(None, staff.desk(place.pk), people))
        for place, rows in places
    ]
    names = Member.objects.in_bulk({pk for _place, _rows, told in found for pk in told})
    return [Orphans(place, rows, [names[pk] for pk in told]) for place, rows, told in found]
