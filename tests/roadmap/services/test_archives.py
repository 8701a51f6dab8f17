"""What a backup says of the site, value by value; tests/archives/ plays the whole."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection, models, transaction

from committee import ledger
from committee.models import AuditEntry
from roadmap.services import archive_tables, archives
from tests import factories


@pytest.mark.django_db
def test_the_head_of_the_ledger_is_the_seal_of_its_last_entry():
    assert archives._ledger_head() is None
    with transaction.atomic():
        factories.workstream("LOG")
        ledger.bump_revision()

    assert archives._ledger_head() == AuditEntry.objects.get(number=1).hash


@pytest.mark.django_db(transaction=True)
def test_a_backup_is_made_beside_the_site_at_work_and_leaves_nothing_open(tmp_path, settings):
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    factories.workstream("LOG")

    manifest = archives.backup(path=tmp_path / "site.zip", now=factories.moment(factories.TODAY))

    assert manifest.tables["committee_workstream"].rows == 1
    assert not connection.in_atomic_block
    with transaction.atomic():
        factories.workstream("FUND")


@pytest.mark.django_db(transaction=True)
def test_what_is_read_for_a_backup_is_given_back_after_a_fault_too():
    with pytest.raises(OSError, match="disk"), archive_tables.snapshot():
        raise OSError("disk")

    with transaction.atomic():
        factories.workstream("LOG")


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
