"""Web servers beside a site, each a gunicorn of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.chaos.stage import Site
from tests.servers import free_port, wait_for_port

GUNICORN = ("-m", "gunicorn", "roadmap.config.wsgi", "-k", "gthread", "--threads", "4")


@contextmanager
def served(site: Site, servers: int = 1, **environment: str) -> Iterator[list[int]]:
    """Serve the site as in production, by so many servers; give their ports."""
    here = {"SITE_URL": "http://127.0.0.1"} | environment
    _collect(site)
    ports = [free_port() for _ in range(servers)]
    each = [
        site.start(*GUNICORN, "--no-control-socket", "-b", f"127.0.0.1:{port}", **here)
        for port in ports
    ]
    for port, server in zip(ports, each, strict=True):
        wait_for_port(port, alive=server)
    yield ports
    for server in each:
        site.kill(server)


def _collect(site: Site) -> None:
    """Lend a site the static files of its stage, collected once: to compress them takes a while."""
    static = site.stage.folder / "static"
    with site.stage.building:
        if not static.exists():
            words = ("manage.py", "collectstatic", "--noinput", "-v0")
            collecting = site.start(*words, DATA_DIR=str(site.stage.folder))
            assert collecting.wait(timeout=120) == 0, site.log()
    (site.folder / "static").symlink_to(static)
