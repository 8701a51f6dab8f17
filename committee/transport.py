"""How a finished mail leaves the house: over SMTP, or as a file in the mail folder.

Django's mail backends answer yes or raise; the outbox must know in which phase of the
conversation something broke, because that decides whether a letter may be sent again.
"""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings

CONNECT_SECONDS = 10
COMMAND_SECONDS = 60
# An enhanced code says best what is wrong (RFC 3463); without one these mean the address.
BARE_ADDRESS_CODES = frozenset({550, 551, 553})
ENHANCED = re.compile(r"\A([245])\.(\d{1,3})\.\d{1,3}\b")
CLOSING = 421
GO_ON = 354
# What MAIL, RCPT and DATA are answered when all is well.
GOOD = ({250}, {250, 251}, {GO_ON})
Meanwhile = Callable[[], object]


class Outcome(Enum):
    """What became of one try, as far as it can be known."""

    SENT = "sent"
    REFUSED = "refused"
    TEMPORARY = "temporary"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """How a try ended; `ends_session` says that nothing more can be sent over this one."""

    outcome: Outcome
    code: int | None = None
    text: str = ""
    ends_session: bool = False


@dataclass(frozen=True, slots=True)
class Envelope:
    """A finished mail, with plain addresses; `name` is what a file of it is called."""

    sender: str
    recipient: str
    content: bytes
    name: str


class Unreachable(Exception):
    """No session could be opened; nothing was tried. A refusal is an answer, not a silence."""

    def __init__(self, words: str, *, is_refusal: bool = False) -> None:
        super().__init__(words)
        self.is_refusal = is_refusal


class Transport(Protocol):
    def open(self) -> None:
        """Open a session.

        :raises Unreachable: if there is none to be had.
        """

    def announce(self, envelope: Envelope) -> None:
        """Say ahead whom the next mail is for, where that is heard; never fails, accepts nothing.

        That mail is sent next, or the session is closed.
        """

    def send(self, envelope: Envelope, meanwhile: Meanwhile) -> Answer:
        """Hand over one mail and say what became of it; do something else before it is known."""

    def close(self) -> None:
        """End the session; never fails."""


def from_settings() -> Transport:
    """Choose SMTP when a mail server is set, else the mail folder."""
    if settings.EMAIL_HOST:
        return SmtpTransport()
    return FolderTransport(Path(settings.MAIL_ROOT))


def address_refusal(code: int, text: str) -> bool:
    """Tell whether a refusal is about this address, and so will never change."""
    enhanced = ENHANCED.match(text)
    if enhanced:
        return enhanced[1] == "5" and enhanced[2] in ("1", "2")
    return code in BARE_ADDRESS_CODES


class FolderTransport:
    """Write each mail as one .eml file: whole, or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self) -> None:
        """Make the folder.

        :raises Unreachable: if it cannot be made.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unreachable(str(error)) from error

    def announce(self, envelope: Envelope) -> None:
        """A folder need not be told ahead."""

    def send(self, envelope: Envelope, meanwhile: Meanwhile) -> Answer:
        """Write to a temporary name, then rename: a reader never sees half a letter."""
        meanwhile()
        target = self.folder / f"{envelope.name}.eml"
        draft = self.folder / f".{envelope.name}.{os.getpid()}.part"
        try:
            _write_through(draft, envelope.content)
            draft.replace(target)
            _sync_folder(self.folder)
        except OSError as error:
            draft.unlink(missing_ok=True)
            return Answer(Outcome.BROKEN, text=str(error), ends_session=True)
        return Answer(Outcome.SENT, 250, target.name)

    def close(self) -> None:
        """Nothing stays open."""


def _write_through(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class SmtpTransport:
    """Speak SMTP ourselves, so that the phase of a failure is known."""

    def __init__(self) -> None:
        self.session: smtplib.SMTP | None = None
        self.announced: Envelope | None = None

    def open(self) -> None:
        """Connect, secure and sign in.

        :raises Unreachable: whatever goes wrong; it costs no letter a try.
        """
        try:
            self.session = _connect()
            self.session.ehlo_or_helo_if_needed()
            if settings.EMAIL_USE_TLS:
                self.session.starttls(context=ssl.create_default_context())
                self.session.ehlo()
            if settings.EMAIL_HOST_USER:
                self.session.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
            if self.session.sock is not None:
                self.session.sock.settimeout(COMMAND_SECONDS)
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            is_refusal = isinstance(error, smtplib.SMTPResponseException)
            raise Unreachable(_describe(error), is_refusal=is_refusal) from error

    def announce(self, envelope: Envelope) -> None:
        """Say MAIL, RCPT and DATA at once, if the server lets us, and read no answer yet.

        RFC 2920 spares a turn of the line for each. A line that is down by now is told of by
        whatever is said next.
        """
        assert self.session is not None
        if self._asks_at_once and self.announced is None:
            with suppress(smtplib.SMTPException, OSError):
                self.session.send("".join(f"{one}\r\n" for one in _commands(envelope)))
                self.announced = envelope

    @property
    def _asks_at_once(self) -> bool:
        return self.session is not None and self.session.has_extn("pipelining")

    def send(self, envelope: Envelope, meanwhile: Meanwhile) -> Answer:
        """Hand over one mail; up to the 354 nothing can have been accepted."""
        self.announce(envelope)
        if self.announced not in (None, envelope):
            return Answer(Outcome.BROKEN, text="another was announced", ends_session=True)
        try:
            refusal = self._prepare(_commands(envelope))
        except (smtplib.SMTPException, OSError) as error:
            return Answer(Outcome.BROKEN, text=_describe(error), ends_session=True)
        return refusal or self._transmit(envelope.content, meanwhile)

    def _prepare(self, commands: Sequence[str]) -> Answer | None:
        """Have MAIL, RCPT and DATA answered; give the refusal, if one of them was refused."""
        replies = self._converse(commands)
        for (code, text), good, command in zip(replies, GOOD, commands, strict=False):
            if code not in good:
                if (len(replies), replies[-1][0]) == (len(commands), GO_ON):
                    self._take_back()
                return self._refused(code, text, about_recipient=not command.startswith("MAIL"))
        return None

    def _converse(self, commands: Sequence[str]) -> list[tuple[int, bytes]]:
        """Get the replies up to the first refusal, or all to what was announced.

        A line that breaks after a refusal is no news: the refusal stands.
        """
        assert self.session is not None
        replies: list[tuple[int, bytes]] = []
        was_announced, self.announced = self.announced is not None, None
        try:
            for command, good in zip(commands, GOOD, strict=True):
                replies.append(
                    self.session.getreply() if was_announced else self.session.docmd(command)
                )
                if replies[-1][0] not in good and not was_announced:
                    break
        except (smtplib.SMTPException, OSError):
            if all(code in good for (code, _text), good in zip(replies, GOOD, strict=False)):
                raise
        return replies

    def _take_back(self) -> None:
        """End the text a server asks for though it took no recipient: it has nobody to go to."""
        assert self.session is not None
        with suppress(smtplib.SMTPException, OSError):
            self.session.docmd(".")

    def _transmit(self, content: bytes, meanwhile: Meanwhile) -> Answer:
        """Send the body and its final dot; what breaks from here on leaves us in doubt."""
        assert self.session is not None
        try:
            self.session.send(_dotted(content))
            meanwhile()
            code, text = self.session.getreply()
        except (smtplib.SMTPException, OSError) as error:
            return Answer(Outcome.UNKNOWN, text=_describe(error), ends_session=True)
        if code == 250:
            return Answer(Outcome.SENT, code, _decoded(text))
        return self._refused(code, text)

    def _refused(self, code: int, text: bytes, *, about_recipient: bool = True) -> Answer:
        assert self.session is not None
        words = _decoded(text)
        permanent = about_recipient and code >= 500 and address_refusal(code, words)
        outcome = Outcome.REFUSED if permanent else Outcome.TEMPORARY
        return Answer(outcome, code, words, ends_session=code == CLOSING or not self._reset())

    def _reset(self) -> bool:
        """Clear the session for the next letter; False when it has died."""
        assert self.session is not None
        try:
            return self.session.rset()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def close(self) -> None:
        """Say goodbye, and drop the line whether or not it is heard.

        To a server that waits for the text of a mail no word is said: it would be that text.
        """
        session, self.session = self.session, None
        was_announced, self.announced = self.announced is not None, None
        if session is None:
            return
        with suppress(smtplib.SMTPException, OSError):
            if not was_announced:
                session.quit()
        session.close()


def _commands(envelope: Envelope) -> tuple[str, str, str]:
    return (
        f"MAIL FROM:{smtplib.quoteaddr(envelope.sender)}",
        f"RCPT TO:{smtplib.quoteaddr(envelope.recipient)}",
        "DATA",
    )


def _connect() -> smtplib.SMTP:
    """Dial the server; our name in the greeting is the site's, never a look-up of this host."""
    name = urlsplit(settings.SITE_URL).hostname or "localhost"
    address = (settings.EMAIL_HOST, settings.EMAIL_PORT)
    if settings.EMAIL_USE_SSL:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(
            *address, local_hostname=name, timeout=CONNECT_SECONDS, context=context
        )
    return smtplib.SMTP(*address, local_hostname=name, timeout=CONNECT_SECONDS)


def _dotted(content: bytes) -> bytes:
    """Double leading dots and end with the lone one (RFC 5321, 4.5.2)."""
    body = (b"." if content.startswith(b".") else b"") + content.replace(b"\n.", b"\n..")
    return body + (b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n")


def _decoded(text: bytes) -> str:
    """Read a reply as text that any database can keep."""
    return text.decode("utf-8", "replace").replace("\0", "")


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
