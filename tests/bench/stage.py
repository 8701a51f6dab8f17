"""What a bench of one size stands on: two databases, their settings, servers, memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import PostgresServer, SmtpSink, free_port, wait_for_port

ROOT = Path(__file__).resolve().parents[2]
FLOOR = ROOT / "tests" / "bench" / "floor"
Process = subprocess.Popen[bytes]


class Stage:
    """The product and the floor with as many actions each, on one server."""

    def __init__(
        self, size: int, postgres: PostgresServer | None, sink: SmtpSink, folder: Path
    ) -> None:
        folder.mkdir()
        self.size = size
        if postgres is None:
            self.floor = on_file(folder / "floor.sqlite3")
            url = f"sqlite:///{folder / 'product.sqlite3'}"
        else:
            self.floor = floor_environment(postgres, postgres.create(f"floor{size}"))
            url = postgres.create(f"product{size}")
        self.product = product_environment(url, sink.url, folder)

    def prepare(self) -> None:
        for command in (
            ["migrate", "-v0"],
            ["createcachetable"],
            ["collectstatic", "--noinput", "-v0"],
        ):
            self.manage(*command)
        began = time.perf_counter()
        self.manage("seed", "--synthetic", str(self.size))
        taken = time.perf_counter() - began
        self.tell(f"{'synthetic seed':<16}{self.size:>8}{taken * 1000:>9.0f}")
        run([sys.executable, "floor.py", "seed", str(self.size)], self.floor, FLOOR)

    def manage(self, *arguments: str) -> str:
        return run([sys.executable, "manage.py", *arguments], self.product, ROOT)

    def inside(self, *arguments: str) -> str:
        """Ask tests/bench/inside.py, which runs within the product."""
        command = [sys.executable, "-m", "tests.bench.inside", *arguments]
        return run(command, self.product, ROOT)

    @staticmethod
    def tell(line: str) -> None:
        print(line, flush=True)


def product_environment(url: str, mail_url: str, folder: Path) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": url,
        "REDIS_URL": "",
        "EMAIL_URL": mail_url,
        "MAIL_FROM": "roadmap@demo.test",
        "SECRET_KEY": "bench-" * 10,
        "SITE_URL": "http://127.0.0.1",
        "ALLOWED_HOSTS": "127.0.0.1",
        "PROXIES": "0",
        "DEBUG": "0",
        "PUBLIC_SITE": "",
        "DATA_DIR": str(folder),
        "PORT": "8000",
        "DJANGO_SETTINGS_MODULE": "roadmap.config.settings",
    }


def floor_environment(postgres: PostgresServer, url: str) -> dict[str, str]:
    return os.environ | {
        "PGHOST": postgres.host,
        "PGPORT": str(postgres.port),
        "PGUSER": postgres.user,
        "PGDATABASE": url.rsplit("/", 1)[1],
        "DJANGO_SETTINGS_MODULE": "",
    }


def on_file(path: Path) -> dict[str, str]:
    return os.environ | {"FLOOR_SQLITE": str(path), "DJANGO_SETTINGS_MODULE": ""}


def run(command: list[str], env: dict[str, str], folder: Path) -> str:
    done = subprocess.run(command, env=env, cwd=folder, check=True, stdout=subprocess.PIPE)
    return done.stdout.decode().strip()


@contextmanager
def served(
    command: list[str], env: dict[str, str], folder: Path, *, listens: bool = True
) -> Iterator[tuple[Process, int]]:
    """Start a program of ours, on a free port if it listens, and end it afterwards."""
    port = free_port()
    bind = ["-b", f"127.0.0.1:{port}"] if listens else []
    process = subprocess.Popen([sys.executable, "-m", *command, *bind], env=env, cwd=folder)
    try:
        if listens:
            wait_for_port(port, alive=process)
        yield process, port
    finally:
        process.terminate()
        process.wait(timeout=300)  # a plan of 100,000 actions is let finish


def resident(process: Process) -> float:
    """Add up the memory of a process and its children, shared pages once, in MB (Linux only)."""
    rollups = [Path(f"/proc/{pid}/smaps_rollup") for pid in family(process.pid)]
    lines = [line for rollup in rollups for line in rollup.read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1000


def family(leader: int) -> list[int]:
    children = Path(f"/proc/{leader}/task/{leader}/children").read_text().split()
    return [leader, *(pid for child in children for pid in family(int(child)))]
