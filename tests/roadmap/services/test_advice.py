"""Giving advice, answering it at a meeting, and the actions that carry it out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from committee import guards
from committee.enums import AdviceAnswer, DecisionEffect, MeetingStatus
from committee.models import Advice, Decision
from roadmap.enums import Refusal
from roadmap.models import Reminder
from roadmap.rules.refusals import Refused
from roadmap.services import advice as services
from roadmap.services.advice import AdviceDraft, Answer
from roadmap.services.changes import Stale
from roadmap.services.decisions import DecisionDraft
from tests import committee_factories as made
from tests import factories
from tests.factories import TODAY
from tests.roadmap.services.verbs import attempt
from tests.unchanged import Fault, everything, failing_after, unchanged

pytestmark = pytest.mark.django_db
STRANGERS = ("viewer", "member", "owner", "lead", "secretariat", "chair", "admin")
NOT_SECRETARIAT = ("viewer", "adviser", "member", "owner", "lead", "chair", "admin")
DRAFT = AdviceDraft("Satu gerbang data", "Data tersebar di tujuh instansi.")
DECISION = DecisionDraft("Menyusun satu gerbang.", DecisionEffect.ACTION)


@pytest.fixture
def advice(people):
    return made.advice(people.adviser)


@pytest.fixture
def meeting(people):
    return made.meeting()


def give(by, tried=None, draft=DRAFT):
    return services.give_advice(attempt=tried or attempt(by), draft=draft)


def edit(advice, by, draft=DRAFT, tried=None):
    return services.edit_advice(advice=advice, attempt=tried or attempt(by, advice), draft=draft)


def answer(advice, by, meeting, verdict=AdviceAnswer.ACCEPTED, *, tried=None, **fields):
    given = Answer(meeting, verdict, **{"reason": "Sejalan dengan arah."} | fields)
    return services.answer_advice(advice=advice, attempt=tried or attempt(by, advice), answer=given)


def link(advice, by, actions, tried=None):
    return services.link_actions(
        advice=advice, attempt=tried or attempt(by, advice), actions=list(actions)
    )


def test_an_adviser_gives_advice(people):
    advice = give(people.adviser, draft=replace(DRAFT, workstreams=[people.place]))

    assert (advice.author, advice.subject, advice.given_on) == (
        people.adviser,
        DRAFT.subject,
        TODAY,
    )
    assert (advice.reasoning, list(advice.workstreams.all())) == (DRAFT.reasoning, [people.place])
    assert advice.answer == ""


@pytest.mark.parametrize("who", STRANGERS)
def test_nobody_else_gives_any_nor_edits_it(people, advice, who):
    with unchanged(PermissionDenied):
        give(getattr(people, who))
    with unchanged(PermissionDenied):
        edit(advice, getattr(people, who))


def test_the_same_form_sent_twice_is_one_advice(people):
    tried = attempt(people.adviser)

    assert give(people.adviser, tried) == give(people.adviser, tried)
    assert Advice.objects.count() == 1


def test_it_is_reworded_until_it_is_answered(people, advice, meeting):
    edited = edit(advice, people.adviser, replace(DRAFT, subject="Dua gerbang data"))
    answer(edited, people.secretariat, meeting)

    with unchanged(Refused) as caught:
        edit(advice, people.adviser)

    assert (edited.subject, caught.value.reason) == ("Dua gerbang data", Refusal.ALREADY_ANSWERED)


def test_another_advisers_advice_is_theirs(people, advice):
    another = factories.member("adviser")

    with unchanged(PermissionDenied):
        edit(advice, another)


@pytest.mark.parametrize("verdict", list(AdviceAnswer))
def test_an_answer_says_where_when_who_and_why_and_its_author_is_told(
    people, advice, meeting, verdict
):
    given = answer(advice, people.secretariat, meeting, verdict)

    assert (given.answer, given.answered_at, given.answered_on) == (verdict, meeting, TODAY)
    assert (given.answered_by, given.answer_reason) == (people.secretariat, "Sejalan dengan arah.")
    told = Reminder.objects.get()
    assert (told.item, told.occasion) == (f"advice:{advice.pk}", f"answer:{advice.pk}")
    assert (told.stage, told.recipient) == ("answered", people.adviser)


@pytest.mark.parametrize("who", NOT_SECRETARIAT)
def test_only_the_secretariat_answers_and_links(people, advice, meeting, action, who):
    with unchanged(PermissionDenied):
        answer(advice, getattr(people, who), meeting)
    with unchanged(PermissionDenied):
        link(advice, getattr(people, who), [action])


@pytest.mark.parametrize("status", [MeetingStatus.DRAFT, MeetingStatus.CLOSED])
def test_it_is_answered_at_an_open_meeting_only(people, advice, meeting, status):
    if status == MeetingStatus.CLOSED:
        made.close(meeting)
    else:
        type(meeting).objects.filter(pk=meeting.pk).update(status=status)

    with unchanged(Refused):
        answer(advice, people.secretariat, meeting)


def test_an_answer_has_a_reason(people, advice, meeting):
    with unchanged(Refused) as caught:
        answer(advice, people.secretariat, meeting, reason="  ")

    assert caught.value.reason == Refusal.NEEDS_REASON


def test_it_may_become_a_decision_that_names_it(people, advice, meeting):
    answer(advice, people.secretariat, meeting, decision=DECISION)

    decision = Decision.objects.get()
    assert (decision.advice, decision.meeting, decision.number) == (advice, meeting, 1)
    assert (decision.text, decision.effect) == (DECISION.text, DecisionEffect.ACTION)


def test_what_is_decided_stands_under_the_point_of_its_meeting_about_it(people, advice, meeting):
    point = made.agenda_item(meeting, about=f"advice:{advice.pk}")
    made.agenda_item(meeting, about=f"advice:{advice.pk}0")
    made.agenda_item(made.meeting(), about=f"advice:{advice.pk}")

    answer(advice, people.secretariat, meeting, decision=DECISION)

    assert advice.decisions.get().agenda_item == point


def test_without_such_a_point_it_stands_under_none(people, advice, meeting):
    made.agenda_item(meeting, about=f"obstacle:{advice.pk}")

    answer(advice, people.secretariat, meeting, decision=DECISION)

    assert advice.decisions.get().agenda_item is None


def test_answering_twice_with_one_form_decides_once(people, advice, meeting):
    tried = attempt(people.secretariat, advice)

    for _ in range(2):
        answer(advice, people.secretariat, meeting, decision=DECISION, tried=tried)

    assert (Decision.objects.count(), Reminder.objects.count()) == (1, 1)


def test_the_answer_is_revised_while_its_meeting_sits(people, advice, meeting):
    answer(advice, people.secretariat, meeting)

    revised = answer(advice, people.secretariat, meeting, AdviceAnswer.DECLINED, reason="Mahal.")

    assert (revised.answer, revised.answer_reason) == (AdviceAnswer.DECLINED, "Mahal.")


def test_once_that_meeting_is_closed_another_cannot_answer_again(people, advice, meeting):
    answer(advice, people.secretariat, meeting)
    made.close(meeting)
    next_one = made.meeting()

    with unchanged(Refused) as caught:
        answer(advice, people.secretariat, next_one, AdviceAnswer.DECLINED)

    assert caught.value.reason == Refusal.ALREADY_ANSWERED


def test_the_database_keeps_an_answer_whose_meeting_is_closed(people, advice, meeting):
    answer(advice, people.secretariat, meeting)
    made.close(meeting)

    with pytest.raises(IntegrityError), transaction.atomic():
        Advice.objects.filter(pk=advice.pk).update(answer=AdviceAnswer.DECLINED)

    advice.refresh_from_db()
    assert advice.answer == AdviceAnswer.ACCEPTED


def test_control_without_its_lock_the_database_would_not(people, advice, meeting):
    answer(advice, people.secretariat, meeting)
    made.close(meeting)
    guards.remove(connection.alias, guards.GUARDS)
    try:
        Advice.objects.filter(pk=advice.pk).update(answer=AdviceAnswer.DECLINED)
    finally:
        guards.install(connection.alias, guards.GUARDS)

    advice.refresh_from_db()
    assert advice.answer == AdviceAnswer.DECLINED


def test_two_who_answer_at_once_the_second_is_told(people, advice, meeting):
    late = attempt(people.secretariat, advice)
    answer(advice, people.secretariat, meeting)

    with unchanged(Stale):
        answer(advice, people.secretariat, meeting, AdviceAnswer.DECLINED, tried=late)


def test_what_is_carried_out_cannot_be_declined(people, advice, meeting, action):
    answer(advice, people.secretariat, meeting)
    link(advice, people.secretariat, [action])

    with unchanged(Refused) as caught:
        answer(advice, people.secretariat, meeting, AdviceAnswer.DECLINED)

    assert caught.value.reason == Refusal.ADVICE_CARRIED_OUT


def test_what_became_a_decision_cannot_be_declined(people, advice, meeting):
    answer(advice, people.secretariat, meeting, decision=DECISION)

    with unchanged(Refused):
        answer(advice, people.secretariat, meeting, AdviceAnswer.DECLINED)


def test_it_becomes_one_decision(people, advice, meeting):
    answer(advice, people.secretariat, meeting, decision=DECISION)

    with unchanged(Refused) as caught:
        answer(advice, people.secretariat, meeting, decision=DECISION)

    assert caught.value.reason == Refusal.ADVICE_DECIDED


@pytest.mark.parametrize("verdict", [AdviceAnswer.ACCEPTED, AdviceAnswer.PARTLY])
def test_accepted_advice_is_carried_out_by_actions(people, advice, meeting, action, verdict):
    answer(advice, people.secretariat, meeting, verdict)
    before = type(action).objects.values("version").get(pk=action.pk)

    link(advice, people.secretariat, [action])

    assert list(advice.actions.all()) == [action]
    assert type(action).objects.values("version").get(pk=action.pk) == before
    assert action.updates.count() == 1  # a link is today's, not a change of its state


def test_actions_are_linked_after_the_meeting_closed_and_unlinked_again(
    people, advice, meeting, action
):
    answer(advice, people.secretariat, meeting)
    made.close(meeting)

    link(advice, people.secretariat, [action])
    link(advice, people.secretariat, [])

    assert not advice.actions.exists()


@pytest.mark.parametrize("verdict", ["", AdviceAnswer.DECLINED])
def test_nothing_carries_out_what_was_not_accepted(people, advice, meeting, action, verdict):
    if verdict:
        answer(advice, people.secretariat, meeting, verdict)

    with unchanged(Refused) as caught:
        link(advice, people.secretariat, [action])

    assert caught.value.reason == Refusal.ADVICE_NOT_ACCEPTED


def test_an_action_carries_out_one_advice(people, advice, meeting, action):
    other = made.advice(people.adviser, answered=True)
    link(other, people.secretariat, [action])
    answer(advice, people.secretariat, meeting)

    with unchanged(Refused) as caught:
        link(advice, people.secretariat, [action])

    assert caught.value.reason == Refusal.OTHER_ADVICE


@pytest.mark.parametrize("number", range(1, 5))
def test_a_fault_after_any_write_leaves_nothing(people, advice, meeting, number):
    before = everything()

    with pytest.raises(Fault), failing_after(number):
        answer(advice, people.secretariat, meeting, decision=DECISION)

    assert everything() == before
