"""Lists of milestones, in the stage they are in, and the page of one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from committee.models.prepared import load
from roadmap.enums import Signal, Status
from roadmap.models import ActionItem, DueDateChange, Milestone
from roadmap.models.querysets import MilestoneQuerySet
from roadmap.selectors import action_rows
from roadmap.selectors.action_rows import ActionRow
from roadmap.selectors.actions import known
from roadmap.selectors.dependencies import Chain, chain_to
from roadmap.selectors.origin import Origin, origin_of_milestone
from roadmap.selectors.sources import SourcePart, parts
from umkm.models import Indicator

PAGE_SIZE = 50
SOON = timedelta(days=30)
WHOLE_ROADMAP = "-"
Between = tuple[date | None, date | None]


class Stage(models.TextChoices):
    """Where a milestone stands; the order is that of the list."""

    PAST_DUE = "past_due", _("Past their date")
    UPCOMING = "upcoming", _("Upcoming")
    ACHIEVED = "achieved", _("Achieved")
    CLOSED = "closed", _("Closed")


RANK = {stage: number for number, stage in enumerate(Stage)}


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """A milestone, its stage, the signal its stone wears, and how far its gates are."""

    milestone: Milestone
    stage: str
    mark: str
    gates: int = 0
    verified: int = 0


@dataclass(frozen=True, slots=True)
class MilestoneList:
    page: Page[Milestone]
    groups: list[tuple[Stage, list[MilestoneRow]]]
    counts: list[tuple[Stage, int]]


@dataclass(frozen=True, slots=True)
class MilestonePage:
    row: MilestoneRow
    page: Page[Any]
    actions: list[ActionRow]
    chain: Chain | None
    slips: list[DueDateChange]
    origin: Origin | None
    source: list[SourcePart]
    indicators: list[Indicator]


def stage_of(milestone: Milestone, today: date) -> Stage:
    """Name the stage of a milestone; one without a date is still to come."""
    if milestone.achieved_date:
        return Stage.ACHIEVED
    if milestone.closing:
        return Stage.CLOSED
    is_past = milestone.due_date is not None and milestone.due_date < today
    return Stage.PAST_DUE if is_past else Stage.UPCOMING


def mark_of(milestone: Milestone, stage: Stage, today: date) -> str:
    """Name the signal that colours a milestone; none for one that lies well ahead."""
    if stage == Stage.ACHIEVED:
        due, done = milestone.due_date, milestone.achieved_date
        return Signal.DONE_LATE if due and done and done > due else Signal.DONE
    if stage == Stage.CLOSED:
        return "late" if milestone.closing == "missed" else "cancelled"
    if stage == Stage.PAST_DUE:
        return Signal.LATE
    is_near = milestone.due_date is not None and milestone.due_date <= today + SOON
    return Signal.DUE_SOON if is_near else ""


def marked(milestones: Iterable[Milestone], today: date) -> list[MilestoneRow]:
    """Give milestones with stage, mark and gates: one query beside their own."""
    found = list(milestones)
    gates = _gates([milestone.pk for milestone in found], today)
    made = []
    for milestone in found:
        stage = stage_of(milestone, today)
        total, verified = gates.get(milestone.pk, (0, 0))
        made.append(
            MilestoneRow(milestone, stage, mark_of(milestone, stage, today), total, verified)
        )
    return made


def listing(
    *,
    today: date,
    workstream: str = "",
    stage: str = "",
    page: Any = 1,
    between: Between = (None, None),
) -> MilestoneList:
    """Give one page of milestones in their stages: a count, the rows, their gates."""
    asked = _of_workstream(Milestone.objects.known_on(today), workstream)
    asked = _standing(asked, *between)
    counts = asked.aggregate(**{one: Count("pk", filter=_is(one, today)) for one in Stage})
    shown = asked.filter(_is(Stage(stage), today)) if stage else asked
    paginator = Paginator(_in_order(shown, today), PAGE_SIZE)
    paginator.count = counts[stage] if stage else sum(counts.values())  # type: ignore[misc]
    found = paginator.get_page(page)
    grouped = groupby(marked(found.object_list, today), key=lambda row: row.stage)
    return MilestoneList(
        page=found,
        groups=[(Stage(name), list(members)) for name, members in grouped],
        counts=[(one, counts[one]) for one in Stage],
    )


def upcoming(*, today: date, limit: int) -> list[MilestoneRow]:
    """List the milestones that come next, those due today included."""
    return marked(load(_upcoming, today, limit), today)


def _upcoming(today: date, limit: int) -> MilestoneQuerySet:
    found = Milestone.objects.known_on(today).open().filter(due_date__gte=today)
    return found.select_related("workstream").order_by("due_date", "pk")[:limit]


def of_workstream(workstream: int, *, today: date, limit: int) -> list[MilestoneRow]:
    """List a workstream's milestones in the order of the whole list."""
    found = Milestone.objects.known_on(today).filter(workstream=workstream)
    return marked(_in_order(found, today)[:limit], today)


def milestone_page(
    *, milestone: Milestone, today: date, inside: bool, language: str, page: Any = 1
) -> MilestonePage:
    """Gather what the page of one milestone shows: five queries."""
    row = marked([milestone], today)[0]
    gates = Milestone.actions.through.objects.filter(milestone_id=milestone.pk)
    gating = known(today).filter(pk__in=gates.values("actionitem"))
    gating = gating.exclude(status=Status.CANCELLED)
    ordered = gating.order_by("workstream__order", "number")
    paginator = Paginator(action_rows.select(ordered, today, inside=inside), PAGE_SIZE)
    paginator.count = row.gates  # type: ignore[misc]  # the row has counted them
    found = paginator.get_page(page)
    return MilestonePage(
        row=row,
        page=found,
        actions=action_rows.made(found.object_list, language),
        chain=chain_to(milestone, today) if milestone.is_open else None,
        slips=slips_of(milestone, today),
        origin=origin_of_milestone(milestone) if inside else None,
        source=parts(milestone.source),
        indicators=list(Indicator.objects.filter(milestones=milestone.pk).order_by("code")),
    )


def slips_of(item: ActionItem | Milestone, today: date) -> list[DueDateChange]:
    """List the moves of a due date until a day, newest first."""
    found = load(_slips, today, isinstance(item, ActionItem), item=item.pk)
    for slip in found:
        setattr(slip, "action" if isinstance(item, ActionItem) else "milestone", item)
    return found


def _slips(today: date, is_of_action: bool, *, item: int) -> Any:
    of_it = {"action" if is_of_action else "milestone": item}
    made = DueDateChange.objects.filter(**of_it, on__lte=today)
    return made.select_related("by", "decision__meeting").order_by("-on", "-pk")


def _gates(pks: list[int], today: date) -> dict[int, tuple[int, int]]:
    """Count the actions that gate each milestone, cancelled ones left out, and those verified."""
    rows = list(_gating(today, *pks)) if pks else []
    return {row["milestone_id"]: (row["total"], row["done"]) for row in rows}


def _gating(today: date, *pks: int) -> Any:
    status = known(today).filter(pk=OuterRef("actionitem_id")).values("status")[:1]
    through: Any = Milestone.actions.through.objects.filter(milestone_id__in=pks)
    live = through.annotate(status=Subquery(status)).exclude(status=Status.CANCELLED)
    counted = live.values("milestone_id").annotate(
        total=Count("status"), done=Count("pk", filter=Q(status=Status.VERIFIED))
    )
    return counted.order_by()


def _of_workstream(milestones: MilestoneQuerySet, code: str) -> MilestoneQuerySet:
    if code == WHOLE_ROADMAP:
        return milestones.filter(workstream=None)
    return milestones.filter(workstream__code=code) if code else milestones


def _standing(
    milestones: MilestoneQuerySet, first: date | None, last: date | None
) -> MilestoneQuerySet:
    """Keep those that stand between two days: where achieved, else where due."""
    found = milestones.alias(stands_on=Coalesce("achieved_date", "due_date"))
    found = found.filter(stands_on__gte=first) if first else found
    return found.filter(stands_on__lte=last) if last else found


def _is(stage: Stage, today: date) -> Q:
    still_open = Q(achieved_date=None, closing="")
    return {
        Stage.PAST_DUE: still_open & Q(due_date__lt=today),
        Stage.UPCOMING: still_open & (Q(due_date=None) | Q(due_date__gte=today)),
        Stage.ACHIEVED: Q(achieved_date__isnull=False),
        Stage.CLOSED: ~Q(closing=""),
    }[stage]


def _in_order(milestones: MilestoneQuerySet, today: date) -> MilestoneQuerySet:
    """Sort by stage; what is open by its date, what has ended newest first."""
    rank = Case(
        *(When(_is(stage, today), then=Value(RANK[stage])) for stage in Stage),
        output_field=models.SmallIntegerField(),
    )
    open_date = Case(When(achieved_date=None, closing="", then=F("due_date")))
    return (
        milestones.select_related("workstream")
        .annotate(rank=rank, open_date=open_date)
        .order_by(
            "rank",
            F("open_date").asc(nulls_last=True),
            F("achieved_date").desc(nulls_last=True),
            F("closed_on").desc(nulls_last=True),
            "pk",
        )
    )
