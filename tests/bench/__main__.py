"""Time the product beside the floor: `python3 dev.py bench [sizes]`.

Both run under the same server on the same private PostgreSQL; their requests take turns, so
that a busy machine slows both. Prints what it finds beside the budgets; asserts nothing.
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


def main(sizes: list[int]) -> None:
    print(pages.HEADING, flush=True)
    with PostgresServer() as postgres, SmtpSink() as sink, TemporaryDirectory() as folder:
        for size in sizes:
            measure(Stage(size, postgres, sink, Path(folder) / str(size)))


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
        stage.tell(stage.inside("letters"))
        with served(WORKER, stage.product, ROOT, listens=False) as (worker, _):
            wait_until(lambda: stage.inside("beating") == "yes", alive=worker)
            memory = resident(web) + resident(worker)
    stage.tell(f"{'memory':<16}{stage.size:>8}{memory:>9.0f}   MB, web and worker (<= 300)")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1000, 10000])
