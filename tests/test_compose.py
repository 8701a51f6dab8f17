"""docker-compose.yml cannot rot: its own commands are started here, as processes.

They meet a private PostgreSQL, Redis and SMTP sink; only addresses and folders are exchanged.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest
import yaml

from tests.servers import PostgresServer, RedisServer, SmtpSink, free_port, is_open, wait_until

ROOT = Path(__file__).resolve().parents[1]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = ("setup", "web", "worker", "beat")
BOTH_ALIVE = {"plan", "drain"}
starts_processes = [
    pytest.mark.processes,
    pytest.mark.skipif(
        os.environ.get("TEST_DATABASE") != "postgres", reason="runs once, in the PostgreSQL round"
    ),
]


class Site:
    """The compose file's services on this machine, started from an empty data folder."""

    def __init__(self, folder: Path, postgres: PostgresServer, redis: RedisServer, mail: SmtpSink):
        self.port = free_port()
        self.folder = folder
        self.children: list[subprocess.Popen[bytes]] = []
        self.exchanges = {
            "/data": str(folder),
            "postgres://roadmap:roadmap@postgres/rehearsal": postgres.url("rehearsal"),
            "redis://redis:6379/0": redis.url,
            "smtp://mail:1025": mail.url,
            "127.0.0.1:8000": f"127.0.0.1:{self.port}",
            "0.0.0.0:8000": f"127.0.0.1:{self.port}",
        }

    def start(self, service: str, **dotenv: str) -> subprocess.Popen[bytes]:
        definition = COMPOSE["services"][service]
        command = [self.text(part) for part in definition["entrypoint"] + definition["command"]]
        environment = {
            name: self.text(str(value), dotenv) for name, value in definition["environment"].items()
        }
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        child = subprocess.Popen(
            command, cwd=ROOT, env={"PATH": path, **environment}, start_new_session=True
        )
        self.children.append(child)
        return child

    def text(self, value: str, dotenv: dict[str, str] | None = None) -> str:
        """Do to a value what compose does: fill in variables, then halve the dollars."""
        filled = re.sub(
            r"(?<!\$)\$\{(\w+):-([^}]*)\}",
            lambda match: (dotenv or {}).get(match[1]) or match[2],
            value,
        ).replace("$$", "$")
        for theirs, mine in self.exchanges.items():
            filled = filled.replace(theirs, mine)
        return filled

    def health(self) -> dict[str, object]:
        with urlopen(f"http://127.0.0.1:{self.port}/health/", timeout=10) as answer:
            return json.load(answer)

    def stop(self) -> list[int]:
        for child in self.children:
            child.terminate()
        return [child.wait(timeout=60) for child in self.children]


@pytest.fixture(scope="module")
def servers():
    with PostgresServer() as postgres, RedisServer() as redis, SmtpSink() as mail:
        yield postgres, redis, mail


@pytest.fixture
def site(servers, tmp_path):
    servers[0].create("rehearsal")
    site = Site(tmp_path, *servers)
    yield site
    site.stop()
    servers[0].drop("rehearsal")


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def beating(url: str) -> set[object]:
    return {name for (name,) in rows(url, "SELECT name FROM committee_heartbeat")}


class TestWithoutDotEnv:
    pytestmark = starts_processes

    def test_the_commands_bring_up_the_rehearsal_and_stop_cleanly(self, site, servers):
        url = servers[0].url("rehearsal")

        assert site.start("setup").wait(timeout=180) == 0
        web = site.start("web")
        site.start("worker")
        site.start("beat")
        wait_until(lambda: is_open(site.port), alive=web)

        assert site.health()["status"] == "ok"
        wait_until(lambda: beating(url) >= BOTH_ALIVE, alive=web)
        assert rows(url, "SELECT count(*) FROM roadmap_actionitem")[0][0] > 0
        assert rows(url, "SELECT count(*) FROM committee_rehearsalclock")[0][0] == 1
        assert set(site.stop()) == {0}

    def test_a_second_start_keeps_the_secret_and_the_data(self, site, servers):
        url, count = servers[0].url("rehearsal"), "SELECT count(*) FROM roadmap_statusupdate"
        assert site.start("setup").wait(timeout=180) == 0
        secret, before = (site.folder / "secret").read_text(), rows(url, count)

        assert site.start("setup").wait(timeout=180) == 0

        assert (site.folder / "secret").read_text() == secret
        assert rows(url, count) == before


class TestWithDotEnv:
    pytestmark = starts_processes

    def test_production_is_migrated_and_not_seeded(self, site, servers):
        url = servers[0].url("rehearsal")
        dotenv = {
            "SECRET_KEY": "only-for-tests-" * 5,
            "DATABASE_URL": url,
            "SITE_URL": "https://roadmap.example",
            "ALLOWED_HOSTS": "roadmap.example",
            "MAIL_FROM": "peta-jalan@roadmap.example",
        }

        assert site.start("setup", **dotenv).wait(timeout=180) == 0

        assert rows(url, "SELECT count(*) FROM roadmap_actionitem") == [(0,)]
        assert not (site.folder / "secret").exists()

    def test_a_forgotten_setting_stops_it(self, site):
        assert site.start("setup", SITE_URL="https://roadmap.example").wait(timeout=60) == 1


class TestTheFile:
    def test_every_service_is_watched_and_none_runs_as_root(self):
        image = (ROOT / "Dockerfile").read_text()
        assert re.search(r"^USER (?!root)", image, re.MULTILINE)
        assert "HEALTHCHECK" in image

        for name, service in COMPOSE["services"].items():
            assert name in OURS or service["user"] not in ("root", "0")
            assert name in (*OURS, "mail") or "healthcheck" in service

    def test_there_is_exactly_one_beat(self):
        commands = [str(service.get("command")) for service in COMPOSE["services"].values()]

        assert sum("'beat'" in command or " -B" in command for command in commands) == 1
