"""One line of a letter, part by part: what it says of its item, and what it leaves unsaid."""

from __future__ import annotations

import pytest
from django.utils import translation

from roadmap.enums import Audience
from roadmap.models import Reminder
from roadmap.selectors import countdowns
from roadmap.services import lines
from tests import committee_factories as made
from tests import factories
from tests.factories import TODAY, days

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def owner():
    return factories.member(name="Sari")


@pytest.fixture
def place():
    return factories.workstream("CYB", title="Keamanan siber", title_en="Cyber security")


def line(item, reader, *, today=TODAY, rules=(), **fields):
    values = {"item": "x:1", "occasion": "due:0", "stage": "-3d", "audience": Audience.OWNER}
    reminder = Reminder(recipient=reader, **values | fields)
    return lines.line(reminder, item, None, today, rules)


class TestAnAction:
    def test_an_ordinary_one_is_told_without_any_remark(self, owner, place):
        action = factories.action(
            "CYB-01", workstream=place, owner=owner, due_date=days(3), title="Menyusun standar"
        )

        told = line(action, owner)

        assert (told.title, told.code, told.place) == (
            "Menyusun standar",
            "CYB-01",
            "Cyber security",
        )
        assert (told.due, told.days_left, told.days) == ("27 September 2018", 3, "3 days left")
        assert told.last_report == "In progress, reported 5 days ago"
        assert (list(told.remarks), list(told.happened)) == ([], [])
        assert not told.is_illustrative

    def test_an_illustrative_date_is_marked(self, owner):
        action = factories.action(owner=owner, due_basis="illustrative")

        assert line(action, owner).is_illustrative

    def test_one_without_a_date_counts_no_days(self, owner):
        action = factories.action(owner=owner, due_date=None)

        told = line(action, owner)

        assert (told.due, told.days, told.days_left) == ("", "", 0)

    @pytest.mark.parametrize(
        ("reported", "words"),
        [(None, "never reported"), (0, "reported today"), (-1, "reported 1 day ago")],
    )
    def test_its_last_report_has_an_age(self, owner, reported, words):
        on = None if reported is None else days(reported)

        told = line(factories.action(owner=owner, reported_on=on), owner)

        assert told.last_report == f"In progress, {words}"

    def test_slips_are_counted(self, owner):
        action = factories.action(owner=owner, due_date=days(10))
        for _ in range(2):
            factories.slip(action)

        assert list(line(action, owner).remarks) == ["moved 2×, +60 days"]

    def test_an_open_obstacle_is_named(self, owner):
        action = factories.action(owner=owner, blocked=True)

        assert list(line(action, owner).remarks) == ["An obstacle is open."]

    def test_what_fell_away_before_is_named_once_a_date_counts_down(self, owner):
        action = factories.action(owner=owner)

        (said,) = line(action, owner, supersedes="-30d").remarks

        assert said.startswith("This also stands for earlier reminders, the first of them")
        assert list(line(action, owner, occasion="report:x", supersedes="30d").remarks) == []


class TestWhoseItIs:
    def test_nobodys(self, owner):
        action = factories.action(owner=None)

        assert list(line(action, owner).remarks) == ["This action has no owner."]

    def test_of_somebody_who_cannot_be_reached(self, owner):
        action = factories.action(owner=factories.member(name="Budi"))

        said = line(action, owner, is_orphan=True).remarks

        assert list(said) == ["Its owner, Budi, cannot be reached."]

    def test_of_somebody_the_reader_stands_in_for(self, owner):
        action = factories.action(owner=factories.member(name="Budi"))

        assert list(line(action, owner).remarks) == ["You stand in for Budi, who is away."]

    def test_of_somebody_whose_superior_reads_it(self, owner):
        action = factories.action(owner=factories.member(name="Budi"))

        said = line(action, owner, audience=Audience.LEAD).remarks

        assert list(said) == ["Owner: Budi"]

    def test_their_promise_is_read_to_a_superior(self, owner):
        action = factories.action(owner=factories.member(name="Budi"), expected_date=days(7))

        said = line(action, owner, audience=Audience.LEAD).remarks

        assert list(said) == ["Owner: Budi, who expected it by 1 October 2018."]

    def test_a_mention_names_the_owner_and_nobody_stands_in(self, owner):
        action = factories.action(owner=factories.member(name="Budi"))

        said = line(action, owner, occasion="comment:1", stage="mentioned").remarks

        assert list(said) == ["Owner: Budi"]


class TestAway:
    @pytest.fixture
    def rules(self):
        return countdowns.active_rules()

    @pytest.fixture
    def away(self):
        pause = {"paused_from": days(-60), "paused_until": days(20)}
        return factories.action(owner=factories.member(name="Budi", **pause), due_date=days(3))

    def test_whoever_is_told_instead_reads_how_long(self, away, owner, rules):
        said = line(away, owner, rules=rules).remarks

        assert said[-1] == (
            "The owner is away from 26 July 2018 to 14 October 2018, and so over the due date."
        )

    def test_the_owner_reads_nothing_of_their_own_absence(self, away, rules):
        assert list(line(away, away.owner, rules=rules).remarks) == []

    def test_an_owner_who_is_back_in_time_is_not_away(self, away, owner, rules):
        away.owner.paused_until = days(1)

        assert list(line(away, owner, rules=rules).remarks) == [
            "You stand in for Budi, who is away."
        ]


class TestOtherItems:
    def test_a_milestone_of_the_whole_roadmap(self, owner):
        milestone = factories.milestone(due_date=days(-2))

        told = line(milestone, owner)

        assert (told.place, told.days_left) == ("Whole roadmap", -2)
        assert (told.last_report, told.is_illustrative) == ("", False)

    def test_a_milestone_of_a_workstream(self, owner, place):
        assert line(factories.milestone(workstream=place), owner).place == "Cyber security"

    def test_a_decision_names_its_meeting_and_counts_no_days(self, owner):
        decision = made.decision()

        told = line(decision, owner, occasion="comment:1", stage="mentioned")

        assert str(decision.meeting) in told.place
        assert (told.due, told.days) == ("", "")

    def test_an_advice_names_the_day_it_was_given(self, owner):
        advice = made.advice(given_on=days(-7))

        told = line(advice, owner, occasion="answer:1", stage="answered")

        assert told.place == "Advice given on 17 September 2018"

    def test_a_report_owes_a_narrative_by_the_day_its_period_closes(self, owner):
        report = made.report(made.period())

        told = line(report, owner, occasion=f"period:{report.period_id}", stage="-5d")

        assert told.place == f"Reporting period {report.period}"
        (said,) = told.remarks
        assert str(report.period) in said
        assert "is owed; the period closes on 10 October 2018 (16 days left)" in said
