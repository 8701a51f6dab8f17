"""Once a day: is everything told that was to be told, and are evidence and its rows one?

A line of each says so, and a page shows it.
"""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from committee.clock import JAKARTA, end_of
from committee.heartbeats import beat
from committee.models import Heartbeat, Letter
from roadmap.models import Reminder
from roadmap.rules import weighing
from roadmap.rules.weighing import Day, Ladders
from roadmap.selectors import countdowns
from roadmap.selectors import reconciliation as selectors
from roadmap.selectors.reconciliation import NAME, Line
from roadmap.selectors.told import counted_down, last_told
from roadmap.services import bundling, evidence, planning

log = logging.getLogger(__name__)


def keep(*, now: datetime) -> None:
    """Reconcile a day after its first plan; once a day, however often it is called."""
    today = now.astimezone(JAKARTA).date()
    if not Heartbeat.objects.filter(name=NAME, note__startswith=f"{today}:").exists():
        reconcile(now=now)
        evidence.keep(today=today)


def reconcile(*, now: datetime) -> Line:
    """Compare what was to be told with what was, and keep the line that says what was found.

    What somebody changed since the plan is no fault: one more plan takes it up, and what is
    missing then is missing.
    """
    found = _compare(now)
    if found.missing:
        planning.plan(now=now)
        bundling.bundle(now=now)
        found = _compare(now)
    beat(NAME, str(found))
    if not found.is_clean:
        log.error("reconciliation %s", found)
    return found


def _compare(now: datetime) -> Line:
    today = now.astimezone(JAKARTA).date()
    planned = last_told()
    ladders = Ladders(countdowns.active_rules(), until=today)
    day = Day(today, ladders, countdowns.staff(today))
    owed = day.weigh(countdowns.all_countdowns(now), planned)
    return Line(
        day=today,
        expected=len(owed.standing),
        told=len(owed.standing & planned.keys()),
        unplanned=len(owed.fresh),
        untold=(
            selectors.untold_actions(today).count() + selectors.untold_milestones(today).count()
        ),
        waiting=_waiting_past_their_hour(today),
        lost=selectors.lost_lines().count(),
        extra=len(_waiting_lines() - owed.standing),
        unrecorded=selectors.unrecorded_letters().count(),
    )


def _waiting_lines() -> set[weighing.Line]:
    """Give what waits for a letter; notices stand until they are told."""
    rows = counted_down().filter(letter=None, cancelled_at=None)
    fields = ("item", "occasion", "audience", "recipient")
    return {weighing.Line(*row) for row in rows.values_list(*fields)}


def _waiting_past_their_hour(today: date) -> int:
    """Count what yesterday's letters should have told: their hour had come, and none was made."""
    night = end_of(today - timedelta(days=1))
    rows = Reminder.objects.filter(letter=None, cancelled_at=None, due_at__lte=night)
    waiting = list(rows.filter(recipient__is_active=True).select_related("recipient"))
    days = {row.recipient: bundling.letter_day(row.recipient, night) for row in waiting}
    keys = {bundling.digest_key(member, day): member for member, day in days.items() if day}
    made = set(Letter.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True))
    without = {member: days[member] for key, member in keys.items() if key not in made}
    return sum(_was_due(row, without.get(row.recipient)) for row in waiting)


def _was_due(row: Reminder, day: date | None) -> bool:
    return day is not None and row.due_at <= bundling.letter_moment(row.recipient, day)
