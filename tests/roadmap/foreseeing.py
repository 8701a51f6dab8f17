"""What tests of the forecast share: days that are lived, and what was foreseen and sent of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from committee import outbox
from committee.clock import JAKARTA, MORNING, Moment, end_of
from committee.enums import LetterKind, LetterState
from committee.models import Letter
from roadmap.models import Reminder
from roadmap.rules import letter_days
from roadmap.selectors.countdowns import habit
from roadmap.selectors.forecast import forecast
from roadmap.services import bundling, letters, planning
from tests.roadmap.reminding import Postbox

A_DAY = timedelta(days=1)


def morning_of(day):
    return datetime.combine(day, MORNING, JAKARTA)


def foreseen(now, day):
    """Give what is foreseen for a day: every line with its reader."""
    ahead = (day - now.astimezone(JAKARTA).date()).days + 1
    return {
        (letter.member_id, line.item, line.occasion, line.stage, line.audience)
        for letter in forecast(now=now, days=ahead)
        if letter.day == day
        for line in letter.lines
    }


def sent(day):
    """Give what was told on a day: every line that left, with its reader."""
    letters = Letter.objects.filter(kind=LetterKind.REMINDERS, policy_date=day)
    told = Reminder.objects.filter(cancelled_at=None, letter__in=letters.filter(state="sent"))
    return set(told.values_list("recipient", "item", "occasion", "stage", "audience"))


def drain(now):
    moment = Moment(now, now.astimezone(JAKARTA).date(), None)
    return outbox.drain(renderers=letters.renderers(lambda: moment), session=Postbox())


def ring(now):
    """Plan, bundle and drain, as the beat does."""
    planning.plan(now=now)
    bundling.bundle(now=now)
    drain(now)


def unexplained(day):
    """Name what has neither been told by the end of a day nor says why not."""
    end = end_of(day)
    waiting = Reminder.objects.filter(cancelled_at=None).exclude(letter__state=LetterState.SENT)
    return [row for row in waiting.select_related("recipient", "letter") if not _why(row, end)]


def _why(row, end):
    """Say why a fact waits: its reader is away, their next letter is yet to come."""
    reader, day = row.recipient, end.astimezone(JAKARTA).date()
    if row.letter is not None:
        return row.letter.last_error
    if reader.is_paused(day) or not letter_days.is_letter_day(day, reader.letter_days):
        return "no letter today"
    return "came up later" if row.due_at > letter_days.moment(day, habit(reader)) else ""
