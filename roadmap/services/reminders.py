"""Withdrawing what need not be told any more; planning it is planning.py, mailing bundling.py."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from committee.enums import WAITING, LetterState
from committee.models import Letter
from roadmap.models import Reminder
from roadmap.services import bell, occasions

DATE_MOVED = "due date moved"


@transaction.atomic
def cancel(*, item: str, why: str) -> int:
    """Cancel what has not left about an item, and a waiting letter left without a line.

    A notice to one person stands all the same: who was mentioned or answered is to know it. So
    does any notice when only the date moved: a submission was returned, whatever the new date.
    """
    bell.ended(item=item, why=why)
    spared = occasions.are_notices() if why == DATE_MOVED else occasions.are_personal()
    unsent = Reminder.objects.filter(item=item, cancelled_at=None).filter(
        ~spared, Q(letter=None) | Q(letter__state__in=WAITING)
    )
    rows = list(unsent.values_list("pk", "letter_id"))
    if not rows:
        return 0
    count = Reminder.objects.filter(pk__in=[pk for pk, _letter in rows], cancelled_at=None).update(
        cancelled_at=Now(), cancel_reason=why
    )
    cancel_empty_letters({letter for _pk, letter in rows if letter}, why)
    return count


def cancel_empty_letters(letter_ids: set[int], why: str) -> None:
    """Cancel waiting letters all of whose lines are gone."""
    if not letter_ids:
        return
    standing = Reminder.objects.filter(letter=OuterRef("pk"), cancelled_at=None)
    Letter.objects.filter(pk__in=letter_ids, state__in=WAITING).exclude(Exists(standing)).update(
        state=LetterState.CANCELLED, last_error=why
    )
