"""Time the product beside the floor: `python3 dev.py bench [sizes]`.

Both run under the same server on the same private PostgreSQL; their requests take turns, so
that a busy machine slows both. Prints median, p95 and the ratio of the medians; asserts
nothing.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from tests.bench.clients import Browser
from tests.servers import PostgresServer, free_port, wait_for_port

ROOT = Path(__file__).resolve().parents[2]
FLOOR = ROOT / "tests" / "bench" / "floor"
ROUNDS = 60
ACTION = 5  # any row will do, as long as both sides read the same one each time


@dataclass(slots=True)
class Row:
    """One line of the table: a page of the product beside its floor."""

    name: str
    product: Callable[[], float]
    floor: Callable[[], float]
    times: list[tuple[float, float]] = field(default_factory=list)

    def once(self) -> None:
        self.times.append((self.product(), self.floor()))

    def line(self, size: int, size_of_page: int, queries: int | None) -> str:
        product = [pair[0] * 1000 for pair in self.times]
        floor = [pair[1] * 1000 for pair in self.times]
        ratio = statistics.median(product) / statistics.median(floor)
        p95 = statistics.quantiles(product, n=20)[18]
        return (
            f"{self.name:<16}{size:>8}{statistics.median(product):>9.1f}{p95:>9.1f}"
            f"{statistics.median(floor):>9.1f}{ratio:>7.2f}x"
            f"{queries if queries is not None else '':>9}{size_of_page:>9}"
        )


def main(sizes: list[int]) -> None:
    print(
        f"{'page':<16}{'actions':>8}{'median':>9}{'p95':>9}{'floor':>9}{'ratio':>8}"
        f"{'queries':>9}{'bytes':>9}   (ms)"
    )
    with PostgresServer() as postgres, TemporaryDirectory() as folder:
        for size in sizes:
            measure(size, postgres, Path(folder) / str(size))


def measure(size: int, postgres: PostgresServer, folder: Path) -> None:
    folder.mkdir()
    product_env = product_environment(postgres.create(f"product{size}"), folder)
    floor_env = floor_environment(postgres, postgres.create(f"floor{size}"))
    manage(product_env, "migrate", "-v0")
    manage(product_env, "createcachetable")
    manage(product_env, "collectstatic", "--noinput", "-v0")
    began = time.perf_counter()
    manage(product_env, "seed", "--synthetic", str(size))
    print(f"{'synthetic seed':<16}{size:>8}{(time.perf_counter() - began) * 1000:>9.0f}")
    run([sys.executable, "floor.py", "seed", str(size)], floor_env, FLOOR)
    ports = free_port(), free_port()
    servers = [
        serve("roadmap.config.wsgi", ports[0], product_env, ROOT),
        serve("floor", ports[1], floor_env, FLOOR),
    ]
    try:
        for port in ports:
            wait_for_port(port)
        pages(size, *ports, product_env)
        print(f"{'memory, web':<16}{size:>8}{resident(servers[0]):>9.0f} MB")
    finally:
        for server in servers:
            server.terminate()
            server.wait(timeout=20)
    print(run([sys.executable, "-m", "tests.bench.inside", "plan", str(size)], product_env, ROOT))


def pages(size: int, port: int, floor_port: int, env: dict[str, str]) -> None:
    product, floor = Browser(port), Browser(floor_port)
    member, chief = Browser(port), Browser(port)
    floor.get("/login")
    floor.get(f"/action/{ACTION}")
    sign_in(product, "sekretariat@demo.test")
    code, owner = run([sys.executable, "-m", "tests.bench.inside", "pick"], env, ROOT).split()
    sign_in(member, owner)
    sign_in(chief, "sekretariat@demo.test")
    rows = [
        Row("overview", lambda: product.get("/"), lambda: floor.get("/overview")),
        Row(
            "list",
            lambda: product.get("/actions/?workstream=LOG&sort=due"),
            lambda: floor.get("/list"),
        ),
        Row(
            "action",
            lambda: product.get(f"/actions/{code}/"),
            lambda: floor.get(f"/action/{ACTION}"),
        ),
        Row("my", lambda: member.get("/my/"), lambda: floor.get("/list")),
        Row("write", lambda: report(chief, code), lambda: floor_write(floor)),
    ]
    sizes = {}
    for row in rows:
        row.once()
        row.times.clear()  # the first request warms both sides
    for _ in range(ROUNDS):
        for row in rows:
            row.once()
    for row, browser in zip(rows, (product, product, product, member, chief), strict=True):
        sizes[row.name] = len(browser.body)
    queries = dict(
        line.split()
        for line in run(
            [sys.executable, "-m", "tests.bench.inside", "queries", code, owner], env, ROOT
        ).splitlines()
    )
    for row in rows:
        count = int(queries[row.name]) if row.name in queries else None
        print(row.line(size, sizes[row.name], count))


def report(browser: Browser, code: str) -> float:
    """Send one status update; fetching its form is not part of the time."""
    browser.get(f"/actions/{code}/")
    fields = {
        "version": browser.field("version"),
        "token": str(uuid4()),
        "status": "in_progress",
        "progress": "50",
        "note": "bench",
    }
    return browser.post(f"/actions/{code}/report/", fields)


def floor_write(browser: Browser) -> float:
    return browser.post(f"/action/{ACTION}", {"progress": "50", "note": "bench"})


def sign_in(browser: Browser, email: str) -> None:
    browser.get("/akun/masuk/")
    browser.post("/akun/masuk/", {"login": email, "password": "peta-jalan"})


def serve(app: str, port: int, env: dict[str, str], folder: Path) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        f"{app}:application",
        "-k",
        "gthread",
        "--threads",
        "8",
        "-b",
        f"127.0.0.1:{port}",
        "--log-level",
        "error",
    ]
    return subprocess.Popen(command, env=env, cwd=folder)


def product_environment(url: str, folder: Path) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": url,
        "REDIS_URL": "",
        "EMAIL_URL": "",
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


def manage(env: dict[str, str], *args: str) -> str:
    return run([sys.executable, "manage.py", *args], env, ROOT)


def run(command: list[str], env: dict[str, str], folder: Path) -> str:
    done = subprocess.run(command, env=env, cwd=folder, check=True, stdout=subprocess.PIPE)
    return done.stdout.decode().strip()


def resident(server: subprocess.Popen[bytes]) -> float:
    """Add up the resident memory of a server and its workers, in MB (Linux only)."""
    pids = [server.pid]
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    if not children.exists():
        return float("nan")
    pids += [int(pid) for pid in children.read_text().split()]
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1000, 10000])
