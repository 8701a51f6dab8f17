"""dev.py and settings.py: what a newcomer meets before the first page."""

from __future__ import annotations

import ast
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import types
from contextlib import closing
from pathlib import Path
from typing import ClassVar
from urllib.request import urlopen

import pytest

from tests.servers import free_port, is_open, wait_until

ROOT = Path(__file__).resolve().parents[1]
PLAIN = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}


@pytest.fixture
def dev(tmp_path, monkeypatch) -> types.ModuleType:
    """Load a dev.py of our own that keeps its rehearsal in a temporary folder."""
    spec = importlib.util.spec_from_file_location("dev_under_test", ROOT / "dev.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "VAR", tmp_path / "var")
    monkeypatch.setattr(module, "DATABASE", tmp_path / "var" / "roadmap.sqlite3")
    monkeypatch.setattr(module, "PYTHON", Path(sys.executable))
    return module


def dev_py(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "dev.py", *arguments]
    env = PLAIN | environment
    return subprocess.run(
        command, cwd=ROOT, env=env, check=False, capture_output=True, text=True, timeout=60
    )


def start_settings(**changes: str) -> subprocess.CompletedProcess[str]:
    names = ("SECRET_KEY", "DATABASE_URL", "SITE_URL", "ALLOWED_HOSTS", "MAIL_FROM", "DATA_DIR")
    env = PLAIN | {name: os.environ[name] for name in names} | changes
    command = [sys.executable, "-c", "import roadmap.config.settings"]
    return subprocess.run(
        command, cwd=ROOT, env=env, check=False, capture_output=True, text=True, timeout=60
    )


class TestSettings:
    def test_the_documented_ones_are_enough(self):
        assert start_settings().returncode == 0

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            *[(name, "") for name in ("SECRET_KEY", "DATABASE_URL", "SITE_URL", "DATA_DIR")],
            *[(name, "") for name in ("ALLOWED_HOSTS", "MAIL_FROM")],
            ("SECRET_KEY", "short"),
            ("SECRET_KEY_FALLBACKS", "short"),
            ("SECRET_KEY_FALLBACKS", f"{'x' * 50},"),
            ("DATABASE_URL", "nonsense://host/name"),
            ("SITE_URL", "roadmap.example"),
            ("SITE_URL", "https://petajalané.example"),
            ("SITE_URL", "https://roadmap.example/\nBcc: all@demo.test"),
            ("MAIL_FROM", "Sekretariat, Niaga <roadmap@demo.test>"),
            ("MAIL_FROM", "roadmap@demo.test\nBcc: all@demo.test"),
            ("EMAIL_URL", "mail.example"),
            ("PORT", "http"),
            ("PROXIES", "-1"),
            ("DEBUG", "perhaps"),
            ("PUBLIC_SITE", "perhaps"),
        ],
    )
    def test_a_wrong_one_stops_the_process_with_a_sentence_that_names_it(self, name, value):
        done = start_settings(**{name: value})

        assert done.returncode == 1
        assert name in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1

    PROVIDER: ClassVar = {
        "OIDC_ISSUER": "https://sso.example",
        "OIDC_CLIENT_ID": "peta-jalan",
        "OIDC_CLIENT_SECRET": "secret",
        "OIDC_NAME": "SSO",
    }

    def test_a_provider_to_sign_in_with_is_named_whole(self):
        assert start_settings(**self.PROVIDER).returncode == 0

    @pytest.mark.parametrize("name", PROVIDER)
    def test_half_a_provider_stops_the_process_with_what_is_missing(self, name):
        done = start_settings(**self.PROVIDER | {name: ""})

        assert done.returncode == 1
        assert f"{name} is not set" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1

    @pytest.mark.parametrize(
        "issuer",
        [
            *("http://sso.example", "sso.example", "https://", "ftp://sso.example"),
            *("https://sso.example?x=1", "https://sso.example#x", "https://me@sso.example"),
        ],
    )
    def test_a_provider_is_asked_by_https_alone(self, issuer):
        done = start_settings(**self.PROVIDER | {"OIDC_ISSUER": issuer})

        assert done.returncode == 1
        assert "OIDC_ISSUER" in done.stderr


class TestDevPy:
    def test_an_old_python_can_read_it_and_is_told_what_is_needed(self):
        ast.parse((ROOT / "dev.py").read_text(), feature_version=(3, 7))
        pretend = "import runpy, sys; sys.version_info = (3, 9, 2); runpy.run_path('dev.py')"

        done = subprocess.run(
            [sys.executable, "-c", pretend], cwd=ROOT, check=False, capture_output=True, text=True
        )

        assert done.returncode == 1
        assert done.stderr.startswith("Peta Jalan needs Python 3.11 or newer")
        assert len(done.stderr.strip().splitlines()) == 1

    def test_a_busy_port_is_explained_before_anything_is_made(self):
        with closing(socket.socket()) as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])

            done = dev_py("run", PORT=port)

        assert done.returncode == 1
        assert f"Port {port} is busy" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1

    def test_a_python_without_ensurepip_is_explained(self, dev, monkeypatch):
        find = importlib.util.find_spec
        monkeypatch.setattr(
            importlib.util, "find_spec", lambda name: None if name == "ensurepip" else find(name)
        )

        with pytest.raises(SystemExit, match="python3-venv"):
            dev._make_venv(with_pip=True)

    def test_the_secret_is_made_once_and_for_the_owner_alone(self, dev):
        first = dev.embedded_environment()["SECRET_KEY"]

        assert dev.embedded_environment()["SECRET_KEY"] == first
        assert len(first) >= 50
        assert (dev.VAR / "secret").stat().st_mode & 0o077 == 0

    def test_fresh_forgets_the_rehearsal_and_keeps_the_secret(self, dev):
        secret = dev.embedded_environment()["SECRET_KEY"]
        (dev.VAR / "mail").mkdir()
        dev.DATABASE.touch()

        dev._forget()

        assert not dev.DATABASE.exists()
        assert not (dev.VAR / "mail").exists()
        assert dev.embedded_environment()["SECRET_KEY"] == secret

    def test_an_unknown_command_shows_the_known_ones(self):
        done = dev_py("dance")

        assert done.returncode == 2
        assert "run [--fresh]" in done.stdout


@pytest.mark.processes
class TestSupervisor:
    LASTING = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time;"
    LASTING += " time.sleep(600)']); time.sleep(600)"

    def child(self, dev):
        child = dev.Child("clockwork", [])
        child.command = ["timeit", "-n1", "-r1", self.LASTING]
        return child

    def test_a_dead_child_is_started_again_with_a_message(self, dev, capsys):
        child = self.child(dev)
        child.start(PLAIN)
        first = child.process.pid

        os.kill(first, signal.SIGKILL)
        wait_until(lambda: child.watch(PLAIN) or (child.process and child.process.pid != first))

        assert "The clockwork ended (-9); it starts again" in capsys.readouterr().out
        assert not group_is_alive(first)
        dev._signal_group(child.process.pid, signal.SIGKILL)
        child.process.wait()

    def test_ending_leaves_no_grandchild(self, dev, monkeypatch):
        monkeypatch.setattr(dev.signal, "signal", lambda *_: None)
        child = self.child(dev)
        child.start(PLAIN)
        wait_until(lambda: group_size(child.process.pid) == 2)

        dev._end([child])

        wait_until(lambda: not group_is_alive(child.process.pid))


# The real `dev.py run`, but for its folders and packages: those of this test run.
RUN = """
import sys
from pathlib import Path

import dev

dev.VAR = Path(sys.argv[1])
dev.DATABASE = dev.VAR / "roadmap.sqlite3"
dev.PYTHON = Path(sys.executable)
dev.ready = lambda lock: None
sys.exit(dev.main(["run"]))
"""


class Rehearsal:
    """`dev.py run` as a newcomer starts it, and what it has said so far."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.words = folder / f"said-{self.port}"
        with self.words.open("w") as words:
            self.process = subprocess.Popen(
                [sys.executable, "-c", RUN, str(folder / "var")],
                cwd=ROOT,
                env=PLAIN | {"PORT": str(self.port)},
                stdout=words,
                stderr=subprocess.STDOUT,
            )
        self.wait_for("Peta Jalan is ready")
        self.family = children(self.process.pid)

    def wait_for(self, words: str) -> str:
        def said() -> str:
            text = self.words.read_text()
            return text if words in text else ""

        return wait_until(said, seconds=120, alive=self.process)

    def page(self) -> bytes:
        """Read the first page; nothing while nobody listens."""
        if not is_open(self.port):
            return b""
        with urlopen(f"http://127.0.0.1:{self.port}/", timeout=20) as answer:
            return answer.read()

    def leaves_nobody(self) -> bool:
        wait_until(lambda: not any(group_is_alive(leader) for leader in self.family))
        return not is_open(self.port)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Share one rehearsal's files, so that only the first start has to seed."""
    return tmp_path_factory.mktemp("run")


@pytest.fixture
def rehearsal(folder):
    running = Rehearsal(folder)
    yield running
    running.process.kill()
    running.process.wait()
    assert running.leaves_nobody()


@pytest.mark.processes
@pytest.mark.skipif(os.environ.get("TEST_DATABASE") == "postgres", reason="runs once, on SQLite")
class TestRun:
    def test_it_shows_the_page_and_says_what_a_newcomer_needs(self, rehearsal):
        said = rehearsal.words.read_text()

        assert f"http://127.0.0.1:{rehearsal.port}" in said
        assert "sekretariat" in said
        assert "peta-jalan" in said
        assert "Mail is written to" in said
        assert b"/workstreams/LOG/" in rehearsal.page()
        assert len(rehearsal.family) == 2  # the web server; the worker with its beat

    @pytest.mark.parametrize("place", [0, 1])
    def test_whichever_child_dies_is_replaced_with_a_message(self, rehearsal, place):
        os.kill(rehearsal.family[place], signal.SIGKILL)

        rehearsal.wait_for("ended (-9); it starts again")
        wait_until(lambda: len(children(rehearsal.process.pid)) == 2)
        assert not group_is_alive(rehearsal.family[place])
        wait_until(rehearsal.page)
        rehearsal.family = children(rehearsal.process.pid)

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_a_signal_ends_it_and_leaves_nobody_behind(self, rehearsal, number):
        rehearsal.process.send_signal(number)

        assert rehearsal.process.wait(timeout=30) == 0
        assert rehearsal.leaves_nobody()
        assert "Stopped." in rehearsal.words.read_text()
        assert "Traceback" not in rehearsal.words.read_text()

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of this")
    def test_killed_outright_it_still_leaves_nobody_behind(self, rehearsal):
        rehearsal.process.kill()
        rehearsal.process.wait()

        assert rehearsal.leaves_nobody()


def children(parent: int) -> list[int]:
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(pid) for pid in found]


def group_is_alive(leader: int) -> bool:
    return group_size(leader) > 0


def group_size(leader: int) -> int:
    """Count the living members of a process group; a zombie has ended."""
    states = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == leader:
            states.append(fields[0])
    return sum(state != "Z" for state in states)
