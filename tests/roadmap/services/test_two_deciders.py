"""Two people at one decision at once: adopted once, never struck under an action, no deadlock."""

from __future__ import annotations

import threading
from contextlib import closing, suppress

import pytest
from django.db import connection, connections
from django.db.models import QuerySet

from committee import services as accounts
from committee.enums import AdviceAnswer, DecisionEffect
from committee.models import Advice, Decision
from roadmap.models import ActionItem, Adoption, BaselineItem
from roadmap.rules.refusals import Refused
from roadmap.services import actions, adoption, decisions
from roadmap.services import advice as advising
from roadmap.services.actions import ActionDraft
from tests import committee_factories, factories
from tests.roadmap.services.verbs import attempt

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def people(transactional_db):
    return [factories.member("secretariat") for _ in range(2)]


class Meet:
    """Where two wait for each other, once each: a service that tries again goes on alone.

    With `seconds` one goes on alone after these, where a lock may hold the other back.
    """

    def __init__(self, seconds=None):
        self.barrier, self.local = threading.Barrier(2, timeout=seconds or 30), threading.local()
        self.broken = threading.BrokenBarrierError if seconds else ()
        self.calls = 0

    def before(self, original):
        def together(*args):
            self.calls += 1
            if not hasattr(self.local, "met"):
                self.local.met = True
                with suppress(self.broken):
                    self.barrier.wait()
            return original(*args)

        return together


def at_once(*calls):
    """Run calls on connections of their own; give how each ended."""
    outcomes = []

    def run(call):
        with closing(connections["default"]):
            try:
                call()
                outcomes.append("done")
            except Refused as refused:
                outcomes.append(refused.reason.value)
            except Exception as error:  # each kind is an outcome
                outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


class TestAdopting:
    @pytest.fixture
    def decision(self, transactional_db):
        factories.actions(3, workstream=factories.workstream())
        return committee_factories.decision(effect=DecisionEffect.ADOPTION)

    def both(self, people, decision):
        def adopt(by):
            tried = attempt(by, decision)
            return lambda: adoption.adopt(decision=decision, attempt=tried)

        return at_once(*map(adopt, people))

    def test_the_roadmap_is_adopted_once_and_the_other_is_told(self, monkeypatch, people, decision):
        monkeypatch.setattr(adoption, "lock_for", Meet().before(adoption.lock_for))

        assert self.both(people, decision) == ["already_adopted", "done"]
        assert (Adoption.objects.count(), BaselineItem.objects.count()) == (1, 3)

    def test_control_without_the_lock_both_find_nothing_and_only_the_database_keeps_one(
        self, monkeypatch, people, decision
    ):
        monkeypatch.setattr(
            adoption, "lock_for", lambda one, effect: Decision.objects.get(pk=one.pk, effect=effect)
        )
        after_looking = Meet()
        monkeypatch.setattr(
            adoption, "lock_open_meeting", after_looking.before(adoption.lock_open_meeting)
        )

        assert self.both(people, decision) == ["already_adopted", "done"]
        assert after_looking.calls == 2
        assert (Adoption.objects.count(), BaselineItem.objects.count()) == (1, 3)


def test_a_decision_is_struck_or_something_comes_of_it_never_both(monkeypatch, people):
    decision, meet = committee_factories.decision(), Meet()
    monkeypatch.setattr(actions, "lock_for", meet.before(actions.lock_for))
    monkeypatch.setattr(decisions, "begin_row", meet.before(decisions.begin_row))
    fields = {"title": "Pedoman", "workstream": factories.workstream(), "due_precision": "day"}
    draft = ActionDraft(fields | {"decision": decision})
    strike, make = attempt(people[0], decision), attempt(people[1])

    outcomes = at_once(
        lambda: decisions.delete_decision(decision=decision, attempt=strike),
        lambda: actions.create_action(attempt=make, draft=draft),
    )

    assert outcomes in (["done", "has_effects"], ["done", "not_this_effect"])
    stands = Decision.objects.filter(pk=decision.pk).exists()
    assert stands == ActionItem.objects.filter(decision=decision.pk).exists()


def test_two_decisions_written_down_at_once_get_two_numbers(monkeypatch, people):
    meeting, meet = committee_factories.meeting(), Meet()
    monkeypatch.setattr(decisions, "lock_open_meeting", meet.before(decisions.lock_open_meeting))
    draft = decisions.DecisionDraft("Menyusun pedoman.", DecisionEffect.ACTION)
    tries = [attempt(one) for one in people]

    outcomes = at_once(
        *(
            lambda tried=tried: decisions.record_decision(
                meeting=meeting, attempt=tried, draft=draft
            )
            for tried in tries
        )
    )

    assert outcomes == ["done", "done"]
    assert sorted(meeting.decisions.values_list("number", flat=True)) == [1, 2]


class TestAnAdviceDeclinedWhileADecisionFollowsIt:
    """At two open meetings at once: it is declined or followed, never both."""

    def outcomes(self, people, monkeypatch):
        advice, meet = committee_factories.advice(), Meet(seconds=1)
        here, there = committee_factories.meeting(), committee_factories.meeting()
        monkeypatch.setattr(advising, "_tell_author", meet.before(advising._tell_author))
        monkeypatch.setattr(decisions, "add", meet.before(decisions.add))
        answer = advising.Answer(here, AdviceAnswer.DECLINED, "Tidak sejalan.")
        draft = decisions.DecisionDraft("Menyusun.", DecisionEffect.ACTION, advice=advice)
        tries = attempt(people[0], advice), attempt(people[1])
        return at_once(
            lambda: advising.answer_advice(advice=advice, attempt=tries[0], answer=answer),
            lambda: decisions.record_decision(meeting=there, attempt=tries[1], draft=draft),
        )

    def test_one_of_them_is_told(self, people, monkeypatch):
        outcomes = self.outcomes(people, monkeypatch)

        assert outcomes in (["advice_declined", "done"], ["advice_carried_out", "done"])
        is_declined = Advice.objects.get().answer == AdviceAnswer.DECLINED
        assert is_declined != Decision.objects.exists()

    def test_control_without_the_hold_both_have_their_way(self, people, monkeypatch):
        monkeypatch.setattr(decisions, "_hold_advice", lambda draft: None)

        assert self.outcomes(people, monkeypatch) == ["done", "done"]


@pytest.fixture(params=["done", "OperationalError"], ids=["key left free", "control: key locked"])
def expected(request, monkeypatch):
    """Give how two end; the control takes the database's usual lock."""
    if request.param != "done":
        lock = QuerySet.select_for_update

        def with_its_key(rows, *args, no_key=False, **options):
            return lock(rows, *args, **options)

        monkeypatch.setattr(QuerySet, "select_for_update", with_its_key)
    return sorted([request.param, "done"])


class TestHoldingWhatTheOtherNames:
    """Whoever holds a row leaves its key free: a new row may name it, so no ring of waiters."""

    @pytest.fixture
    def meet(self):
        return Meet()

    @pytest.fixture
    def answer(self, people):
        advice, meeting = committee_factories.advice(), committee_factories.meeting()
        answer = advising.Answer(meeting, AdviceAnswer.ACCEPTED, "Sejalan.")
        tried = attempt(people[0], advice)
        return lambda: advising.answer_advice(advice=advice, attempt=tried, answer=answer)

    def test_an_answer_holds_the_counter_and_its_reader_their_own_profile(
        self, monkeypatch, answer, meet, expected
    ):
        monkeypatch.setattr(advising, "_tell_author", meet.before(advising._tell_author))
        monkeypatch.setattr(accounts, "_change", meet.before(accounts._change))
        adviser = Advice.objects.get().author

        outcomes = at_once(
            answer, lambda: accounts.update_profile(by=adviser, changes={"letter_hour": 7})
        )

        assert outcomes == expected
