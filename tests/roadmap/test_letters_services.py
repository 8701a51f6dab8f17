"""What a letter says is asked of the facts once more at the moment it leaves."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from committee.enums import LetterState
from committee.models import Letter, Member
from roadmap.enums import Status
from roadmap.models import ActionItem, Milestone, Reminder
from roadmap.selectors.letters import reason_words
from roadmap.services import letters
from tests import factories
from tests.factories import TODAY, days
from tests.roadmap.reminding import (
    a_day,
    action,
    at,
    post,
    prepare,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return factories.workstream("CYB", title="Keamanan siber", title_en="Cyber security")


@pytest.fixture
def owner():
    return factories.member(name="Sari", language="en")


@pytest.fixture
def secretariat():
    return factories.member("secretariat", name="Rina", language="en")


# What may happen between the making of a letter and its leaving, and the reason recorded.
MEANWHILE = {
    "submitted": {"status": Status.SUBMITTED, "submitted_on": TODAY},
    "verified": {"status": Status.VERIFIED, "submitted_on": TODAY},
    "cancelled": {"status": Status.CANCELLED},
    "due date moved": {"date_generation": 1},
    "reassigned": {"owner": None},
}


class TestAskedAgainAtSending:
    @pytest.mark.parametrize("why", MEANWHILE)
    def test_a_line_that_no_longer_holds_is_left_out_with_the_reason(self, place, owner, why):
        broken = action(place, owner, days(-1))
        kept = action(place, owner, days(-1))
        prepare()

        ActionItem.objects.filter(pk=broken.pk).update(**MEANWHILE[why])
        post()

        letter = Letter.objects.get()
        assert letter.subject == "Peta Jalan: 1 late"
        assert kept.code in letter.text
        assert broken.code not in letter.text
        assert Reminder.objects.get(item=f"action:{broken.pk}").cancel_reason == why

    @pytest.mark.parametrize("why", MEANWHILE)
    def test_a_letter_left_without_a_line_does_not_leave(self, place, owner, why):
        made = action(place, owner, days(-1))
        prepare()

        ActionItem.objects.filter(pk=made.pk).update(**MEANWHILE[why])

        assert post() == 0
        letter = Letter.objects.get()
        assert (letter.state, letter.last_error) == (LetterState.CANCELLED, why)

    @pytest.mark.parametrize(
        ("why", "change"),
        [
            ("member inactive", {"is_active": False}),
            ("member away", {"paused_from": TODAY, "paused_until": days(2)}),
        ],
    )
    def test_nor_does_one_whose_reader_has_gone(self, place, owner, why, change):
        action(place, owner, days(-1))
        prepare()

        Member.objects.filter(pk=owner.pk).update(**change)

        assert post() == 0
        assert Letter.objects.get().last_error == why

    def test_an_owner_who_is_back_is_told_instead_of_the_deputy(self, place, owner):
        away = {"paused_from": TODAY, "paused_until": days(3), "deputy": owner}
        boss = factories.member(**away)
        action(place, boss, days(-1))
        prepare()

        Member.objects.filter(pk=boss.pk).update(paused_from=None, paused_until=None)
        post()

        assert Letter.objects.get().last_error == "owner is back"

    def test_an_orphan_adopted_meanwhile_is_its_owners(self, place, owner, secretariat):
        made = action(place, None, days(-1))
        prepare()

        ActionItem.objects.filter(pk=made.pk).update(owner=owner)

        assert post() == 0
        assert Letter.objects.get().last_error == "reassigned"

    @pytest.mark.parametrize(
        ("why", "change"),
        [
            ("achieved", {"achieved_date": TODAY, "achieved_recorded_on": TODAY}),
            (
                "closed: missed",
                {"closing": "missed", "closed_on": TODAY, "closing_reason": "Terlewat."},
            ),
            ("due date moved", {"date_generation": 1}),
        ],
    )
    def test_an_ended_milestone_is_not_told(self, secretariat, why, change):
        factories.milestone(due_date=days(-1))
        prepare()

        Milestone.objects.update(**change)

        assert post() == 0
        assert Letter.objects.get().last_error == why

    def test_a_report_with_a_later_date_keeps_an_escalation_back(self, place, owner, secretariat):
        made = action(place, owner, days(-20))
        prepare()

        ActionItem.objects.filter(pk=made.pk).update(outlook="will_be_late", expected_date=days(9))
        post()

        assert Letter.objects.get(recipient=secretariat).last_error == "expected later"
        assert Letter.objects.get(recipient=owner).state == LetterState.SENT

    def test_every_recorded_reason_has_words(self):
        reasons = [*MEANWHILE, "reported", "returned", "expected later", "superseded"]

        for why in [*reasons, "no longer owed", "achieved", "member away", "owner is back"]:
            assert reason_words(why)
        assert reason_words("closed: missed").endswith(": missed")


def test_a_batch_costs_as_many_queries_as_one_letter(place):
    def queries_of(number):
        Reminder.objects.all().delete()
        Letter.objects.all().delete()
        for _ in range(number):
            action(place, factories.member(), days(-1))
        prepare()
        batch = list(Letter.objects.select_related("recipient"))
        with CaptureQueriesContext(connection) as queries:
            letters.render_reminders(batch, at())
        return len(queries)

    assert queries_of(1) == queries_of(15)


def test_what_was_told_is_kept_with_the_letter_as_proof(place, owner):
    action(place, owner, days(-1))

    letter = a_day()[owner]

    assert letter.address == owner.email
    assert letter.subject
    assert letter.text
