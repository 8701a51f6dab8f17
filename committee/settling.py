"""What becomes of a letter after a try, and of those whose try was cut short."""

from __future__ import annotations

import logging
import os
import random
import socket
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from committee import statements
from committee.enums import WAITING, LetterState
from committee.envelopes import Mail
from committee.heartbeats import beat
from committee.models import Letter, LetterAttempt, Member
from committee.transport import Answer, Outcome

LEASE = timedelta(seconds=statements.LEASE_SECONDS)
AFTER_OUR_FAULT = timedelta(minutes=5)
AFTER_DOUBT = timedelta(minutes=2)
LONGEST_WAIT_MINUTES = 60
MOST_STRIKES = 5
MOST_DOUBTS = 2
LENGTH = 200
TRACE = "trace "

log = logging.getLogger(__name__)
Letters = QuerySet[Letter]


def real_now() -> datetime:
    """Read the real clock, for the record of attempts alone: delivery time is never policy time."""
    return timezone.now()


def mark_on_wire(letter: Letter) -> bool:
    """Record that a letter is about to leave; False when the lease was lost meanwhile."""
    return statements.mark_on_wire(letter.pk, letter.lease_token)


def settle(
    letter: Letter,
    mail: Mail,
    answer: Answer,
    started: datetime,
    following: Letter | None = None,
) -> bool:
    """Record a try and what it means for the letter; in doubt, the sweep decides later.

    :param following: marked as on the wire in the same commit, if this one was accepted.
    :returns: whether that one may go.
    """
    attempt = _attempt(letter, answer.outcome.value, answer, started)
    if answer.outcome is Outcome.SENT:
        return _mark_sent(letter, mail, attempt, following)
    with transaction.atomic(savepoint=False):
        statements.record(attempt)
        if answer.outcome is Outcome.REFUSED:
            _fail(letter, mail, answer)
        elif answer.outcome is Outcome.TEMPORARY:
            _wait(letter, backoff(letter.tries), answer)
        elif answer.outcome is Outcome.BROKEN:
            # Back of the queue: a letter that always breaks the session must not block the rest.
            _wait(letter, timedelta(0), answer)
    return False


def backoff(tries: int) -> timedelta:
    """Wait twice as long after each try, up to an hour, spread by a fifth."""
    minutes = min(2 ** min(tries, 10), LONGEST_WAIT_MINUTES)
    return timedelta(minutes=minutes * random.uniform(0.8, 1.2))  # noqa: S311 no secret here


def _mark_sent(
    letter: Letter, mail: Mail, attempt: LetterAttempt, following: Letter | None
) -> bool:
    """Record acceptance. It is a fact and wins from any state: the lease is not asked."""
    next_one = (following.pk, following.lease_token) if following else None
    if letter.recipient.refused_at is None:
        return statements.accept(attempt, _proof(letter, mail), next_one)
    with transaction.atomic():
        Member.objects.filter(pk=letter.recipient_id).update(refused_at=None, refused_why="")
        return statements.accept(attempt, _proof(letter, mail), next_one)


def _fail(letter: Letter, mail: Mail, answer: Answer) -> None:
    """Give up a letter whose address was refused for good, and say so beside the member."""
    _held(letter).update(
        state=LetterState.FAILED,
        lease_token=None,
        lease_until=None,
        strikes=0,
        last_code=answer.code,
        last_error=f"permanent: {answer.text}"[:LENGTH],
        **dict(zip(("address", "subject", "text"), _proof(letter, mail), strict=True)),
    )
    # The address may have been changed since it was read; the new one was not refused.
    refused = Member.objects.filter(pk=letter.recipient_id, email=letter.recipient.email)
    why = f"{answer.code or ''} {answer.text}".strip() or "refused"
    refused.update(refused_at=Coalesce("refused_at", Now()), refused_why=why[:LENGTH])


def _proof(letter: Letter, mail: Mail) -> tuple[str, str, str]:
    """Keep where to and what was told: subject and text, never of a mail that carries a token."""
    told = (mail.subject[:300], mail.text) if mail.is_kept else ("", "")
    return (letter.recipient.email, *told)


def _wait(letter: Letter, pause: timedelta, answer: Answer) -> None:
    _held(letter).update(
        state=LetterState.PENDING,
        lease_token=None,
        lease_until=None,
        strikes=0,
        not_before=Now() + pause,
        last_code=answer.code,
        last_error=answer.text[:LENGTH],
    )


def put_off(letter: Letter, error: Exception) -> None:
    """Let a letter wait that our own code cannot make; its strikes go on counting.

    Called where the error was caught: the log has its traceback, the letter where to find it.
    """
    trace = _trace()
    log.exception("letter %s cannot be made, trace %s", letter.pk, trace)
    _held(letter).update(
        state=LetterState.PENDING,
        lease_token=None,
        lease_until=None,
        not_before=Now() + AFTER_OUR_FAULT,
        last_error=f"{type(error).__name__}, {TRACE}{trace}",
    )


def _trace() -> str:
    return uuid.uuid4().hex[:12]


def withdraw(letter: Letter, why: str) -> None:
    """Cancel a letter that has nothing left to say."""
    _held(letter).update(
        state=LetterState.CANCELLED, lease_token=None, lease_until=None, last_error=why[:LENGTH]
    )


def release(letters: Sequence[Letter]) -> None:
    """Give back letters that were claimed and never tried: what the claim counted is taken back."""
    if not letters:
        return
    Letter.objects.filter(
        pk__in=[letter.pk for letter in letters],
        lease_token=letters[0].lease_token,
        state=LetterState.SENDING,
        on_wire_at=None,
    ).update(
        state=LetterState.PENDING,
        lease_token=None,
        lease_until=None,
        tries=F("tries") - 1,
        strikes=F("strikes") - 1,
    )


def _held(letter: Letter) -> Letters:
    return Letter.objects.filter(
        pk=letter.pk, lease_token=letter.lease_token, state=LetterState.SENDING
    )


def _attempt(letter: Letter, outcome: str, answer: Answer, started: datetime) -> LetterAttempt:
    """Make a line of a letter's delivery record; the same try is recorded once."""
    return LetterAttempt(
        letter=letter,
        number=letter.tries,
        started_at=started,
        ended_at=max(real_now(), started),
        outcome=outcome,
        code=answer.code,
        text=answer.text[:LENGTH],
        worker=f"{socket.gethostname()}:{os.getpid()}"[:80],
    )


def sweep() -> None:
    """Heal what a crash left behind: return it, doubt it, or give it up with a reason."""
    beat("sweep")
    unleased: dict[str, Any] = {"lease_token": None, "lease_until": None}
    expired = Letter.objects.filter(state=LetterState.SENDING, lease_until__lt=Now())
    # Never on the wire: no copy can exist, so it simply goes back.
    expired.filter(on_wire_at=None).update(state=LetterState.PENDING, **unleased)
    _doubt(unleased)
    _strike_out()
    waiting = Letter.objects.filter(state__in=WAITING)
    waiting.filter(expires_at__lt=Now()).update(state=LetterState.FAILED, last_error="expired")


def _strike_out() -> None:
    """Give up letters that keep failing in our own hands, each with where to look for why."""
    poison = Letter.objects.filter(state=LetterState.PENDING, strikes__gte=MOST_STRIKES)
    for pk, known in list(poison.values_list("pk", "last_error")):
        # Whatever ended its drainer left no error behind: the log says which letter it was.
        why = known if TRACE in known else f"its drainer ended, {TRACE}{_trace()}"
        if poison.filter(pk=pk).update(
            state=LetterState.FAILED, last_error=f"poison: {why}"[:LENGTH]
        ):
            log.error("letter %s is given up after %s strikes: %s", pk, MOST_STRIKES, why)


@transaction.atomic
def _doubt(unleased: dict[str, Any]) -> None:
    """Send once more what may or may not have been accepted; the second time a person decides."""
    stuck = Letter.objects.filter(
        state=LetterState.SENDING, lease_until__lt=Now(), on_wire_at__isnull=False
    )
    if connection.features.has_select_for_update_skip_locked:
        stuck = stuck.select_for_update(skip_locked=True)
    letters = list(stuck.order_by("pk"))
    for letter in letters:
        answer = Answer(Outcome.UNKNOWN, text="no answer was recorded")
        statements.record(_attempt(letter, "in doubt", answer, letter.on_wire_at or real_now()))
    doubted = Letter.objects.filter(pk__in=[letter.pk for letter in letters])
    again = {"in_doubt": F("in_doubt") + 1, **unleased}
    doubted.filter(in_doubt__lt=MOST_DOUBTS - 1).update(
        state=LetterState.PENDING, not_before=Now() + AFTER_DOUBT, **again
    )
    doubted.filter(state=LetterState.SENDING).update(
        state=LetterState.FAILED, last_error="in doubt twice", **again
    )
