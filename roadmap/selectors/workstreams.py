"""The page of one workstream: its progress, people, actions, milestones, moves and news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Q, Value, When, Window
from django.db.models.functions import RowNumber

from committee.models import Seat, Workstream
from roadmap.enums import Status
from roadmap.models import DueDateChange, Milestone
from roadmap.models.querysets import ActionQuerySet, MilestoneQuerySet
from roadmap.selectors import changes, milestones, progress
from roadmap.selectors.actions import ActionList, ActionQuery, is_orphan, known, listing
from roadmap.selectors.load import Load, due_in, load_of, median_age
from roadmap.selectors.progress import Tally
from roadmap.selectors.standing import Standing, standing
from roadmap.selectors.worklists import Asked, Reader

NEWS = 10
SLIPS = 10
MILESTONES = 12
MOST_ORPHANS = 10
DUE_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Inside:
    """What only members see of a workstream."""

    seats: list[Seat]
    fresh: int
    owners: int
    median_age: float | None

    @property
    def silent(self) -> int:
        return self.owners - self.fresh


@dataclass(frozen=True, slots=True)
class Orphans:
    """Actions that nobody leads, or nobody answers for: the first of them, and whether more."""

    codes: list[str]
    has_more: bool


@dataclass(frozen=True, slots=True)
class WorkstreamPage:
    """A workstream and what belongs to it; `due` is the page of milestones of one week."""

    workstream: Workstream
    tally: Tally
    actions: ActionList
    inside: Inside | None
    load: Load
    standing: Standing
    no_lead: Orphans
    no_owner: Orphans | None
    milestones: list[milestones.MilestoneRow]
    due: Page[Any] | None
    slips: list[DueDateChange]
    news: list[changes.Change]


def workstream_page(*, workstream: Workstream, asked: Asked, reader: Reader) -> WorkstreamPage:
    """Gather the page: a fixed number of queries, at most fifty actions."""
    today, inside, language = reader.today, reader.inside, reader.language
    actions = known(today).filter(workstream=workstream)
    tally = progress.tallies(today=today, inside=inside, among=actions).get(workstream.pk, Tally())
    query = ActionQuery(workstream=workstream.code)
    aims = Milestone.objects.known_on(today).filter(workstream=workstream)
    due = _due(aims, asked, today)
    no_lead, no_owner = _orphans(actions)
    return WorkstreamPage(
        workstream=workstream,
        tally=tally,
        actions=listing(query=query, today=today, inside=inside, language=language),
        inside=_inside(workstream, actions, today) if inside else None,
        load=load_of(today=today, actions=actions, milestones=aims),
        standing=standing(actions=lambda day: _held(workstream, day), today=today, tally=tally),
        no_lead=no_lead,
        no_owner=no_owner if inside else None,
        milestones=_milestones(workstream, due, today),
        due=due,
        slips=_slips(workstream, today),
        news=changes.news_of(workstream, NEWS, language, today),
    )


def _held(workstream: Workstream, day: date) -> ActionQuerySet:
    return known(day).filter(workstream=workstream.pk)


def _milestones(
    workstream: Workstream, due: Page[Any] | None, today: date
) -> list[milestones.MilestoneRow]:
    if due is not None:
        return milestones.marked(due.object_list, today)
    return milestones.of_workstream(workstream.pk, today=today, limit=MILESTONES)


def _due(aims: MilestoneQuerySet, asked: Asked, today: date) -> Page[Any] | None:
    """Give the milestones due in the week asked for, if one is."""
    if not asked.week:
        return None
    found = due_in(aims, asked.week, today).select_related("workstream").order_by("due_date", "pk")
    return Paginator(found, DUE_AT_ONCE).get_page(asked.page)


def _inside(workstream: Workstream, actions: ActionQuerySet, today: date) -> Inside:
    fresh, owners = progress.vitality(today=today, among=actions)
    return Inside(_seats(workstream, today), fresh, owners, median_age(actions, today))


def _orphans(actions: ActionQuerySet) -> tuple[Orphans, Orphans]:
    """Name the first that nobody leads, and that nobody answers for: one query for both."""
    kinds = {"no_lead": Q(lead_institution=None), "no_owner": is_orphan()}
    marked = {
        kind: Case(When(is_one, then=Value(True)), default=Value(False))
        for kind, is_one in kinds.items()
    }
    places = {
        f"{kind}_place": Window(RowNumber(), partition_by=kind, order_by="number") for kind in kinds
    }
    among = Q(no_lead=True, no_lead_place__lte=MOST_ORPHANS + 1)
    among |= Q(no_owner=True, no_owner_place__lte=MOST_ORPHANS + 1)
    found = actions.exclude(status=Status.CANCELLED).annotate(**marked).annotate(**places)
    rows = list(found.filter(among).order_by("number").values_list("code", *kinds))
    first, second = ([row[0] for row in rows if row[place]] for place in (1, 2))
    return _first(first), _first(second)


def _first(codes: list[str]) -> Orphans:
    return Orphans(codes[:MOST_ORPHANS], len(codes) > MOST_ORPHANS)


def _seats(workstream: Workstream, today: date) -> list[Seat]:
    held = Seat.objects.held_on(today).filter(workstream=workstream, member__is_active=True)
    return list(held.select_related("member__institution").order_by("pk"))


def _slips(workstream: Workstream, today: date) -> list[DueDateChange]:
    ours = Q(action__workstream=workstream) | Q(milestone__workstream=workstream)
    beside = ("action", "milestone", "by", "decision__meeting")
    found = DueDateChange.objects.filter(ours, on__lte=today).select_related(*beside)
    return list(found.order_by("-on", "-pk")[:SLIPS])
