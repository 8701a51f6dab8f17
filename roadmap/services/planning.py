"""The day's plan: what is to be told to whom, as rows, and what need not be told any more.

Safe to run late, twice, or twice at once: a fact's key is unique, so a second plan of a day
adds nothing. Each plan reads a fixed number of queries, however many actions there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import Now, RowNumber

from committee.clock import JAKARTA
from committee.enums import LetterKind, LetterState
from committee.models import Letter
from roadmap.enums import Audience, RuleSubject
from roadmap.models import Reminder
from roadmap.rules import reminders as rules
from roadmap.rules.reminders import Rule, Stage, Telling
from roadmap.selectors import countdowns, items
from roadmap.selectors.countdowns import Countdown, Staff
from roadmap.services import handovers, letters, occasions
from roadmap.services.reminders import cancel_empty_letters

BATCH = 5000
# What a workstream answers for as such: its lead is no stand-in.
WITHOUT_OWNER = (RuleSubject.MILESTONE, RuleSubject.PERIOD)


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


@dataclass(slots=True)
class Plan:
    """What a plan found: lines that stand, reminders to add, and unsent ones these replace."""

    standing: set[Line] = field(default_factory=set)
    fresh: list[Reminder] = field(default_factory=list)
    replaced: list[int] = field(default_factory=list)


def plan(*, now: datetime) -> int:
    """Add what is to be told by now, withdraw what is over, and count what was added."""
    today = now.astimezone(JAKARTA).date()
    staff = countdowns.staff(today)
    made = _weigh(now, today, staff)
    with transaction.atomic():
        _withdraw(made.replaced, "superseded")
        _withdraw_fallen(made.standing, today)
        handed = handovers.hand_on(staff)
        for why, ids in handed.withdrawn.items():
            _withdraw(ids, why)
        return _add([*made.fresh, *handed.fresh])


def _weigh(now: datetime, today: date, staff: Staff) -> Plan:
    ladders = _Ladders(countdowns.active_rules(), today)
    told = _told()
    made = Plan()
    for countdown in countdowns.all_countdowns(now, staff):
        for line, ladder in _lines(countdown, ladders, staff):
            made.standing.add(line)
            if telling := _telling(ladder, told.get(line), made):
                made.fresh.append(_reminder(line, telling, countdown, staff, today))
    return made


def _lines(
    countdown: Countdown, ladders: _Ladders, staff: Staff
) -> Iterable[tuple[Line, tuple[Stage, ...]]]:
    """Yield whom a countdown is told to; a person it would reach twice, by the last ladder."""
    found = {
        recipient: (audience, ladder)
        for audience, ladder in ladders.reached(countdown)
        for recipient in _recipients(countdown, audience, staff)
    }
    for recipient, (audience, ladder) in found.items():
        yield Line(countdown.item, countdown.occasion, audience, recipient), ladder


class _Ladders:
    """The stages reached today, worked out once for each date they count from."""

    def __init__(self, by_subject: Mapping[RuleSubject, list[Rule]], today: date) -> None:
        self.today = today
        self.rules: dict[RuleSubject, dict[str, tuple[Rule, ...]]] = {
            subject: {
                audience: tuple(rule for rule in found if rule.audience == audience)
                for audience in dict.fromkeys(rule.audience for rule in found)
            }
            for subject, found in by_subject.items()
        }
        self.known: dict[tuple[RuleSubject, date], list[tuple[str, tuple[Stage, ...]]]] = {}

    def reached(self, countdown: Countdown) -> Iterable[tuple[str, tuple[Stage, ...]]]:
        """Give each audience's ladder as far as it has come; a calm one is not escalated."""
        found = self._all(countdown.subject, countdown.anchor)
        if countdown.is_calm:
            return [(audience, ladder) for audience, ladder in found if audience == Audience.OWNER]
        return found

    def _all(self, subject: RuleSubject, anchor: date) -> list[tuple[str, tuple[Stage, ...]]]:
        key = (subject, anchor)
        if key not in self.known:
            found = (
                (audience, rules.reached(its_rules, anchor, self.today))
                for audience, its_rules in self.rules.get(subject, {}).items()
            )
            climbed = [(audience, ladder) for audience, ladder in found if ladder]
            self.known[key] = sorted(climbed, key=lambda pair: pair[1][-1].order)
        return self.known[key]


def _recipients(countdown: Countdown, audience: str, staff: Staff) -> tuple[int, ...]:
    """Choose whom a line is told to; who answers for it already is not told as a superior."""
    answering = rules.responsible(countdown.owner_id, countdown.desk, staff.people)
    if audience == Audience.OWNER:
        return answering
    superiors = rules.escalated_to(audience, countdown.desk, staff.people)
    if countdown.subject == RuleSubject.VERIFICATION:
        return superiors
    return tuple(person for person in superiors if person not in answering)


def _telling(ladder: tuple[Stage, ...], last: Told | None, made: Plan) -> Telling | None:
    """Choose the stage to tell; one that waits unsent below it is replaced and named."""
    if last is None:
        return rules.to_tell(ladder, frozenset())
    if last.stage == ladder[-1].name:
        return None
    telling = rules.to_tell(ladder, frozenset({last.stage}))
    if telling is None or last.has_left:
        return telling
    made.replaced.append(last.pk)
    return Telling(telling.stage, last.supersedes or last.stage)


def _reminder(
    line: Line, telling: Telling, countdown: Countdown, staff: Staff, today: date
) -> Reminder:
    morning = rules.instant(today, 0, staff.zones[line.recipient])
    return Reminder(
        item=line.item,
        occasion=line.occasion,
        stage=telling.stage.name,
        supersedes=telling.supersedes,
        rule_id=telling.stage.rule.id,
        audience=line.audience,
        recipient_id=line.recipient,
        is_orphan=_is_orphan(countdown, line, staff),
        due_at=max(morning, countdown.changed_at or morning),
    )


def _is_orphan(countdown: Countdown, line: Line, staff: Staff) -> bool:
    """Tell whether an action's line reaches somebody because no owner can be told."""
    if line.audience != Audience.OWNER or countdown.subject in WITHOUT_OWNER:
        return False
    return rules.standing_in(countdown.owner_id, staff.people) is None


def _told() -> dict[Line, Told]:
    """Give the last stage planned on every line: two queries, one pass over the table.

    A window and no join: without fresh statistics PostgreSQL may join row by row.
    """
    waiting = Letter.objects.filter(kind=LetterKind.REMINDERS, state=LetterState.PENDING)
    unsent = {None, *waiting.values_list("pk", flat=True)}
    line = ("item", "occasion", "audience", "recipient")
    newest = Window(RowNumber(), partition_by=line, order_by=F("pk").desc())
    rows = _counted_down().filter(cancelled_at=None).annotate(place=newest).filter(place=1)
    return {
        Line(item, occasion, audience, recipient): Told(pk, stage, supersedes, letter not in unsent)
        for item, occasion, audience, recipient, pk, stage, supersedes, letter in rows.values_list(
            *line, *("pk", "stage", "supersedes", "letter")
        )
    }


def _counted_down() -> QuerySet[Reminder]:
    """Leave out notices: they have no ladder, and stand until they are told."""
    return Reminder.objects.exclude(occasions.are_notices())


def _withdraw_fallen(standing: set[Line], today: date) -> None:
    """Cancel what waits for a letter on a line that no longer stands, with the reason."""
    waiting = _counted_down().filter(letter=None, cancelled_at=None)
    fallen = [
        pk
        for pk, item, occasion, audience, recipient in waiting.values_list(
            "pk", "item", "occasion", "audience", "recipient"
        )
        if Line(item, occasion, audience, recipient) not in standing
    ]
    for why, ids in _reasons(fallen, today).items():
        _withdraw(ids, why)


def _reasons(fallen: Sequence[int], today: date) -> dict[str, list[int]]:
    """Sort reminders by why they need not be told; the re-check at sending words it alike."""
    found: dict[str, list[int]] = defaultdict(list)
    if not fallen:
        return found
    rows = list(Reminder.objects.filter(pk__in=fallen).select_related("recipient"))
    about = items.items(row.item for row in rows)
    for row in rows:
        why = letters.why_not(row, row.recipient, about.get(row.item), today)
        found[why or "no longer owed"].append(row.pk)
    return found


def _withdraw(ids: Sequence[int], why: str) -> None:
    """Cancel reminders that have not left, and waiting letters this leaves without a line."""
    if not ids:
        return
    unsent = Reminder.objects.filter(pk__in=ids, cancelled_at=None).filter(
        Q(letter=None) | Q(letter__state=LetterState.PENDING)
    )
    rows = list(unsent.values_list("pk", "letter"))
    Reminder.objects.filter(pk__in=[pk for pk, _letter in rows], cancelled_at=None).update(
        cancelled_at=Now(), cancel_reason=why
    )
    cancel_empty_letters({letter for _pk, letter in rows if letter}, why)


def _add(fresh: Sequence[Reminder]) -> int:
    """Insert what is new; a fact withdrawn before that holds again is told after all."""
    if not fresh:
        return 0
    withdrawn = {
        (item, occasion, stage, recipient): pk
        for pk, item, occasion, stage, recipient in Reminder.objects.filter(
            cancelled_at__isnull=False, stage__in={reminder.stage for reminder in fresh}
        ).values_list("pk", "item", "occasion", "stage", "recipient")
    }
    new = []
    for reminder in fresh:
        key = (reminder.item, reminder.occasion, reminder.stage, reminder.recipient_id)
        if key in withdrawn:
            _revive(withdrawn[key], reminder)
        else:
            new.append(reminder)
    Reminder.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)
    return len(fresh)


def _revive(pk: int, reminder: Reminder) -> None:
    Reminder.objects.filter(pk=pk, cancelled_at__isnull=False).update(
        cancelled_at=None,
        cancel_reason="",
        letter=None,
        due_at=reminder.due_at,
        supersedes=reminder.supersedes,
        is_orphan=reminder.is_orphan,
    )
