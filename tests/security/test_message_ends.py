"""Where a message ends: what can be read two ways is refused, and nothing behind it is answered."""

from __future__ import annotations

import re
import socket
from contextlib import suppress

import pytest

from tests.plugin import CHOSEN
from tests.security.test_headers import (  # noqa: F401
    BY_PROXY,
    environment,
    port,
)

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(CHOSEN != "sqlite", reason="the server in front is the same"),
]
FIVE, CHUNKED = "Content-Length: 5", "Transfer-Encoding: chunked"
WHOLE = "5\r\nabcde\r\n0\r\n\r\n"
NO_TOKEN = 403
# A request that no answer may be seen of, unless the one before it ended where both ends agree.
BEHIND = "GET /robots.txt HTTP/1.1\r\nHost: roadmap.example\r\nConnection: close\r\n\r\n"
TWO_WAYS = {
    "a length beside chunks": ([FIVE, CHUNKED], WHOLE),
    "chunks beside a length": ([CHUNKED, FIVE], WHOLE),
    "two lengths": ([FIVE, "Content-Length: 6"], "abcde"),
    "a list of lengths": (["Content-Length: 5, 5"], "abcde"),
    "a signed length": (["Content-Length: +5"], "abcde"),
    "a negative length": (["Content-Length: -5"], "abcde"),
    "a length in another script": (["Content-Length: \u0665"], "abcde"),
    "a length with a line of its own": (["Content-Length: 5_0"], "abcde"),
    "an unknown coding": (["Transfer-Encoding: xchunked"], WHOLE),
    "chunked twice": (["Transfer-Encoding: chunked, chunked"], WHOLE),
    "chunked, but not last": (["Transfer-Encoding: chunked, identity"], WHOLE),
    "a name before its colon apart": (["Transfer-Encoding : chunked"], WHOLE),
    "a folded line": (["Transfer-Encoding:\r\n chunked"], WHOLE),
}
BROKEN = {
    "signed": "+5\r\nabcde\r\n0\r\n\r\n",
    "with a prefix": "0x5\r\nabcde\r\n0\r\n\r\n",
    "negative": "-5\r\nabcde\r\n0\r\n\r\n",
    "longer than told": "3\r\nabcde\r\n0\r\n\r\n",
}
ONE_WAY = {"a length": ([FIVE], "abcde"), "chunks": ([CHUNKED], WHOLE)}


def answers(port, lines, body):  # noqa: F811
    """Send a form and another request right behind it; give the status of every answer."""
    proxy = [f"{name}: {value}" for name, value in BY_PROXY.items()]
    head = "\r\n".join(["POST /akun/masuk/ HTTP/1.1", *proxy, *lines, "", ""])
    with socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
        with suppress(OSError):  # a refusal may come before all is sent
            wire.sendall(f"{head}{body}{BEHIND}".encode())
        seen = b""
        with suppress(ConnectionResetError):
            while part := wire.recv(65536):
                seen += part
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", seen)]


@pytest.mark.parametrize(("lines", "body"), TWO_WAYS.values(), ids=TWO_WAYS)
def test_what_can_be_read_two_ways_is_refused_and_ends_the_connection(port, lines, body):  # noqa: F811
    (status,) = answers(port, lines, body)

    assert status in (400, 501)


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_behind_a_broken_chunk_nothing_is_answered(port, body):  # noqa: F811
    assert answers(port, [CHUNKED], body) == [NO_TOKEN, 400]


@pytest.mark.parametrize(("lines", "body"), ONE_WAY.values(), ids=ONE_WAY)
def test_control_behind_what_ends_in_one_place_the_next_is_answered(port, lines, body):  # noqa: F811
    first, second = answers(port, lines, body)

    assert first == NO_TOKEN
    assert second in (200, 404)
