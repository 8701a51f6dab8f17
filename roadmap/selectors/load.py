"""What falls due in each of the coming weeks, of actions still open and of milestones.

Rows are grouped by day in the database, so a page costs the same however much falls due.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, When

from roadmap.enums import DueBasis
from roadmap.models import Milestone
from roadmap.models.querysets import ActionQuerySet, MilestoneQuerySet
from roadmap.rules import load as rules

# The parts a week is made of; "examples" counts illustrative dates among its actions.
LED, SUPPORTED, MILESTONES, EXAMPLES = "led", "supported", "milestones", "examples"
EARLIER = "earlier"


@dataclass(frozen=True, slots=True)
class WeekLoad:
    """A week, and what falls due in it, counted by part."""

    week: rules.Week
    parts: Counter[str] = field(default_factory=Counter)
    usual: float = 0
    is_crush: bool = False

    @property
    def monday(self) -> date:
        return self.week.monday

    @property
    def sunday(self) -> date:
        return rules.sunday_of(self.week.monday)

    @property
    def led(self) -> int:
        return self.parts[LED]

    @property
    def supported(self) -> int:
        return self.parts[SUPPORTED]

    @property
    def milestones(self) -> int:
        return self.parts[MILESTONES]

    @property
    def examples(self) -> int:
        return self.parts[EXAMPLES]


@dataclass(frozen=True, slots=True)
class Load:
    """The coming weeks, and what was due before them and is still open."""

    weeks: list[WeekLoad]
    earlier: WeekLoad

    @property
    def crushes(self) -> list[WeekLoad]:
        return [week for week in self.weeks if week.is_crush]

    @property
    def last_day(self) -> date:
        return self.weeks[-1].sunday

    @property
    def day_before(self) -> date:
        return self.weeks[0].monday - timedelta(days=1)

    @property
    def has_examples(self) -> bool:
        return any(week.examples for week in (self.earlier, *self.weeks))

    @property
    def is_empty(self) -> bool:
        return not any(total(week.parts) for week in (self.earlier, *self.weeks))


def load_of(
    *,
    today: date,
    actions: ActionQuerySet,
    milestones: MilestoneQuerySet,
    supported: ActionQuerySet | None = None,
) -> Load:
    """Count what falls due, week by week: two queries, three with what is supported."""
    found: dict[date | None, Counter[str]] = {}
    _count(found, LED, actions.open(), today)
    if supported is not None:
        _count(found, SUPPORTED, supported.open(), today)
    _count(found, MILESTONES, milestones.open(), today)
    weeks = [_week(monday, found) for monday in rules.mondays(today)]
    return Load(
        weeks=[_beside(week, weeks, found) for week in weeks],
        earlier=WeekLoad(rules.Week(rules.monday_of(today), 0, 0), found.get(None, Counter[str]())),
    )


def total(parts: Counter[str]) -> int:
    """Count everything once: an example is one of the actions already counted."""
    return sum(parts.values()) - parts[EXAMPLES]


def _week(monday: date, found: dict[date | None, Counter[str]]) -> rules.Week:
    due = total(found.get(monday, Counter[str]()))
    return rules.Week(monday, due, rules.working_days(monday))


def _beside(
    week: rules.Week, weeks: list[rules.Week], found: dict[date | None, Counter[str]]
) -> WeekLoad:
    return WeekLoad(
        week=week,
        parts=found.get(week.monday, Counter[str]()),
        usual=rules.usual(week, weeks),
        is_crush=rules.is_crush(week, weeks),
    )


def _count(
    found: dict[date | None, Counter[str]], part: str, items: QuerySet[Any, Any], today: date
) -> None:
    for monday, counted in _by_week(items, today, part != MILESTONES):
        parts = found.setdefault(monday, Counter())
        parts[part] += counted["number"]
        parts[EXAMPLES] += counted.get("examples", 0)


def _by_week(
    items: QuerySet[Any, Any], today: date, are_actions: bool
) -> Iterator[tuple[date | None, dict[str, int]]]:
    """Count by day up to the last week; what was due before this week is one group."""
    weeks = rules.mondays(today)
    first, last = weeks[0], rules.sunday_of(weeks[-1])
    counted: dict[str, Any] = {"number": Count("pk")}
    if are_actions:
        counted["examples"] = Count("pk", filter=Q(due_basis=DueBasis.ILLUSTRATIVE))
    days = items.filter(due_date__lte=last).annotate(
        day=Case(When(due_date__gte=first, then=F("due_date")))
    )
    for row in days.order_by().values("day").annotate(**counted):
        day = row.pop("day")
        yield (rules.monday_of(day) if day else None), row


def due_in(milestones: MilestoneQuerySet, week: str, today: date) -> MilestoneQuerySet:
    """Give the open milestones that are due in a week, named by its Monday, or before this one."""
    if week == EARLIER:
        return milestones.open().filter(due_date__lt=rules.monday_of(today))
    monday = date.fromisoformat(week)
    return milestones.open().filter(due_date__gte=monday, due_date__lte=rules.sunday_of(monday))


def gated_by(actions: ActionQuerySet, today: date) -> MilestoneQuerySet:
    """Give the milestones that some actions gate."""
    gates = Milestone.actions.through.objects.filter(actionitem_id__in=actions.values("pk"))
    return Milestone.objects.known_on(today).filter(pk__in=gates.values("milestone_id"))


def median_age(actions: ActionQuerySet, today: date) -> float | None:
    """Give the median age of the last reports of open actions: one query, grouped by day."""
    reported = actions.open().filter(reported_on__isnull=False)
    days = reported.order_by().values_list("reported_on").annotate(number=Count("pk"))
    return rules.median_age(((today - day).days, number) for day, number in days)
