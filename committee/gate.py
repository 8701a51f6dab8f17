"""Whether letters may leave. A hold waits for the secretariat; the breaker opens by itself.

One row says both, for all drainers, by the database's clock. `look` reads it for pages; `hold`
is for whoever restored a backup; `release` and `discard` are the secretariat's.
"""

from __future__ import annotations

import logging
from datetime import date, timedelta
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from committee import heartbeats, ledger
from committee.access import actor_of
from committee.enums import AuditVerb, HoldReason, LetterState
from committee.logs import tell
from committee.models import Letter, MailGate, Member
from committee.rules import permissions

MOST_REFUSALS = 10
BETWEEN_PROBES = timedelta(minutes=1)
# What a letter that the secretariat did not let go says of itself.
DISCARDED = "discarded"

log = logging.getLogger(__name__)


def look() -> MailGate:
    """Read the gate: one query. It is open while neither `is_held` nor `is_shut`."""
    return MailGate.objects.filter(pk=1).first() or MailGate(pk=1)


def hold(because: HoldReason) -> None:
    """Let nothing leave until the secretariat has looked; what holds already holds on."""
    with transaction.atomic():
        gate = _lock()
        if not gate.is_held:
            MailGate.objects.filter(pk=1).update(held_at=Now(), held_because=because)
            ledger.tell(MailGate(pk=1), AuditVerb.CHANGE, held=str(because))
            ledger.bump_revision()
            transaction.on_commit(partial(tell, "letters_held", why=because))
        _hold_waiting()


def release(*, by: Member, today: date) -> int:
    """Let held letters go after all, and count them.

    :raises PermissionDenied: if this person may not.
    """
    with transaction.atomic():
        _open(by, today)
        count = _held().update(state=LetterState.PENDING, not_before=Now())
        ledger.tell(MailGate(pk=1), AuditVerb.CHANGE, released=count)
        ledger.bump_revision()
    tell("letters_released", who=by.pk, count=count)
    return count


def discard(*, by: Member, today: date) -> int:
    """Cancel held letters, let later ones go again, and count those cancelled.

    :raises PermissionDenied: if this person may not.
    """
    with transaction.atomic():
        _open(by, today)
        count = _held().update(state=LetterState.CANCELLED, last_error=DISCARDED)
        ledger.tell(MailGate(pk=1), AuditVerb.CHANGE, discarded=count)
        ledger.bump_revision()
    tell("letters_discarded", who=by.pk, count=count)
    return count


def holds() -> bool:
    """Tell whether letters are held; those queued since are held as well."""
    if not look().is_held:
        return False
    with transaction.atomic():
        if is_held := _lock().is_held:  # or it was released a moment ago
            _hold_waiting()
    return is_held


def allowance(most: int) -> int:
    """Tell how many letters may leave now: `most`, one to try a shut gate, or none."""
    gate = look()
    if gate.is_held:
        return 0
    if not gate.is_shut:
        return most
    due = MailGate.objects.filter(pk=1, shut_at__isnull=False, probe_at__lte=Now())
    return due.update(probe_at=Now() + BETWEEN_PROBES)


def guard() -> None:
    """Hold when the newest sign of life lies in the future: the real clock went back."""
    with transaction.atomic():
        if heartbeats.bring_back():
            hold(HoldReason.CLOCK_WENT_BACK)


def refused() -> bool:
    """Count a refusal that is not about an address; True when the gate is shut by now."""
    with transaction.atomic():
        gate = _lock()
        if gate.is_shut:
            return True
        gate.refusals += 1
        MailGate.objects.filter(pk=1).update(refusals=gate.refusals)
        if gate.refusals < MOST_REFUSALS:
            return False
        MailGate.objects.filter(pk=1).update(shut_at=Now(), probe_at=Now() + BETWEEN_PROBES)
    log.warning("the mail server refused %s times in a row: letters wait", MOST_REFUSALS)
    return True


def accepted() -> None:
    """Forget the refusals and open again: the mail server takes letters."""
    MailGate.objects.filter(pk=1).exclude(refusals=0, shut_at=None).update(
        refusals=0, shut_at=None, probe_at=None
    )


def _hold_waiting() -> None:
    Letter.objects.filter(state=LetterState.PENDING).update(state=LetterState.HELD)


def _held() -> QuerySet[Letter]:
    return Letter.objects.filter(state=LetterState.HELD)


def _open(by: Member, today: date) -> None:
    actor = actor_of(Member.objects.get(pk=by.pk), today)
    if not permissions.may_release_letters(actor):
        raise PermissionDenied
    ledger.acts(by)
    _lock()
    MailGate.objects.filter(pk=1).update(held_at=None, held_because="")


def _lock() -> MailGate:
    """Take the row for this transaction, so that holding and releasing come one after another."""
    MailGate.objects.get_or_create(pk=1)
    return MailGate.objects.select_for_update().get(pk=1)
