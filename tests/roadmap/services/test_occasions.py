"""Why a reminder that waits is not told any more: what it counts from has changed meanwhile."""

from __future__ import annotations

import pytest

from roadmap.enums import Audience, Status
from roadmap.models import Reminder
from roadmap.services import occasions
from tests import committee_factories as made
from tests import factories
from tests.factories import TODAY, days

pytestmark = pytest.mark.django_db
MOVED = "due date moved"
SUBMITTED = {"status": Status.SUBMITTED, "submitted_on": days(-3)}


def why(item, occasion, audience=Audience.OWNER, stage="0d"):
    reminder = Reminder(item="x:1", occasion=occasion, audience=audience, stage=stage)
    return occasions.why_over(reminder, item, TODAY)


@pytest.mark.parametrize(
    ("fields", "occasion", "expected"),
    [
        ({}, "due:0", ""),
        ({"date_generation": 1}, "due:0", MOVED),
        ({"date_generation": 1}, "due:1", ""),
        ({"due_date": None}, "due:0", MOVED),
        ({"status": Status.PLANNED}, "due:0", ""),
        (SUBMITTED, "due:0", "submitted"),
        ({"verified": True}, "due:0", "verified"),
        ({"cancelled": True}, "due:0", "cancelled"),
        ({"reported_on": days(-40)}, "report:2018-08-15", ""),
        ({"reported_on": days(-39)}, "report:2018-08-15", "reported"),
        ({"reported_on": None, "start_date": days(-40)}, "report:2018-08-15", ""),
        ({"reported_on": None, "start_date": days(-39)}, "report:2018-08-15", "reported"),
        (SUBMITTED, "report:2018-08-15", "submitted"),
        (SUBMITTED, "submission:2018-09-21:7", ""),
        (SUBMITTED, "submission:2018-09-20:7", "returned"),
        ({}, "submission:2018-09-21:7", "returned"),
        ({"status": Status.PLANNED}, "submission:2018-09-21:7", "returned"),
        ({"verified": True}, "submission:2018-09-21:7", "verified"),
        ({"cancelled": True}, "submission:2018-09-21:7", "cancelled"),
        ({"cancelled": True}, "notice:9", ""),
    ],
)
def test_of_an_action(fields, occasion, expected):
    action = factories.action(**{"created_on": days(-100)} | fields)

    assert why(action, occasion) == expected


@pytest.mark.parametrize(
    ("promised", "audience", "expected"),
    [
        (0, Audience.LEAD, "expected later"),
        (20, Audience.SECRETARIAT, "expected later"),
        (-30, Audience.LEAD, ""),
        (20, Audience.OWNER, ""),
    ],
)
def test_a_superior_waits_for_a_promised_day_and_the_owner_is_told_on(promised, audience, expected):
    action = factories.action(late=True, outlook="will_be_late", expected_date=days(promised))

    assert why(action, "due:0", audience) == expected


@pytest.mark.parametrize(
    ("fields", "occasion", "expected"),
    [
        ({}, "due:0", ""),
        ({"date_generation": 2}, "due:0", MOVED),
        ({"due_date": None, "due_precision": ""}, "due:0", MOVED),
        ({"achieved": True}, "due:0", "achieved"),
        ({"missed": True}, "due:0", "closed: missed"),
        ({"achieved": True}, "slip:3", ""),
    ],
)
def test_of_a_milestone(fields, occasion, expected):
    assert why(factories.milestone(**fields), occasion) == expected


def test_of_a_report():
    report = made.report(made.period())
    occasion = f"period:{report.period_id}"

    assert why(report, occasion) == ""
    assert why(report, "period:0") == "no longer owed"
    report.signed_on = TODAY
    assert why(report, occasion) == "signed"
    report.signed_on, report.period.closed_on = None, TODAY
    assert why(report, occasion) == "period closed"


def test_nothing_counts_down_to_an_advice_or_a_decision():
    for item in (made.advice(), made.decision()):
        assert why(item, "due:0") == "no longer owed"
        assert why(item, "comment:1") == ""


class TestWhoAnswers:
    def answers(self, **fields):
        return occasions.answers(factories.member(**fields), TODAY)

    def test_nobody_answers_for_what_has_no_owner(self):
        assert not occasions.answers(None, TODAY)

    def test_an_owner_who_is_there(self):
        assert self.answers()
        assert not self.answers(is_active=False)

    @pytest.mark.parametrize(
        ("deputy", "expected"),
        [
            (None, False),
            ({}, True),
            ({"is_active": False}, False),
            ({"paused_from": days(-1), "paused_until": days(1)}, False),
        ],
    )
    def test_an_owner_who_is_away_through_a_deputy(self, deputy, expected):
        away = {"paused_from": days(-2), "paused_until": days(2)}
        other = None if deputy is None else factories.member(**deputy)

        assert self.answers(**away, deputy=other) == expected

    def test_no_letter_reaches_who_has_no_address_or_left(self):
        member = factories.member()

        assert occasions.is_reachable(member)
        member.email = ""
        assert not occasions.is_reachable(member)
        member.email, member.is_active = "a@b.id", False
        assert not occasions.is_reachable(member)


def test_which_reminders_tell_what_somebody_did_and_which_are_to_one_person():
    reader = factories.member()
    rows = {
        "notice:1": "moved",
        "notice:2": "decided",
        "slip:1": "moved",
        "comment:1": "mentioned",
        "request:1": "approved",
        "answer:1": "answered",
        "due:0": "0d",
        "report:2018-09-01": "30d",
    }
    for occasion, stage in rows.items():
        Reminder.objects.create(
            item="action:1",
            occasion=occasion,
            stage=stage,
            recipient=reader,
            due_at=factories.moment(TODAY),
        )

    def found(which):
        return set(Reminder.objects.filter(which).values_list("occasion", flat=True))

    notices = {one for one in rows if not one.startswith(("due:", "report:"))}
    assert found(occasions.are_notices()) == notices
    assert found(occasions.are_personal()) == notices - {"notice:1"}
