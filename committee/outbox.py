"""The outbox: letters are queued with the decision that causes them, and delivered from here.

Nothing here knows what a letter says; whoever calls `drain` hands in the renderers. A letter
leaves pending only to sent, failed or cancelled, each with its reason. All times are the
database's own.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from time import monotonic
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from committee import envelopes, settling, transport
from committee.enums import LetterKind, LetterState
from committee.envelopes import Mail, NothingToSay
from committee.heartbeats import beat
from committee.models import Letter, Member
from committee.settling import LEASE
from committee.transport import Answer, Outcome, Transport, Unreachable

BATCH = 20
# A drain ends well within the worker's time limit; the next ring takes up the rest.
DRAIN_SECONDS = 120
# Facts read longer ago than this are read again: a slow server must not make a letter stale.
STALE_SECONDS = 5
ACCOUNT_MAIL_FIRST = 1
REMINDERS_AFTER = 5

log = logging.getLogger(__name__)
Rendered = Mapping[int, Mail | NothingToSay]
Renderer = Callable[[Sequence[Letter]], Rendered]
Renderers = Mapping[LetterKind, Renderer]


@dataclass(slots=True)
class Round:
    """One drain: its open session, its renderers, and when it must stop."""

    session: Transport
    renderers: Renderers
    deadline: float
    sent: int = 0

    @property
    def has_time(self) -> bool:
        return monotonic() < self.deadline


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
    beat("drain")
    settling.sweep()
    if not _waiting().exists():
        return 0
    session = session or transport.from_settings()
    try:
        session.open()  # before the claim: an outage costs no letter a try
    except Unreachable as error:
        beat("smtp", str(error))
        return 0
    try:
        return _send_all(Round(session, renderers, monotonic() + DRAIN_SECONDS))
    finally:
        session.close()


def claim(limit: int = BATCH) -> list[Letter]:
    """Lease the next letters to this drain, each to nobody else."""
    token = uuid.uuid4()
    with transaction.atomic():
        waiting = _waiting().order_by("priority", "not_before", "id")
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        ids = list(waiting.values_list("id", flat=True)[:limit])
        _lease(ids, token)
    leased = Letter.objects.filter(lease_token=token).select_related("recipient")
    return list(leased.order_by("priority", "not_before", "id"))


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


def mark_on_wire(letter: Letter) -> bool:
    """Record that a letter is about to leave; False when the lease was lost meanwhile."""
    held = Letter.objects.filter(
        pk=letter.pk,
        lease_token=letter.lease_token,
        state=LetterState.SENDING,
        lease_until__gt=Now(),
    )
    return held.update(on_wire_at=Now(), lease_until=Now() + LEASE) == 1


def _waiting() -> settling.Letters:
    return Letter.objects.filter(state=LetterState.PENDING, not_before__lte=Now())


def _send_all(work: Round) -> int:
    while work.has_time and (letters := claim()):
        if not _send_batch(work, letters):
            break
    beat("smtp")
    return work.sent


def _send_batch(work: Round, letters: list[Letter]) -> bool:
    """Send claimed letters in order; False when the session is over."""
    rendered: dict[int, Mail | NothingToSay] = {}
    fresh_until = monotonic() + STALE_SECONDS
    for position, letter in enumerate(letters):
        if not work.has_time:
            settling.release(letters[position:])
            return False
        if position == 0 or monotonic() > fresh_until:
            rendered = _render(work.renderers, letters[position:])
            fresh_until = monotonic() + STALE_SECONDS
        if not _send_one(work, letter, rendered.get(letter.pk)):
            settling.release(letters[position + 1 :])
            return False
    return True


def _render(renderers: Renderers, letters: Sequence[Letter]) -> dict[int, Mail | NothingToSay]:
    """Render a batch, kind by kind; one that fails is rendered letter by letter."""
    rendered: dict[int, Mail | NothingToSay] = {}
    for kind in sorted({letter.kind for letter in letters}):
        batch = [letter for letter in letters if letter.kind == kind]
        renderer = renderers.get(LetterKind(kind))
        if renderer is None:
            rendered |= {letter.pk: NothingToSay(f"no renderer for {kind}") for letter in batch}
            continue
        try:
            rendered |= renderer(batch)
        except Exception:  # whichever letter it was, the others must go
            rendered |= _render_singly(renderer, batch)
    return rendered


def _render_singly(renderer: Renderer, batch: Sequence[Letter]) -> dict[int, Mail | NothingToSay]:
    rendered: dict[int, Mail | NothingToSay] = {}
    for letter in batch:
        try:
            rendered |= renderer([letter])
        except Exception as error:
            trace = uuid.uuid4().hex[:12]
            log.exception("letter %s cannot be rendered, trace %s", letter.pk, trace)
            settling.put_off(letter, f"{type(error).__name__}, trace {trace}")
    return rendered


def _send_one(work: Round, letter: Letter, mail: Mail | NothingToSay | None) -> bool:
    """Send one letter and settle it; False when the session is over."""
    if mail is None:
        return True  # put off when it could not be rendered
    if isinstance(mail, NothingToSay):
        settling.withdraw(letter, mail.reason)
        return True
    started = settling.real_now()
    try:
        envelope = envelopes.seal(letter, mail)
    except ValueError as error:  # Django parses the address while it writes the headers
        settling.settle(letter, mail, Answer(Outcome.REFUSED, text=f"address: {error}"), started)
        return True
    if not mark_on_wire(letter):
        return True
    answer = work.session.send(envelope)  # no transaction is open here
    settling.settle(letter, mail, answer, started)
    work.sent += answer.outcome is Outcome.SENT
    return not answer.ends_session
