"""Figures of the first release get a line and a source each, and can be taken back."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

pytestmark = pytest.mark.django_db(transaction=True)
OLD = [
    ("umkm", "0001_initial"),
    ("roadmap", "0006_notices_under_the_bell_and_rules_of_a_workstream"),
]
STATED = [
    ("2017", "57.9", "actual", "Founding article, 2017"),
    ("2017", "62.93", "actual", "Kemenko"),
    ("2018", "64.2", "actual", "databoks"),
    ("2018", "60", "target", "databoks"),
]


@pytest.fixture
def old():
    executor = MigrationExecutor(connection)
    executor.migrate(OLD)
    yield executor.loader.project_state(OLD).apps
    call_command("migrate", verbosity=0)


def test_conflicting_figures_part_and_nothing_is_lost(old):
    indicator = old.get_model("umkm", "Indicator").objects.create(code="N", title="N", unit="juta")
    before = old.get_model("umkm", "Observation").objects
    for year, value, kind, source in STATED:
        before.create(
            indicator=indicator, year=year, value=value, kind=kind, source=source,
            known_from="2018-01-01", confidence="high", import_key=f"{year}{kind}{source}",
        )  # fmt: skip

    call_command("migrate", verbosity=0)

    from umkm.models import Observation

    there = Observation.objects.order_by("series__order", "year", "kind")
    assert [(one.series.code, str(one.source), float(one.value)) for one in there] == [
        ("MAIN", "Kemenko", 62.93),
        ("MAIN", "databoks", 64.2),
        ("MAIN", "databoks", 60.0),
        ("LINE_2", "Founding article, 2017", 57.9),
    ]

    executor = MigrationExecutor(connection)
    executor.migrate(OLD)

    back = executor.loader.project_state(OLD).apps.get_model("umkm", "Observation").objects
    kept = [
        (str(one.year), f"{one.value.normalize():f}", one.kind, one.source) for one in back.all()
    ]
    assert sorted(kept) == sorted(STATED)
    assert {one.indicator.code for one in back.select_related("indicator")} == {"N"}
