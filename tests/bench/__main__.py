"""Time the product beside the floor: `python3 dev.py bench [postgres|sqlite] [sizes]`.

Both run under the same server on the same database, a private PostgreSQL or a file of SQLite;
their requests take turns, so that a busy machine slows both. Prints what it finds beside the
budgets; asserts nothing.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import pages
from tests.bench.stage import FLOOR, ROOT, Stage, resident, served
from tests.servers import PostgresServer, SmtpSink, wait_until

SERVER = ["gunicorn", "-k", "gthread", "--threads", "8", "--log-level", "error"]
SERVER += ["--no-control-socket", "--keep-alive", "75"]
WORKER = ["celery", "-A", "roadmap.config", "--quiet", "worker", "--pool", "solo", "-B"]
WORKER += ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "ERROR"]


DATABASES = ("postgres", "sqlite")


def main(words: list[str]) -> None:
    sizes = [int(word) for word in words if word.isdecimal()] or [1000, 10000]
    with PostgresServer() as postgres, SmtpSink() as sink, TemporaryDirectory() as folder:
        for name in [word for word in words if word in DATABASES] or DATABASES:
            print(f"\n{name}\n{pages.HEADING}", flush=True)
            server = postgres if name == "postgres" else None
            for size in sizes:
                measure(Stage(size, server, sink, Path(folder) / f"{name}{size}"))


def measure(stage: Stage) -> None:
    stage.prepare()
    site = [*SERVER, "roadmap.config.wsgi:application"]
    floor = [*SERVER, "floor:application"]
    with (
        served(site, stage.product, ROOT) as (web, port),
        served(floor, stage.floor, FLOOR) as (_, floor_port),
    ):
        pages.measure(stage, port, floor_port)
        stage.tell(stage.inside("plan"))
        stage.tell(stage.inside("pack"))
        stage.tell(stage.inside("letters"))
        with served(WORKER, stage.product, ROOT, listens=False) as (worker, _):
            wait_until(lambda: stage.inside("beating") == "yes", alive=worker)
            memory = resident(web) + resident(worker)
    stage.tell(f"{'memory':<16}{stage.size:>8}{memory:>9.0f}   MB, web and worker (<= 300)")


if __name__ == "__main__":
    main(sys.argv[1:])
