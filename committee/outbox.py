"""The outbox: letters are queued with the decision that causes them, and delivered from here.

Nothing here knows what a letter says; whoever calls `drain` hands in the renderers. A letter
leaves pending only to sent, failed or cancelled, each with its reason. All times are the
database's own.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from time import monotonic
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from committee import envelopes, gate, ledger, settling, transport
from committee.access import actor_of
from committee.enums import AuditVerb, LetterKind, LetterState
from committee.envelopes import BadAddress, Mail, NothingToSay
from committee.heartbeats import beat
from committee.models import Letter, Member
from committee.rules import permissions
from committee.settling import LEASE, mark_on_wire
from committee.transport import Answer, Envelope, Outcome, Transport, Unreachable

BATCH = 20
# A drain ends within the grace of a stop (60 s), so nobody is killed with a letter in hand; the
# next ring takes up the rest.
DRAIN_SECONDS = 40
# Facts read longer ago than this are read again: a slow server must not make a letter stale.
STALE_SECONDS = 5
ACCOUNT_MAIL_FIRST = 1
REMINDERS_AFTER = 5

Rendered = Mapping[int, Mail | NothingToSay]
Renderer = Callable[[Sequence[Letter]], Rendered]
Renderers = Mapping[LetterKind, Renderer]


@dataclass(slots=True)
class Round:
    """One drain: its open session, its renderers, and when it must stop."""

    session: Transport
    renderers: Renderers
    deadline: float
    fresh_until: float = 0.0
    is_over: bool = False
    # Whether the gate may still count refusals that a letter accepted now would end.
    may_have_refusals: bool = True
    sent: int = 0

    @property
    def goes_on(self) -> bool:
        return not self.is_over and monotonic() < self.deadline

    @property
    def may_send(self) -> bool:
        return self.goes_on and monotonic() < self.fresh_until


@dataclass(frozen=True, slots=True)
class Ready:
    """A letter whose mail is finished; `started` is when it was, and what the mail is dated."""

    letter: Letter
    mail: Mail
    envelope: Envelope
    started: datetime


class TooLate(Exception):
    """A letter whose link would have ended by now: a new one must be asked for."""


def message_id(dedupe_key: str) -> str:
    """Derive a letter's Message-ID from its key, so that a restored database repeats it."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    digest = hashlib.sha256(f"{settings.SITE_URL}{dedupe_key}".encode()).hexdigest()
    return f"<{digest[:32]}@{host}>"


def enqueue(
    *,
    kind: LetterKind,
    recipient: Member,
    policy_date: date,
    dedupe_key: str,
    expires_at: datetime | None = None,
) -> Letter | None:
    """Queue a letter in the caller's transaction; None when its key was queued before."""
    is_reminder = kind == LetterKind.REMINDERS
    letter, is_new = Letter.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={
            "message_id": message_id(dedupe_key),
            "kind": kind,
            "recipient": recipient,
            "policy_date": policy_date,
            "priority": REMINDERS_AFTER if is_reminder else ACCOUNT_MAIL_FIRST,
            "not_before": Now(),
            "expires_at": expires_at,
        },
    )
    return letter if is_new else None


def drain(*, renderers: Renderers, session: Transport | None = None) -> int:
    """Send what is due, and count what was sent; safe to run late, twice, or twice at once."""
    gate.guard()  # before this drain's own sign of life
    beat("drain")
    settling.sweep()
    if gate.holds() or not _waiting().exists():
        return 0
    limit = gate.allowance(BATCH)
    if not limit:
        return 0
    session = session or transport.from_settings()
    try:
        session.open()  # before the claim: an outage costs no letter a try
    except Unreachable as error:
        beat("smtp", str(error))
        if error.is_refusal:
            gate.refused()
        return 0
    try:
        return _send_all(Round(session, renderers, monotonic() + DRAIN_SECONDS), limit)
    finally:
        session.close()


def claim(limit: int = BATCH) -> list[Letter]:
    """Lease the next letters to this drain, each to nobody else.

    One that was on hand when a drainer ended is leased alone, after the others: should it be
    the cause, it takes none of them along.
    """
    token = uuid.uuid4()
    with transaction.atomic():
        ids = _next(_waiting().filter(strikes=0), limit) or _next(_waiting(), 1)
        _lease(ids, token)
    leased = Letter.objects.filter(lease_token=token).select_related("recipient")
    return list(leased.order_by("priority", "not_before", "id"))


def _next(waiting: settling.Letters, limit: int) -> list[int]:
    waiting = waiting.order_by("priority", "not_before", "id")
    if connection.features.has_select_for_update_skip_locked:
        waiting = waiting.select_for_update(skip_locked=True)
    return list(waiting.values_list("id", flat=True)[:limit])


def _lease(ids: Sequence[int], token: uuid.UUID) -> None:
    """Take letters, asking their state once more: between read and write another may have."""
    Letter.objects.filter(id__in=ids, state=LetterState.PENDING).update(
        state=LetterState.SENDING,
        lease_token=token,
        lease_until=Now() + LEASE,
        on_wire_at=None,
        tries=F("tries") + 1,
        strikes=F("strikes") + 1,
    )


def resend(*, by: Member, letter: Letter, today: date) -> None:
    """Try a failed letter once more; what was in doubt stays so, and bounds its copies.

    :raises PermissionDenied: if this person may not.
    :raises TooLate: if its link would be too old by now.
    """
    if not permissions.may_release_letters(actor_of(Member.objects.get(pk=by.pk), today)):
        raise PermissionDenied
    failed = Letter.objects.filter(pk=letter.pk, state=LetterState.FAILED)
    if failed.filter(expires_at__lt=Now()).exists():
        raise TooLate
    with transaction.atomic():
        ledger.acts(by)
        if failed.update(state=LetterState.PENDING, not_before=Now(), strikes=0, last_error=""):
            ledger.tell(letter, AuditVerb.CHANGE, state="pending")
        ledger.bump_revision()


def _waiting() -> settling.Letters:
    return Letter.objects.filter(state=LetterState.PENDING, not_before__lte=Now())


def _send_all(work: Round, limit: int) -> int:
    while work.goes_on and limit and (letters := claim(limit)):
        _send_batch(work, letters)
        limit = gate.allowance(BATCH)
        work.may_have_refusals = True  # another drainer may have met them
    beat("smtp")
    return work.sent


def _send_batch(work: Round, letters: Sequence[Letter]) -> None:
    """Send claimed letters in order, and give back those that are not to go now."""
    while letters and work.goes_on:
        letters = _send_fresh(work, letters)
    settling.release(letters)


def _send_fresh(work: Round, letters: Sequence[Letter]) -> list[Letter]:
    """Send letters while what they say is fresh; give back those left, to be read again."""
    work.fresh_until = monotonic() + STALE_SECONDS
    ahead = Ahead(letters, _render(work.renderers, letters))
    marked: Letter | None = None
    while one := ahead.next():
        if one.letter is not marked:
            if not work.may_send:
                break
            if not mark_on_wire(one.letter):
                ahead.ready = None
                continue
        ahead.ready = None
        answer = work.session.send(one.envelope, ahead.prepare)  # no transaction is open here
        may_follow = answer.outcome is Outcome.SENT and work.may_send
        marked = _settle(work, one, answer, ahead.ready if may_follow else None)
        _take_in(work, answer)
    return ahead.left


def _settle(work: Round, one: Ready, answer: Answer, following: Ready | None) -> Letter | None:
    """Settle a try and mark the letter that follows, in one commit: give that one if it may go.

    While that is written down the server hears already whom the next one is for; its text, with
    which alone it could be accepted, waits for the mark.
    """
    if following is None:
        settling.settle(one.letter, one.mail, answer, one.started)
        return None
    work.session.announce(following.envelope)
    may_go = settling.settle(one.letter, one.mail, answer, one.started, following.letter)
    work.is_over |= not may_go  # announced, and not ours to send: the session is dropped
    return following.letter if may_go else None


def _take_in(work: Round, answer: Answer) -> None:
    """Learn from an answer whether the others may go."""
    if answer.outcome is Outcome.SENT:
        work.sent += 1
        if work.may_have_refusals:
            gate.accepted()
            work.may_have_refusals = False
    elif answer.outcome is Outcome.TEMPORARY:
        work.is_over = gate.refused()
        work.may_have_refusals = True
    work.is_over |= answer.ends_session


class Ahead:
    """The mails of a batch in order: each is finished while the server takes the one before."""

    def __init__(self, letters: Sequence[Letter], words: Mapping[int, Rendered]) -> None:
        self.waiting = deque(letter for letter in letters if letter.pk in words)
        self.words = words
        self.ready: Ready | None = None

    @property
    def left(self) -> list[Letter]:
        return [*([self.ready.letter] if self.ready else []), *self.waiting]

    def next(self) -> Ready | None:
        """Finish the next mail that is to be sent, and settle the letters that are not."""
        while self.ready is None and self.waiting:
            letter = self.waiting[0]
            self.ready = _finish(letter, self.words[letter.pk])
            self.waiting.popleft()
        return self.ready

    def prepare(self) -> None:
        """Finish the next mail while an answer is on its way, which no fault here may cost us."""
        with suppress(DatabaseError):  # it comes again when the mail is asked for
            self.next()


def _finish(letter: Letter, words: Rendered) -> Ready | None:
    """Make one letter's mail, or settle it: it has nothing to say, no address, or a fault."""
    try:
        mail = words[letter.pk]
        if isinstance(mail, Mail):
            return _seal(letter, mail)
    except Exception as error:  # whichever letter it was, the others must go
        settling.put_off(letter, error)
        return None
    settling.withdraw(letter, mail.reason)
    return None


def _seal(letter: Letter, mail: Mail) -> Ready | None:
    started = settling.real_now()
    try:
        return Ready(letter, mail, envelopes.seal(letter, mail, started), started)
    except BadAddress as error:
        settling.settle(letter, mail, Answer(Outcome.REFUSED, text=f"address: {error}"), started)
        return None


def _render(renderers: Renderers, letters: Sequence[Letter]) -> dict[int, Rendered]:
    """Render a batch, kind by kind; one that fails is rendered letter by letter."""
    words: dict[int, Rendered] = {}
    for kind in sorted({letter.kind for letter in letters}):
        batch = [letter for letter in letters if letter.kind == kind]
        renderer = renderers.get(LetterKind(kind), _say_nothing)
        try:
            words |= dict.fromkeys([letter.pk for letter in batch], renderer(batch))
        except Exception:  # whichever letter it was, the others must go
            words |= _render_singly(renderer, batch)
    return words


def _render_singly(renderer: Renderer, batch: Sequence[Letter]) -> dict[int, Rendered]:
    words: dict[int, Rendered] = {}
    for letter in batch:
        try:
            words[letter.pk] = renderer([letter])
        except Exception as error:
            settling.put_off(letter, error)
    return words


def _say_nothing(letters: Sequence[Letter]) -> Rendered:
    return {letter.pk: NothingToSay(f"no renderer for {letter.kind}") for letter in letters}
