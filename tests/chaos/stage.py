"""What a case stands on: databases, mailboxes, real processes, and the passing of time.

A Stage owns one private PostgreSQL and its templates; a Site is one database made from a
template (milliseconds, not a migrate), one mailbox, and the processes started beside it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from select import select
from threading import Lock
from typing import Any

import psycopg

from tests.chaos.mailbox import Answers, Mailbox
from tests.servers import PostgresServer

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("committee", "umkm", "roadmap", "templates", "locale", "static", "manage.py")
LEASE_AND_MORE = 11 * 60
# Table, the moment that is waited for, and which rows wait.
WAITED_FOR = (
    ("committee_letter", "lease_until", "state = 'sending'"),
    ("committee_letter", "not_before", "state = 'pending'"),
    ("committee_mailgate", "probe_at", "shut_at IS NOT NULL"),
)
Row = tuple[Any, ...]


class Stage:
    """The servers of a run, and a copy of the product's source as it was when the run began."""

    def __init__(self, *, on_sqlite: bool = False, source: Path = ROOT) -> None:
        self.on_sqlite = on_sqlite
        self.folder = Path(tempfile.mkdtemp(prefix="chaos-"))
        self.tree = copy_product(source, self.folder / "product")
        self.templates: dict[str, str] = {}
        self.zygotes: dict[Path, Zygote] = {}
        self.numbers = count(1)
        self.lock, self.building = Lock(), Lock()

    def __enter__(self) -> Stage:
        self.server = None if self.on_sqlite else PostgresServer()
        if self.server is not None:
            self.server.start()
        self.migrated = self._migrate()
        return self

    def __exit__(self, *_: object) -> None:
        for zygote in self.zygotes.values():
            zygote.stop()
        if self.server is not None:
            self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def site(
        self, rows: str = "one_each", *, size: int = 4, tree: Path | None = None,
        answer: Answers | None = None, is_rehearsal: bool = True,
    ) -> Iterator[Site]:  # fmt: skip
        """Open a fresh site that holds `size` of `rows` (see tests/chaos/rows.py).

        `tree` is the source its processes run: the product's, or a patched copy's.
        """
        template = self._template(rows, size, is_rehearsal)
        name = f"site{next(self.numbers)}"
        site = Site(self, self._copy(template, name), tree or self.tree, self.folder / name, answer)
        try:
            yield site
        finally:
            site.close()
            self._drop(site.database)

    def zygote(self, tree: Path) -> Zygote:
        """Give the process that forks from this tree, started when first asked for."""
        with self.lock:
            if tree not in self.zygotes:
                self.zygotes[tree] = Zygote(tree, self.environment(self._name("postgres"), tree))
            return self.zygotes[tree]

    def environment(self, database: str, tree: Path) -> dict[str, str]:
        """Give what a process of the product reads from its environment."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{tree}:{ROOT}",
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "roadmap.config.settings",
            "DATABASE_URL": f"sqlite:///{database}" if self.on_sqlite else self._url(database),
            "REDIS_URL": "",
            "EMAIL_URL": "",
            "MAIL_FROM": "peta-jalan@demo.test",
            "SECRET_KEY": "only-for-tests-" * 5,
            "SITE_URL": "https://roadmap.example",
            "ALLOWED_HOSTS": "roadmap.example,127.0.0.1",
            "DATA_DIR": str(self.folder),
        }

    def _template(self, rows: str, size: int, is_rehearsal: bool) -> str:
        """Make a template once for each kind of rows."""
        if rows == "empty":
            return self.migrated
        name = f"{rows}_{size}_{'rehearsal' if is_rehearsal else 'real'}"
        order = {"rows": rows, "size": size, "is_rehearsal": is_rehearsal}
        return self._once(name, lambda: self._fill(name, order))

    def _once(self, name: str, make: Any) -> str:
        with self.building:
            if name not in self.templates:
                self.templates[name] = make()
            return self.templates[name]

    def _migrate(self) -> str:
        name = self._name("migrated")
        if not self.on_sqlite:
            self._admin(f'CREATE DATABASE "{name}"')
        for words in (["migrate", "-v0"], ["createcachetable"]):
            command = [sys.executable, "manage.py", *words]
            env = self.environment(name, self.tree)
            subprocess.run(command, cwd=self.tree, env=env, check=True)
        return name

    def _fill(self, name: str, order: dict[str, Any]) -> str:
        """Put rows in by a process of the unpatched product."""
        database = self._copy(self.migrated, name)
        with closing(Site(self, database, self.tree, self.folder / name)) as site:
            code = site.fork("rows", **order).wait(seconds=120)
            assert code == 0, site.log()
            return site.database

    def _copy(self, template: str, name: str) -> str:
        copy = self._name(name)
        if self.on_sqlite:
            with closing(sqlite3.connect(template)) as old, closing(sqlite3.connect(copy)) as new:
                old.backup(new)
        else:
            self._admin(f'CREATE DATABASE "{copy}" TEMPLATE "{template}"')
        return copy

    def _drop(self, database: str) -> None:
        if not self.on_sqlite:
            self._admin(f'DROP DATABASE "{database}" WITH (FORCE)')

    def _admin(self, statement: str) -> None:
        with self.lock, psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _name(self, name: str) -> str:
        return str(self.folder / f"{name}.sqlite3") if self.on_sqlite else name

    def _url(self, database: str) -> str:
        assert self.server is not None
        return self.server.url(database)


def copy_product(source: Path, target: Path) -> Path:
    """Copy what runs, with its compiled files and times, so that it starts as fast."""
    target.mkdir()
    for name in PRODUCT:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name)
        else:
            shutil.copy2(source / name, target / name)
    return target


class Site:
    """One database, one mailbox, and the processes started beside them."""

    def __init__(
        self, stage: Stage, database: str, tree: Path, folder: Path, answer: Answers | None = None
    ) -> None:
        folder.mkdir()
        self.stage, self.database, self.tree, self.folder = stage, database, tree, folder
        self.mailbox = Mailbox(answer)
        self.forks: list[Fork] = []
        self.children: list[subprocess.Popen[bytes]] = []
        self.environment = stage.environment(database, tree) | {
            "EMAIL_URL": self.mailbox.url,
            "DATA_DIR": str(folder),
        }

    def close(self) -> None:
        for fork in self.forks:
            fork.kill()
        for child in self.children:
            self.kill(child)
        self.mailbox.close()

    def fork(self, role: str, **options: Any) -> Fork:
        """Start a process of a role (see tests/chaos/driver.py) from the imported product."""
        order = {"role": role, "database": self.database, "mail_port": self.mailbox.port}
        files = {"folder": str(self.folder), "log": str(self.folder / "log")}
        fork = self.stage.zygote(self.tree).fork(order | files | options)
        self.forks.append(fork)
        return fork

    def start(self, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a process from nothing: `manage.py deliver --loop`, `-m celery …`."""
        with (self.folder / "log").open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, *words],
                cwd=self.tree,
                env=self.environment | environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.children.append(child)
        return child

    @staticmethod
    def kill(child: subprocess.Popen[bytes]) -> None:
        """Kill a started process and its whole group, from outside."""
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait(timeout=30)

    def deliver(self, times: int = 1) -> None:
        """Run whole rounds to their end, each in a process of its own."""
        for _ in range(times):
            code = self.fork("deliver").wait()
            assert code == 0, self.log()

    def ask(self, query: str) -> list[Row]:
        """Run one statement in a connection of the harness's own; give its rows, if any."""
        if self.stage.on_sqlite:
            with closing(sqlite3.connect(self.database, timeout=20)) as file, file:
                return file.execute(query).fetchall()
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            cursor = connection.execute(query)
            return cursor.fetchall() if cursor.description else []

    def age(self, seconds: int = LEASE_AND_MORE) -> None:
        """Let time pass for the letters: every moment that is waited for comes nearer.

        This is how ten-minute leases fit into a run of seconds; no product code is touched.
        """
        for table, column, waiting in WAITED_FOR:
            earlier = (
                f"strftime('%Y-%m-%d %H:%M:%f', {column}, '-{seconds} seconds')"
                if self.stage.on_sqlite
                else f"{column} - interval '{seconds} seconds'"
            )
            # Never waits for a lock, so it cannot stand in anybody's way.
            ids = f"SELECT id FROM {table} WHERE {waiting}"
            ids += "" if self.stage.on_sqlite else " FOR UPDATE SKIP LOCKED"
            self.ask(f"UPDATE {table} SET {column} = {earlier} WHERE id IN ({ids})")

    def letters(self) -> list[Row]:
        """Give state, tries, in_doubt and last_error of every letter."""
        columns = "state, tries, in_doubt, last_error"
        return self.ask(f"SELECT {columns} FROM committee_letter ORDER BY id")

    def has_letters(self, *states: str) -> bool:
        """Tell whether any letter is in one of some states."""
        return any(state in states for state, *_ in self.letters())

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace")[-6000:] if path.exists() else ""


class Zygote:
    """The harness's end of tests/chaos/zygote.py."""

    def __init__(self, tree: Path, environment: dict[str, str]) -> None:
        self.orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.lock = Lock()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.zygote", str(theirs.fileno())],
                cwd=tree,
                env=environment,
                pass_fds=[theirs.fileno()],
            )
        assert self.orders.recv(16) == b"ready", "the product could not be imported"

    def fork(self, order: dict[str, Any]) -> Fork:
        ours, theirs = os.pipe()
        with self.lock:
            socket.send_fds(self.orders, [json.dumps(order).encode()], [theirs])
            os.close(theirs)
            return Fork(int(self.orders.recv(32)), ours)

    def stop(self) -> None:
        self.orders.close()
        self.process.wait(timeout=30)


class Fork:
    """A forked process: it says when it reached its point and how it ended; we may kill it."""

    def __init__(self, pid: int, pipe: int) -> None:
        self.pid, self.pipe = pid, pipe
        self.has_ended = False

    def reached(self, seconds: float = 60) -> bool:
        """Wait until it stands at its point; False when it ended without reaching it."""
        return self._read(seconds) == b"."

    def wait(self, seconds: float = 120) -> int | None:
        """Wait for its end and give its code; None when it was killed or ended outright."""
        said = self._read(seconds)
        while said == b".":
            said = self._read(seconds)
        code = int(said) if said else None
        while said:
            said = self._read(seconds)
        return code

    @property
    def is_alive(self) -> bool:
        if not self.has_ended and select([self.pipe], [], [], 0)[0]:
            self.wait()
        return not self.has_ended

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal from outside; SIGKILL is waited for."""
        if not self.is_alive:
            return
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)
        if number == signal.SIGKILL:
            self.wait()

    def _read(self, seconds: float) -> bytes:
        if self.has_ended:
            return b""
        assert select([self.pipe], [], [], seconds)[0], f"{self.pid} said nothing for {seconds} s"
        if not (said := os.read(self.pipe, 1)):
            self.has_ended = True
            os.close(self.pipe)
        return said
