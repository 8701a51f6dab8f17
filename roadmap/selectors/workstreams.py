"""The page of one workstream: its progress, people, actions, milestones, moves and news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from committee.models import Seat, Workstream
from roadmap.models import DueDateChange
from roadmap.selectors import changes, milestones, progress
from roadmap.selectors.actions import ActionList, ActionQuery, known, listing
from roadmap.selectors.progress import Tally

NEWS = 10
SLIPS = 10
MILESTONES = 12


@dataclass(frozen=True, slots=True)
class WorkstreamPage:
    """A workstream and what belongs to it; seats and vitality only for the inside."""

    workstream: Workstream
    tally: Tally
    actions: ActionList
    seats: list[Seat]
    vitality: tuple[int, int] | None
    milestones: list[milestones.MilestoneRow]
    slips: list[DueDateChange]
    news: list[changes.Change]


def workstream_page(
    *, workstream: Workstream, today: date, inside: bool, language: str
) -> WorkstreamPage:
    """Gather the page: a fixed number of queries, at most fifty actions."""
    actions = known(today).filter(workstream=workstream)
    tallies = progress.tallies(today=today, inside=inside, among=actions)
    query = ActionQuery(workstream=workstream.code)
    return WorkstreamPage(
        workstream=workstream,
        tally=tallies.get(workstream.pk, Tally()),
        actions=listing(query=query, today=today, inside=inside, language=language),
        seats=_seats(workstream, today) if inside else [],
        vitality=progress.vitality(today=today, among=actions) if inside else None,
        milestones=milestones.of_workstream(workstream.pk, today=today, limit=MILESTONES),
        slips=_slips(workstream, today),
        news=changes.news_of(workstream, NEWS, language, today),
    )


def _seats(workstream: Workstream, today: date) -> list[Seat]:
    held = Seat.objects.held_on(today).filter(workstream=workstream, member__is_active=True)
    return list(held.select_related("member__institution").order_by("pk"))


def _slips(workstream: Workstream, today: date) -> list[DueDateChange]:
    ours = Q(action__workstream=workstream) | Q(milestone__workstream=workstream)
    beside = ("action", "milestone", "by", "decision__meeting")
    found = DueDateChange.objects.filter(ours, on__lte=today).select_related(*beside)
    return list(found.order_by("-on", "-pk")[:SLIPS])
