"""What stands under the bell, and when it goes away: the matter of a notice is settled.

A notice is mailed once whatever happens; under the bell it stands until nobody need look at it any
more. Each change that settles something clears the bell in its own transaction, with one UPDATE.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from committee.models import Member
from roadmap.enums import UpdateKind
from roadmap.models import Reminder
from roadmap.selectors.notices import standing
from roadmap.services import occasions

# Kept with a reminder that is never mailed, for its reader asked for none of its kind.
BELL_ONLY = "mentions by mail are off"
MENTIONS = Q(occasion__startswith="comment:")
# Whoever reports on an action has seen what was done with it.
ANSWERING = (UpdateKind.REPORTED, UpdateKind.CONFIRMED, UpdateKind.SUBMITTED)
# What ends a matter for everybody, as services word it when they cancel its reminders.
ENDING = ("verified", "cancelled", "achieved", "closed")
GIVEN_AWAY = "reassigned"


def is_bell_only(reader: Member, occasion: str, owner_id: int | None) -> bool:
    """Tell a mention that its reader wants under the bell alone; of one's own work none is."""
    is_mention = occasion.startswith("comment:")
    return is_mention and not reader.mentions_by_mail and reader.pk != owner_id


def answered(*, item: str, by: Member) -> None:
    """Clear what was told of an action to whoever now reported on it, and to whom they stand for.

    A mention asks for an answer in words, which a report is not.
    """
    them = Q(recipient__in=[by.pk, by.deputy_id]) | Q(recipient__deputy=by)
    _clear(~MENTIONS & them, item)


def replied(*, item: str, by: Member) -> None:
    """Clear the mentions in a thread to whoever now wrote in it."""
    _clear(MENTIONS & Q(recipient=by), item)


def ended(*, item: str, why: str) -> None:
    """Clear what an end makes idle for everybody; a mention still waits for its reader."""
    kind = why.partition(":")[0]
    if kind in ENDING:
        _clear(~MENTIONS, item)
    elif kind == GIVEN_AWAY:
        _clear(~occasions.are_personal(), item)


def _clear(which: Q, item: str) -> None:
    Reminder.objects.filter(which, under_bell=True, item=item).update(under_bell=False)


@transaction.atomic
def see(*, by: Member, notice: Reminder) -> None:
    """Take one of the reader's own notices away: they have seen it."""
    standing(by.pk).filter(pk=notice.pk).update(under_bell=False)


@transaction.atomic
def see_all(*, by: Member, until: int) -> None:
    """Take away the reader's notices up to the newest one they were shown."""
    standing(by.pk).filter(pk__lte=until).update(under_bell=False)
