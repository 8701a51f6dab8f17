"""The real server, and bytes that no client library would send it, over a plain socket."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.bench.stage import ROOT, family
from tests.fuzz import nonsense
from tests.fuzz.inside import MOST_PROBLEMS, drawn
from tests.fuzz.judge import SECONDS, TELLS
from tests.servers import free_port, wait_until

# As dev.py starts it.
SERVER = (
    *("gunicorn", "roadmap.config.wsgi", "-k", "gthread", "--threads", "8"),
    *("--log-level", "warning", "--no-control-socket", "--forwarded-allow-ips", ""),
)
SECRET = "a" * 32
# What the standard has a server say of a coding it does not know (RFC 9112, 6.1).
UNKNOWN_CODING = b"Unsupported transfer coding"
PLACES = (
    "/",
    "/my/",
    "/actions/",
    "/actions/LOG-01/report/",
    "/admin/",
    "/health/",
    "/akun/masuk/",
)
LINES = (
    *(b"GET / HTTP/9.9", b"GET /", b"GET", b"", b"\r\n", b"GET  / HTTP/1.1", b"G\x00T / HTTP/1.1"),
    *(
        b"GET http://evil.id/ HTTP/1.1",
        b"GET http://127.0.0.1/actions/ HTTP/1.1",
        b"GET * HTTP/1.1",
    ),
    *(b"CONNECT a:1 HTTP/1.1", b"TRACE / HTTP/1.1", b"PRI * HTTP/2.0", b"GET /\x00 HTTP/1.1"),
    *(
        b"GET /\xff\xfe HTTP/1.1",
        b"GET /?\x00=\xff HTTP/1.1",
        b"get / http/1.1",
        b"POST / HTTP/1.0",
    ),
    *(
        b"GET /%00 HTTP/1.1",
        b"GET /%ff/%c0%af/ HTTP/1.1",
        b"GET //evil.id/ HTTP/1.1",
        b"\x16\x03\x01",
    ),
    *(
        b"GET /../../etc/passwd HTTP/1.1",
        b"GET /" + b"a" * 9000 + b" HTTP/1.1",
        b"GET /#a HTTP/1.1",
    ),
    *(b"GET /;a?b HTTP/1.1", b"PROPFIND / HTTP/1.1", b"GET ?a HTTP/1.1", b"GET actions/ HTTP/1.1"),
)
LINES_OF_HEAD = (
    *(b"Host: 127.0.0.1", b"Host: evil.id", b"Host: \xff", b"Host:", b" folded: x", b"NoColon"),
    *(b"X: a\x00b", b"X\x00: a", b"X-\xff: \xff", b": empty", b"X : space", b"A: " + b"a" * 9000),
    *(b"Content-Length: 5", b"Content-Length: -1", b"Content-Length: abc", b"Content-Length: 5,5"),
    *(
        b"Content-Length: 99999999999999999999",
        b"Content-Length: \xd9\xa3",
        b"Expect: 100-continue",
    ),
    *(b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: x"),
    *(b"Transfer-Encoding: identity", b"Connection: upgrade", b"Upgrade: websocket", b"Expect: x"),
    *(b"Cookie: session=\xff", b"Cookie: session=\x01; csrf=\xff", b"Range: bytes=0-,-1,5-1"),
    *(b"Content-Type: application/x-www-form-urlencoded", b"Content-Type: multipart/form-data"),
    *(b"Content-Type: multipart/form-data; boundary=x", b"Content-Type: text/html; charset=\xff"),
    *(b"Content_Length: 5", b"X-Forwarded-Proto: https", b"Forwarded: for=\xff", b"Keep-Alive: x"),
)
BODIES = (
    *(b"", b"a=b", b"abcde", b"5\r\nabcde\r\n0\r\n\r\n", b"zz\r\nabc", b"ffffffffffffffffff\r\na"),
    *(
        b"-1\r\na\r\n",
        b"5;x=\xff\r\nabcde\r\n",
        b"\x00\xff" * 100,
        b"0\r\nA: b\r\n\r\nGET / HTTP/1.1",
    ),
    *(one[1].encode("latin-1") for one in nonsense.BAD["bodies"].values()),
)


class Wire:
    """A server on the database of the other parts, watched for workers that die."""

    def __init__(self, environment: dict[str, str], cookies: dict[str, str]) -> None:
        self.environment = os.environ | environment
        kept = cookies | {"csrf": SECRET}
        self.cookie = "; ".join(f"{name}={value}" for name, value in kept.items()).encode()
        self.row: dict[str, Any] = {"part": "wire", "cases": 0, "4xx": 0, "5xx": 0, "hangs": 0}
        self.row |= {"wrong": 0, "deaths": 0, "problems": []}

    def play(self, number: int, seed: int) -> dict[str, Any]:
        """Fire so many drawn cases and give the row of the table."""
        began = time.monotonic()
        self.port = free_port()
        command = [sys.executable, "-m", *SERVER, "-b", f"127.0.0.1:{self.port}"]
        log = (Path(self.environment["DATA_DIR"]) / f"log{self.port}").open("wb")
        with log, subprocess.Popen(command, env=self.environment, cwd=ROOT, stderr=log) as process:
            self.process = process
            wait_until(self._is_well, alive=process)
            self.family = set(family(process.pid))
            drawn(self._requests(), self._fire, number, seed)
            process.terminate()
        self.row["seconds"] = time.monotonic() - began
        return self.row

    def _requests(self) -> st.SearchStrategy[bytes]:
        signed_in = b"X-CSRFToken: %s\r\nCookie: %s" % (SECRET.encode(), self.cookie)
        places = [
            f"{verb} {place} HTTP/1.1".encode() for place in PLACES for verb in ("GET", "POST")
        ]
        drawn_head = nonsense.headers.map(
            lambda found: [nonsense.raw(f"{name}: {value}") for name, value in found]
        )

        @st.composite
        def request(draw: Any) -> bytes:
            line = draw(st.sampled_from([*LINES, *places, *places]))
            head = draw(st.lists(st.sampled_from(LINES_OF_HEAD), max_size=4)) + draw(drawn_head)
            if draw(st.integers(0, 4)):
                head = [b"Host: 127.0.0.1", signed_in, *head]
            if draw(st.integers(0, 30)) == 0:
                head += [b"X-%d: a" % n for n in range(200)]
            end = draw(st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r"]))
            body = draw(st.one_of(st.sampled_from(BODIES), st.binary(max_size=50)))
            whole = end.join([line, *head, b"Connection: close", b"", b""]) + body
            return whole[: draw(st.integers(0, 300))] if draw(st.integers(0, 9)) == 0 else whole

        return request()

    def _fire(self, request: bytes) -> None:
        began = time.monotonic()
        answer = self._ask(request)
        taken = time.monotonic() - began
        status = int(answer[9:12]) if answer[9:12].isdigit() else 0
        status = 400 if status == 501 and UNKNOWN_CODING in answer else status
        is_hang = taken > SECONDS
        deaths = self._deaths()
        row = self.row
        row["cases"] += 1
        row["4xx"] += 400 <= status < 500
        row["5xx"] += status >= 500
        row["hangs"] += is_hang
        row["deaths"] += deaths
        if status >= 500 or is_hang or deaths or TELLS.search(answer):
            row["wrong"] += 1
            said = f"answers {status} after {taken:.1f} s, deaths {deaths}: {answer[:300]!r}"
            if len(row["problems"]) < MOST_PROBLEMS:
                row["problems"].append(f"{said}\n      {request[:600]!r}")

    def _ask(self, request: bytes) -> bytes:
        """Send all, say that nothing more comes, and read until the other end says so too."""
        with socket.create_connection(("127.0.0.1", self.port), SECONDS + 1) as wire:
            with suppress(OSError):  # a refusal may come before all is sent
                wire.sendall(request)
                wire.shutdown(socket.SHUT_WR)
            answer = b""
            with suppress(OSError):
                while part := wire.recv(65536):
                    answer += part
            return answer

    def _is_well(self) -> bool:
        head = b"GET /health/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        with suppress(ConnectionRefusedError):
            return self._ask(head).startswith(b"HTTP/1.1 ")
        return False

    def _deaths(self) -> int:
        """Count the processes of the server that are gone since they were last looked for."""
        if self.process.poll() is not None:
            return 1
        now = set(family(self.process.pid))
        dead, self.family = self.family - now, now
        return len(dead)


def environment_of(url: str, folder: Path) -> dict[str, str]:
    """Give the settings of the server; its secret is that of the sessions made beside it."""
    return {
        "DATABASE_URL": url,
        "REDIS_URL": "",
        "EMAIL_URL": "",
        "MAIL_FROM": "peta-jalan@demo.test",
        "SECRET_KEY": "only-for-tests-" * 5,
        "SITE_URL": "http://127.0.0.1",
        "ALLOWED_HOSTS": "127.0.0.1",
        "PROXIES": "0",
        "DEBUG": "0",
        "PUBLIC_SITE": "1",
        "DATA_DIR": str(folder),
        "PORT": "8000",
        "DJANGO_SETTINGS_MODULE": "roadmap.config.settings",
    }
