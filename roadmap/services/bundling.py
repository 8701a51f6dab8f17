"""From facts to letters: one letter per person per working day, at their hour, if there is news.

A letter and the reminders it carries are joined in one transaction, under a key that names the
person and the day; so however many bundlers run, nobody gets two.
"""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction

from committee import outbox
from committee.clock import JAKARTA
from committee.enums import LetterKind, LetterState
from committee.models import Letter, Member
from roadmap.models import Reminder
from roadmap.rules import calendar


def bundle(*, now: datetime, may_overtake: bool = True) -> int:
    """Make the letters whose hour has come, and count them.

    An unsent letter of an earlier day is overtaken by today's, but not in a walk of the
    rehearsal clock, where each day's letters are told as that day's.
    """
    waiting = Reminder.objects.filter(letter=None, cancelled_at=None, due_at__lte=now)
    members = Member.objects.filter(is_active=True, pk__in=waiting.values("recipient")).order_by(
        "pk"
    )
    days = {member: day for member in members if (day := letter_day(member, now))}
    keys = {digest_key(member, day): member for member, day in days.items()}
    made = set(Letter.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True))
    return sum(
        _bundle_for(member, days[member], may_overtake)
        for key, member in keys.items()
        if key not in made
    )


def digest_key(member: Member, day: date) -> str:
    """Name the one letter a person may get on a day."""
    return f"digest:{member.pk}:{day.isoformat()}"


def letter_day(member: Member, now: datetime) -> date | None:
    """Give the day whose letter may be made for a member now, or None.

    Usually their own day, from their hour on. East of Jakarta that day ends before Jakarta's
    does; a day passed counts to its end there, so the day in Jakarta is asked as well.
    """
    own_day = now.astimezone(ZoneInfo(member.time_zone)).date()
    for day in (own_day, now.astimezone(JAKARTA).date()):
        if letter_moment(member, day) <= now:
            free = not calendar.is_working_day(day) or member.is_paused(day)
            return None if free else day
    return None


def letter_moment(member: Member, day: date) -> datetime:
    """Give the moment of a member's letter on a day, in their own zone."""
    return datetime.combine(day, time(member.letter_hour), ZoneInfo(member.time_zone))


@transaction.atomic
def _bundle_for(member: Member, day: date, may_overtake: bool) -> int:
    """Put what waits for a member into one letter; what came up after their hour waits on."""
    fresh = Reminder.objects.filter(
        recipient=member,
        letter=None,
        cancelled_at=None,
        due_at__lte=letter_moment(member, day),
    )
    if not fresh.exists():
        return 0
    letter = outbox.enqueue(
        kind=LetterKind.REMINDERS,
        recipient=member,
        policy_date=day,
        dedupe_key=digest_key(member, day),
    )
    if letter is None:  # another bundler made it, and it may have left: the rest is tomorrow's
        return 0
    fresh.update(letter=letter)
    if may_overtake:
        _overtake(letter)
    return 1


def _overtake(letter: Letter) -> None:
    """Cancel the member's letters of earlier days that never left; today's tells their lines."""
    older = Letter.objects.filter(
        recipient_id=letter.recipient_id,
        kind=LetterKind.REMINDERS,
        policy_date__lt=letter.policy_date,
        state=LetterState.PENDING,
    )
    ids = list(older.select_for_update().values_list("pk", flat=True))
    overtaken = Letter.objects.filter(pk__in=ids, state=LetterState.PENDING)
    if overtaken.update(
        state=LetterState.CANCELLED,
        last_error=f"overtaken by the letter of {letter.policy_date.isoformat()}",
    ):
        Reminder.objects.filter(
            letter__in=ids, letter__state=LetterState.CANCELLED, cancelled_at=None
        ).update(letter=letter)
