"""The day's plan as rows: each stage once, and right after any outage."""

from __future__ import annotations

import importlib
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from committee.clock import end_of
from roadmap.enums import Precision, Status, UpdateKind
from roadmap.models import ActionItem, Milestone, Reminder, ReminderRule
from roadmap.services import bundling, reports
from roadmap.services.changes import Words
from tests import factories
from tests.factories import TODAY, days, moment
from tests.roadmap.reminding import (
    action,
    attempt,
    bundle_and_send,
    plan,
    reasons,
    stages,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return factories.workstream("CYB")


@pytest.fixture
def owner():
    return factories.member(name="Sari")


@pytest.fixture
def secretariat():
    return factories.member("secretariat")


class TestRules:
    def test_every_database_is_born_with_the_rules(self):
        assert ReminderRule.objects.count() == 24
        assert list(
            ReminderRule.objects.filter(is_active=False).values_list("slug", flat=True)
        ) == ["escalation-chair"]

    def test_the_migration_can_be_taken_back_and_applied_again(self, place, owner):
        names = ("0002_reminder_rules", "0004_period_rules")
        first, second = (importlib.import_module(f"roadmap.migrations.{name}") for name in names)
        editor = SimpleNamespace(connection=connection)
        action(place, owner, days(-1))
        plan()

        second.remove(apps, editor)
        assert ReminderRule.objects.count() == 21
        first.remove(apps, editor)
        assert not ReminderRule.objects.exists()
        assert Reminder.objects.get().rule is None
        for _twice in range(2):
            first.add(apps, editor)
            second.add(apps, editor)

        assert ReminderRule.objects.count() == 24

    def test_a_rule_of_one_workstream_is_added_there_alone(self, place, owner):
        here = action(place, owner, days(14))
        there = action(factories.workstream("LOG"), owner, days(14))
        ReminderRule.objects.create(
            slug="own", subject="action", amount=-14, audience="owner", workstream=place
        )

        plan()

        assert (stages(here), stages(there)) == (["-14d"], [])
        assert Reminder.objects.get().rule.slug == "own"

    @pytest.mark.parametrize("own", [True, False])
    def test_two_rules_of_one_stage_tell_it_once(self, place, owner, own):
        made = action(place, owner, days(7))
        ReminderRule.objects.create(
            slug="again",
            subject="action",
            amount=-7,
            audience="owner",
            workstream=place if own else None,
        )

        assert plan() == 1
        assert plan(hour=9) == 0
        assert stages(made) == ["-7d"]
        assert Reminder.objects.get().supersedes == ""

    def test_a_rule_switched_off_tells_nothing(self, place, owner):
        ReminderRule.objects.update(is_active=False)
        action(place, owner, days(-1))

        assert plan() == 0


class TestStages:
    def test_a_repeat_run_adds_nothing(self, place, owner, secretariat):
        action(place, owner, days(-40))
        factories.milestone(workstream=place)

        assert plan() > 0
        assert plan() == 0
        assert plan(hour=23) == 0

    def test_each_stage_of_a_deadline_is_planned_on_its_morning(self, place, owner):
        made = action(place, owner, days(9), reported_on=days(20))  # Wednesday 3 October

        for number in range(21):
            plan(days(number))
            bundle_and_send(days(number))

        assert stages(made) == ["-7d", "-3wd", "-1wd", "0d", "+1d", "+4wd", "+7wd"]

    def test_after_an_outage_one_line_tells_the_truth_and_names_what_it_stands_for(
        self, place, owner
    ):
        made = action(place, owner, days(9))
        plan(days(2))
        bundle_and_send(days(2))

        plan(days(60))

        last = Reminder.objects.filter(item=f"action:{made.pk}", occasion="due:0").latest("pk")
        assert stages(made) == ["-7d", "+49d"]
        assert last.supersedes == "-3wd"

    def test_an_outage_of_years_is_no_different(self, place, owner):
        made = action(place, owner, date(2010, 1, 4), start_date=date(2009, 1, 1))

        plan()

        assert stages(made) == ["+3185d"]

    def test_a_stage_that_never_left_is_replaced_by_the_next(self, place, owner):
        made = action(place, owner, days(1))
        plan(TODAY)
        plan(days(1))

        assert stages(made) == ["0d"]
        assert reasons(made) == [("-1wd", "superseded")]
        assert Reminder.objects.get(stage="0d").supersedes == "-7d"

    def test_a_month_counts_from_its_last_day(self, place, owner):
        made = action(place, owner, date(2018, 9, 30), due_precision=Precision.MONTH)

        plan(date(2018, 9, 21))
        assert stages(made) == ["-7d"]
        plan(date(2018, 10, 1))
        assert stages(made) == ["+1d"]

    @pytest.mark.parametrize("trait", ["submitted", "verified", "cancelled"])
    def test_what_is_closed_is_not_due(self, place, owner, trait):
        made = action(place, owner, days(-1), **{trait: True})

        plan()

        assert stages(made) == []

    def test_an_action_of_the_future_is_not_planned_yet(self, place, owner):
        action(place, owner, days(-1), created_on=days(1))

        assert plan() == 0

    def test_a_milestone_is_told_to_the_lead(self, place):
        lead = factories.member()
        factories.seat(lead, place)
        made = factories.milestone(workstream=place, due_date=days(14))

        plan()

        assert stages(made, to=lead) == ["-14d"]

    @pytest.mark.parametrize("fields", [{"achieved": True}, {"missed": True}, {"due_date": None}])
    def test_an_ended_or_undated_milestone_is_not_due(self, secretariat, fields):
        factories.milestone(**fields)

        assert plan() == 0

    def test_a_milestone_of_the_whole_roadmap_is_told_to_the_secretariat(self, secretariat):
        made = factories.milestone(due_date=days(-1))
        factories.milestone(due_date=days(-1), known_from=days(1))

        assert plan() == 1
        assert stages(made, to=secretariat) == ["+1d"]


class TestUpdateOwed:
    def test_thirty_days_after_the_last_report_then_weekly(self, place, owner):
        made = action(place, owner, None, reported_on=days(-30))

        for number in range(9):
            plan(days(number))

        assert stages(made, occasion=f"report:{days(-30)}") == ["+37d"]
        assert reasons(made) == [("+30d", "superseded")]

    def test_never_reported_counts_from_the_later_of_start_and_creation(self, place, owner):
        made = action(
            place, owner, None, reported_on=None, start_date=days(-30), created_on=days(-90)
        )
        plan()

        assert stages(made, occasion=f"report:{days(-30)}") == ["+30d"]

    def test_a_report_withdraws_it(self, place, owner):
        made = action(place, owner, None, reported_on=days(-30))
        plan()

        reports.confirm(action=made, attempt=attempt(owner))
        plan(hour=11)

        assert reasons(made) == [("+30d", "reported")]


class TestVerificationOwed:
    def test_is_told_to_the_whole_secretariat_at_once_and_then_every_three_working_days(
        self, place, owner, secretariat
    ):
        other = factories.member("secretariat")
        made = action(place, owner, days(50), status=Status.SUBMITTED, submitted_on=TODAY)
        for number in range(8):
            plan(days(number))
            bundle_and_send(days(number))

        told = ["secretariat:0wd", "secretariat:+3wd"]
        assert stages(made, to=secretariat, occasion="submission:") == told
        assert stages(made, to=other, occasion="submission:") == told

    def test_an_edit_does_not_tell_it_again(self, place, owner, secretariat):
        made = action(place, owner, days(50), status=Status.SUBMITTED, submitted_on=TODAY)
        factories.update(made, kind=UpdateKind.SUBMITTED)
        plan()
        factories.update(made, kind=UpdateKind.EDITED)
        ActionItem.objects.filter(pk=made.pk).update(version=7)

        assert plan() == 0

    def test_returned_and_submitted_again_on_one_day_is_told_again(self, place, owner, secretariat):
        made = action(place, owner, days(50))
        factories.evidence(made)
        reports.submit(action=made, attempt=attempt(owner), words=Words())
        plan(hour=11)
        reports.return_submission(
            action=made, attempt=attempt(secretariat), words=Words(note="Lampiran keliru.")
        )
        reports.submit(action=made, attempt=attempt(owner), words=Words())
        plan(hour=12)

        rows = Reminder.objects.filter(occasion__startswith="submission:").order_by("pk")
        assert [row.cancel_reason for row in rows] == ["returned", ""]


def reads(work):
    with CaptureQueriesContext(connection) as queries:
        work()
    return [query["sql"] for query in queries if query["sql"].startswith("SELECT")]


def test_a_plan_reads_the_same_number_of_times_at_10_and_at_1000_actions(place, owner, secretariat):
    factories.seat(factories.member(), place)
    factories.actions(10, workstream=place, owner=owner, late=True, silent=True)
    first, again = reads(plan), reads(plan)

    factories.actions(990, workstream=place, owner=owner, late=True, silent=True)
    factories.milestones(200, workstream=place)

    assert len(reads(plan)) == len(first)
    assert len(reads(plan)) == len(again)
    assert Milestone.objects.count() == 200


def test_a_late_plan_of_a_weekend_waits_for_monday(place, owner):
    saturday = TODAY - timedelta(days=2)
    action(place, owner, saturday - timedelta(days=1))

    plan(saturday)
    assert bundling.bundle(now=end_of(saturday)) == 0
    plan(TODAY)

    assert stages(to=owner) == ["+1d"]
    assert bundling.bundle(now=moment(TODAY, 8)) == 1
