"""From facts to letters: one per person on each working day they chose, if there is news.

A letter and the reminders it carries are joined in one transaction, under a key that names the
person and the day; so however many bundlers run, nobody gets two.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from committee import outbox
from committee.clock import JAKARTA
from committee.enums import LetterKind, LetterState
from committee.models import Letter, Member
from roadmap.models import Reminder
from roadmap.rules import letter_days
from roadmap.selectors.countdowns import habit
from roadmap.selectors.told import UNSENT


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
    """Give the day whose letter may be made for a member now, or None."""
    today = now.astimezone(JAKARTA).date()
    may = letter_days.is_letter_day(today, member.letter_days) and not member.is_paused(today)
    return today if may and letter_moment(member, today) <= now else None


def letter_moment(member: Member, day: date) -> datetime:
    """Give the moment of a member's letter on a day."""
    return letter_days.moment(day, habit(member))


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
        state__in=UNSENT,
    )
    ids = list(older.select_for_update().values_list("pk", flat=True))
    overtaken = Letter.objects.filter(pk__in=ids, state__in=UNSENT)
    if overtaken.update(
        state=LetterState.CANCELLED,
        last_error=f"overtaken by the letter of {letter.policy_date.isoformat()}",
    ):
        Reminder.objects.filter(
            letter__in=ids, letter__state=LetterState.CANCELLED, cancelled_at=None
        ).update(letter=letter)
