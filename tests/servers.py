"""Private servers for tests, from the binaries on the machine: PostgreSQL, Redis, SMTP.

Each listens on a free port of loopback, keeps its files in a temporary folder and is stopped
by process id. Nothing here reads DATABASE_URL or REDIS_URL.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from email import message_from_bytes, policy
from pathlib import Path
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(fact: Callable[[], Any], *, seconds: float = 60, alive: Any = None) -> Any:
    """Wait for a fact, watching that the process it depends on still lives."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not (value := fact()):
        assert alive is None or alive.poll() is None, f"process ended with {alive.returncode}"
        assert time.monotonic() < deadline, f"not within {seconds} s: {fact}"
        pause.wait(0.1)
    return value


def is_open(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for_port(port: int, *, seconds: float = 60, alive: Any = None) -> None:
    wait_until(lambda: is_open(port), seconds=seconds, alive=alive)


def postgres_folder() -> Path | None:
    """Find the server's own programs: the newest of Debian's folders, else the PATH."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[4])
    )
    if versions:
        return versions[-1].parent
    found = shutil.which("postgres")
    return Path(found).resolve().parent if found and shutil.which("initdb") else None


class Server:
    """Something started on entry and stopped, by its own process id, on exit."""

    process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Any:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)


class PostgresServer(Server):
    """A throw-away PostgreSQL; root runs it as user postgres, as the server demands."""

    host = "127.0.0.1"
    user = "roadmap"

    def start(self) -> None:
        folder = postgres_folder()
        assert folder is not None, "PostgreSQL is not installed"
        self.bin = folder
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self.port = free_port()
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        data = str(self.folder / "data")
        options = f"-U {self.user} -A trust -E UTF8 --no-locale --no-sync"
        self._run("initdb", "-D", data, *options.split())
        listen = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        careless = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        self.process = subprocess.Popen(
            self._as_server(
                *("postgres", "-D", data, *listen.split(), *careless.split()),
                *("-c", "max_connections=120"),
            ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_until(self._ready, alive=self.process)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self._run("pg_ctl", "stop", "-D", str(self.folder / "data"), "-m", "immediate")
            self.process.wait(timeout=30)
        shutil.rmtree(self.folder, ignore_errors=True)

    def create(self, name: str) -> str:
        """Create a database and return its URL."""
        self._run("createdb", "-h", self.host, "-p", str(self.port), "-U", self.user, name)
        return self.url(name)

    def drop(self, name: str) -> None:
        self._run("dropdb", "--force", "-h", self.host, "-p", str(self.port), "-U", self.user, name)

    def url(self, name: str) -> str:
        return f"postgres://{self.user}@{self.host}:{self.port}/{name}"

    def _ready(self) -> bool:
        command = [self.bin / "pg_isready", "-h", self.host, "-p", str(self.port)]
        return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0

    def _as_server(self, program: str, *args: str) -> list[str]:
        command = [str(self.bin / program), *args]
        if os.geteuid() != 0:
            return command
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]

    def _run(self, program: str, *args: str) -> None:
        subprocess.run(
            self._as_server(program, *args), check=True, stdout=subprocess.DEVNULL, cwd="/"
        )


class RedisServer(Server):
    def start(self) -> None:
        self.port = free_port()
        self.folder = tempfile.mkdtemp(prefix="redis-")
        self.url = f"redis://127.0.0.1:{self.port}/0"
        options = f"--port {self.port} --bind 127.0.0.1 --dir {self.folder} --appendonly no"
        self.process = subprocess.Popen(
            ["redis-server", *options.split(), "--save", "", "--maxmemory-policy", "noeviction"],
            stdout=subprocess.DEVNULL,
        )
        wait_for_port(self.port, alive=self.process)

    def stop(self) -> None:
        super().stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class SmtpSink(Server):
    """A real SMTP server that keeps every accepted mail; `answers` scripts its refusals."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.answers: list[str] = []

    def start(self) -> None:
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        self.controller.stop()

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, name: str, offers: list[str]
    ) -> list[str]:
        """Offer what every mail server offers: it takes several commands at once."""
        session.host_name = name
        return [*offers[:-1], "250-PIPELINING", offers[-1]]

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answers:
            answer = self.answers.pop(0)
            if not answer.startswith("250"):
                return answer
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"
