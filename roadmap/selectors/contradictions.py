"""Actions whose owner says “on time” while the dates say otherwise: why, and since which day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from committee.rules.days import jakarta_day, night_after
from committee.rules.permissions import Actor
from roadmap.enums import Outlook, Status
from roadmap.models import ActionItem, DueDateChange, Milestone, StatusUpdate
from roadmap.models.querysets import (
    OPEN,
    has_passed_gate,
    is_contradictory,
    is_late,
    is_silent,
)
from roadmap.rules import contradictions as rules
from roadmap.rules import permissions
from roadmap.rules.contradictions import Dated, State, Stretch
from roadmap.rules.permissions import ActionFacts
from roadmap.selectors.actions import Option, known

PAGE_SIZE = 50


class Why(models.TextChoices):
    """Why “on time” cannot be believed; they may overlap."""

    LATE = "late", _("Late")
    SILENT = "silent", _("Silent")
    GATE = "gate", _("Behind a passed milestone")


@dataclass(frozen=True, slots=True)
class Gate:
    """A milestone that waits for the action after its own date."""

    milestone: Milestone
    days: int


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One action with its reasons; a number of days is 0 where that reason does not hold."""

    action: ActionItem
    late_days: int
    silent_days: int
    gates: list[Gate]
    since: date
    may_report: bool


@dataclass(frozen=True, slots=True)
class Found:
    """One page, how many there are for each reason, and how many in each workstream."""

    page: Page[Any]
    rows: list[Contradiction]
    total: int
    whys: list[tuple[Why, int]]
    workstreams: list[tuple[Option, int]]


def listing(
    *,
    today: date,
    why: str = "",
    workstream: str = "",
    page: Any = 1,
    reader: Actor | None = None,
    offered: list[Option],
) -> Found:
    """Give one page of contradictions, the longest overdue first; `reader` is who may act.

    Counts leave out no filter: each says how many the whole roadmap has.
    """
    found = known(today).filter(is_contradictory(today))
    counts = found.aggregate(
        total=Count("pk"), **{one.value: Count("pk", filter=_is(one, today)) for one in Why}
    )
    places = dict(found.order_by().values_list("workstream__code").annotate(number=Count("pk")))
    asked = found.filter(_is(Why(why), today)) if why else found
    asked = asked.filter(workstream__code=workstream) if workstream else asked
    ordered = asked.for_rows().order_by(F("due_date").asc(nulls_last=True), "reported_on", "pk")
    shown = Paginator(ordered, PAGE_SIZE).get_page(page)
    return Found(
        page=shown,
        rows=rows_of(list(shown.object_list), today, reader),
        total=counts["total"],
        whys=[(one, counts[one]) for one in Why],
        workstreams=[(one, places[one.value]) for one in offered if one.value in places],
    )


def _is(why: Why, today: date) -> Q:
    return {
        Why.LATE: lambda: is_late(today),
        Why.SILENT: lambda: is_silent(today),
        Why.GATE: lambda: OPEN & Q(has_passed_gate(today)),
    }[why]()


def rows_of(actions: list[Any], today: date, reader: Actor | None) -> list[Contradiction]:
    """Give the reasons of one page of actions: six queries, and one for who may report."""
    numbers = [action.pk for action in actions]
    gates = _gates(numbers)
    behind = {pk: gate for gate in _passed(gates, today) for pk in [gate.milestone.pk]}
    states, stretches = _states(numbers, today), _stretches(gates, today)
    contributors = _contributors(numbers) if reader else {}
    return [
        Contradiction(
            action=action,
            late_days=_late_days(action, today),
            silent_days=_silent_days(action, today),
            gates=[behind[pk] for pk in gates[action.pk] if pk in behind],
            since=_since(action, states[action.pk], gates[action.pk], stretches, today),
            may_report=reader is not None and _may_report(reader, action, contributors, today),
        )
        for action in actions
    ]


def _late_days(action: Any, today: date) -> int:
    due: date | None = action.due_date
    return max(0, (today - due).days) if due is not None else 0


def _silent_days(action: Any, today: date) -> int:
    told: date | None = action.reported_on
    days = (today - told).days if told is not None else 0
    return days if days >= settings.SILENT_AFTER_DAYS else 0


def _gates(actions: list[int]) -> dict[int, list[int]]:
    """Name the milestones each action gates; links are today's."""
    links = Milestone.actions.through.objects.filter(actionitem_id__in=actions)
    found: dict[int, list[int]] = defaultdict(list)
    for action, milestone in links.order_by("pk").values_list("actionitem_id", "milestone_id"):
        found[action].append(milestone)
    return found


def _passed(gates: dict[int, list[int]], today: date) -> list[Gate]:
    numbers = {pk for found in gates.values() for pk in found}
    open_ones = Milestone.objects.known_on(today).open()
    found = open_ones.filter(pk__in=numbers, due_date__lt=today)
    return [Gate(one, (today - one.due_date).days) for one in found if one.due_date]


def _states(actions: list[int], today: date) -> dict[int, list[State]]:
    """Read the states in which “on time” was claimed of open actions, up to the end of a day."""
    claimed = StatusUpdate.objects.filter(
        OPEN, action_id__in=actions, at__lt=night_after(today), outlook=Outlook.ON_TIME
    )
    rows = claimed.exclude(superseded_at=F("at")).values_list(
        "action_id", "at", "superseded_at", "status", "outlook", "due_date", "reported_on"
    )
    found: dict[int, list[State]] = defaultdict(list)
    for action, at, until, status, outlook, due, told in rows:
        last = jakarta_day(until) - timedelta(days=1) if until else today
        first = jakarta_day(at)
        found[action].append(State(first, min(last, today), Status(status), outlook, due, told))
    return found


def _stretches(gates: dict[int, list[int]], today: date) -> dict[int, list[Stretch]]:
    """Give the days on which each milestone was open after its date, from its slip ledger."""
    numbers = {pk for found in gates.values() for pk in found}
    slips: dict[int, list[Any]] = defaultdict(list)
    moves = DueDateChange.objects.filter(milestone_id__in=numbers, is_applied=True)
    for move in moves.order_by("on", "pk").values_list(
        "milestone_id", "on", "old_date", "new_date"
    ):
        slips[move[0]].append(move[1:])
    return {
        one.pk: rules.passed(_dated(one, slips[one.pk]), today, _ended(one))
        for one in Milestone.objects.filter(pk__in=numbers)
    }


def _dated(milestone: Milestone, slips: list[Any]) -> list[Dated]:
    """Give the due dates a milestone had, from the day it was known."""
    first = slips[0][1] if slips else milestone.due_date
    later = [Dated(max(on, milestone.known_from), new) for on, _old, new in slips]
    return [Dated(milestone.known_from, first), *later]


def _ended(milestone: Milestone) -> date | None:
    return milestone.achieved_recorded_on or milestone.closed_on


def _since(
    action: Any,
    states: list[State],
    gates: Iterable[int],
    stretches: dict[int, list[Stretch]],
    today: date,
) -> date:
    """Give the first day of the contradiction; of an action without a history, by its dates."""
    behind = [one for pk in gates for one in stretches.get(pk, [])]
    now = State(
        action.created_on,
        today,
        Status(action.status),
        action.outlook,
        action.due_date,
        action.reported_on,
    )
    after = settings.SILENT_AFTER_DAYS
    told = rules.since(states, behind, today, after)
    return told or rules.since([now], behind, today, after) or today


def _contributors(actions: list[int]) -> dict[int, set[int]]:
    links = ActionItem.contributors.through.objects.filter(actionitem_id__in=actions)
    found: dict[int, set[int]] = defaultdict(set)
    for action, member in links.values_list("actionitem_id", "member_id"):
        found[action].add(member)
    return found


def _may_report(reader: Actor, action: Any, contributors: dict[int, set[int]], today: date) -> bool:
    owner = action.owner
    facts = ActionFacts(
        workstream_id=action.workstream_id,
        owner_id=action.owner_id,
        contributor_ids=frozenset(contributors.get(action.pk, ())),
        deputy_id=owner.deputy_id if owner is not None and owner.is_paused(today) else None,
        submitter_id=None,
    )
    return permissions.may_report(reader, facts)
