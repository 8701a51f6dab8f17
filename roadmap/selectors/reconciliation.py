"""Whether all that was to be told was told: what must never be found, and the line that says so.

Everything here asks the tables alone, never the planner: a plan that forgets, a letter that loses
its lines and a mail without a record are found whoever was at fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from committee.enums import LetterKind, LetterState
from committee.gate import DISCARDED
from committee.models import Letter, LetterAttempt
from roadmap.enums import Audience, RuleSubject
from roadmap.models import ActionItem, Milestone, Reminder, ReminderRule
from roadmap.models.querysets import is_late
from roadmap.selectors import items

NAME = "reconcile"
LONGEST_LIST = 20
NOTE = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d): expected (?P<expected>\d+), told (?P<told>\d+), missing \d+ "
    r"\(unplanned (?P<unplanned>\d+), untold (?P<untold>\d+), waiting (?P<waiting>\d+), "
    r"lost (?P<lost>\d+)\), extra (?P<extra>\d+), unrecorded (?P<unrecorded>\d+)\Z"
)


@dataclass(frozen=True, slots=True)
class Line:
    """What one reconciliation found; `expected` and `told` count who is to be told of what."""

    day: date
    expected: int
    told: int
    unplanned: int  # a plan would add them still
    untold: int  # late, and nobody was ever told of this date
    waiting: int  # their reader's hour went by without a letter
    lost: int  # in a letter that will not leave, and for no reason
    extra: int  # wait for a letter though nothing calls for them
    unrecorded: int  # letters sent without an attempt, or without a line

    @property
    def missing(self) -> int:
        return self.unplanned + self.untold + self.waiting + self.lost

    @property
    def is_clean(self) -> bool:
        return not (self.missing or self.extra or self.unrecorded)

    def __str__(self) -> str:
        return (
            f"{self.day}: expected {self.expected}, told {self.told}, missing {self.missing} "
            f"(unplanned {self.unplanned}, untold {self.untold}, waiting {self.waiting}, "
            f"lost {self.lost}), extra {self.extra}, unrecorded {self.unrecorded}"
        )


def read(note: str) -> Line | None:
    """Read a reconciliation's line back; None where there is none yet."""
    found = NOTE.match(note)
    if found is None:
        return None
    numbers = {name: int(value) for name, value in found.groupdict().items() if name != "day"}
    return Line(day=date.fromisoformat(found["day"]), **numbers)


def untold_actions(today: date) -> QuerySet[ActionItem]:
    """Give the late actions of whose date nobody was ever told."""
    late = ActionItem.objects.filter(is_late(today), created_on__lte=today)
    return _never_told(late, items.ACTION, RuleSubject.ACTION)


def untold_milestones(today: date) -> QuerySet[Milestone]:
    """Give the milestones past their date of which nobody was ever told."""
    late = Milestone.objects.known_on(today).open().filter(due_date__lt=today)
    return _never_told(late, items.MILESTONE, RuleSubject.MILESTONE)


def _never_told(late: Any, kind: str, subject: RuleSubject) -> Any:
    """Keep what no reminder of its date is about, where a rule for everybody asks for one."""
    by_now = ReminderRule.objects.filter(
        subject=subject, is_active=True, audience=Audience.OWNER, amount__lte=0, workstream=None
    )
    told = Reminder.objects.filter(item=OuterRef("item_key"), occasion=OuterRef("occasion_key"))
    keyed = late.annotate(item_key=_text(kind, "pk"), occasion_key=_text("due", "date_generation"))
    return keyed.filter(Exists(by_now), ~Exists(told)).order_by("pk")


def _text(kind: str, field: str) -> Concat:
    number = Cast(F(field), CharField())
    return Concat(Value(f"{kind}:"), number, output_field=CharField())


def lost_lines() -> QuerySet[Reminder]:
    """Give what stands in a letter that will not leave, though nobody decided so."""
    gone = Q(letter__state=LetterState.CANCELLED) & ~Q(letter__last_error=DISCARDED)
    return Reminder.objects.filter(gone, cancelled_at=None).order_by("pk")


def unrecorded_letters() -> QuerySet[Letter]:
    """Give the letters said to be sent of which no try is on record, or that told nothing."""
    tried = LetterAttempt.objects.filter(letter=OuterRef("pk"))
    told = Reminder.objects.filter(letter=OuterRef("pk"), cancelled_at=None)
    hollow = Q(kind=LetterKind.REMINDERS) & ~Exists(told)
    sent = Letter.objects.filter(state=LetterState.SENT)
    return sent.filter(~Exists(tried) | hollow).order_by("pk")


def found_now(today: date) -> list[Any]:
    """Name the first of what is wrong now: actions, milestones and letters, each with its page."""
    return list(_found_now(today))[:LONGEST_LIST]


def _found_now(today: date) -> Iterator[Any]:
    yield from untold_actions(today)[:LONGEST_LIST]
    yield from untold_milestones(today)[:LONGEST_LIST]
    lost = lost_lines().values("letter")
    yield from Letter.objects.filter(pk__in=lost).select_related("recipient")[:LONGEST_LIST]
    yield from unrecorded_letters().select_related("recipient")[:LONGEST_LIST]
