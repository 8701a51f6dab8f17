"""What services write past the models, many rows in one statement, is told to the ledger too."""

from __future__ import annotations

import json

import pytest

from committee.enums import AdviceAnswer, DecisionEffect, Presence
from committee.ledger import bump_revision
from committee.models import AuditEntry, Institution, Workstream
from roadmap.models import BaselineItem
from roadmap.services import adoption, advice, decisions, meetings, periods, setup
from roadmap.services.decisions import DecisionDraft
from roadmap.services.meetings import AgendaDraft, Sitting
from roadmap.services.setup import WorkstreamDraft
from tests import committee_factories as made
from tests import factories
from tests.factories import TODAY, days, moment
from tests.roadmap.reminding import a_day
from tests.roadmap.services.verbs import attempt

pytestmark = pytest.mark.django_db


@pytest.fixture
def told():
    """Give what the ledger says of one kind of thing since the test began to act."""
    bump_revision()
    last = AuditEntry.objects.count()

    def of(kind):
        found = AuditEntry.objects.filter(number__gt=last, object_type=kind).order_by("number")
        return [(one.verb, one.object_id, json.loads(one.after or "{}")) for one in found]

    return of


@pytest.fixture
def secretariat(people):
    return people.secretariat


@pytest.fixture
def meeting(people):
    return made.meeting()


def test_institutions_of_the_first_hour(secretariat, told):
    rows = [Institution(code=code, title=code, kind="ministry") for code in ("AA", "BB")]

    setup.add_institutions(attempt=attempt(secretariat), institutions=rows)

    found = [(verb, after["code"]) for verb, _pk, after in told("committee.institution")]
    assert found == [("add", "AA"), ("add", "BB")]


def test_workstreams_of_the_first_hour_and_who_leads_them(people, secretariat, told):
    draft = WorkstreamDraft(Workstream(code="EDU", title="Pendidikan"), people.member)

    setup.add_workstreams(attempt=attempt(secretariat), drafts=[draft])

    [(verb, _pk, after)] = told("committee.workstream")
    assert (verb, after["code"]) == ("add", "EDU")
    [(verb, _pk, after)] = told("committee.seat")
    assert (verb, after["member_id"]) == ("add", people.member.pk)


def test_the_actions_that_carry_an_advice_out(secretariat, action, told):
    given = made.advice(answered=True)

    advice.link_actions(advice=given, attempt=attempt(secretariat, given), actions=[action])

    assert ("link", str(given.pk), {"actions": [action.pk]}) in told("committee.advice")


def test_the_decision_an_advice_became_when_it_was_answered(secretariat, meeting, told):
    given = made.advice()
    answer = advice.Answer(
        meeting,
        AdviceAnswer.ACCEPTED,
        "Sejalan.",
        DecisionDraft("Menyusun satu gerbang.", DecisionEffect.ACTION),
    )

    advice.answer_advice(advice=given, attempt=attempt(secretariat, given), answer=answer)

    [(verb, _pk, after)] = told("committee.decision")
    assert (verb, after["advice_id"]) == ("add", given.pk)


def test_the_advice_that_actions_follow_with_their_decision(secretariat, meeting, told):
    first, second = (made.advice(answered=True) for _ in range(2))
    decision = made.decision(meeting, advice=first)
    factories.action(decision=decision, advice=first)

    draft = DecisionDraft(decision.text, DecisionEffect.ACTION, advice=second)
    decisions.edit_decision(decision=decision, attempt=attempt(secretariat, decision), draft=draft)

    said = {"advice_of_its_actions": second.pk}
    assert ("link", str(decision.pk), said) in told("committee.decision")
    assert set(decision.actions.values_list("advice", flat=True)) == {second.pk}


def test_points_taken_from_what_was_proposed(secretariat, meeting, told):
    given = made.advice()

    meetings.take_proposals(
        meeting=meeting, attempt=attempt(secretariat, meeting), abouts=[f"advice:{given.pk}"]
    )

    [(verb, _pk, after)] = told("committee.agendaitem")
    assert (verb, after["about"], after["order"]) == ("add", f"advice:{given.pk}", 1)


def test_points_that_another_pushes_on(secretariat, meeting, told):
    first, second = (made.agenda_item(meeting, order=n) for n in (1, 2))

    meetings.edit_point(
        meeting=meeting,
        attempt=attempt(secretariat, meeting),
        item=second,
        draft=AgendaDraft(second.title, 1),
    )

    moved = [one for one in told("committee.agendaitem") if one[2].keys() == {"order"}]
    assert moved == [
        ("change", str(second.pk), {"order": 1}),
        ("change", str(first.pk), {"order": 2}),
    ]


def test_who_sat_at_a_meeting(secretariat, meeting, told):
    bank = factories.institution()
    sittings = [Sitting(bank, Presence.values[0], "Sari")]

    meetings.save_attendance(
        meeting=meeting, attempt=attempt(secretariat, meeting), sittings=sittings
    )

    [(verb, _pk, after)] = told("committee.attendance")
    assert (verb, after["institution_id"]) == ("add", bank.pk)


def test_every_action_of_a_baseline(secretariat, action, told):
    decision = made.decision(effect=DecisionEffect.ADOPTION)

    adoption.adopt(decision=decision, attempt=attempt(secretariat, decision))

    [(verb, pk, after)] = told("roadmap.baselineitem")
    assert (verb, pk) == ("add", str(BaselineItem.objects.get().pk))
    assert after["action_id"] == action.pk


def test_whom_a_period_asks(people, told):
    periods.keep(now=moment(TODAY))

    asked = [after["asked"] for verb, _pk, after in told("roadmap.period") if verb == "link"]
    assert [sorted(one) for one in asked] == [sorted([people.place.pk, people.other.pk])]


def test_its_head_leaves_the_site_in_the_letters_of_the_secretariat_alone():
    """Whoever keeps such a letter sees later whether the end was cut off."""
    place = factories.workstream("CYB")
    lead, office = factories.member(language="en"), factories.member("secretariat", language="en")
    factories.seat(lead, place)
    for owner in (lead, None):
        factories.action(workstream=place, owner=owner, due_date=days(-20), reported_on=TODAY)
    bump_revision()
    head = AuditEntry.objects.order_by("-number").first()

    sent = a_day()

    assert head.hash in sent[office].text
    assert head.hash not in sent[lead].text
