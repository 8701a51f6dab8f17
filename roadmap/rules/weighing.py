"""One day weighed: which lines stand, which stages are to be told, and to whom.

Facts in, facts out: the planner weighs today and writes what comes of it, the forecast weighs
each coming day in memory. Both say the same because both ask here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from roadmap.enums import Audience, RuleSubject
from roadmap.rules import reminders, why
from roadmap.rules.letter_days import Habit
from roadmap.rules.reminders import Desk, Person, Rule, Stage, Telling
from roadmap.rules.why import Why

# What a workstream answers for as such: its lead is no stand-in.
WITHOUT_OWNER = (RuleSubject.MILESTONE, RuleSubject.PERIOD)
Ladder = tuple[Stage, ...]
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Countdown:
    """One thing that is or was to happen: its stages count from `anchor`.

    `changed_at` is when a person last changed the item today: what that brought up waits for
    the next letter. Until `calm_until` nothing is escalated. It counts from the day it begins to
    be known, `begins`, until `ends`, where that is certain already.
    """

    subject: RuleSubject
    item: str
    occasion: str
    anchor: date
    place: int | None
    owner_id: int | None = None
    calm_until: date | None = None
    changed_at: datetime | None = None
    begins: date | None = None
    ends: date | None = None

    def counts_on(self, day: date) -> bool:
        """Tell whether it is known, and not over, on a day."""
        begun = self.begins is None or self.begins <= day
        return begun and (self.ends is None or day <= self.ends)

    def is_calm(self, day: date) -> bool:
        """Tell whether a promised date still stops the escalations."""
        return self.calm_until is not None and day <= self.calm_until


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody who may get a letter on a day, and the desks they sit at."""

    people: Mapping[int, Person]
    habits: Mapping[int, Habit]
    desks: Mapping[int, Desk]
    everywhere: Desk

    def desk(self, workstream_id: int | None) -> Desk:
        if workstream_id is None:
            return self.everywhere
        return self.desks.get(workstream_id, self.everywhere)


class Line(NamedTuple):
    """Whom something is told to: one ladder of stages each."""

    item: str
    occasion: str
    audience: str
    recipient: int


@dataclass(frozen=True, slots=True)
class Told:
    """The last stage planned on a line; one that has not left may still be replaced."""

    pk: int
    stage: str
    supersedes: str
    has_left: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """One stage to be told to one person, from a moment on."""

    line: Line
    stage: str
    supersedes: str
    rule_id: int | None
    is_orphan: bool
    due_at: datetime


@dataclass(slots=True)
class Weighed:
    """What a day's weighing found: lines that stand, facts to add, and lines these replace."""

    standing: set[Line] = field(default_factory=set)
    fresh: list[Fact] = field(default_factory=list)
    replaced: list[Line] = field(default_factory=list)


class Ladders:
    """The stages of every date, worked out once for all days up to `until`."""

    def __init__(self, rules: Sequence[Rule], until: date) -> None:
        self.until = until
        self.rules = rules
        # Only where a workstream has rules of its own do its ladders differ from all others.
        self.special = {(rule.subject, rule.place) for rule in rules}
        self.audiences: dict[tuple[RuleSubject, int | None], dict[str, tuple[Rule, ...]]] = {}
        self.known: dict[tuple[RuleSubject, int | None, date], list[tuple[str, Ladder]]] = {}

    def of(self, subject: RuleSubject, place: int | None, anchor: date) -> list[tuple[str, Ladder]]:
        """Give each audience's ladder, as far as it comes by `until`; none that has no stage."""
        place = place if (subject, place) in self.special else None
        key = (subject, place, anchor)
        if key not in self.known:
            ladders = [
                (audience, reminders.reached(found, anchor, self.until))
                for audience, found in self._by_audience(subject, place).items()
            ]
            self.known[key] = [(audience, ladder) for audience, ladder in ladders if ladder]
        return self.known[key]

    def turns(self, countdown: Countdown) -> set[date]:
        """Name the days on which a countdown may begin to say something else, people apart."""
        ladders = self.of(countdown.subject, countdown.place, countdown.anchor)
        found = {stage.day for _audience, ladder in ladders for stage in ladder}
        over = [day + A_DAY for day in (countdown.calm_until, countdown.ends) if day is not None]
        return found.union(over, [countdown.begins] if countdown.begins else [])

    def _by_audience(self, subject: RuleSubject, place: int | None) -> dict[str, tuple[Rule, ...]]:
        if (subject, place) not in self.audiences:
            there = [
                rule
                for rule in self.rules
                if rule.subject == subject and rule.place in (None, place)
            ]
            self.audiences[subject, place] = {
                audience: tuple(rule for rule in there if rule.audience == audience)
                for audience in dict.fromkeys(rule.audience for rule in there)
            }
        return self.audiences[subject, place]


class Day:
    """A day's ladders as far as they have come, and whom each is told to, each worked out once."""

    def __init__(self, day: date, ladders: Ladders, staff: Staff) -> None:
        self.day = day
        self.ladders = ladders
        self.staff = staff
        self._climbed: dict[tuple[RuleSubject, int | None, date], list[tuple[str, Ladder]]] = {}
        self._readers: dict[tuple[bool, int | None, int | None, str], tuple[int, ...]] = {}

    def weigh(self, countdowns: Iterable[Countdown], told: Mapping[Line, Told]) -> Weighed:
        """Find every line that stands today, and the stage to be told on it, if there is one."""
        found = Weighed()
        for countdown in countdowns:
            for line, ladder in self.lines(countdown):
                found.standing.add(line)
                if telling := _telling(line, ladder, told.get(line), found):
                    found.fresh.append(self._fact(line, telling, countdown))
        return found

    def lines(self, countdown: Countdown) -> Iterator[tuple[Line, Ladder]]:
        """Yield whom a countdown is told to; a person it would reach twice, by the last ladder."""
        if not countdown.counts_on(self.day):
            return
        found = {
            recipient: (audience, ladder)
            for audience, ladder in self._reached(countdown)
            for recipient in self.readers(countdown, audience)
        }
        for recipient, (audience, ladder) in found.items():
            yield Line(countdown.item, countdown.occasion, audience, recipient), ladder

    def _reached(self, countdown: Countdown) -> list[tuple[str, Ladder]]:
        """Give each audience's ladder as far as it has come; a calm one is not escalated."""
        key = (countdown.subject, countdown.place, countdown.anchor)
        if key not in self._climbed:
            cut = [(who, _until(ladder, self.day)) for who, ladder in self.ladders.of(*key)]
            climbed = [(audience, ladder) for audience, ladder in cut if ladder]
            self._climbed[key] = sorted(climbed, key=lambda pair: pair[1][-1].order)
        found = self._climbed[key]
        if found and countdown.is_calm(self.day):
            return [(audience, ladder) for audience, ladder in found if audience == Audience.OWNER]
        return found

    def readers(self, countdown: Countdown, audience: str) -> tuple[int, ...]:
        """Choose whom a line is told to; who answers for it already is not told as a superior."""
        is_verification = countdown.subject == RuleSubject.VERIFICATION
        key = (is_verification, countdown.place, countdown.owner_id, audience)
        if key not in self._readers:
            self._readers[key] = self._choose(*key)
        return self._readers[key]

    def superiors(self, countdown: Countdown, audience: str) -> tuple[int, ...]:
        """Name who would be told, did they not answer for the matter themselves."""
        desk = self.staff.desk(countdown.place)
        return reminders.escalated_to(audience, desk, self.staff.people)

    def _choose(
        self, is_verification: bool, place: int | None, owner_id: int | None, audience: str
    ) -> tuple[int, ...]:
        desk, people = self.staff.desk(place), self.staff.people
        answering = reminders.responsible(owner_id, desk, people)
        if audience == Audience.OWNER:
            return answering
        superiors = reminders.escalated_to(audience, desk, people)
        if is_verification:
            return superiors
        return tuple(person for person in superiors if person not in answering)

    def why(self, line: Line, countdown: Countdown) -> Why:
        """Say why a line reaches its reader."""
        has_owner = countdown.subject not in WITHOUT_OWNER
        owners = (countdown.owner_id,) if has_owner else ()
        desk = self.staff.desk(countdown.place)
        found = why.why(line.recipient, line.audience, owners, desk, self.staff.people)
        # The whole roadmap has no lead to be passed over.
        return found if countdown.place is not None else replace(found, passed=())

    def _fact(self, line: Line, telling: Telling, countdown: Countdown) -> Fact:
        morning = reminders.instant(self.day, 0, self.staff.habits[line.recipient].zone)
        return Fact(
            line=line,
            stage=telling.stage.name,
            supersedes=telling.supersedes,
            rule_id=telling.stage.rule.id,
            is_orphan=self._is_orphan(countdown, line),
            due_at=max(morning, countdown.changed_at or morning),
        )

    def _is_orphan(self, countdown: Countdown, line: Line) -> bool:
        """Tell whether an action's line reaches somebody because no owner can be told."""
        if line.audience != Audience.OWNER or countdown.subject in WITHOUT_OWNER:
            return False
        return reminders.standing_in(countdown.owner_id, self.staff.people) is None


def _until(ladder: Ladder, day: date) -> Ladder:
    return tuple(stage for stage in ladder if stage.day <= day)


def _telling(line: Line, ladder: Ladder, last: Told | None, found: Weighed) -> Telling | None:
    """Choose the stage to tell; one that waits unsent below it is replaced and named."""
    if last is None:
        return reminders.to_tell(ladder, frozenset())
    if last.stage == ladder[-1].name:
        return None
    telling = reminders.to_tell(ladder, frozenset({last.stage}))
    if telling is None or last.has_left:
        return telling
    found.replaced.append(line)
    return Telling(telling.stage, last.supersedes or last.stage)
