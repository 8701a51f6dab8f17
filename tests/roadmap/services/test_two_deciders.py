"""Two people at one decision at the same moment: adopted once, and never struck under an action."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest
from django.db import connection, connections

from committee.enums import DecisionEffect
from committee.models import Decision
from roadmap.models import ActionItem, Adoption, BaselineItem
from roadmap.rules.refusals import Refused
from roadmap.services import actions, adoption, decisions
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
    """Where two wait for each other, once each: a service that tries again goes on alone."""

    def __init__(self):
        self.barrier, self.local = threading.Barrier(2, timeout=30), threading.local()
        self.calls = 0

    def before(self, original):
        def together(*args):
            self.calls += 1
            if not hasattr(self.local, "met"):
                self.local.met = True
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
