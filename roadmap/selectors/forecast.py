"""Who will get what in the coming days, and why: the planner's own weighing, done in memory.

It starts from what stands and waits now, and lets each day's letters leave in thought. Nothing
is written. A change made meanwhile changes it, as it changes what is then sent; periods that
have not opened yet are not foreseen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import chain

from django.db.models import Q

from committee.clock import JAKARTA
from committee.enums import LetterKind, LetterState
from committee.models import Letter
from roadmap.models import ActionItem, Reminder, StatusUpdate
from roadmap.rules import letter_days
from roadmap.rules import reminders as rules
from roadmap.rules.weighing import Countdown, Day, Fact, Ladders, Line, Staff, Told
from roadmap.rules.why import NOTICE, Why
from roadmap.selectors import countdowns, items
from roadmap.selectors.countdowns import Roster
from roadmap.selectors.told import UNSENT, last_told

DAYS = 14
NOT_LEFT = (*UNSENT, LetterState.SENDING)


@dataclass(frozen=True, slots=True)
class ForecastLine:
    """One thing somebody will be told, by which rule, and why they are the one."""

    item: str
    occasion: str
    stage: str
    audience: str
    rule_id: int | None
    why: Why
    anchor: date | None = None  # what its stage counts from; a notice counts from nothing


@dataclass(frozen=True, slots=True)
class ForecastLetter:
    """The letter of one person on one day."""

    day: date
    member_id: int
    lines: tuple[ForecastLine, ...]


def forecast(*, now: datetime, days: int = DAYS, item: str = "") -> list[ForecastLetter]:
    """Foresee the letters of the coming days, today's included, by day and member.

    Of one item alone when it is named (`action:3`). The number of queries is fixed.
    """
    return list(Forecast(now, days, item).letters())


@dataclass(slots=True)
class _Waiting:
    """A fact that no reader has been told yet; one in a letter leaves with it, today."""

    fact: Fact
    in_letter: bool
    has_left: bool = False
    # For a notice of an action: who did what it tells of, and who answers for the action.
    by: int | None = None
    place: int | None = None
    owner_id: int | None = None

    @property
    def recipient(self) -> int:
        return self.fact.line.recipient


class Forecast:
    """What stands and waits, moved on from day to day; it is lived through once."""

    def __init__(self, now: datetime, days: int, item: str) -> None:
        self.today = now.astimezone(JAKARTA).date()
        self.last = self.today + timedelta(days=days - 1)
        self.roster: Roster = countdowns.roster()
        self.rules = countdowns.active_rules()
        self.ladders = Ladders(self.rules, until=self.last)
        found = countdowns.all_countdowns(now, until=self.last, item=item)
        self.counting: dict[tuple[str, str], Countdown] = {
            (one.item, one.occasion): one for one in found
        }
        self.turning: dict[date, list[Countdown]] = defaultdict(list)
        for one in self.counting.values():
            for day in self.ladders.turns(one):
                self.turning[day].append(one)
        self.staff: Staff | None = None
        letters = _Letters.on(self.today)
        self.told: dict[Line, Told] = last_told(item, letters.unsent)
        self.lines, self.notices = _waiting(letters, item)
        self.has_letter = letters.readers

    @property
    def names(self) -> dict[int, str]:
        return {member.pk: member.name for member in self.roster.members}

    def letters(self) -> Iterator[ForecastLetter]:
        """Let one day after the other pass, and give what leaves on each."""
        for number in range((self.last - self.today).days + 1):
            day = self.today + timedelta(days=number)
            weighing = Day(day, self.ladders, self.roster.on(day))
            self._plan(weighing)
            self.notices = list(_handed_on(self.notices, weighing.staff))
            yield from self._bundle(weighing)

    def _plan(self, weighing: Day) -> None:
        """Let a day's plan replace and withdraw what waits, and add what is new."""
        weighed = self._to_weigh(weighing)
        found = weighing.weigh(weighed, self.told)
        for line in found.replaced:
            self.lines.pop(line, None)
        asked = {(one.item, one.occasion) for one in weighed} if self.lines else set()
        fallen = [
            line
            for line, one in self.lines.items()
            if not one.in_letter
            and line not in found.standing
            and (line[:2] in asked or line[:2] not in self.counting)
        ]
        for line in fallen:
            del self.lines[line]
            self.told.pop(line, None)
        for fact in found.fresh:
            self.lines[fact.line] = _Waiting(fact, in_letter=False)
            self.told[fact.line] = Told(0, fact.stage, fact.supersedes, has_left=False)

    def _to_weigh(self, weighing: Day) -> Collection[Countdown]:
        """Weigh everything when people come or go, else what turns on that day alone."""
        is_same, self.staff = self.staff == weighing.staff, weighing.staff
        return self.turning[weighing.day] if is_same else self.counting.values()

    def _bundle(self, weighing: Day) -> Iterator[ForecastLetter]:
        """Let the letters of a day leave with what is ready for them."""
        leaving: dict[int, list[_Waiting]] = defaultdict(list)
        for one in chain(self.lines.values(), self.notices):
            if self._leaves(one, weighing):
                leaving[one.recipient].append(one)
        for member, found in sorted(leaving.items()):
            lines = tuple(self._line(one.fact, weighing) for one in found)
            yield ForecastLetter(weighing.day, member, lines)
        self._forget(leaving)

    def _leaves(self, one: _Waiting, weighing: Day) -> bool:
        person = weighing.staff.people[one.recipient]
        if not person.is_reachable or person.is_away:
            return False
        if one.in_letter:
            return True
        if weighing.day == self.today and one.recipient in self.has_letter:
            return False
        habit = weighing.staff.habits[one.recipient]
        if not letter_days.is_letter_day(weighing.day, habit.days):
            return False
        return one.fact.due_at <= letter_days.moment(weighing.day, habit)

    def _forget(self, leaving: Mapping[int, list[_Waiting]]) -> None:
        """Take what left out of what waits; of a letter that could not leave its lines are over."""
        for one in chain.from_iterable(leaving.values()):
            one.has_left = True
        for line, one in list(self.lines.items()):
            if one.has_left:
                self.told[line] = Told(0, one.fact.stage, one.fact.supersedes, has_left=True)
                del self.lines[line]
            elif one.in_letter:
                self.told.pop(line, None)
                del self.lines[line]
        self.notices = [one for one in self.notices if not one.has_left]
        for one in self.notices:
            one.in_letter = False  # put back, to wait for another letter

    def _line(self, fact: Fact, weighing: Day) -> ForecastLine:
        line = fact.line
        countdown = self.counting.get((line.item, line.occasion))
        why = weighing.why(line, countdown) if countdown is not None else NOTICE
        anchor = countdown.anchor if countdown is not None else None
        said = fact.stage, line.audience, fact.rule_id
        return ForecastLine(line.item, line.occasion, *said, why, anchor)


@dataclass(frozen=True, slots=True)
class _Letters:
    """The letters that matter yet: not gone, on their way, and whose readers have today's."""

    unsent: frozenset[int]
    not_left: frozenset[int]
    readers: frozenset[int]

    @classmethod
    def on(cls, today: date) -> _Letters:
        """Read them: one query."""
        asked = Q(state__in=NOT_LEFT) | Q(policy_date=today)
        rows = Letter.objects.filter(asked, kind=LetterKind.REMINDERS)
        found = list(rows.values_list("pk", "state", "policy_date", "recipient"))
        return cls(
            unsent=frozenset(pk for pk, state, *_rest in found if state in UNSENT),
            not_left=frozenset(pk for pk, state, *_rest in found if state in NOT_LEFT),
            readers=frozenset(to for _pk, _state, day, to in found if day == today),
        )


def _waiting(letters: _Letters, item: str) -> tuple[dict[Line, _Waiting], list[_Waiting]]:
    """Give what has not left by now, countdowns and notices apart: three queries at most."""
    asked = Q(letter=None) | Q(letter__in=letters.not_left)
    rows = Reminder.objects.filter(asked, cancelled_at=None)
    if item:
        rows = rows.filter(item=item)
    lines: dict[Line, _Waiting] = {}
    notices = []
    for row in rows.order_by("pk"):
        line = Line(row.item, row.occasion, row.audience, row.recipient_id)
        fact = Fact(line, row.stage, row.supersedes, row.rule_id, row.is_orphan, row.due_at)
        one = _Waiting(fact, in_letter=row.letter_id is not None)
        if rules.is_notice(row.occasion):
            notices.append(one)
        else:
            lines[line] = one
    _learn_of(notices)
    return lines, notices


def _learn_of(notices: Iterable[_Waiting]) -> None:
    """Find who answers for the actions that notices are about, and who did what they tell."""
    of_actions = [one for one in notices if one.fact.line.occasion.startswith("notice:")]
    actions = ActionItem.objects.filter(pk__in=_numbers(of_actions, "item"))
    answering = {pk: rest for pk, *rest in actions.values_list("pk", "workstream", "owner")}
    updates = StatusUpdate.objects.filter(pk__in=_numbers(of_actions, "occasion"))
    doers = dict(updates.values_list("pk", "by"))
    for one in of_actions:
        one.by = doers.get(items.split(one.fact.line.occasion)[1])
        one.place, one.owner_id = answering.get(items.split(one.fact.line.item)[1], (None, None))


def _numbers(notices: Iterable[_Waiting], key: str) -> set[int]:
    return {items.split(getattr(one.fact.line, key))[1] for one in notices}


def _handed_on(notices: Iterable[_Waiting], staff: Staff) -> Iterator[_Waiting]:
    """Give each waiting notice to whoever answers for the action on a day, as the plan will."""
    given: set[tuple[str, str, int]] = set()
    for one in notices:
        line, stage = one.fact.line, one.fact.stage
        heirs: tuple[int, ...] = ()
        if line.occasion.startswith("notice:") and not one.in_letter:
            notice = rules.Notice(stage, one.recipient, one.by)
            heirs = rules.heirs(notice, one.owner_id, staff.desk(one.place), staff.people)
        if not heirs:
            yield one
        for heir in heirs:
            if (line.occasion, stage, heir) not in given:
                given.add((line.occasion, stage, heir))
                fact = replace(one.fact, line=line._replace(recipient=heir))
                yield replace(one, fact=fact)
