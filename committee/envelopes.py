"""What a renderer hands over, and how it becomes a finished mail with its headers."""

from __future__ import annotations

import hashlib
import re
from binascii import b2a_qp
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail.message import sanitize_address
from django.urls import reverse

from committee.clock import JAKARTA
from committee.enums import LetterKind
from committee.models import Letter
from committee.transport import Envelope

LINE = "\r\n"
UNSAFE_IN_NAMES = re.compile(r"[^A-Za-z0-9@._+-]")
LONGEST_IN_NAMES = 100  # a folder takes no name of more than 255


@dataclass(frozen=True, slots=True)
class Mail:
    """A rendered letter, made at the policy moment `at`; one with a token is not kept.

    `may_unsubscribe` is for letters that tell nothing their reader answers for.
    """

    subject: str
    text: str
    html: str
    at: datetime
    is_kept: bool = True
    may_unsubscribe: bool = False


@dataclass(frozen=True, slots=True)
class NothingToSay:
    """A letter whose facts have gone: it is cancelled, with the reason."""

    reason: str


class BadAddress(ValueError):
    """An address that no mail can carry."""


class Lazily(Mapping[int, Mail | NothingToSay]):
    """The mails of a batch, each worded when it is asked for."""

    def __init__(self, makers: Mapping[int, Callable[[], Mail | NothingToSay]]) -> None:
        self.makers = makers

    def __getitem__(self, pk: int) -> Mail | NothingToSay:
        return self.makers[pk]()

    def __iter__(self) -> Iterator[int]:
        return iter(self.makers)

    def __len__(self) -> int:
        return len(self.makers)


def seal(letter: Letter, mail: Mail, now: datetime) -> Envelope:
    """Make the finished mail; its address is the member's of this moment.

    :raises BadAddress: if that is none.
    """
    recipient = _safe_address(letter.recipient.email)
    # A fault of ours, should it be none: never the reader's address refused.
    sender = _on_the_wire(settings.DEFAULT_FROM_EMAIL)
    headers = {"From": sender, "To": recipient, **_headers(letter, mail, now)}
    return Envelope(
        sender=_plain(sender),
        recipient=_plain(recipient),
        content=_written(headers, mail),
        name=file_name(letter, mail),
    )


def _headers(letter: Letter, mail: Mail, now: datetime) -> dict[str, str]:
    """Name the letter, and say that a machine wrote it; account mail is nobody's list."""
    headers = {
        "Subject": _subject(mail),
        "Message-ID": letter.message_id,
        "Date": format_datetime(_first_try(letter, now)),
        "Auto-Submitted": "auto-generated",
        "X-Roadmap-Mail": hashlib.sha256(letter.dedupe_key.encode()).hexdigest()[:32],
    }
    if letter.kind == LetterKind.REMINDERS:
        host = urlsplit(settings.SITE_URL).hostname or "localhost"
        headers["List-Id"] = f"Peta Jalan <reminders.{host}>"
        if mail.may_unsubscribe:
            settings_page = f"{settings.SITE_URL}{reverse('committee:profile')}"
            headers["List-Unsubscribe"] = f"<{settings_page}>"
    return headers


def _safe_address(address: str) -> str:
    """Give an address, with its name if it has one, as the wire can carry it.

    :raises BadAddress: if it is none.
    """
    try:
        return _on_the_wire(address)
    except ValueError as error:
        raise BadAddress(str(error)) from error


@lru_cache(maxsize=64)  # the sender is the same in every letter
def _on_the_wire(address: str) -> str:
    """Encode an address and its name; a long name is folded as every line of a mail ends."""
    return sanitize_address(address, "utf-8").replace("\n", LINE)


def _plain(address: str) -> str:
    return parseaddr(address)[1]


def _subject(mail: Mail) -> str:
    """Fold and encode a subject; no line break of its own survives."""
    words = " ".join(mail.subject.split())
    return Header(words, header_name="Subject").encode(linesep=LINE)


def _written(headers: Mapping[str, str], mail: Mail) -> bytes:
    """Write a mail as it travels, plain text first: the two parts of RFC 2046, 5.1.4.

    Python's own message classes cost a hundred times as much as these lines, letter by letter.
    """
    parts = [_part("plain", mail.text), _part("html", mail.html)]
    boundary = hashlib.sha256(b"".join(parts)).hexdigest()[:24]
    kind = f'multipart/alternative; boundary="{boundary}"'
    top = {"MIME-Version": "1.0", "Content-Type": kind, **headers}
    lines = "".join(f"{name}: {value}{LINE}" for name, value in top.items())
    between = f"{LINE}--{boundary}{LINE}".encode()
    return b"".join(
        [lines.encode("ascii"), *(between + part for part in parts), between.rstrip(), b"--\r\n"]
    )


def _part(subtype: str, words: str) -> bytes:
    """Write one part in lines short enough for any server, all of it ASCII."""
    content = words.replace(LINE, "\n").replace("\r", "\n").replace("\n", LINE)
    head = f'Content-Type: text/{subtype}; charset="utf-8"{LINE}'
    head += f"Content-Transfer-Encoding: quoted-printable{LINE}{LINE}"
    # Without a line end in its text the encoder breaks long lines with a bare one.
    ended = content if LINE in content else content + LINE
    return head.encode() + b2a_qp(ended.encode())


def file_name(letter: Letter, mail: Mail) -> str:
    """Name a letter's file after its moment, its reader and its number."""
    moment = mail.at.astimezone(JAKARTA).strftime("%Y-%m-%dT%H-%M")
    address = UNSAFE_IN_NAMES.sub("_", letter.recipient.email)[:LONGEST_IN_NAMES]
    return f"{moment}-{address}-{letter.pk}"


def _first_try(letter: Letter, now: datetime) -> datetime:
    """Date every copy of a letter alike: by its first attempt."""
    if letter.tries > 1 and (first := letter.attempts.order_by("number").first()):
        return first.started_at
    return now
