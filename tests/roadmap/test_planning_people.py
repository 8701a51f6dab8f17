"""Whom a plan tells, and how it follows what people change."""

from __future__ import annotations

from datetime import date

import pytest

from committee.enums import SeatKind
from committee.models import Member
from roadmap.enums import Outlook, Precision, Status
from roadmap.models import Reminder, ReminderRule
from roadmap.services import bundling, dates, milestones, planning, reports
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


class TestEscalations:
    @pytest.fixture
    def lead(self, place):
        lead = factories.member(name="Pak Ketua Pilar")
        factories.seat(lead, place)
        return lead

    def test_climb_to_the_lead_and_then_to_the_secretariat(self, place, owner, lead, secretariat):
        made = action(place, owner, date(2018, 10, 3), reported_on=days(20))

        for day in (date(2018, 10, 5), date(2018, 10, 8), date(2018, 10, 17), date(2018, 11, 30)):
            plan(day)
            bundle_and_send(day)

        assert stages(made, to=lead) == ["lead:+3wd"]
        assert stages(made, to=secretariat) == ["secretariat:+10wd"]

    def test_reach_the_chair_only_when_switched_on(self, place, owner, lead):
        chair = factories.member("chair")
        made = action(place, owner, days(-60))
        plan()
        assert stages(made, to=chair) == []

        ReminderRule.objects.filter(slug="escalation-chair").update(is_active=True)
        plan()

        assert stages(made, to=chair) == ["chair:+20wd"]

    def test_stop_until_the_date_a_report_expects_while_the_owners_lines_go_on(
        self, place, owner, lead
    ):
        made = action(place, owner, days(-7), outlook=Outlook.WILL_BE_LATE, expected_date=days(10))

        plan()
        assert stages(made, to=owner) == ["+4wd"]
        assert stages(made, to=lead) == []
        plan(days(10))
        assert stages(made, to=lead) == []
        plan(days(11))

        assert stages(made, to=lead) == ["lead:+3wd"]

    def test_that_wait_are_withdrawn_by_such_a_report(self, place, owner, lead):
        made = action(place, owner, days(-7))
        plan()

        claim = reports.Report(Status.IN_PROGRESS, None, Outlook.WILL_BE_LATE, days(10))
        reports.report(
            action=made, attempt=attempt(owner), claim=claim, words=Words(note="Menunggu DPR.")
        )
        plan(hour=11)

        assert reasons(made) == [("lead:+3wd", "expected later")]

    def test_a_lead_is_not_told_of_their_own_work_as_a_superior(self, place, lead):
        made = action(place, lead, days(-7))

        plan()

        assert stages(made) == ["+4wd"]


class TestRecipients:
    def test_an_orphan_reaches_the_lead_and_is_named_as_one(self, place, secretariat):
        lead = factories.member()
        factories.seat(lead, place)
        made = action(place, None, days(-1))

        plan()

        assert [(row.recipient, row.is_orphan) for row in Reminder.objects.all()] == [(lead, True)]
        assert stages(made) == ["+1d"]

    def test_without_a_lead_it_reaches_the_leads_deputy_and_then_the_secretariat(
        self, place, secretariat
    ):
        deputy = factories.member()
        factories.seat(deputy, place, SeatKind.DEPUTY)
        action(place, None, days(-1))
        plan()
        assert Reminder.objects.get().recipient == deputy

        Member.objects.filter(pk=deputy.pk).update(is_active=False)
        plan(hour=9)

        row = Reminder.objects.get(cancelled_at=None)
        assert (row.recipient, row.is_orphan) == (secretariat, True)
        assert Reminder.objects.get(recipient=deputy).cancel_reason == "member inactive"

    def test_a_seat_that_has_ended_counts_no_more(self, place, secretariat):
        factories.seat(factories.member(), place, until_date=days(-1))
        action(place, None, days(-1))

        plan()

        assert Reminder.objects.get().recipient == secretariat

    def test_the_deputy_is_told_during_a_pause_and_the_owner_after_it(self, place, owner):
        deputy = factories.member()
        made = action(place, owner, days(-1))
        away = {"paused_from": TODAY, "paused_until": days(1), "deputy": deputy}
        Member.objects.filter(pk=owner.pk).update(**away)

        plan()
        assert stages(made, to=deputy) == ["+1d"]
        assert not Reminder.objects.get().is_orphan
        bundle_and_send(TODAY)
        plan(days(2))

        assert stages(made, to=owner) == ["+1d"]

    def test_who_goes_away_before_the_letter_hands_over_to_the_deputy(self, place, owner):
        deputy = factories.member()
        made = action(place, owner, days(-1))
        plan(hour=1)

        away = {"paused_from": TODAY, "paused_until": days(9), "deputy": deputy}
        Member.objects.filter(pk=owner.pk).update(**away)
        plan(hour=7)

        assert stages(made, to=deputy) == ["+1d"]
        assert reasons(made) == [("+1d", "member away")]

    def test_nobody_at_all_is_no_error(self, place):
        action(place, None, days(-1))

        assert plan() == 0


class TestChanges:
    def test_a_date_moved_away_and_back_is_told_again(self, place, owner, secretariat):
        made = action(place, owner, days(-1))
        plan()
        bundle_and_send(TODAY)

        for day in (days(60), days(-1)):
            move = dates.Move(to=day, precision=Precision.DAY, reason="Keputusan rapat.")
            dates.move_action_date(action=made, attempt=attempt(secretariat), move=move)
            plan(hour=12)

        assert Reminder.objects.filter(occasion="due:2", cancelled_at=None).get().stage == "+1d"
        assert stages(made, to=owner) == ["+1d", "+1d"]

    def test_moving_cancels_what_is_unsent(self, place, owner, secretariat):
        made = action(place, owner, days(-1))
        plan()

        move = dates.Move(to=days(90), precision=Precision.DAY, reason="Keputusan rapat.")
        dates.move_action_date(action=made, attempt=attempt(secretariat), move=move)

        assert reasons(made) == [("+1d", "due date moved")]
        assert plan(hour=12) == 0

    def test_a_reopened_action_is_told_afresh(self, place, owner, secretariat):
        made = action(place, owner, days(-1))
        plan()
        bundle_and_send(TODAY)
        for service in (reports.cancel, reports.reopen):
            service(action=made, attempt=attempt(secretariat), words=Words(note="Keliru."))

        plan(hour=12)

        assert stages(made, to=owner) == ["+1d", "+1d"]

    def test_reassigning_gives_the_line_to_the_new_owner(self, place, owner, secretariat):
        other = factories.member()
        made = action(place, owner, days(-1))
        plan()

        reports.reassign(
            action=made, attempt=attempt(secretariat), owner=other, words=Words(note="Mutasi.")
        )
        plan(hour=12)

        assert (stages(made, to=owner), stages(made, to=other)) == ([], ["+1d"])
        assert reasons(made) == [("+1d", "reassigned")]

    def test_given_back_on_the_same_day_the_line_holds_again(self, place, owner, secretariat):
        made = action(place, owner, days(-1))
        plan()
        for person in (factories.member(), owner):
            reports.reassign(
                action=made, attempt=attempt(secretariat), owner=person, words=Words(note="Mutasi.")
            )
            plan(hour=12)

        assert stages(made, to=owner) == ["+1d"]
        assert plan(hour=13) == 0

    def test_closing_cancels_what_is_unsent(self, place, owner, secretariat):
        made = action(place, owner, days(-1))
        plan()

        reports.cancel(action=made, attempt=attempt(secretariat), words=Words(note="Batal."))

        assert reasons(made) == [("+1d", "cancelled")]

    def test_an_achieved_milestone_cancels_what_is_unsent(self, secretariat):
        made = factories.milestone(due_date=days(-1))
        plan()

        milestones.achieve_milestone(
            milestone=made, attempt=attempt(secretariat), achieved=TODAY, precision=Precision.DAY
        )

        assert Reminder.objects.get().cancel_reason == "achieved"

    def test_what_came_up_during_the_day_waits_for_the_next_letter(self, place, owner, secretariat):
        made = action(place, owner, days(60))
        move = dates.Move(to=days(1), precision=Precision.DAY, reason="Dipercepat.")
        dates.move_action_date(action=made, attempt=attempt(secretariat), move=move)

        plan(hour=11)

        assert {row.due_at for row in Reminder.objects.all()} == {moment(TODAY, 10)}
        assert bundling.bundle(now=moment(TODAY, 12)) == 0
        assert bundling.bundle(now=moment(days(1), 8)) == 1

    def test_a_milestone_made_during_the_day_waits_for_the_next_letter(self, secretariat):
        factories.milestone(due_date=days(1), known_from=TODAY)
        factories.milestone(due_date=days(1), known_from=TODAY, import_key="x")

        planning.plan(now=moment(TODAY, 11))

        rows = Reminder.objects.order_by("due_at").values_list("due_at", flat=True)
        assert list(rows) == [moment(TODAY, 0), moment(TODAY, 11)]
