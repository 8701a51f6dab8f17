"""Who is to be told what, and when it is due: the stages of a deadline.

Facts in, facts out. A stage is reached, not hit: a morning on which nothing ran delays a
reminder and never loses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from roadmap.enums import Audience, Outlook, RuleSubject, RuleUnit
from roadmap.rules import calendar

# Working days weigh 7/5 of a day, so that stages of both units stand on one ladder.
WEIGHT = {RuleUnit.DAY: 1.0, RuleUnit.WORKING_DAY: 1.4}
STAGE = re.compile(r"((?:[+-]|(?<!\d))\d+)(d|wd)\Z")
# What the occasions of notices begin with: somebody did something, and no ladder counts from it.
NOTICES = ("notice", "slip", "comment", "request", "answer")
# Of the notices about an action, the one for whoever waited for it, owner or not.
DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the rules: `amount` units after the date, then every `repeat` units."""

    subject: RuleSubject
    amount: int
    unit: RuleUnit
    audience: Audience = Audience.OWNER
    repeat: int | None = None
    id: int | None = None
    place: int | None = None  # the workstream whose own rule it is


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the ladder: its name is part of the reminder's key."""

    name: str
    day: date
    order: float
    rule: Rule


@dataclass(frozen=True, slots=True)
class Telling:
    """The stage to tell now, and the first one it supersedes (empty: none)."""

    stage: Stage
    supersedes: str


@lru_cache(maxsize=8192)
def reached(rules: tuple[Rule, ...], anchor: date, today: date) -> tuple[Stage, ...]:
    """Give the stages counted from a date that have come by today, least urgent first.

    Two rules of one name are one stage, by the first of them: it is told once.
    """
    found: dict[str, Stage] = {}
    for rule in rules:
        for stage in _stages(rule, anchor, today):
            found.setdefault(stage.name, stage)
    return tuple(sorted(found.values(), key=lambda stage: stage.order))


def _stages(rule: Rule, anchor: date, today: date) -> Iterable[Stage]:
    """Yield a rule's stage and its repeats, up to a day; most have none yet, and cost little."""
    amount = rule.amount
    while (day := stage_day(rule.unit, amount, anchor)) <= today:
        name = _name(rule, amount)
        yield Stage(name, day, order_of(name), rule)
        if not rule.repeat:
            return
        amount += rule.repeat


@lru_cache(maxsize=8192)
def _name(rule: Rule, amount: int) -> str:
    unit = "wd" if rule.unit == RuleUnit.WORKING_DAY else "d"
    to = "" if rule.audience == Audience.OWNER else f"{rule.audience.value}:"
    return f"{to}{amount:+d}{unit}" if amount else f"{to}0{unit}"


@lru_cache(maxsize=8192)
def order_of(name: str) -> float:
    """Place a stage on the ladder by its name alone, though its rule may be gone by now."""
    found = STAGE.search(name)
    if found is None:
        return float("-inf")
    unit = RuleUnit.WORKING_DAY if found[2] == "wd" else RuleUnit.DAY
    return int(found[1]) * WEIGHT[unit]


def stage_day(unit: str, amount: int, anchor: date) -> date:
    """Give the working day of a stage.

    One up to the date that falls on a free day moves to the working day before, a later one to
    the working day after.
    """
    if unit == RuleUnit.WORKING_DAY and amount:
        return calendar.add_working(anchor, amount)
    nominal = anchor + timedelta(days=amount)
    if amount <= 0:
        return calendar.this_or_previous(nominal)
    return calendar.this_or_next(nominal)


def to_tell(ladder: Sequence[Stage], told: frozenset[str]) -> Telling | None:
    """Choose the most urgent stage reached, unless it or a more urgent one was told."""
    done = max(map(order_of, told), default=float("-inf"))
    fresh = [stage for stage in ladder if stage.order > done]
    if not fresh:
        return None
    return Telling(fresh[-1], fresh[0].name if len(fresh) > 1 else "")


def calm_until(outlook: str, expected_date: date | None) -> date | None:
    """A report "will be late" with a date stops the escalations until that date."""
    return expected_date if outlook == Outlook.WILL_BE_LATE else None


def escalation_stopped(outlook: str, expected_date: date | None, today: date) -> bool:
    """Tell whether a report still stops the escalations on a day."""
    calm = calm_until(outlook, expected_date)
    return calm is not None and today <= calm


def away_throughout(
    pause: tuple[date | None, date | None], first: date | None, due: date | None
) -> bool:
    """Tell whether a pause is longer than the lead time: from the first reminder to the due date.

    Whoever is away so long hears of the date only when it has passed, deputy or no deputy.
    """
    begins, ends = pause
    if begins is None or ends is None or first is None or due is None:
        return False
    return begins <= first <= due <= ends


def first_day(rules: Iterable[Rule], due: date) -> date | None:
    """Give the day of the first reminder of a due date to its owner, None if none precedes it."""
    days = [
        stage_day(rule.unit, rule.amount, due)
        for rule in rules
        if rule.subject == RuleSubject.ACTION
        and rule.audience == Audience.OWNER
        and rule.amount <= 0
    ]
    return min(days, default=None)


def silent_since(reported: date | None, start: date | None, created: date) -> date:
    """Give the day an owed update counts from: the last report, else the beginning."""
    return reported or max(start or created, created)


def due_occasion(generation: int) -> str:
    """Name what stages of a due date count from: it rises with every move and reopening."""
    return f"due:{generation}"


def update_occasion(since: date) -> str:
    """Name what an owed update counts from: the last report, or the beginning."""
    return f"report:{since:%Y-%m-%d}"


def verification_occasion(submitted_on: date, submission: int) -> str:
    """Name what an owed verification counts from: this submission, which no edit changes."""
    return f"submission:{submitted_on:%Y-%m-%d}:{submission}"


def period_occasion(period: int) -> str:
    """Name what an owed narrative counts from: the period it is for."""
    return f"period:{period}"


def is_notice(occasion: str) -> bool:
    """Tell a notice, which stands until it is told, from what counts down."""
    return occasion.partition(":")[0] in NOTICES


def is_personal(occasion: str, stage: str) -> bool:
    """Tell a notice to one person from one to whoever answers for the action."""
    if occasion.startswith("notice:"):
        return stage == DECIDED
    return is_notice(occasion)


def instant(day: date, hour: int, zone: str) -> datetime:
    """Give the UTC moment of a whole hour on a day in a zone.

    An hour that a clock change skips becomes the first valid moment after it, one that comes
    twice the first of the two: both are what the first fold of a local time means.
    """
    return datetime.combine(day, time(hour), ZoneInfo(zone)).astimezone(UTC)


class Group(IntEnum):
    """The order of lines in a letter."""

    LATE = 1
    DUE_TODAY = 2
    WITHIN_3 = 3
    WITHIN_7 = 4
    LATER = 5
    ESCALATION = 6
    UPDATE_OWED = 7
    VERIFICATION = 8
    NOTICE = 9


def due_group(due: date, today: date) -> Group:
    """Place a deadline among the groups of a letter."""
    days = (due - today).days
    if days < 0:
        return Group.LATE
    if days == 0:
        return Group.DUE_TODAY
    if days <= 3:
        return Group.WITHIN_3
    return Group.WITHIN_7 if days <= 7 else Group.LATER


def group_of(occasion: str, audience: str, due: date | None, today: date) -> Group:
    """Place a reminder among the groups of a letter."""
    kind = occasion.partition(":")[0]
    if kind in NOTICES:
        return Group.NOTICE
    if kind in ("report", "period"):
        return Group.UPDATE_OWED
    if kind == "submission":
        return Group.VERIFICATION
    if audience != Audience.OWNER:
        return Group.ESCALATION
    return due_group(due, today) if due is not None else Group.LATER


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may get a letter; `deputy_id` stands in while they are away."""

    id: int
    is_reachable: bool = True
    is_away: bool = False
    deputy_id: int | None = None


class Notice(NamedTuple):
    """A notice that waits: what it says, to whom, and who did what it tells of."""

    stage: str
    recipient: int
    by: int | None


@dataclass(frozen=True, slots=True)
class Desk:
    """Who answers when an owner cannot: a workstream's leads, their deputies, the secretariat."""

    leads: tuple[int, ...] = ()
    deputies: tuple[int, ...] = ()
    secretariat: tuple[int, ...] = ()
    chairs: tuple[int, ...] = ()


def heirs(
    notice: Notice, owner_id: int | None, desk: Desk, people: Mapping[int, Person]
) -> tuple[int, ...]:
    """Choose who is told a waiting notice of an action in its reader's place; nobody: it stands.

    Who did what it tells of needs no telling.
    """
    if notice.stage == DECIDED and notice.recipient != owner_id:
        return ()  # it is theirs who raised the obstacle
    answering = responsible(owner_id, desk, people)
    if notice.recipient in answering:
        return ()
    return tuple(person for person in answering if person != notice.by)


def responsible(owner_id: int | None, desk: Desk, people: Mapping[int, Person]) -> tuple[int, ...]:
    """Choose who is told about an item: its owner, else lead, lead's deputy, secretariat.

    The first who can be reached is told; of the secretariat, everybody. Without any of them
    nobody is.
    """
    for candidate in (owner_id, *desk.leads, *desk.deputies):
        if (found := standing_in(candidate, people)) is not None:
            return (found,)
    return _all_reachable(desk.secretariat, people)


def escalated_to(audience: str, desk: Desk, people: Mapping[int, Person]) -> tuple[int, ...]:
    """Choose the superiors an escalation is told to."""
    if audience == Audience.LEAD:
        return responsible(None, desk, people)
    chosen = desk.chairs if audience == Audience.CHAIR else desk.secretariat
    return _all_reachable(chosen, people)


def standing_in(person_id: int | None, people: Mapping[int, Person]) -> int | None:
    """Give the person, or their deputy while they are away; None when neither can be reached."""
    person = people.get(person_id) if person_id is not None else None
    if person is None or not person.is_reachable:
        return None
    if not person.is_away:
        return person.id
    deputy = people.get(person.deputy_id) if person.deputy_id is not None else None
    here = deputy is not None and deputy.is_reachable and not deputy.is_away
    return deputy.id if deputy is not None and here else None


def _all_reachable(ids: Iterable[int], people: Mapping[int, Person]) -> tuple[int, ...]:
    found = (standing_in(person_id, people) for person_id in ids)
    return tuple(dict.fromkeys(person_id for person_id in found if person_id is not None))
