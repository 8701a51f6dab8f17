"""The site under fire, in this process: everybody of the cast, every door, and one request."""

from __future__ import annotations

import signal
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

from django.core.signals import got_request_exception
from django.db import transaction
from django.test import Client
from django.test.client import FakePayload

from tests import cast as casting
from tests.cast_forms import form
from tests.fuzz.judge import SECONDS, Case, Shown, judge
from tests.test_permissions import TABLE, cookies_of, read

READERS = ("", "viewer", "member", "owner", "secretariat", "admin")
SENDERS = ("secretariat", "admin", "chair", "lead", "owner", "member", "adviser", "viewer")
LONGEST = 2 * SECONDS  # a request that has not answered by then never may


class Hang(BaseException):
    """Nothing of the product catches it."""


@dataclass(slots=True)
class Door:
    """An address that takes a form, who may send it, and what would be accepted."""

    name: str
    who: str
    place: str
    fields: dict[str, Any]
    files: tuple[str, ...] = ()


class Ground:
    """Everybody signed in; each request is undone. `only` names the doors that are wanted."""

    def __init__(self, only: Sequence[str] = ()) -> None:
        self.cast = casting.gather()
        self.client = Client(raise_request_exception=False)
        self.raised: list[str] = []
        got_request_exception.connect(self._raised)
        self.sign_in()
        self.doors = [door for name in only or self.names() if (door := self._door(name))]

    def sign_in(self) -> None:
        """Begin everybody's session anew: none grows old under a long part."""
        people = self.cast.people.items()
        self.cookies = {name: cookies_of(person) for name, person in people} | {"": {}}

    @staticmethod
    def names() -> list[str]:
        return sorted({name for name, _route in casting.names()})

    def place(self, name: str) -> str:
        """Give an address of this name; one of no cast is its route."""
        try:
            return casting.address(self.cast, name)
        except Exception:
            return "/" + dict(casting.names())[name]

    def fire(self, case: Case) -> tuple[str, int]:
        """Send one case and say what is wrong with its answer, and its status."""
        self.client.cookies = SimpleCookie(self.cookies[case.who])
        self.raised.clear()
        began = time.monotonic()
        try:
            with _in_time(), undone():
                answer = self.client.request(
                    **case.environ,
                    **{"wsgi.input": FakePayload(case.body)},
                    REMOTE_ADDR="127.0.0.1",
                )
                body = read(answer)
        except Hang:
            return f"hangs for more than {LONGEST} s", 0
        except Exception as error:  # beyond every handler, so the worker itself would see it
            return f"raises {error!r:.300}", 500
        wrong = judge(case, answer, body, time.monotonic() - began)
        return wrong + "".join(f" ({one})" for one in self.raised), answer.status_code

    def _raised(self, **_: Any) -> None:
        kind, error, trace = sys.exc_info()
        where = [one for one in traceback.extract_tb(trace) if "site-packages" not in one.filename]
        last = where[-1] if where else traceback.extract_tb(trace)[-1]
        self.raised.append(f"{kind.__name__ if kind else ''}: {error!s:.200} at {last}")

    def _door(self, name: str) -> Door | None:
        """Find who may send this form and what stands in it."""
        row = TABLE.get((name, "POST"))
        allowed = [who for who in SENDERS if row is None or row[who] in ("302", "200", "422")]
        if not allowed:
            return None
        who = next((one for one in allowed if row and row[one] == "302"), allowed[0])
        place = self.place(name)
        base = form(self.cast, name) if row is not None else {}
        shown = self._shown(place, who)
        files = tuple(one for one, kind in shown.kinds.items() if kind == "file")
        fields = {one: text for one, text in shown.values.items() if one not in files} | base
        fields.pop("csrfmiddlewaretoken", None)
        return Door(name, who, place, fields, files)

    def _shown(self, place: str, who: str) -> Shown:
        self.client.cookies = SimpleCookie(self.cookies[who])
        with undone():
            answer = self.client.get(place)
            body = read(answer) if answer.status_code == 200 else b""
        page = body.decode(errors="replace")
        main = page[page.find("<main") : page.find("</main>")] or page
        return Shown(main)


@contextmanager
def undone() -> Iterator[None]:
    """Open a transaction and roll all of it back."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


@contextmanager
def _in_time() -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise Hang

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, LONGEST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
