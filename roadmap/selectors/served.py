"""For whom the work is: the actions and milestones behind a figure, a challenge, an initiative."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from committee.models import Workstream
from roadmap.enums import Signal, Status
from roadmap.models import ActionItem, Milestone
from roadmap.models.querysets import ActionQuerySet, signal_case
from roadmap.rules.progress import Part, Progress, progress
from roadmap.selectors import action_rows
from roadmap.selectors.action_rows import ActionRow
from roadmap.selectors.actions import known
from roadmap.selectors.milestones import MilestoneRow, marked
from roadmap.selectors.progress import Tally, tallies, unwatched, whole
from umkm.models import Challenge, Indicator, Initiative

PAGE_SIZE = 50
MOST_MILESTONES = 50
Served = Challenge | Initiative | Indicator
# An action as progress counts it, and whether it is late.
Counted = tuple[Part, bool]
LINKS: dict[type[Any], tuple[Any, str]] = {
    Challenge: (ActionItem.challenges.through, "challenge"),
    Initiative: (ActionItem.initiatives.through, "initiative"),
    Indicator: (ActionItem.indicators.through, "indicator"),
}


@dataclass(frozen=True, slots=True)
class Behind:
    """The actions that serve something: one page of them, what they tally up to, their gates."""

    page: Page[Any]
    rows: list[ActionRow]
    tally: Tally
    milestones: list[MilestoneRow]


@dataclass(frozen=True, slots=True)
class Work:
    """How many actions, how many of them late, and how far; cancelled ones are left out."""

    number: int = 0
    late: int = 0
    far: Progress | Tally | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """What one workstream does about one challenge."""

    workstream: Workstream
    challenge: Challenge
    work: Work


@dataclass(frozen=True, slots=True)
class Coverage:
    """Workstreams × challenges, each cell there, empty or not."""

    challenges: list[Challenge]
    rows: list[tuple[Workstream, list[Cell]]]
    # Actions that name no challenge at all.
    unlinked: int = 0

    @property
    def gaps(self) -> list[Cell]:
        """Give the cells in which nobody works."""
        return [cell for _place, cells in self.rows for cell in cells if not cell.work.number]

    @property
    def nowhere(self) -> list[Challenge]:
        """Give the challenges that no action of any workstream answers."""
        met = {cell.challenge.pk for _p, cells in self.rows for cell in cells if cell.work.number}
        return [one for one in self.challenges if one.pk not in met]


@dataclass(frozen=True, slots=True)
class InitiativeRow:
    """An initiative in the list, with the work on it."""

    initiative: Initiative
    work: Work


def serving(of: Served, today: date) -> ActionQuerySet:
    """Give the actions of a day that serve a challenge, an initiative or an indicator."""
    through, name = LINKS[type(of)]
    linked = through.objects.filter(**{name: of.pk})
    return known(today).filter(pk__in=linked.values("actionitem"))


def behind(of: Served, *, today: date, inside: bool, language: str, page: Any = 1) -> Behind:
    """Gather the actions behind something, and the milestones they are to reach: four queries."""
    actions = serving(of, today)
    tally = whole(tallies(today=today, inside=inside, among=actions).values())
    shown = actions.exclude(status=Status.CANCELLED).order_by("workstream__order", "number")
    paginator = Paginator(action_rows.select(shown, today, inside=inside), PAGE_SIZE)
    paginator.count = tally.total  # type: ignore[misc]  # the tally has counted them
    found = paginator.get_page(page)
    return Behind(
        page=found,
        rows=action_rows.made(found.object_list, language),
        tally=tally,
        milestones=marked(_milestones(of, today)[:MOST_MILESTONES], today),
    )


def _milestones(of: Served, today: date) -> QuerySet[Milestone]:
    """Find the milestones meant to move an indicator; of others, those their actions gate."""
    through, name = LINKS[type(of)]
    linked: QuerySet[Any, Any]
    if isinstance(of, Indicator):
        linked = Milestone.indicators.through.objects.filter(indicator=of.pk)
    else:
        actions = through.objects.filter(**{name: of.pk}).values("actionitem")
        linked = Milestone.actions.through.objects.filter(actionitem__in=actions)
    gates: Any = linked.values("milestone")
    found = Milestone.objects.known_on(today).filter(pk__in=gates)
    return found.select_related("workstream").order_by("due_date", "pk")


def coverage(today: date) -> Coverage:
    """Lay the actions of a day out by workstream and challenge: one query for each challenge."""
    challenges = list(Challenge.objects.order_by("pk"))
    work = {one.pk: unwatched(serving(one, today), today) for one in challenges}
    rows = [
        (place, [Cell(place, one, _summed(work[one.pk].get(place.pk))) for one in challenges])
        for place in Workstream.objects.order_by("order")
    ]
    linked = LINKS[Challenge][0].objects.values("actionitem")
    unlinked = known(today).exclude(status=Status.CANCELLED).exclude(pk__in=linked).count()
    return Coverage(challenges, rows, unlinked)


def _summed(tally: Tally | None) -> Work:
    return Work(tally.total, tally.count(Signal.LATE), tally) if tally else Work()


def initiative_rows(initiatives: list[Initiative], today: date) -> list[InitiativeRow]:
    """Give how far each initiative is: two queries for any number."""
    linked = _linked(Initiative)
    parts: dict[int, list[Counted]] = defaultdict(list)
    for pk, _place, counted in _parts(known(today).filter(pk__in=_named(Initiative)), today):
        for initiative in linked[pk]:
            parts[initiative].append(counted)
    return [InitiativeRow(one, _work(parts[one.pk], today)) for one in initiatives]


def _linked(kind: type[Served]) -> dict[int, list[int]]:
    """Give what each action serves."""
    through, name = LINKS[kind]
    found: dict[int, list[int]] = defaultdict(list)
    for action, served in through.objects.values_list("actionitem_id", f"{name}_id"):
        found[action].append(served)
    return found


def _named(kind: type[Served]) -> QuerySet[Any, Any]:
    return LINKS[kind][0].objects.values("actionitem")  # type: ignore[no-any-return]


def _parts(actions: ActionQuerySet, today: date) -> Iterator[tuple[int, int, Counted]]:
    """Give each action that is not cancelled: its key, its workstream, and what it counts as."""
    names = ("pk", "workstream_id", "status", "weight", "progress", "reported_on")
    dates = ("start_date", "due_date", "signal")
    shown = actions.exclude(status=Status.CANCELLED).annotate(signal=signal_case(today))
    for pk, place, status, weight, share, reported, start, due, signal in shown.values_list(
        *names, *dates
    ):
        part = Part(Status(status), weight, share, reported is not None, start, due)
        yield pk, place, (part, signal == Signal.LATE)


def _work(counted: list[Counted], today: date) -> Work:
    if not counted:
        return Work()
    far = progress((part for part, _is_late in counted), today)
    return Work(len(counted), sum(is_late for _part, is_late in counted), far)
