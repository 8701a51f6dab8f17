"""What was planned for each line last, and what waits: the memory a weighing starts from."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from operator import or_

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from committee.enums import LetterKind, LetterState
from committee.models import Letter
from roadmap.models import Reminder
from roadmap.rules import reminders as rules
from roadmap.rules.weighing import Line, Told

# Letters that have not left, and that a more urgent line may still be put into.
UNSENT = (LetterState.PENDING, LetterState.HELD)


def are_notices() -> Q:
    """Find reminders that tell what somebody did."""
    return reduce(or_, (Q(occasion__startswith=f"{kind}:") for kind in rules.NOTICES))


def counted_down() -> QuerySet[Reminder]:
    """Leave out notices: they have no ladder, and stand until they are told."""
    return Reminder.objects.exclude(are_notices())


def unsent_letters() -> set[int]:
    """Name the reminder letters that may still be changed: one query."""
    waiting = Letter.objects.filter(kind=LetterKind.REMINDERS, state__in=UNSENT)
    return set(waiting.values_list("pk", flat=True))


def last_told(item: str = "", unsent: Collection[int] | None = None) -> dict[Line, Told]:
    """Give the last stage planned on every line, or on one item's: one query, one pass.

    A window and no join: without fresh statistics PostgreSQL may join row by row. Unsent letters
    need not be read again where they are known.
    """
    waiting = {None, *(unsent_letters() if unsent is None else unsent)}
    line = ("item", "occasion", "audience", "recipient")
    newest = Window(RowNumber(), partition_by=line, order_by=F("pk").desc())
    standing = counted_down().filter(cancelled_at=None)
    if item:
        standing = standing.filter(item=item)
    rows = standing.annotate(place=newest).filter(place=1)
    return {
        Line(item, occasion, audience, recipient): Told(
            pk, stage, supersedes, letter not in waiting
        )
        for item, occasion, audience, recipient, pk, stage, supersedes, letter in rows.values_list(
            *line, *("pk", "stage", "supersedes", "letter")
        )
    }
