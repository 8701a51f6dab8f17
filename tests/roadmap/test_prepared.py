"""Questions made into SQL once: asked again, they give what Django gives that makes them anew."""

from __future__ import annotations

import pytest
from django.db.models import F

from committee.models import prepared
from committee.models.prepared import load
from committee.rules.days import PastDay
from roadmap.models import ActionItem
from roadmap.selectors.actions import known
from tests import factories
from tests.factories import TODAY, days

YESTERDAY = PastDay.fromordinal(days(-1).toordinal())


@pytest.fixture(autouse=True)
def made_anew():
    prepared.forget()
    yield
    prepared.forget()


@pytest.fixture
def actions(db):
    """Make actions of two owners, due on different days, one of them late."""
    made = [factories.action(due_date=days(number), created_on=days(-40)) for number in (-3, 2, 9)]
    for one in made[1:]:
        ActionItem.objects.filter(pk=one.pk).update(owner=factories.member())
    return list(ActionItem.objects.order_by("pk"))


def whole(today, *, owner):
    return known(today).filter(owner=owner).for_rows().order_by("pk")


def signalled(today, code):
    return known(today).with_signal(today).filter(code=code).values("pk", "signal", "due_date")


def late(today, limit):
    found = known(today).filter(due_date__lt=today).order_by("pk")
    return found.values_list("pk", "due_date", named=True)[:limit]


def called(_today, *, code):
    return ActionItem.objects.filter(code=code).values_list("code", flat=True)


def moved_key(today, *, action):
    return known(today).filter(pk=action + 1)


def counted_key(_today, *, action):
    return ActionItem.objects.annotate(twice=F("pk") * 1).filter(twice=action).values_list("pk")


class TestAskedAgain:
    @pytest.mark.parametrize("today", [TODAY, days(3), YESTERDAY, PastDay(2018, 1, 1)])
    def test_the_rows_are_those_of_the_question_itself(self, actions, today):
        owners = [one.owner_id for one in actions if one.owner_id] + [2**40]

        for owner in owners:
            asked = load(whole, today, owner=owner)
            assert asked == list(whole(today, owner=owner))
            with_their_owners = [(one.owner and one.owner.pk, one.due_date) for one in asked]
            assert with_their_owners == [(owner, one.due_date) for one in asked]
        for one in actions:
            assert load(signalled, today, one.code) == list(signalled(today, one.code))
            assert load(called, today, code=one.code) == [one.code]
        for limit in (1, 5):
            assert load(late, today, limit) == list(late(today, limit))

    def test_the_sql_is_made_once_for_every_day_and_key(self, actions):
        for owner in (actions[1].owner_id, actions[2].owner_id):
            for today in (TODAY, days(5)):
                load(whole, today, owner=owner)

        assert prepared._made.cache_info().misses == 1

    def test_answers_are_never_kept(self, actions):
        assert len(load(late, TODAY, 5)) == 1

        ActionItem.objects.update(due_date=days(-1))

        assert len(load(late, TODAY, 5)) == 3

    def test_a_key_that_is_reckoned_with_is_refused(self, actions):
        with pytest.raises(ValueError, match="not asked for as it is"):
            load(moved_key, TODAY, action=actions[0].pk)

    def test_a_key_beside_what_is_reckoned_is_taken(self, actions):
        assert load(counted_key, TODAY, action=actions[0].pk) == [(actions[0].pk,)]
