"""People who lay the links of a circle at the same moment: the last one is always told."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing, suppress

import pytest
from django.db import connection, connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.utils import OperationalError

from roadmap.models import ActionItem, Dependency
from roadmap.rules.dependencies import Link, path
from roadmap.rules.refusals import Refused
from roadmap.services import dependencies
from tests import factories
from tests.factories import dependency
from tests.roadmap.services.verbs import attempt

pytestmark = pytest.mark.django_db(transaction=True)
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite locks as a whole; its own test is below"
)
# Each circle: what stands already, and what is laid at once.
CIRCLES = {
    "two of two": ("", "AB BA"),
    "three of three": ("", "AB BC CA"),
    # Nobody names an action that another names: locks of actions would not meet.
    "two of four": ("BC DA", "AB CD"),
}
SECONDS = 0.5


def names(text):
    return [tuple(pair) for pair in text.split()]


@pytest.fixture(params=CIRCLES.values(), ids=CIRCLES)
def circle(request, transactional_db):
    """Give the actions by letter, with what stands already, and what is laid at once."""
    place = factories.workstream("LOG")
    actions = {one: factories.action(f"LOG-{one}", workstream=place) for one in "ABCD"}
    standing, laid = request.param
    for before, after in names(standing):
        dependency(actions[before], actions[after])
    return actions, names(laid)


def lay_at_once(actions, laid, monkeypatch, file=None):
    """Let each link be laid on a connection of its own; all meet once none has found a circle.

    Where a lock holds the others back, the first goes on alone after a while.
    """
    meet = threading.Barrier(len(laid), timeout=SECONDS)
    check, outcomes = dependencies._check_circle, []

    def then_meet(*two):
        check(*two)
        with suppress(threading.BrokenBarrierError):
            meet.wait()

    def run(before, after, by):
        if file is not None:
            file.connect()
        with closing(connections["default"]):
            try:
                dependencies.add_dependency(
                    predecessor=actions[before],
                    successor=actions[after],
                    lag_days=0,
                    attempt=attempt(by),
                )
                outcomes.append("done")
            except Refused as refused:
                outcomes.append(refused.reason.value)
            except OperationalError as error:
                outcomes.append(type(error).__name__)

    monkeypatch.setattr(dependencies, "_check_circle", then_meet)
    people = [factories.member("secretariat") for _ in laid]
    if file is not None:
        file.copy()
    works = [(*two, by) for two, by in zip(laid, people, strict=True)]
    threads = [threading.Thread(target=run, args=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def is_circle(pairs):
    links = [Link(*pair) for pair in pairs]
    return any(path(links, link.after, link.before) for link in links)


def stored():
    return Dependency.objects.filter(removed_on=None).values_list("predecessor", "successor")


@on_postgresql
class TestOnPostgresql:
    def test_all_but_the_last_have_their_way(self, circle, monkeypatch):
        actions, laid = circle

        outcomes = lay_at_once(actions, laid, monkeypatch)

        assert outcomes == sorted(["done"] * (len(laid) - 1) + ["waits_in_circle"])
        assert not is_circle(stored())

    def test_control_without_the_lock_the_circle_closes(self, circle, monkeypatch):
        actions, laid = circle
        monkeypatch.setattr(dependencies, "hold_all", lambda: None)

        assert lay_at_once(actions, laid, monkeypatch) == ["done"] * len(laid)
        assert is_circle(stored())

    @pytest.mark.parametrize("circle", [CIRCLES["two of four"]], indirect=True)
    def test_control_locks_of_the_two_actions_are_not_enough(self, circle, monkeypatch):
        actions, laid = circle
        check = dependencies._check_two

        def lock_two(*two):
            list(ActionItem.objects.select_for_update().filter(pk__in=[one.pk for one in two]))
            check(*two)

        monkeypatch.setattr(dependencies, "hold_all", lambda: None)
        monkeypatch.setattr(dependencies, "_check_two", lock_two)

        assert lay_at_once(actions, laid, monkeypatch) == ["done"] * len(laid)
        assert is_circle(stored())


class File:
    """A copy of the test database in a file, to which every thread connects by itself."""

    def __init__(self, path, **options):
        self.path, self.options = path, options

    def copy(self):
        with closing(sqlite3.connect(self.path)) as target:
            connection.ensure_connection()
            connection.connection.backup(target)

    def connect(self):
        settings = {**connection.settings_dict, "NAME": str(self.path)}
        settings["OPTIONS"] = {**settings["OPTIONS"], **self.options}
        connections["default"] = DatabaseWrapper(settings, "default")

    def stored(self):
        query = "SELECT predecessor_id, successor_id FROM roadmap_dependency"
        with closing(sqlite3.connect(self.path)) as target:
            return target.execute(f"{query} WHERE removed_on IS NULL").fetchall()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has its own test above")
class TestOnSqlite:
    def test_all_but_the_last_have_their_way(self, circle, monkeypatch, tmp_path):
        actions, laid = circle
        file = File(tmp_path / "peta.sqlite3")

        outcomes = lay_at_once(actions, laid, monkeypatch, file)

        assert outcomes == sorted(["done"] * (len(laid) - 1) + ["waits_in_circle"])
        assert not is_circle(file.stored())

    def test_control_a_transaction_that_locks_late_fails_without_a_word(
        self, circle, monkeypatch, tmp_path
    ):
        actions, laid = circle
        file = File(tmp_path / "peta.sqlite3", transaction_mode="DEFERRED", timeout=1)

        outcomes = lay_at_once(actions, laid, monkeypatch, file)

        assert "OperationalError" in outcomes
