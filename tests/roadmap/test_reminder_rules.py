"""Reminder rules as the secretariat keeps them: in words, refused in words, in force at once."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import translation

from roadmap.enums import Refusal
from roadmap.models import Reminder, ReminderRule
from roadmap.rules import telling
from roadmap.rules.refusals import Refused
from roadmap.selectors import reminder_rules as selectors
from roadmap.services.reminder_rules import save_rule
from tests import factories
from tests.factories import TODAY, days, moment
from tests.roadmap.reminding import a_day, action, plan, stages

pytestmark = pytest.mark.django_db
LIST = reverse("admin:roadmap_reminderrule_changelist")
ADD = reverse("admin:roadmap_reminderrule_add")


@pytest.fixture
def place():
    return factories.workstream("CYB", title="Keamanan siber", title_en="Cyber security")


@pytest.fixture
def office():
    return factories.member("secretariat", name="Tim", language="en")


def rule(slug="uji", **fields):
    values = {"subject": "action", "amount": 5, "unit": "day", "audience": "owner"}
    return ReminderRule(slug=slug, **values | fields)


def known(slug):
    return ReminderRule.objects.get(slug=slug)


SENTENCES = {
    "7 days before the due date, the owner is told; on a free day, the working day before."
    " Everywhere.": rule(amount=-7),
    "3 working days before the due date, the owner is told. Everywhere.": rule(
        amount=-3, unit="working_day"
    ),
    "On the due date, the owner is told; on a free day, the working day before. Everywhere.": rule(
        amount=0
    ),
    "1 day after the due date, the owner is told; on a free day, the working day after."
    " Everywhere.": rule(amount=1),
    "21 days after the due date, the owner is told; then again every 7 days; on a free day, the"
    " working day after. Everywhere.": rule(amount=21, repeat=7),
    "10 working days after the due date, the secretariat is told. Everywhere.": rule(
        amount=10, unit="working_day", audience="secretariat"
    ),
    "30 days before the due date, whoever answers for the workstream is told; on a free day, the"
    " working day before. Everywhere.": rule(subject="milestone", amount=-30),
    "30 days after the last report, the owner is told; then again every 7 days; on a free day,"
    " the working day after. Everywhere.": rule(subject="update", amount=30, repeat=7),
    "At once after the submission, the secretariat is told; then again every 3 working days; on a"
    " free day, the working day before. Everywhere.": rule(
        subject="verification", amount=0, unit="working_day", repeat=3, audience="secretariat"
    ),
    "17 days before the period closes, whoever answers for the workstream is told; on a free day,"
    " the working day before. Everywhere.": rule(subject="period", amount=-17),
    "Switched off. 20 working days after the due date, the chair is told. Everywhere.": rule(
        amount=20, unit="working_day", audience="chair", is_active=False
    ),
}


@pytest.mark.parametrize("expected", SENTENCES)
def test_a_rule_in_a_sentence(expected):
    with translation.override("en"):
        assert selectors.sentence(SENTENCES[expected]) == expected


def test_a_rule_of_one_workstream_names_it(place):
    with translation.override("en"):
        assert selectors.sentence(rule(workstream=place)).endswith(" Only in Cyber security.")


def test_every_rule_we_ship_stands_and_none_tells_what_another_tells():
    rows = list(ReminderRule.objects.all())

    found = {
        row.slug: telling.faults(selectors.rule_of(row), selectors.beside(row)) for row in rows
    }

    assert len(rows) > 20
    assert {slug for slug, faults in found.items() if faults} == set()


class TestSaving:
    def test_a_rule_that_makes_no_sense_is_refused_whoever_sends_it(self, office):
        with pytest.raises(Refused) as refusal:
            save_rule(by=office, rule=rule(audience="chair", amount=-3), today=TODAY)

        assert refusal.value.reason == Refusal.RULE_ESCALATES_AFTER
        assert not ReminderRule.objects.filter(slug="uji").exists()

    def test_a_second_rule_that_tells_the_same_is_refused(self, office, place):
        with pytest.raises(Refused) as refusal:
            save_rule(by=office, rule=rule(amount=-7, workstream=place), today=TODAY)

        assert refusal.value.reason == Refusal.RULE_TWICE

    def test_beside_one_that_is_switched_off_it_may_stand(self, office):
        ReminderRule.objects.filter(slug="action-7-days-before").update(is_active=False)

        save_rule(by=office, rule=rule(amount=-7), today=TODAY)

        assert known("uji").amount == -7

    def test_one_switched_off_stands_in_nobodys_way_until_it_is_switched_on(self, office):
        twin = save_rule(by=office, rule=rule(amount=-7, is_active=False), today=TODAY)

        twin.is_active = True
        with pytest.raises(Refused):
            save_rule(by=office, rule=twin, today=TODAY)

        assert not known("uji").is_active

    def test_nobody_else_may(self):
        for role in ("member", "chair", "admin"):
            with pytest.raises(PermissionDenied):
                save_rule(by=factories.member(role), rule=rule(), today=TODAY)


class TestTheNextPlan:
    def test_follows_a_rule_that_was_added(self, office, place):
        made = action(place, factories.member(), days(5))
        ReminderRule.objects.update(is_active=False)
        plan()
        assert stages(made) == []

        save_rule(by=office, rule=rule(amount=-5), today=TODAY)
        plan()

        assert stages(made) == ["-5d"]

    def test_follows_a_rule_that_was_moved(self, office, place):
        made = action(place, factories.member(), days(8))
        seven = known("action-7-days-before")
        seven.amount = -8

        save_rule(by=office, rule=seven, today=TODAY)
        plan()

        assert stages(made) == ["-8d"]
        assert Reminder.objects.get().rule == seven

    def test_follows_a_rule_that_was_switched_off(self, office, place):
        action(place, factories.member(), days(7))
        seven = known("action-7-days-before")
        seven.is_active = False

        save_rule(by=office, rule=seven, today=TODAY)

        assert plan() == 0

    def test_keeps_a_rule_of_one_workstream_to_it(self, office, place):
        here = action(place, factories.member(), days(5))
        there = action(factories.workstream(), factories.member(), days(5))
        ReminderRule.objects.update(is_active=False)

        save_rule(by=office, rule=rule(amount=-5, workstream=place), today=TODAY)
        plan()

        assert (stages(here), stages(there)) == (["-5d"], [])


class TestWhomItReaches:
    def test_people_and_lines_of_the_coming_seven_days(self, place):
        sari, budi = factories.member(name="Sari"), factories.member(name="Budi")
        for owner, due in ((sari, 7), (sari, 10), (budi, 8), (budi, 40)):
            action(place, owner, days(due))
        seven = known("action-7-days-before")

        reached = selectors.reached_this_week(seven.pk, moment(TODAY, 7))

        assert [(one.name, one.lines) for one in reached] == [("Budi", 1), ("Sari", 2)]
        with translation.override("en"):
            assert selectors.reach_words(reached) == "Budi (1 line); Sari (2 lines)"

    def test_they_are_who_is_then_told(self, place):
        sari = factories.member(name="Sari")
        action(place, sari, days(8))
        seven = known("action-7-days-before")
        foreseen = selectors.reached_this_week(seven.pk, moment(TODAY, 7))

        for n in range(7):
            a_day(days(n))

        told = Reminder.objects.filter(rule=seven, cancelled_at=None)
        assert [(one.name, one.lines) for one in foreseen] == [(sari.name, told.count())]

    def test_nobody_is_said_too(self):
        with translation.override("en"):
            assert selectors.reach_words([]) == "Nobody."


class TestInAdmin:
    @pytest.fixture(autouse=True)
    def signed_in(self, client, office):
        client.force_login(office)

    def sent(self, **fields):
        values = {"slug": "uji", "subject": "action", "amount": "5", "unit": "day"}
        values |= {"repeat": "", "audience": "owner", "workstream": "", "is_active": "on"}
        return values | fields

    def test_the_list_says_what_each_does(self, client):
        page = client.get(LIST).content.decode()

        assert "7 days before the due date, the owner is told" in page
        assert "Switched off. 20 working days after the due date, the chair is told." in page

    def test_the_form_says_it_and_whom_it_reaches(self, client, place):
        action(place, factories.member(name="Sari"), days(9))
        address = reverse("admin:roadmap_reminderrule_change", args=[known("action-due").pk])

        page = client.get(address).content.decode()

        assert "On the due date, the owner is told" in page
        assert "Nobody." in page

    def test_a_rule_of_one_workstream_is_kept(self, client, place):
        client.post(ADD, self.sent(workstream=place.pk))

        assert known("uji").workstream == place

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"amount": "-7"}, "Another rule tells them this already"),
            ({"amount": "999"}, "Count from 180 before to 365 after."),
            ({"amount": "-5", "repeat": "3"}, "Only a rule from the date on repeats"),
            ({"repeat": "0"}, "Repeat every 1 to 365"),
            ({"audience": "lead", "amount": "-1"}, "Superiors are told once it is late"),
            ({"subject": "period", "audience": "chair"}, "have no part in what this rule watches"),
            ({"amount": "9" * 30}, "amount"),
            ({"repeat": "-3"}, "repeat"),
            ({"unit": "week"}, "unit"),
            ({"workstream": "999999"}, "workstream"),
        ],
    )
    def test_what_makes_no_sense_is_refused_beside_its_field(self, client, fields, words):
        answer = client.post(ADD, self.sent(**fields))

        assert answer.status_code == 200
        assert words in answer.content.decode()
        assert "errorlist" in answer.content.decode()
        assert not ReminderRule.objects.filter(slug="uji").exists()

    def test_a_refusal_after_the_check_is_worded(self, client, monkeypatch):
        monkeypatch.setattr("roadmap.admin.telling.faults", lambda rule, others: [])
        monkeypatch.setattr(
            "roadmap.services.reminder_rules.telling.faults",
            lambda rule, others: [telling.Fault("amount", Refusal.RULE_TWICE)],
        )

        page = client.post(ADD, self.sent(), follow=True).content.decode()

        assert "Another rule tells them this already" in page
        assert not ReminderRule.objects.filter(slug="uji").exists()
