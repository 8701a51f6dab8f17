"""Fixtures of the whole suite: a closed network, a plain static storage, a browser."""

from __future__ import annotations

import importlib
import os
import shutil
import socket
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import TransactionTestCase
from playwright.sync_api import sync_playwright

from committee import guards
from roadmap import guards as roadmap_guards
from tests.sealing import watching_requests
from umkm import guards as umkm_guards

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True, scope="session")
def closed_network():
    """Refuse every connection that leaves the machine."""
    patch = pytest.MonkeyPatch()
    connect = socket.socket.connect

    def guarded(self, address):
        host = address[0] if isinstance(address, tuple) else ""
        assert not host or str(host).startswith(LOOPBACK), f"the network is closed: {address}"
        return connect(self, address)

    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def what_migrations_made_outlives_a_flush():
    """Give back the rows migrations made: a transactional test empties every table.

    The cache's own table is no model's, and no flush empties it.
    """
    names = ("0002_reminder_rules", "0004_period_rules")
    made = [importlib.import_module(f"roadmap.migrations.{name}") for name in names]

    def restore(plan=(), **_):
        if plan:  # a real migration brings them itself, or has just taken them away
            return
        for migration in made:
            migration.add(apps, SimpleNamespace(connection=connection))
        cache.clear()

    post_migrate.connect(restore, sender=apps.get_app_config("roadmap"))
    yield
    post_migrate.disconnect(restore, sender=apps.get_app_config("roadmap"))


@pytest.fixture(autouse=True, scope="session")
def locked_rows_can_be_flushed():
    """Lift the database's own locks for a flush, which on SQLite deletes row by row.

    The flush ends with post_migrate, which makes them again.
    """
    patch = pytest.MonkeyPatch()
    teardown = TransactionTestCase._fixture_teardown

    def lifted(self):
        if connection.vendor == "sqlite":
            every = (*guards.GUARDS, *umkm_guards.GUARDS, *roadmap_guards.GUARDS)
            guards.remove("default", every)
        teardown(self)

    patch.setattr(TransactionTestCase, "_fixture_teardown", lifted)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Serve static files unhashed: no test needs collectstatic."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def every_request_is_sealed():
    """Fail a test whose request, in a transaction of the test, changed what no ledger tells of."""
    with watching_requests() as left:
        yield left
    assert left == []


@pytest.fixture(scope="session")
def chromium():
    if CHROMIUM is None:
        assert not os.environ.get("CI"), "CI must have Chromium"
        pytest.skip("Chromium is not installed")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    context = chromium.new_context(locale="id-ID", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """End what still holds the test database: a browser's last request leaves its thread's open."""
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
