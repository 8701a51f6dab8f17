"""Letters leave when the worker runs, and each arrives once: with real processes throughout.

PostgreSQL, Redis, a worker and a beat, and a mail server that keeps what it accepts.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
import redis

from tests.servers import PostgresServer, RedisServer, SmtpSink, wait_until

ROOT = Path(__file__).resolve().parents[1]
CELERY = [sys.executable, "-m", "celery", "-A", "roadmap.config"]
QUEUE = "roadmap:celery"
SITE_URL = "https://roadmap.example"
pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(
        os.environ.get("TEST_DATABASE") != "postgres", reason="runs once, in the PostgreSQL round"
    ),
]

# A Monday morning: Sari has two lines, Budi one in Indonesian, an orphan finds Rina.
ROWS = """
from django.utils import timezone
from committee.models import RehearsalClock
from tests import factories as make

RehearsalClock.objects.create(day=make.TODAY, target=make.TODAY, since=timezone.now())
place = make.workstream("CYB", title="Keamanan siber", title_en="Cyber security")
sari = make.member(name="Sari", email="sari@demo.test", language="en")
budi = make.member(name="Budi", email="budi@demo.test", language="id")
make.member("secretariat", name="Rina", email="rina@demo.test", language="en")
for number, (owner, day) in enumerate([(sari, -1), (sari, 7), (budi, 7), (None, 0)], 1):
    make.action(
        f"CYB-0{number}", workstream=place, number=number, owner=owner, due_date=make.days(day),
        title=f"Peraturan {number}", title_en=f"Rule {number}",
    )
"""
SUBJECTS = {
    "sari@demo.test": "[Rehearsal] Peta Jalan: 1 late, 1 due soon",
    "rina@demo.test": "[Rehearsal] Peta Jalan: 1 due today, 1 update owed",
}
# Each line, and where it leads. Nobody leads the workstream, so its narrative is asked of Rina.
LINES = {
    "sari@demo.test": {"CYB-01 Rule 1": "/actions/CYB-01/", "CYB-02 Rule 2": "/actions/CYB-02/"},
    "budi@demo.test": {"CYB-03 Peraturan 3": "/actions/CYB-03/"},
    "rina@demo.test": {"CYB-04 Rule 4": "/actions/CYB-04/", "Cyber security": "/periods/"},
}
DUE = {"sari@demo.test": "1 October 2018", "budi@demo.test": "1 Oktober 2018"}


class Site:
    """One database with the rows above, and the processes started beside it."""

    def __init__(self, database_url: str, redis_url: str, mail: SmtpSink, folder: Path):
        self.database_url = database_url
        self.mail = mail
        self.children: list[subprocess.Popen[bytes]] = []
        self.environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "EMAIL_URL": mail.url,
            "MAIL_FROM": "peta-jalan@demo.test",
            "SECRET_KEY": "only-for-tests-" * 5,
            "SITE_URL": SITE_URL,
            "ALLOWED_HOSTS": "roadmap.example",
            "DATA_DIR": str(folder),
        }
        self.manage("migrate", "-v0")
        self.manage("shell", "-v0", "-c", ROWS)

    def manage(self, *words: str) -> None:
        command = [sys.executable, "manage.py", *words]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, timeout=120)

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [*CELERY, *words, "-l", "WARNING"],
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
        )
        self.children.append(child)
        return child

    def stop(self) -> list[int]:
        for child in self.children:
            child.terminate()
        codes = [child.wait(timeout=60) for child in self.children]
        self.children.clear()
        return codes

    def ask(self, query: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(query).fetchall()

    def drained_at(self) -> object:
        found = self.ask("SELECT at FROM committee_heartbeat WHERE name = 'drain'")
        return found[0][0] if found else None


@pytest.fixture(scope="module")
def postgres():
    with PostgresServer() as server:
        yield server


@pytest.fixture
def site(postgres, tmp_path):
    with ExitStack() as stack:
        broker, mail = stack.enter_context(RedisServer()), stack.enter_context(SmtpSink())
        site = Site(postgres.create("delivery"), broker.url, mail, tmp_path)
        yield site
        site.stop()
    postgres.drop("delivery")


def by_recipient(mails):
    """Give the mails by their reader; a second copy to anybody fails here."""
    found = {mail["To"]: mail for mail in mails}
    assert len(found) == len(mails)
    return found


def part(mail, kind):
    return mail.get_body((kind,)).get_content()


def assert_each_arrived_once_and_right(site):
    found = by_recipient(site.mail.mails)

    assert set(found) == set(LINES)
    for reader, subject in SUBJECTS.items():
        assert found[reader]["Subject"] == subject
    for reader, lines in LINES.items():
        text = part(found[reader], "plain")
        assert {line[2:] for line in text.splitlines() if line.startswith("- ")} == set(lines)
        for place in lines.values():
            assert f"{SITE_URL}{place}" in text
            assert f"{SITE_URL}{place}" in part(found[reader], "html")
    for reader, words in DUE.items():
        assert words in part(found[reader], "plain")
    assert 'lang="id"' in part(found["budi@demo.test"], "html")


def letters(site):
    return sorted(site.ask("SELECT state, tries FROM committee_letter"))


def test_with_the_worker_stopped_no_letter_leaves_and_starting_it_delivers_each_once(site):
    beat = site.start("beat", "--pidfile=")
    broker = redis.Redis.from_url(site.environment["REDIS_URL"])
    wait_until(lambda: broker.llen(QUEUE) >= 4, alive=beat)  # two rounds rung, nobody answers
    assert site.mail.mails == []
    assert letters(site) == []

    worker = site.start("worker", "--without-gossip", "--without-mingle", "--concurrency", "2")
    wait_until(lambda: len(site.mail.mails) >= len(LINES), alive=worker)
    wait_until(lambda: letters(site) == [("sent", 1)] * len(LINES), alive=worker)
    before = site.drained_at()
    wait_until(lambda: site.drained_at() > before, alive=worker)  # a further round adds nothing

    assert_each_arrived_once_and_right(site)
    assert letters(site) == [("sent", 1)] * len(LINES)
    broker.close()
    assert site.stop() == [0, 0]


def test_two_workers_deliver_each_letter_once(site):
    workers = [
        site.start("worker", "--without-gossip", "--without-mingle", "-c", "2", "-n", name)
        for name in ("first@demo", "second@demo")
    ]
    site.start("beat", "--pidfile=")

    wait_until(lambda: letters(site) == [("sent", 1)] * len(LINES), alive=workers[0])

    assert_each_arrived_once_and_right(site)


def test_deliver_is_the_equal_way_without_celery(site):
    site.manage("deliver")

    assert_each_arrived_once_and_right(site)
    site.manage("deliver")
    assert len(site.mail.mails) == len(LINES)


def test_a_mail_server_that_was_down_costs_no_letter_a_try(site):
    site.mail.stop()
    site.manage("deliver")
    assert letters(site) == [("pending", 0)] * len(LINES)

    with SmtpSink() as other:
        site.environment["EMAIL_URL"] = other.url
        site.manage("deliver")
        site.mail.mails = other.mails

    assert_each_arrived_once_and_right(site)
    site.mail.start()  # so that its fixture can stop it
