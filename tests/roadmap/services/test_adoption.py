"""Adopting the roadmap: what is fixed, once, and how things stand to it afterwards."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from committee.enums import DecisionEffect
from roadmap.enums import Refusal, Standing
from roadmap.models import ActionItem, Adoption, BaselineItem
from roadmap.rules.refusals import Refused
from roadmap.selectors.adoption import baseline_of, with_standing
from roadmap.services import adoption
from tests import committee_factories as committee
from tests import factories
from tests.factories import TODAY, days
from tests.roadmap.services.verbs import attempt
from tests.unchanged import unchanged

pytestmark = pytest.mark.django_db


@pytest.fixture
def decision(people):
    return committee.decision(effect=DecisionEffect.ADOPTION)


def adopt(by, decision, tried=None):
    return adoption.adopt(decision=decision, attempt=tried or attempt(by, decision))


def refused(by, decision):
    with unchanged(Refused) as caught:
        adopt(by, decision)
    return caught.value.reason


def test_adopting_fixes_every_action_but_the_cancelled(people, decision, action):
    verified = factories.action(verified=True)
    factories.action(cancelled=True)
    factories.action(created_on=days(1))

    made = adopt(people.secretariat, decision)

    assert {item.action for item in made.items.all()} == {action, verified}
    item = made.items.get(action=action)
    assert (item.due_date, item.output, item.owner) == (
        action.due_date,
        action.output,
        people.owner,
    )
    assert (item.title, item.weight, item.lead_institution) == (action.title, action.weight, None)
    assert (made.on, made.by) == (TODAY, people.secretariat)


@pytest.mark.parametrize("who", ["chair", "lead", "owner", "member", "viewer", "adviser", "admin"])
def test_only_the_secretariat_writes_an_adoption_down(people, decision, action, who):
    with unchanged(PermissionDenied):
        adopt(getattr(people, who), decision)


def test_a_decision_adopts_once(people, decision, action):
    adopt(people.secretariat, decision)

    assert refused(people.secretariat, decision) == Refusal.ALREADY_ADOPTED


def test_the_same_form_sent_twice_adopts_once(people, decision, action):
    tried = attempt(people.secretariat, decision)

    made = {adopt(people.secretariat, decision, tried).pk for _ in range(2)}

    assert made == {Adoption.objects.get().pk}
    assert BaselineItem.objects.count() == 1


def test_nothing_is_adopted_where_there_is_nothing(people, decision):
    factories.action(cancelled=True)

    assert refused(people.secretariat, decision) == Refusal.NOTHING_TO_ADOPT


def test_only_a_decision_to_adopt_adopts(people, action):
    decision = committee.decision(effect=DecisionEffect.RECORD)

    assert refused(people.secretariat, decision) == Refusal.NOT_THIS_EFFECT


def test_adopting_is_done_while_the_meeting_sits(people, decision, action):
    committee.close(decision.meeting)

    assert refused(people.secretariat, decision) == Refusal.MEETING_CLOSED


def test_the_database_keeps_a_baseline(people, decision, action):
    made = adopt(people.secretariat, decision)

    for change in (
        lambda: BaselineItem.objects.update(due_date=days(1)),
        lambda: Adoption.objects.filter(pk=made.pk).update(on=days(1)),
        lambda: BaselineItem.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


class TestStanding:
    def test_before_any_adoption_everything_is_proposed(self, people, action):
        found = baseline_of(action, TODAY)

        assert (found.standing, found.adoption, found.is_in) == (Standing.PROPOSED, None, False)

    def test_what_was_adopted_is_shown_with_what_differs_by_now(self, people, action):
        committee.adoption(actions=[action])
        ActionItem.objects.filter(pk=action.pk).update(
            due_date=action.due_date + factories.timedelta(days=30), output="Lain", owner=None
        )
        action.refresh_from_db()

        found = baseline_of(action, TODAY)

        assert (found.standing, found.days_moved) == (Standing.ADOPTED, 30)
        assert found.has_new_output
        assert found.has_new_owner

    def test_what_came_or_went_later_is_named_so(self, people, action):
        gone = factories.action()
        committee.adoption(actions=[gone])
        ActionItem.objects.filter(pk=gone.pk).update(status="cancelled")
        gone.refresh_from_db()

        assert baseline_of(action, TODAY).standing == Standing.ADDED
        assert baseline_of(gone, TODAY).standing == Standing.REMOVED

    def test_a_later_adoption_does_not_undo_an_earlier_one(self, people, action):
        kept, gone, other = factories.action(), factories.action(), factories.action()
        earlier = committee.adoption(
            actions=[kept, gone], at=factories.moment(days(-30)), on=days(-30)
        )
        ActionItem.objects.filter(pk=gone.pk).update(status="cancelled")
        gone.refresh_from_db()
        latest = committee.adoption(actions=[other])

        found = {one: baseline_of(one, TODAY) for one in (kept, gone, other, action)}

        assert [one.standing for one in found.values()] == [
            Standing.ADOPTED,
            Standing.REMOVED,
            Standing.ADOPTED,
            Standing.ADDED,
        ]
        assert [one.adoption for one in found.values()] == [earlier, earlier, latest, latest]

    def test_of_two_that_hold_it_the_latest_is_its_baseline(self, people, action):
        latest = committee.adoption(actions=[action])
        committee.adoption(actions=[action], at=factories.moment(days(-30)), on=days(-30))

        assert baseline_of(action, TODAY).adoption == latest

    @pytest.mark.parametrize("is_adopting", [True, False])
    def test_lists_say_what_the_page_says(self, people, action, is_adopting):
        held = [factories.action(), factories.action(cancelled=True)]
        factories.action(cancelled=True)
        if is_adopting:
            committee.adoption(actions=held)
            committee.adoption()

        rows = list(with_standing(ActionItem.objects.all(), TODAY))

        assert len(rows) == 4
        assert [row.standing for row in rows] == [baseline_of(row, TODAY).standing for row in rows]
        assert len({row.standing for row in rows}) == (4 if is_adopting else 1)
