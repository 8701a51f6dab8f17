"""What a backup says of the site, value by value; tests/archives/ plays the whole."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection, models

from roadmap.services import archive_tables, archives

LEDGER = ("uji_ledger", "hash")


@pytest.fixture
def ledger(db, monkeypatch):
    """Give a chained ledger of two entries, whoever has one."""
    monkeypatch.setattr(archives, "LEDGER", LEDGER)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE uji_ledger (id bigint PRIMARY KEY, hash text)")
        cursor.execute("INSERT INTO uji_ledger VALUES (2, 'ffee'), (1, 'aabb')")
        yield cursor
        cursor.execute("DROP TABLE uji_ledger")


def test_the_head_of_the_ledger_is_that_of_its_last_entry(ledger):
    assert archives._ledger_head() == "ffee"


def test_a_ledger_without_entries_has_no_head(ledger):
    ledger.execute("DELETE FROM uji_ledger")

    assert archives._ledger_head() is None


@pytest.mark.django_db
def test_without_a_ledger_there_is_no_head(monkeypatch):
    monkeypatch.setattr(archives, "LEDGER", LEDGER)

    assert archives._ledger_head() is None


def test_every_table_is_kept_but_the_sessions():
    own = {one._meta.db_table for one in apps.get_models(include_auto_created=True)}

    left_out = own - set(archive_tables.kept())

    assert {name for name in left_out if "session" not in name} == {
        "roadmap_actionthen",
        "roadmap_milestonethen",
    }


VALUES = {
    models.DateTimeField(): datetime(2018, 9, 24, 1, 5, 59, 123456, tzinfo=UTC),
    models.DateField(): date(2018, 9, 24),
    models.TimeField(): time(8, 5, 0, 1),
    models.UUIDField(): UUID(int=7),
    models.DecimalField(max_digits=12, decimal_places=4): Decimal("57900000.0001"),
    models.JSONField(): {"a": [1, None, "é"]},
    models.BinaryField(): b"\x00\xff",
    models.BooleanField(): True,
    models.BigIntegerField(): 2**62,
    models.FloatField(): 0.1,
    models.TextField(): 'é\n\t"\\ 🙂\u2028',
}


@pytest.mark.parametrize(("field", "value"), VALUES.items(), ids=lambda one: type(one).__name__)
def test_a_value_of_every_kind_comes_back_as_it_was(field, value):
    written = json.dumps([value], default=archive_tables._plain)

    assert field.to_python(json.loads(written)[0]) == value


def test_a_value_of_another_kind_is_an_error_and_never_a_guess():
    with pytest.raises(TypeError, match="has no place"):
        json.dumps([timedelta(1)], default=archive_tables._plain)
