"""A pack is made by a child of the worker: with real processes, and a child killed midway.

In the SQLite round the worker is the embedded one, a single process; in the PostgreSQL round it
is `deliver --loop`.
"""

from __future__ import annotations

import io
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from pypdf import PdfReader

from roadmap import packs
from tests.servers import PostgresServer, wait_until

ROOT = Path(__file__).resolve().parents[1]
ON_POSTGRES = os.environ.get("TEST_DATABASE") == "postgres"
SOLO = ["--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat"]
EMBEDDED = ["-m", "celery", "-A", "roadmap.config", "worker", "-B", *SOLO, "-l", "WARNING"]
LOOP = ["manage.py", "deliver", "--loop"]
pytestmark = pytest.mark.processes
needs_pango = pytest.mark.skipif(not packs.can_make_pdf(), reason="Pango is not installed")

# A rehearsal with one late action, and a pack of yesterday that is ordered twice.
ROWS = """
from committee import clock
from committee.models import RehearsalClock
from committee.rules.days import PastDay
from django.utils import timezone
from roadmap import packs
from roadmap.selectors.since import Since
from roadmap.services import jobs
from roadmap.services.changes import Attempt
from tests import factories as make

RehearsalClock.objects.create(day=make.TODAY, target=make.TODAY, since=timezone.now())
make.action("CYB-01", late=True, owner=make.member())
day = PastDay(2018, 9, 23)
for who in ("viewer", "chair"):
    order = packs.order_of(day=day, since=Since(make.days(-30)), language="en", revision=0)
    jobs.order(order=order, attempt=Attempt(make.member(who), clock.read()))
"""


def environment_of(database_url: str, folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_url,
        "MAIL_FROM": "peta-jalan@demo.test",
        "SECRET_KEY": "only-for-tests-" * 5,
        "SITE_URL": "https://roadmap.example",
        "ALLOWED_HOSTS": "roadmap.example",
        "DATA_DIR": str(folder),
    }


class Site:
    """One database with the rows above, and the workers started beside it."""

    def __init__(self, database_url: str, folder: Path):
        self.database_url, self.folder = database_url, folder
        self.workers: list[subprocess.Popen[bytes]] = []
        self.environment = environment_of(database_url, folder)
        self.manage("migrate", "-v0")
        self.manage("shell", "-v0", "-c", ROWS)

    def manage(self, *words: str) -> None:
        command = [sys.executable, "manage.py", *words]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, timeout=180)

    def start(self) -> subprocess.Popen[bytes]:
        way = LOOP if ON_POSTGRES else EMBEDDED
        worker = subprocess.Popen(
            [sys.executable, *way], cwd=ROOT, env=self.environment, start_new_session=True
        )
        self.workers.append(worker)
        return worker

    def stop(self) -> None:
        for worker in self.workers:
            if worker.poll() is None:
                os.killpg(worker.pid, signal.SIGTERM)
                worker.wait(timeout=60)

    def ask(self, query: str) -> list[tuple[object, ...]]:
        if ON_POSTGRES:
            with psycopg.connect(self.database_url) as connection:
                return connection.execute(query).fetchall()
        path = self.database_url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, timeout=20)) as connection, connection:
            return connection.execute(query).fetchall()

    def job(self) -> tuple[object, ...]:
        """Give state and tries of the one job there is."""
        (only,) = self.ask("SELECT state, attempts FROM roadmap_job")
        return only

    def beaten_at(self) -> object:
        found = self.ask("SELECT at FROM committee_heartbeat WHERE name = 'drain'")
        return found[0][0] if found else None

    def files(self) -> list[Path]:
        return list((self.folder / "packs").glob("*"))


@pytest.fixture
def site(tmp_path):
    if not ON_POSTGRES:
        site = Site(f"sqlite:///{tmp_path / 'db.sqlite3'}", tmp_path)
        yield site
        site.stop()
        return
    with PostgresServer() as server:
        site = Site(server.create("jobs"), tmp_path)
        yield site
        site.stop()


def child_of(worker) -> int | None:
    """Find the process that does a job."""
    command = ["ps", "-o", "pid=,args=", "--ppid", str(worker.pid)]
    lines = subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout.decode()
    found = [line.split()[0] for line in lines.splitlines() if "manage.py job " in line]
    return int(found[0]) if found else None


def assert_made_once(site):
    (path,) = site.files()
    reader = PdfReader(io.BytesIO(path.read_bytes()))
    ((name, size, checksum),) = site.ask("SELECT stored_name, size, data_sha256 FROM roadmap_job")
    assert (path.name, path.stat().st_size) == (name, size)
    assert checksum in " ".join(page.extract_text() for page in reader.pages).replace(" ", "")


@needs_pango
def test_a_child_killed_midway_is_tried_again_and_makes_one_pack(site):
    worker = site.start()
    child = wait_until(lambda: child_of(worker), alive=worker)
    os.kill(child, signal.SIGSTOP)
    assert site.job() == ("running", 1)

    # Letters and plans do not wait for it.
    before = site.beaten_at()
    wait_until(lambda: site.beaten_at() != before, alive=worker)
    assert site.job() == ("running", 1)
    os.kill(child, signal.SIGKILL)

    wait_until(lambda: site.job() == ("done", 2), seconds=120, alive=worker)
    assert_made_once(site)


@needs_pango
def test_a_worker_killed_with_its_child_leaves_the_job_to_the_next_one(site):
    worker = site.start()
    child = wait_until(lambda: child_of(worker), alive=worker)
    os.kill(child, signal.SIGSTOP)
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(timeout=30)
    assert site.job() == ("running", 1)
    assert site.files() == []

    # As long as its lease holds nobody may touch it; then the next one does.
    site.manage("deliver")
    assert site.job() == ("running", 1)
    site.manage(
        *("shell", "-v0", "-c"),
        "from roadmap.models import Job; Job.objects.update(lease_until='2018-01-01T00:00Z')",
    )
    site.manage("deliver")

    assert site.job() == ("done", 2)
    assert_made_once(site)


LIMITED = """
import django
django.setup()
from roadmap.management.commands import job
job.SECONDS = {seconds}
job._limit()
{work}
"""


@pytest.mark.parametrize(
    ("seconds", "work", "ends"),
    [
        (1, "while True: pass", {-signal.SIGALRM, -signal.SIGXCPU, -signal.SIGKILL}),
        (60, "bytearray(job.BYTES)", {1}),
        (60, "pass", {0}),
    ],
    ids=["time", "memory", "control"],
)
def test_a_child_has_limits_of_its_own(seconds, work, ends, tmp_path):
    environment = environment_of(f"sqlite:///{tmp_path / 'db.sqlite3'}", tmp_path)
    environment["DJANGO_SETTINGS_MODULE"] = "roadmap.config.settings"
    script = LIMITED.format(seconds=seconds, work=work)

    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        timeout=120,
    )

    assert done.returncode in ends, done.stderr.decode()
    assert ("MemoryError" in done.stderr.decode()) == (work.startswith("bytearray"))
