"""A comment and an answer sent twice at the same moment: one effect, the same answer."""

from __future__ import annotations

import pytest
from django.db import connection
from django.urls import reverse

from committee.models import Advice, Decision
from roadmap.models import Comment, Reminder
from roadmap.services import changes, comments
from tests import committee_factories as made
from tests import factories
from tests.test_double_submit import ROUNDS, both_at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def secretariat(settings):
    if connection.vendor == "sqlite":
        pytest.skip("one connection in memory; PostgreSQL shows two transactions at once")
    return factories.member("secretariat", email="sekretariat@demo.test")


@pytest.fixture
def place(secretariat):
    factories.member(email="kominfo@demo.test")
    return reverse("roadmap:comment-add-action", args=[factories.action("LOG-01").code])


SAID = {"text": "Mohon @kominfo.", "version": 0}


def test_a_comment_is_said_once_and_tells_once(secretariat, place):
    answers = both_at_once(secretariat, place, SAID)

    assert {status for pair in answers for status, _ in pair} == {302}
    assert all(first == second for first, second in answers)
    assert Comment.objects.count() == Reminder.objects.count() == ROUNDS


def test_control_without_the_token_it_is_said_twice(secretariat, place, monkeypatch):
    def forgetful(*, attempt, **rest):
        return said(attempt=changes.Attempt(by=attempt.by, at=attempt.at), **rest)

    said = comments.add_comment
    monkeypatch.setattr(comments, "add_comment", forgetful)

    both_at_once(secretariat, place, SAID)

    assert Comment.objects.count() == 2 * ROUNDS


def test_an_answer_becomes_one_decision(secretariat):
    advice, meeting = made.advice(), made.meeting()
    fields = {"meeting": meeting.pk, "verdict": "accepted", "reason": "Sejalan.", "version": 0}
    fields |= {"as_decision": "on", "text": "Menyusun satu gerbang.", "effect": "action"}

    answers = both_at_once(secretariat, reverse("roadmap:advice-answer", args=[advice.pk]), fields)

    # Every later round is another form on an old version: it is told, and changes nothing.
    assert all(first == second for first, second in answers)
    assert sorted({first[0] for first, _ in answers}) == [302, 409]
    assert Decision.objects.count() == 1
    assert Advice.objects.get().version == 1
