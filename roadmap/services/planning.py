"""The day's plan: what is to be told to whom, as rows, and what need not be told any more.

Safe to run late, twice, or twice at once: a fact's key is unique, so a second plan of a day
adds nothing. Each plan reads a fixed number of queries, however many actions there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from committee.clock import JAKARTA
from roadmap.models import Reminder
from roadmap.rules.weighing import Day, Fact, Ladders, Line
from roadmap.selectors import countdowns, items
from roadmap.selectors.told import UNSENT, counted_down, last_told
from roadmap.services import handovers, letters
from roadmap.services.reminders import cancel_empty_letters

BATCH = 5000


def plan(*, now: datetime) -> int:
    """Add what is to be told by now, withdraw what is over, and count what was added."""
    today = now.astimezone(JAKARTA).date()
    staff = countdowns.staff(today)
    told = last_told()
    ladders = Ladders(countdowns.active_rules(), until=today)
    found = Day(today, ladders, staff).weigh(countdowns.all_countdowns(now), told)
    with transaction.atomic():
        _withdraw([told[line].pk for line in found.replaced], "superseded")
        _withdraw_fallen(found.standing, today)
        handed = handovers.hand_on(staff)
        for why, ids in handed.withdrawn.items():
            _withdraw(ids, why)
        return _add([*map(_reminder, found.fresh), *handed.fresh])


def _reminder(fact: Fact) -> Reminder:
    return Reminder(
        item=fact.line.item,
        occasion=fact.line.occasion,
        stage=fact.stage,
        supersedes=fact.supersedes,
        rule_id=fact.rule_id,
        audience=fact.line.audience,
        recipient_id=fact.line.recipient,
        is_orphan=fact.is_orphan,
        due_at=fact.due_at,
    )


def _withdraw_fallen(standing: set[Line], today: date) -> None:
    """Cancel what waits for a letter on a line that no longer stands, with the reason."""
    waiting = counted_down().filter(letter=None, cancelled_at=None)
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
        Q(letter=None) | Q(letter__state__in=UNSENT)
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
    withdrawn = Reminder.objects.filter(pk=pk, cancelled_at__isnull=False)
    if reminder.under_bell:  # a notice that was another's matter meanwhile is this reader's again
        withdrawn.filter(cancel_reason__in=handovers.OTHERS_MATTER).update(under_bell=True)
    withdrawn.update(
        cancelled_at=None,
        cancel_reason="",
        letter=None,
        due_at=reminder.due_at,
        supersedes=reminder.supersedes,
        is_orphan=reminder.is_orphan,
    )
