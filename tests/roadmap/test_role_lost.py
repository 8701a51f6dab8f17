"""A line told for a role or a seat is asked once more at sending: who gave it up is not told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from committee.models import Letter, Member, Seat
from roadmap.models import Reminder
from tests import factories
from tests.factories import TODAY, days
from tests.roadmap.reminding import action, post, prepare

pytestmark = pytest.mark.django_db


def end_the_seat(lead):
    Seat.objects.filter(member=lead).update(until_date=TODAY - timedelta(days=1))


def become_a_viewer(secretary):
    Member.objects.filter(pk=secretary.pk).update(role="viewer")


@pytest.fixture
def desk():
    place = factories.workstream("CYB")
    lead, secretary = factories.member(), factories.member("secretariat")
    factories.seat(lead, place)
    return place, lead, secretary


def escalated(place):
    action(place, factories.member(), days(-20))


def without_an_owner(place):
    action(place, None, TODAY)


def a_milestone(place):
    factories.milestone(workstream=place, due_date=TODAY)


@pytest.mark.parametrize("told", [escalated, without_an_owner, a_milestone])
@pytest.mark.parametrize("is_kept", [True, False])
def test_a_lead_is_told_only_while_they_hold_the_seat(desk, told, is_kept):
    place, lead, _secretary = desk
    told(place)
    prepare()
    if not is_kept:
        end_the_seat(lead)

    post()

    letter = Letter.objects.get(recipient=lead)
    reasons = set(Reminder.objects.filter(recipient=lead).values_list("cancel_reason", flat=True))
    assert letter.state == ("sent" if is_kept else "cancelled")
    assert reasons == ({""} if is_kept else {"role or seat lost"})


@pytest.mark.parametrize("is_kept", [True, False])
def test_the_secretariat_is_told_only_while_they_are_it(desk, is_kept):
    place, _lead, secretary = desk
    escalated(place)
    prepare()
    if not is_kept:
        become_a_viewer(secretary)

    post()

    assert Letter.objects.get(recipient=secretary).state == ("sent" if is_kept else "cancelled")
