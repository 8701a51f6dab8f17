"""Fetching for somebody: who they are today, and what they may not see is not there."""

from __future__ import annotations

import pytest
from django.http import Http404

from committee import access, outbox
from committee.enums import LetterKind, Role, SeatKind
from committee.rules.permissions import Actor
from tests import factories
from tests.factories import TODAY, days

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "fields", "leads"),
    [
        (SeatKind.LEAD, {}, True),
        (SeatKind.DEPUTY, {}, True),
        (SeatKind.CONTRIBUTOR, {}, False),
        (SeatKind.LEAD, {"from_date": TODAY}, True),
        (SeatKind.LEAD, {"from_date": days(1)}, False),
        (SeatKind.LEAD, {"until_date": TODAY}, True),
        (SeatKind.LEAD, {"until_date": days(-1)}, False),
    ],
)
def test_a_seat_counts_from_its_first_day_to_its_last(kind, fields, leads):
    member, place = factories.member(), factories.workstream()
    factories.seat(member, place, kind, **fields)

    actor = access.actor_of(member, TODAY)

    assert actor.lead_of == (frozenset({place.pk}) if leads else frozenset())


def test_an_actor_costs_one_query(django_assert_num_queries):
    member = factories.member(Role.CHAIR, is_active=False)

    with django_assert_num_queries(1):
        actor = access.actor_of(member, TODAY)

    assert actor == Actor(member.pk, Role.CHAIR, is_active=False)


@pytest.fixture
def letter():
    return outbox.enqueue(
        kind=LetterKind.REMINDERS,
        recipient=factories.member(),
        policy_date=TODAY,
        dedupe_key="uji:1",
    )


@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.ADMIN])
def test_the_secretariat_and_admins_fetch_every_letter(letter, role):
    assert access.letter(Actor(0, role), letter.pk) == letter


def test_others_fetch_their_own(letter):
    assert access.letter(Actor(letter.recipient_id, Role.MEMBER), letter.pk) == letter


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADVISER, Role.MEMBER, Role.CHAIR])
def test_a_strangers_letter_is_as_missing_as_one_that_is_not_there(letter, role):
    for pk in (letter.pk, letter.pk + 1):
        with pytest.raises(Http404):
            access.letter(Actor(0, role), pk)
