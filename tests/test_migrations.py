"""Every migration can go back, and forward again, without harm to what it does not touch."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection

from roadmap.models import PeriodRule, ReminderRule
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

# The state of the first release: what stood before the committee's own work.
BEFORE = {"roadmap": "0002_reminder_rules", "committee": "0001_initial"}


@pytest.fixture
def latest_afterwards():
    yield
    call_command("migrate", verbosity=0)


def tables():
    return set(connection.introspection.table_names())


def test_the_committees_work_can_be_taken_back_and_made_again(latest_afterwards):
    action = factories.action("LOG-01")
    rules, periods, there = ReminderRule.objects.count(), PeriodRule.objects.count(), tables()

    for app, name in BEFORE.items():
        call_command("migrate", app, name, verbosity=0)

    assert "committee_meeting" not in tables()
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM roadmap_actionitem")
        assert cursor.fetchall() == [("LOG-01",)]

    call_command("migrate", verbosity=0)

    action.refresh_from_db()
    assert tables() == there
    assert action.decision_id is None
    assert (ReminderRule.objects.count(), PeriodRule.objects.count()) == (rules, periods)
