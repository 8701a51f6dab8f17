"""Two planners, or two bundlers, at the same moment: each fact once, one letter a person."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest
from django.db import IntegrityError, connection, connections

from committee import outbox
from committee.models import Letter
from roadmap.models import Reminder
from roadmap.services import bundling, planning
from tests import factories
from tests.factories import TODAY, days, moment

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]
NOW = moment(TODAY, 8)


@pytest.fixture(autouse=True)
def five_late_actions(transactional_db):
    owner, place = factories.member(), factories.workstream("CYB")
    factories.actions(5, workstream=place, owner=owner, due_date=days(-1), reported_on=TODAY)


def both(work, monkeypatch, module, name):
    """Run some work twice at once, both stopping before a function until both are there."""
    meet, original = threading.Barrier(2, timeout=30), getattr(module, name)
    errors = []

    def together(*args, **kwargs):
        meet.wait()
        return original(*args, **kwargs)

    def run():
        with closing(connections["default"]):
            try:
                work(now=NOW)
            except IntegrityError as error:
                errors.append(error)

    monkeypatch.setattr(module, name, together)
    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_two_planners_add_each_fact_once(monkeypatch):
    errors = both(planning.plan, monkeypatch, planning, "_add")

    assert errors == []
    assert Reminder.objects.count() == 5


def test_control_without_skipping_what_exists_one_of_them_fails(monkeypatch):
    bulk_create = type(Reminder.objects.all()).bulk_create

    def careless(rows, objects, **options):
        return bulk_create(rows, objects, **options | {"ignore_conflicts": False})

    monkeypatch.setattr(type(Reminder.objects.all()), "bulk_create", careless)

    assert len(both(planning.plan, monkeypatch, planning, "_add")) == 1


def test_two_bundlers_make_one_letter_that_holds_every_line(monkeypatch):
    planning.plan(now=NOW)

    errors = both(bundling.bundle, monkeypatch, outbox, "enqueue")

    assert errors == []
    assert Letter.objects.get().reminders.count() == 5
