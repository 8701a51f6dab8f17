"""Redis flushed, stopped, killed, half open: it carries rings alone, so nothing is lost (R2, R3).

Real workers, a real beat and a real web server, on a private Redis.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from uuid import uuid4

import redis

from tests.bench.clients import Browser
from tests.chaos import findings
from tests.chaos.cases import Case, Control, Patch
from tests.chaos.clocks import at_rest
from tests.chaos.findings import Findings
from tests.chaos.mailbox import FINAL_DOT, Reply
from tests.chaos.outages import waited
from tests.chaos.serving import served
from tests.chaos.stage import Site, Stage
from tests.servers import free_port, wait_for_port

QUEUE = "roadmap:celery"
CELERY = ("-m", "celery", "-A", "roadmap.config")
BETWEEN_FLUSHES = 5
LONGEST_RUN = 300
# How long each outage lasts here, and how soon after it the first letter must leave.
DOWN, BACK_WITHIN = 20, {"stopped": 90, "killed": 60, "half open": 120}
# Whom tests/chaos/expected.csv tells something on 12 November; sari asked for a new password too.
READERS = ["didi", "lina", "rina", "sari", "sari"]


class Broker:
    """A private Redis that comes back on its old port."""

    def __enter__(self) -> Broker:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="redis-"))
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        options = f"--port {self.port} --bind 127.0.0.1 --dir {self.folder} --appendonly no"
        self.process = subprocess.Popen(
            ["redis-server", *options.split(), "--save", ""], stdout=subprocess.DEVNULL
        )
        wait_for_port(self.port, alive=self.process)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=30)

    def ask(self) -> redis.Redis:
        return redis.Redis(port=self.port)


class Proxy:
    """Stands before Redis; from `stall` to `resume` every line hangs without a word, for good."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.hangs = False
        self.lines: list[threading.Event] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def stall(self) -> None:
        self.hangs = True
        for line in self.lines:
            line.set()

    def resume(self) -> None:
        """Carry new lines again; those that hang go on hanging."""
        self.hangs = False

    def close(self) -> None:
        self.listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
                stalled = threading.Event()
                if self.hangs:
                    stalled.set()
                self.lines.append(stalled)
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=self._carry, args=(*ends, stalled), daemon=True).start()

    @staticmethod
    def _carry(source: socket.socket, target: socket.socket, stalled: threading.Event) -> None:
        with suppress(OSError):
            while (said := source.recv(65536)) and not stalled.is_set():
                target.sendall(said)
            if not stalled.is_set():
                target.shutdown(socket.SHUT_WR)


def start_celery(site: Site, port: int, beats: int = 1) -> None:
    """Start one worker of two processes, and beats with a memory each."""
    url = f"redis://127.0.0.1:{port}/0"
    site.start(*CELERY, "worker", "--without-gossip", "--without-mingle", "-c2", REDIS_URL=url)
    for number in range(beats):
        memory = str(site.folder / f"beat{number}")
        site.start(*CELERY, "beat", "--pidfile=", "-s", memory, REDIS_URL=url)


def flushed(size: int, pause: float, stage: Stage, tree: Path, _number: int) -> Findings:
    """Flush Redis every five seconds while letters leave, each of which takes a while."""

    def slowly(verb: str, _recipient: str) -> Reply | None:
        return Reply(after=pause) if verb == FINAL_DOT else None

    with stage.site(size=size, tree=tree, answer=slowly) as site, Broker() as broker:
        with flushing(broker):
            start_celery(site, broker.port)
            came = waited(lambda: _is_quiet(site, broker, size), LONGEST_RUN)
        found = findings.look(site, findings.one_each(size))
        found.require(came, f"not at rest within {LONGEST_RUN} s\n{site.log()}")
        return found


@contextmanager
def flushing(broker: Broker) -> Iterator[None]:
    over = threading.Event()

    def flush() -> None:
        while not over.wait(BETWEEN_FLUSHES):
            with closing(broker.ask()) as line:
                line.flushall()

    thread = threading.Thread(target=flush)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _is_quiet(site: Site, broker: Broker, size: int) -> bool:
    """Tell that every letter came to an end, no mail arrives and no task waits to carry one."""
    ends = [state for state, *_ in site.letters() if state in findings.TERMINAL]
    if len(ends) < size:
        return False
    before = len(site.mailbox.copies)
    time.sleep(2)
    with closing(broker.ask()) as line:
        waiting = line.llen(QUEUE)
    return len(site.mailbox.copies) == before and int(waiting) < size // 20 + 4  # type: ignore[arg-type]


def without_redis(kind: str, stage: Stage, tree: Path, _number: int) -> Findings:
    """Take Redis away, visit and write meanwhile, and wait for the mail once it is back."""
    with stage.site("committee", tree=tree) as site, Broker() as broker:
        proxy = Proxy(broker.port)
        way = proxy.port if kind == "half open" else broker.port
        start_celery(site, way)
        with served(site, REDIS_URL=f"redis://127.0.0.1:{way}/0") as (web,):
            wakes = waited(lambda: site.ask("SELECT 1 FROM committee_heartbeat WHERE name='drain'"))
            assert wakes, site.log()
            found = Findings()
            _while_away(kind, broker, proxy, lambda ask: ask(web, found))
        _dawn(site)
        back = waited(lambda: site.mailbox.copies, BACK_WITHIN[kind])
        found.require(back, f"no letter within {BACK_WITHIN[kind]} s of its return\n{site.log()}")
        waited(lambda: len(site.mailbox.copies) >= len(READERS), 60)
        found += at_rest(site)
        told = sorted(copy.recipient.partition("@")[0] for copy in site.mailbox.copies)
        found.lost += max(len(READERS) - len(told), 0)
        found.require(told == READERS, f"letters to {told}")
        proxy.close()
        return found


Ask = Callable[[int, Findings], None]


def _while_away(kind: str, broker: Broker, proxy: Proxy, web: Callable[[Ask], None]) -> None:
    """Visit and write once, then read on: sign-ins and new passwords are limited by the minute."""
    if kind == "half open":
        proxy.stall()
        web(visit)
        proxy.resume()
        return
    broker.kill() if kind == "killed" else broker.stop()
    ends = time.monotonic() + DOWN * (kind == "stopped")
    web(visit)
    while time.monotonic() < ends:
        web(read)
    broker.start()


def _dawn(site: Site) -> None:
    """Let the rehearsal wake up on 12 November, when four people are told something."""
    site.ask(
        "UPDATE committee_rehearsalclock SET day = '2018-11-12', target = '2018-11-12',"
        " since = now()"
    )


def read(port: int, found: Findings) -> None:
    """Read what asks for no sign-in; no answer may be an error."""
    try:
        browser = Browser(port)
        for path in ("/health/", "/akun/masuk/"):
            browser.get(path)
    except AssertionError as error:
        found.lost += 1
        found.require(False, f"a request was refused: {error}")


def visit(port: int, found: Findings) -> None:
    """Read pages, sign in, report, and ask for a new password; no answer may be an error."""
    read(port, found)
    try:
        browser = Browser(port)
        browser.get("/akun/masuk/")
        browser.post("/akun/masuk/", {"login": "sari@demo.test", "password": "peta-jalan"})
        for path in ("/", "/my/", "/actions/", "/actions/CHA-01/"):
            browser.get(path)
        fields = {"status": "in_progress", "progress": "50", "outlook": "", "note": "Berjalan."}
        hidden = {"version": browser.field("version"), "token": str(uuid4())}
        browser.post("/actions/CHA-01/report/", fields | hidden)
        stranger = Browser(port)
        stranger.get("/akun/sandi/lupa/")
        stranger.post("/akun/sandi/lupa/", {"email": "sari@demo.test"})
    except AssertionError as error:
        found.lost += 1
        found.require(False, f"a request was refused: {error}")


PAYLOAD_TASKS = Control(
    "the database as the queue: a task carries each letter",
    (
        Patch(
            "roadmap/tasks.py",
            '"drain", BETWEEN_ROUNDS):\n        return\n    deliver()\n',
            """\
"drain", BETWEEN_ROUNDS):
        return
    from django.db.models.functions import Now

    from committee.models import Letter

    for letter in Letter.objects.filter(state="pending"):
        Letter.objects.filter(pk=letter.pk).update(state="sent", sent_at=Now())
        carry.delay(letter.pk)


@shared_task
def carry(pk: int) -> None:
    from committee.models import Letter

    Letter.objects.filter(pk=pk).update(state="pending", sent_at=None)
    deliver()
""",
        ),
    ),
)
POKING = Control(
    "a web that never speaks to the broker",
    (
        Patch(
            "committee/outbox.py",
            "    return letter if is_new else None\n",
            "    from celery import current_app\n\n"
            '    current_app.send_task("roadmap.tasks.drain", retry=False)\n'
            "    return letter if is_new else None\n",
        ),
    ),
)
CASES = [
    Case("R2 FLUSHALL each 5 s, 1,000 mails", partial(flushed, 1000, 0.03), PAYLOAD_TASKS, short=0),
    Case("R2 FLUSHALL each 5 s, 60 mails", partial(flushed, 60, 0.4), PAYLOAD_TASKS, runs=0),
    *(
        Case(f"R3 Redis {kind}, the web goes on", partial(without_redis, kind), POKING, short=short)
        for kind, short in (("stopped", 0), ("killed", 1), ("half open", 0))
    ),
]
