"""An owner away for longer than the lead time: whoever is told instead learns of it."""

from __future__ import annotations

import pytest

from committee.models import Member
from tests import factories
from tests.factories import days
from tests.roadmap.reminding import a_day, action

pytestmark = pytest.mark.django_db
SAYS_SO = "The owner is away from"


@pytest.mark.parametrize(
    ("begins", "says"),
    [(days(-30), True), (days(2), True), (days(3), False)],
    ids=["long before", "on the day of the first reminder", "after the first reminder"],
)
def test_the_deputys_letter_says_that_the_owner_is_away_over_the_due_date(begins, says):
    deputy, owner = factories.member(language="en"), factories.member(language="en")
    away = {"paused_from": begins, "paused_until": days(30), "deputy": deputy}
    Member.objects.filter(pk=owner.pk).update(**away)
    action(factories.workstream(), owner, days(9))

    told = a_day(days(4))

    assert (deputy if begins <= days(4) else owner) in told
    assert (SAYS_SO in told[deputy].text) is says


def test_without_a_deputy_the_leads_letter_says_it():
    place, lead = factories.workstream(), factories.member(language="en")
    factories.seat(lead, place)
    owner = factories.member(paused_from=days(1), paused_until=days(30))
    action(place, owner, days(9))

    assert SAYS_SO in a_day(days(2))[lead].text


def test_the_owners_own_letter_does_not():
    owner = factories.member(language="en", paused_from=days(5), paused_until=days(30))
    action(factories.workstream(), owner, days(9))

    assert SAYS_SO not in a_day(days(2))[owner].text
