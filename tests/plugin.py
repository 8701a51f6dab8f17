"""Loaded before anything else (`-p tests.plugin`): the environment every test runs in.

Settings are fixed here, so that no test depends on the machine's variables; PostgreSQL, when
asked for with TEST_DATABASE=postgres, is a private server shared by all workers of a run.
"""

from __future__ import annotations

import os
import random
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.servers import PostgresServer

CHOSEN = os.environ.get("TEST_DATABASE", "sqlite")
SERVER_KEY = "PETA_JALAN_TEST_SERVER"


def _environment(database_url: str) -> dict[str, str]:
    folder = Path(tempfile.mkdtemp(prefix="peta-jalan-"))
    (folder / "static").mkdir()  # WhiteNoise warns where it finds none
    return {
        "DATABASE_URL": database_url,
        "REDIS_URL": "",
        "EMAIL_URL": "",
        "MAIL_FROM": "peta-jalan@demo.test",
        "SECRET_KEY": "only-for-tests-" * 5,
        "SITE_URL": "http://testserver",
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "PROXIES": "0",
        "DEBUG": "0",
        "PUBLIC_SITE": "1",
        **dict.fromkeys(("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME"), ""),
        "DATA_DIR": str(folder),
        "PORT": "8000",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    }


# Headers, payloads, paper and files: what is said of an answer once it is drawn.
DRAWN_ONCE = ("test_security.py", "test_pack_pdf.py", "test_exports_memory.py")
_server: PostgresServer | None = None
if CHOSEN == "postgres" and SERVER_KEY not in os.environ:
    _server = PostgresServer()
    _server.start()
    os.environ[SERVER_KEY] = _server.create("suite")
os.environ.update(_environment(os.environ.get(SERVER_KEY, "sqlite:///:memory:")))


def pytest_unconfigure(config: pytest.Config) -> None:
    if _server is not None:
        _server.stop()


def pytest_addoption(parser: Any) -> None:
    parser.addoption("--order-seed", type=int, default=None, help="repeat a random order")


def pytest_configure(config: pytest.Config) -> None:
    """Draw the order's seed once; the workers of a run share it."""
    if config.getoption("--order-seed") is None:
        drawn = getattr(config, "workerinput", {}).get("order_seed")
        config.option.order_seed = drawn or random.randrange(1_000_000)


def pytest_configure_node(node: Any) -> None:
    node.workerinput["order_seed"] = node.config.option.order_seed


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {CHOSEN}; order: --order-seed={config.option.order_seed}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Shuffle modules, classes inside each, and tests inside those: hidden order shows.

    Each stays together, so that what a module or a class sets up is set up once. Modules that
    start processes or a browser come first: no core waits for the last of them at the end.
    """
    if CHOSEN != "sqlite":
        _leave_out(config, items)
    dice = random.Random(config.option.order_seed)
    heavy = {_module(item) for item in items if _is_heavy(item)}
    names = {name for item in items for name in (_module(item), _class(item), item.nodeid)}
    draw = {name: dice.random() for name in sorted(names)}
    items.sort(
        key=lambda item: (
            _module(item) not in heavy,
            *(draw[name] for name in (_module(item), _class(item), item.nodeid)),
        )
    )


def _module(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def _class(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0].rpartition("::")[0]


def _is_heavy(item: pytest.Item) -> bool:
    marks = (item.get_closest_marker("processes"), item.get_closest_marker("browser"))
    return any(marks)


def _leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Drop from the second round what said the same in the first.

    That is what touches no database, and how the pages word what they show: on both databases
    every page is drawn for everybody by test_permissions, test_budgets and the doors.
    """
    once = [item for item in items if _is_page(item) or not _asks_a_database(item)]
    left_out = set(once)
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=once)


def _is_page(item: pytest.Item) -> bool:
    return _module(item).endswith(("_page.py", "_pages.py", *DRAWN_ONCE))


def _asks_a_database(item: pytest.Item) -> bool:
    asking = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    marked = item.get_closest_marker("django_db") or item.get_closest_marker("processes")
    return bool(asking or marked or hasattr(getattr(item, "cls", None), "databases"))
