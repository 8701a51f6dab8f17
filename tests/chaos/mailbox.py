"""A mail server that keeps what it accepts, and misbehaves exactly as it is told to.

All servers of a run share one thread. Each command is put to `answer` first, so a case can
refuse, wait, stay silent or hang up at any phase of the conversation.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from functools import cache
from typing import Any

from tests.servers import wait_until

FINAL_DOT = "."


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered, after how long; `hangs_up` drops the line instead of answering."""

    text: str = "250 OK"
    after: float = 0
    hangs_up: bool = False

    @property
    def accepts(self) -> bool:
        """A mail is kept when the answer to its final dot is 250, said or about to be said."""
        return self.text.startswith("250")


Answers = Callable[[str, str], Reply | None]


@dataclass(frozen=True, slots=True)
class Copy:
    """One accepted mail."""

    message_id: str
    recipient: str
    content: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def message(self) -> Any:
        return message_from_bytes(self.content, policy=policy.default)

    @property
    def text(self) -> str:
        text = str(self.message.get_body(("plain",)).get_content())
        return text.replace("\r\n", "\n")


class Mailbox:
    """One such server on its own port; `answer(verb, recipient)` may say how to reply.

    Verbs: CONNECT, EHLO, AUTH, MAIL, RCPT, DATA, and `FINAL_DOT` once a mail is complete.
    None means the usual answer.
    """

    def __init__(self, answer: Answers | None = None) -> None:
        self.copies: list[Copy] = []
        self.answer: Answers = answer or (lambda _verb, _recipient: None)
        self.sessions = 0
        self.busy: set[asyncio.StreamWriter] = set()
        self.port = 0
        self.open()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def open(self) -> None:
        """Listen; after `close` on the same port again."""
        self.server = _wait(asyncio.start_server(self._serve, "127.0.0.1", self.port))
        self.port = self.server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Stop listening and drop every line."""
        _wait(self._close())

    def counts(self) -> Counter[str]:
        """Count the copies of each Message-ID."""
        return Counter(copy.message_id for copy in self.copies)

    def settle(self) -> None:
        """Wait until everything that killed clients had sent is taken in."""
        wait_until(lambda: not self.busy, seconds=30)

    async def _close(self) -> None:
        self.server.close()
        for writer in list(self.busy):
            writer.transport.abort()
        self.busy.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sessions += 1
        self.busy.add(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await _Conversation(self, reader, writer).run()
        self.busy.discard(writer)
        writer.close()


class _HungUp(ConnectionError):
    """The server was told to drop the line."""


class _Conversation:
    """One client's session, command by command."""

    def __init__(
        self, box: Mailbox, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.box, self.reader, self.writer = box, reader, writer
        self.recipient = ""
        self.has_recipient = False

    async def run(self) -> None:
        await self._reply("CONNECT", "220 ready")
        while line := await self.reader.readline():
            verb = line[:4].decode("ascii", "replace").strip().upper()
            if verb == "QUIT":
                self.writer.write(b"221 bye\r\n")
                return
            await self._command(verb, line)

    async def _command(self, verb: str, line: bytes) -> None:
        if verb == "RCPT" and (found := re.search(rb"<([^>]*)>", line)):
            self.recipient = found[1].decode("utf-8", "replace")
        said = await self._reply(verb, self._usual(verb))
        if verb in ("MAIL", "RCPT", "RSET"):
            self.has_recipient = verb == "RCPT" and said.accepts
        if said.text.startswith("354"):
            self.has_recipient = False
            await self._take()

    def _usual(self, verb: str) -> str:
        if verb == "EHLO":
            return "250-box\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 AUTH PLAIN"
        if verb == "DATA":
            return "354 go on" if self.has_recipient else "503 5.5.1 for whom?"
        return "235 welcome" if verb == "AUTH" else "250 OK"

    async def _take(self) -> None:
        """Read a mail to its dot; one without its dot never was."""
        lines = []
        while (line := await self.reader.readline()) != b".\r\n":
            if not line.endswith(b"\n"):
                raise asyncio.IncompleteReadError(line, None)
            lines.append(line[1:] if line.startswith(b".") else line)
        content = b"".join(lines)
        answer = self.box.answer(FINAL_DOT, self.recipient) or Reply()
        if answer.accepts:
            found = re.search(rb"(?mi)^Message-ID:\s*(\S+)", content)
            name = found[1].decode() if found else ""
            self.box.copies.append(Copy(name, self.recipient, content))
        await self._say(answer)

    async def _reply(self, verb: str, usual: str) -> Reply:
        answer = self.box.answer(verb, self.recipient) or Reply(usual)
        await self._say(answer)
        return answer

    async def _say(self, answer: Reply) -> None:
        if answer.after:
            await asyncio.sleep(answer.after)
        if answer.hangs_up:
            self.writer.transport.abort()
            raise _HungUp
        self.writer.write(f"{answer.text}\r\n".encode())
        await self.writer.drain()


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return loop


def _wait(work: Any) -> Any:
    future: Future[Any] = asyncio.run_coroutine_threadsafe(work, _loop())
    return future.result(timeout=30)
