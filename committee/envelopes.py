"""What a renderer hands over, and how it becomes a finished mail with its headers."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from committee.clock import JAKARTA
from committee.models import Letter
from committee.transport import Envelope

UNSAFE_IN_NAMES = re.compile(r"[^A-Za-z0-9@._+-]")


@dataclass(frozen=True, slots=True)
class Mail:
    """A rendered letter, made at the policy moment `at`; one with a token is not kept."""

    subject: str
    text: str
    html: str
    at: datetime
    is_kept: bool = True


@dataclass(frozen=True, slots=True)
class NothingToSay:
    """A letter whose facts have gone: it is cancelled, with the reason."""

    reason: str


def seal(letter: Letter, mail: Mail) -> Envelope:
    """Make the finished mail; its address is the member's of this moment."""
    message = EmailMultiAlternatives(
        subject=" ".join(mail.subject.split()),
        body=mail.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[letter.recipient.email],
        headers={
            "Message-ID": letter.message_id,
            "Date": format_datetime(_first_try(letter)),
            "Auto-Submitted": "auto-generated",
            "X-Roadmap-Mail": hashlib.sha256(letter.dedupe_key.encode()).hexdigest()[:32],
        },
    )
    message.attach_alternative(mail.html, "text/html")
    return Envelope(
        sender=settings.DEFAULT_FROM_EMAIL,
        recipient=letter.recipient.email,
        content=_bytes(message),
        name=file_name(letter, mail),
    )


def _bytes(message: EmailMultiAlternatives) -> bytes:
    """Write a mail as it travels, with the line ends that SMTP asks for."""
    written: Any = message.message()  # Django's own as_bytes takes a linesep, unlike its base's
    return bytes(written.as_bytes(linesep="\r\n"))


def file_name(letter: Letter, mail: Mail) -> str:
    """Name a letter's file after its moment, its reader and its number."""
    moment = mail.at.astimezone(JAKARTA).strftime("%Y-%m-%dT%H-%M")
    address = UNSAFE_IN_NAMES.sub("_", letter.recipient.email)
    return f"{moment}-{address}-{letter.pk}"


def _first_try(letter: Letter) -> datetime:
    """Date every copy of a letter alike: by its first attempt."""
    if letter.tries > 1 and (first := letter.attempts.order_by("number").first()):
        return first.started_at
    return timezone.now()
