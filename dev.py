#!/usr/bin/env python3
"""Run, test and check Peta Jalan on a machine that has only Python.

Standard library only. It owns two folders: .venv (the locked packages) and var (the rehearsal:
database, mail, evidence). Everything it starts takes its settings from `embedded_environment`.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (this is the sentence an older Python must reach)
    sys.exit(f"Peta Jalan needs Python 3.11 or newer; this is {sys.version.split()[0]}.")

import contextlib
import ctypes
import hashlib
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "peta-jalan.stamp"
VAR = ROOT / "var"
DATABASE = VAR / "roadmap.sqlite3"
RUN_LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "requirements-test.lock"
GRACE_SECONDS = 8
LONGEST_PAUSE = 30

PREPARE = """
import django
from django.core.management import call_command

django.setup()
from committee.models import Institution

call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
if not Institution.objects.exists():
    call_command("seed", "--rehearsal", "--as-of", "2018-09-24")
"""

USAGE = """usage: python3 dev.py COMMAND

  run [--fresh]   the rehearsal at http://127.0.0.1:8000 (elsewhere: PORT=8001); --fresh: anew
  test [ARGS]     the whole suite on SQLite and PostgreSQL; ARGS go to pytest
  manage ARGS     manage.py on the rehearsal's database
  lint            every static check that CI makes
  bench [SIZES]   the product beside the floor
  chaos, fuzz     what tests/chaos and tests/fuzz hold
  env             the settings `run` uses, one to a line
"""


def stop(sentence: str) -> None:
    raise SystemExit(sentence)


def say(sentence: str) -> None:
    print(sentence, flush=True)


def main(arguments: list[str]) -> int:
    name, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    if name not in COMMANDS:
        say(USAGE)
        return 0 if name in ("help", "-h", "--help") else 2
    # A plain SIGTERM would leave our children behind; as an exception it passes every `finally`.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return COMMANDS[name](rest)
    except KeyboardInterrupt:
        return 130


def embedded_environment() -> dict[str, str]:
    """Give every setting of the embedded mode; nothing of the machine's own leaks in."""
    VAR.mkdir(exist_ok=True)
    port = os.environ.get("PORT", "8000")
    return {
        "DATABASE_URL": f"sqlite:///{DATABASE}",
        "REDIS_URL": "",
        "EMAIL_URL": "",
        "MAIL_FROM": "Peta Jalan <peta-jalan@demo.test>",
        "SECRET_KEY": _secret(VAR / "secret"),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "PROXIES": "0",
        "DEBUG": os.environ.get("DEBUG", "0"),
        "PUBLIC_SITE": "",
        **{name: value for name, value in os.environ.items() if name.startswith("OIDC_")},
        "DATA_DIR": str(VAR),
        "PORT": port,
    }


def _secret(path: Path) -> str:
    """Make the secret once; whoever loses the race reads the winner's."""
    if not path.exists():
        draft = path.with_name(f"secret.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


def environment() -> dict[str, str]:
    settings = {"DJANGO_SETTINGS_MODULE": "roadmap.config.settings", "PYTHONUNBUFFERED": "1"}
    return os.environ | settings | embedded_environment()


def ready(lock: Path) -> None:
    """Have the packages of a lock in .venv; a stamp makes the second time free."""
    wanted = _stamp(lock)
    # The test set holds the run set, so either will do to run.
    if PYTHON.exists() and _read(STAMP) in {wanted, _stamp(TEST_LOCK)}:
        return
    say(f"Installing the packages of {lock.name} into .venv …")
    STAMP.unlink(missing_ok=True)
    _install(lock)
    STAMP.write_text(wanted)


def _stamp(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes() + sys.version.encode() + bytes(ROOT)).hexdigest()


def _install(lock: Path) -> None:
    uv = shutil.which("uv")
    _make_venv(with_pip=uv is None)
    arguments = ["--require-hashes", "-q", "-r", str(lock)]
    uv = uv or _uv_by_pip()
    if uv and _call([uv, "pip", "install", "--python", str(PYTHON), *arguments]) == 0:
        return
    say("uv cannot be had here; pip does it, more slowly.")
    if not _has_pip() and _call([str(PYTHON), "-m", "ensurepip"]) != 0:
        stop("pip cannot be installed into .venv: install the package python3-venv.")
    if _call([str(PYTHON), "-m", "pip", "install", *arguments]) != 0:
        stop("The packages could not be installed: can pip reach its package index?")


def _make_venv(*, with_pip: bool) -> None:
    needed = ("venv", "ensurepip") if with_pip else ("venv",)
    for module in needed:
        if importlib.util.find_spec(module) is None:
            stop(f"This Python has no {module}: install the package python3-venv, then try again.")
    options = [] if with_pip else ["--without-pip"]
    if _call([sys.executable, "-m", "venv", "--clear", *options, str(VENV)]) != 0:
        stop("The folder .venv cannot be made: is python3-venv installed, and the disk writable?")
    # .venv/bin/pytest and its neighbours then find the apps and tests/ as `python -m` does.
    site_packages = next(VENV.glob("lib/python*/site-packages"))
    (site_packages / "peta-jalan.pth").write_text(f"{ROOT}\n")


def _uv_by_pip() -> str | None:
    quiet = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", "uv"]
    return str(VENV / "bin" / "uv") if _call(quiet, stderr=subprocess.DEVNULL) == 0 else None


def _has_pip() -> bool:
    return _call([str(PYTHON), "-m", "pip", "--version"], stdout=subprocess.DEVNULL) == 0


def _call(command: list[str], **options: object) -> int:
    return subprocess.run(command, cwd=ROOT, check=False, **options).returncode  # type: ignore[call-overload]


def run(arguments: list[str]) -> int:
    """Show the rehearsal: everything it takes, from nothing to the page."""
    if set(arguments) - {"--fresh"}:
        stop("run knows one option: --fresh.")
    port = _free_port(os.environ.get("PORT", "8000"))
    ready(RUN_LOCK)
    if "--fresh" in arguments:
        _forget()
    _prepare()
    return _supervise(port)


def _free_port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        stop(f"PORT must be a number from 1 to 65535, not {text!r}.")
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except OSError:
            stop(f"Port {text} is busy: stop what listens there, or choose another with PORT=8001.")
    return int(text)


def _forget() -> None:
    """Remove what a rehearsal wrote, and nothing else."""
    for path in [*VAR.glob("roadmap.sqlite3*"), *VAR.glob("beat-schedule*")]:
        path.unlink()
    for folder in ("mail", "evidence", "broker"):
        shutil.rmtree(VAR / folder, ignore_errors=True)


def _prepare() -> None:
    """Bring database and static files up to date, side by side; a second start finds them so."""
    env = environment()
    database, static = VAR / "database.stamp", VAR / "static.stamp"
    collect = ["manage.py", "collectstatic", "--noinput", "--clear", "-v0"]
    steps = {
        database: (_mark("*/migrations/*.py"), ["-c", PREPARE]),
        static: (_mark("static/**/*"), collect),
    }
    if not DATABASE.exists():
        say("Preparing the rehearsal …")
        database.unlink(missing_ok=True)
    due = {stamp: step for stamp, step in steps.items() if _read(stamp) != step[0]}
    jobs = [subprocess.Popen([PYTHON, *step[1]], cwd=ROOT, env=env) for step in due.values()]
    try:
        codes = [job.wait() for job in jobs]
    finally:
        for job in jobs:
            job.kill()
    if any(codes):
        stop("The rehearsal could not be prepared: the reason stands above.")
    for stamp, (mark, _) in due.items():
        stamp.write_text(mark)


def _read(stamp: Path) -> str:
    return stamp.read_text() if stamp.exists() else ""


def _mark(pattern: str) -> str:
    """Name the present state of some files, and of the packages that read them."""
    files = sorted(path for path in ROOT.glob(pattern) if path.is_file())
    marks = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return hashlib.sha256(repr(marks).encode() + _stamp(RUN_LOCK).encode()).hexdigest()


@dataclass
class Child:
    """A process of the site: started, watched, started again, and ended with its whole group."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    pause: float = 1
    born: float = 0
    due: float = 0

    def start(self, env: dict[str, str]) -> None:
        self.born = time.monotonic()
        self.process = subprocess.Popen(
            [str(PYTHON), "-m", *self.command],
            cwd=ROOT, env=env, start_new_session=True, preexec_fn=_die_with_parent,
        )  # fmt: skip

    def watch(self, env: dict[str, str]) -> None:
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            code, self.process = self._bury(self.process), None
            self.pause = 1 if now - self.born > 60 else min(self.pause * 2, LONGEST_PAUSE)
            self.due = now + self.pause
            say(f"The {self.name} ended ({code}); it starts again in {self.pause:.0f} s.")
        elif self.process is None and now >= self.due:
            self.start(env)

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            _signal_group(self.process.pid, signal.SIGTERM)

    def end(self, deadline: float) -> None:
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=max(0.1, deadline - time.monotonic()))
        self._bury(self.process)

    @staticmethod
    def _bury(process: subprocess.Popen[bytes]) -> int:
        """End what a dead leader left in its group: a worker's beat outlives a kill -9."""
        _signal_group(process.pid, signal.SIGKILL)
        return process.wait()


def _signal_group(leader: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


def _die_with_parent() -> None:
    """Ask Linux to end this child when the supervisor is killed outright."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _children(port: int) -> list[Child]:
    server = ["gunicorn", "roadmap.config.wsgi", "-k", "gthread", "--threads", "8"]
    bind = ["-b", f"127.0.0.1:{port}", "--log-level", "warning", "--no-control-socket"]
    # Who is a trusted proxy is said by PROXIES alone.
    bind += ["--forwarded-allow-ips", ""]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING"]
    # With -B the one worker rings for itself; `--pool solo` keeps it to one small process.
    worker = ["celery", "-A", "roadmap.config", "--quiet", "worker", "--pool", "solo", "-B", *quiet]
    return [Child("web server", server + bind), Child("worker", worker)]


def _supervise(port: int) -> int:
    env, children = environment(), _children(port)
    try:
        for child in children:
            child.start(env)
        told = False
        while True:
            for child in children:
                child.watch(env)
            if not told and _answers(port):
                told = True
                say(_greeting(port))
            time.sleep(0.2)
    except (KeyboardInterrupt, SystemExit):
        return 0
    finally:
        _end(children)


def _end(children: list[Child]) -> None:
    """Leave none behind: ask all, wait together, then insist."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        child.end(deadline)
    say("Stopped.")


def _answers(port: int) -> bool:
    with contextlib.closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _greeting(port: int) -> str:
    return f"""
  Peta Jalan is ready:  http://127.0.0.1:{port}

  Sign in as …@demo.test, password peta-jalan:
    kominfo, kemendag, bi, bssn …   owners, one per leading institution
    sekretariat                     builds the roadmap, steps the clock
    ketua, penasihat, pembaca       chair, adviser, viewer
    admin                           members, roles, machine settings
  Mail is written to {os.path.relpath(VAR / "mail")}/, one file per letter.
  Ctrl-C stops everything; `python3 dev.py run --fresh` starts the rehearsal again.
"""


def test(arguments: list[str]) -> int:
    """Run the suite on every database the machine has, and say what was covered."""
    ready(TEST_LOCK)
    return _call([str(PYTHON), "-m", "tests.suite", *arguments])


def lint(arguments: list[str]) -> int:
    """Make every static check that CI makes."""
    ready(TEST_LOCK)
    return _call([str(PYTHON), "-m", "tests.checks", *arguments], env=environment())


def manage(arguments: list[str]) -> int:
    ready(RUN_LOCK)
    return _call([str(PYTHON), "manage.py", *arguments], env=environment())


def tool(name: str) -> int:
    """Run a package of tests/ as a program."""
    if not (ROOT / "tests" / name / "__main__.py").exists():
        stop(f"There is nothing in tests/{name} to run.")
    ready(TEST_LOCK)
    return _call([str(PYTHON), "-m", f"tests.{name}", *sys.argv[2:]])


def env(arguments: list[str]) -> int:
    say("\n".join(f"{name}={value}" for name, value in embedded_environment().items()))
    return 0


COMMANDS = {"run": run, "test": test, "manage": manage, "lint": lint, "env": env}
COMMANDS |= {name: lambda _, name=name: tool(name) for name in ("bench", "chaos", "fuzz")}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
