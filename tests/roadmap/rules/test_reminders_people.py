"""Whom a reminder or a notice reaches, and when an owner is away too long, without a database."""

from datetime import date

import pytest

from roadmap.enums import Audience
from roadmap.rules import reminders
from roadmap.rules.reminders import Desk, Person, Rule
from tests.roadmap.rules.test_reminders import ACTION, ACTION_RULES, DAY, DUE, MILESTONE

LEAD, DEPUTY, SECRETARY, CHAIR, OWNER, STAND_IN = range(1, 7)
DESK = Desk((LEAD,), (DEPUTY,), (SECRETARY,), (CHAIR,))


def people(*, unreachable=(), away=(), deputies=None):
    deputies = deputies or {}
    return {
        person: Person(person, person not in unreachable, person in away, deputies.get(person))
        for person in (LEAD, DEPUTY, SECRETARY, CHAIR, OWNER, STAND_IN)
    }


class TestRecipients:
    @pytest.mark.parametrize(
        ("owner", "facts", "told"),
        [
            (OWNER, {}, (OWNER,)),
            (OWNER, {"away": [OWNER], "deputies": {OWNER: STAND_IN}}, (STAND_IN,)),
            (OWNER, {"away": [OWNER]}, (LEAD,)),
            (OWNER, {"away": [OWNER, STAND_IN], "deputies": {OWNER: STAND_IN}}, (LEAD,)),
            (OWNER, {"unreachable": [OWNER]}, (LEAD,)),
            (None, {}, (LEAD,)),
            (None, {"away": [LEAD], "deputies": {LEAD: STAND_IN}}, (STAND_IN,)),
            (None, {"away": [LEAD]}, (DEPUTY,)),
            (None, {"unreachable": [LEAD, DEPUTY]}, (SECRETARY,)),
            (None, {"unreachable": [LEAD, DEPUTY, SECRETARY]}, ()),
        ],
    )
    def test_an_orphan_climbs_until_it_reaches_somebody(self, owner, facts, told):
        assert reminders.responsible(owner, DESK, people(**facts)) == told

    @pytest.mark.parametrize(
        ("audience", "facts", "told"),
        [
            (Audience.LEAD, {}, (LEAD,)),
            (Audience.LEAD, {"unreachable": [LEAD]}, (DEPUTY,)),
            (Audience.LEAD, {"unreachable": [LEAD, DEPUTY]}, (SECRETARY,)),
            (Audience.SECRETARIAT, {}, (SECRETARY,)),
            (Audience.CHAIR, {}, (CHAIR,)),
            (Audience.CHAIR, {"away": [CHAIR], "deputies": {CHAIR: STAND_IN}}, (STAND_IN,)),
        ],
    )
    def test_escalations_reach_the_superior(self, audience, facts, told):
        assert reminders.escalated_to(audience, DESK, people(**facts)) == told

    def test_two_who_share_a_deputy_are_told_once(self):
        desk = Desk(secretariat=(SECRETARY, CHAIR))
        facts = people(away=[SECRETARY, CHAIR], deputies={SECRETARY: STAND_IN, CHAIR: STAND_IN})

        assert reminders.escalated_to(Audience.SECRETARIAT, desk, facts) == (STAND_IN,)


class TestOwnerAway:
    """Away from the first reminder, here 26 September, through the due date, 3 October."""

    FIRST = date(2018, 9, 26)

    @pytest.mark.parametrize(
        ("begins", "ends", "is_away"),
        [
            (date(2018, 9, 26), date(2018, 10, 3), True),  # exactly the lead time
            (date(2018, 9, 1), date(2018, 11, 1), True),
            (date(2018, 9, 27), date(2018, 10, 3), False),  # the first reminder found them here
            (date(2018, 9, 26), date(2018, 10, 2), False),  # back on the day itself
            (date(2018, 10, 4), date(2018, 10, 9), False),
            (None, None, False),
        ],
        ids=str,
    )
    def test_is_a_pause_longer_than_the_lead_time(self, begins, ends, is_away):
        assert reminders.away_throughout((begins, ends), self.FIRST, DUE) is is_away

    @pytest.mark.parametrize(
        ("first", "due"), [(None, DUE), (FIRST, None)], ids=["no rule before", "no due date"]
    )
    def test_needs_a_date_and_a_reminder_before_it(self, first, due):
        pause = date(2018, 1, 1), date(2019, 1, 1)

        assert not reminders.away_throughout(pause, first, due)

    @pytest.mark.parametrize(
        ("rules", "first"),
        [
            (ACTION_RULES, date(2018, 9, 26)),
            (ACTION_RULES[2:], date(2018, 10, 2)),
            (ACTION_RULES[4:], None),  # all of them after the date
            ((Rule(ACTION, -30, DAY, Audience.LEAD), *ACTION_RULES), date(2018, 9, 26)),
            ((Rule(MILESTONE, -30, DAY), *ACTION_RULES), date(2018, 9, 26)),
            ((Rule(ACTION, -11, DAY), *ACTION_RULES), date(2018, 9, 21)),  # moved from a Saturday
        ],
        ids=["standard", "later", "none", "of the lead", "of milestones", "rolled"],
    )
    def test_the_lead_time_begins_with_the_owners_first_reminder(self, rules, first):
        assert reminders.first_day(rules, DUE) == first


class TestHeirs:
    """Who is told a waiting notice when its reader cannot be."""

    @pytest.mark.parametrize(
        ("notice", "owner", "facts", "heirs"),
        [
            (("assigned", OWNER, None), OWNER, {}, ()),  # it is theirs
            (
                ("assigned", OWNER, None),
                OWNER,
                {"away": [OWNER], "deputies": {OWNER: STAND_IN}},
                (STAND_IN,),
            ),
            (("assigned", OWNER, None), OWNER, {"away": [OWNER]}, (LEAD,)),
            (("assigned", OWNER, LEAD), OWNER, {"away": [OWNER]}, ()),  # who did it knows
            (("assigned", OWNER, None), LEAD, {}, (LEAD,)),
            (("decided", STAND_IN, None), OWNER, {}, ()),  # it is theirs who raised the obstacle
            (("decided", OWNER, None), OWNER, {"away": [OWNER]}, (LEAD,)),
        ],
    )
    def test_are_those_who_answer_for_the_action(self, notice, owner, facts, heirs):
        found = reminders.heirs(reminders.Notice(*notice), owner, DESK, people(**facts))

        assert found == heirs
