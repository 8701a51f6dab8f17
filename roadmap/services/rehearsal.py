"""The rehearsal's clock: a step names a day, and the walk goes there day by day.

Each day is one transaction under a lock on the clock's row, and nothing remembers the walk
but that row: whoever comes next goes on from where the last one stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from time import monotonic

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from committee.access import actor_of
from committee.clock import JAKARTA, MORNING, Moment, end_of
from committee.enums import LetterKind, LetterState
from committee.models import Letter, Member, RehearsalClock
from committee.rules import permissions
from committee.services import bump_revision
from roadmap.services import bundling, periods, planning

# One walk ends well within the worker's time limit; the next ring goes on from there.
WALK_SECONDS = 120
LONGEST_STEP = timedelta(days=366)
Learn = Callable[[date], int]
Deliver = Callable[[], object]


class ClockRefused(Exception):
    """The clock cannot go there; `reason` is shown to the reader."""

    def __init__(self, reason: object) -> None:
        super().__init__(str(reason))
        self.reason = reason


def step(*, by: Member, days: int, moment: Moment) -> date:
    """Let the clock walk some days further than it was already told to.

    :raises PermissionDenied: if this person may not.
    :raises ClockRefused: outside a rehearsal, back, or too far.
    """
    actor = actor_of(Member.objects.get(pk=by.pk), moment.today)
    if not permissions.may_step_clock(actor):
        raise PermissionDenied
    with transaction.atomic():
        row = _locked()
        return _aim(row, row.target + timedelta(days=days))


@transaction.atomic
def set_target(*, to: date) -> date:
    """Name the day to walk to; for the command line, whose user owns the machine.

    :raises ClockRefused: outside a rehearsal, back, or too far.
    """
    return _aim(_locked(), to)


def _locked() -> RehearsalClock:
    row = RehearsalClock.objects.select_for_update().filter(pk=1).first()
    if row is None:
        raise ClockRefused(_("This is not a rehearsal: its clock is the real one."))
    return row


def _aim(row: RehearsalClock, to: date) -> date:
    if to < row.target:
        raise ClockRefused(_("The rehearsal's clock never goes back."))
    if to - row.day > LONGEST_STEP:
        raise ClockRefused(_("The clock walks a year at most in one step."))
    row.target = to
    row.save(update_fields=["target"])
    bump_revision()
    return to


def walk(*, learn: Learn, deliver: Deliver) -> bool:
    """Walk to the target; False when it stopped before, as when letters cannot be tried yet.

    Safe with several at once, and after a crash anywhere: the next call goes on.
    """
    deadline = monotonic() + WALK_SECONDS
    while (day := _unfinished_day()) is not None:
        if monotonic() > deadline or not _finish(day):
            return False
        deliver()
        if has_untried_letters(day):
            return False
        if not _begin_after(day, learn):
            return False
    deliver()
    return True


def _unfinished_day() -> date | None:
    """Give the day the clock stands on, or None when it has arrived."""
    row = RehearsalClock.objects.filter(pk=1).first()
    return row.day if row is not None and row.is_walking else None


@transaction.atomic
def _finish(day: date) -> bool:
    """Let a day run to its end, when every member's letter hour has come."""
    if _lock_on(day) is None:
        return False
    _tell(end_of(day))
    return True


@transaction.atomic
def _begin_after(day: date, learn: Learn) -> bool:
    """Begin the next morning: what became known, its periods, then its reminders and letters."""
    row = _lock_on(day)
    if row is None:
        return False
    row.day = day + timedelta(days=1)
    row.since = timezone.now()
    row.save(update_fields=["day", "since"])
    learn(row.day)
    _tell(datetime.combine(row.day, MORNING, JAKARTA))
    bump_revision()
    return True


def _lock_on(day: date) -> RehearsalClock | None:
    """Lock the clock if it still stands on this day; None when another walks it."""
    rows = RehearsalClock.objects.filter(pk=1, day=day)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    row = rows.first()
    return row if row is not None and row.is_walking else None


def _tell(now: datetime) -> None:
    periods.keep(now=now)
    planning.plan(now=now)
    bundling.bundle(now=now, may_overtake=False)


def has_untried_letters(day: date) -> bool:
    """Tell whether a reminder letter up to this day was never tried, or is on its way."""
    letters = Letter.objects.filter(kind=LetterKind.REMINDERS, policy_date__lte=day)
    never = letters.filter(state=LetterState.PENDING, tries=0)
    return never.exists() or letters.filter(state=LetterState.SENDING).exists()
