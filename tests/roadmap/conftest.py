"""Fixtures of the pages: opening day, seven workstreams, and readers of every kind."""

import pytest
from django.test import Client
from django.utils import timezone

from committee.models import RehearsalClock
from tests import factories
from tests.factories import TODAY

CODES = ("LOG", "FUND", "CONS", "COMM", "TAX", "EDU", "CYB")


@pytest.fixture
def opening_day(db):
    """Set the clock to TODAY, as in a rehearsal: the site is public."""
    return RehearsalClock.objects.create(day=TODAY, target=TODAY, since=timezone.now())


@pytest.fixture
def workstreams(db):
    return [
        factories.workstream(code, order=order, title=f"Pilar {code}", title_en=f"Pillar {code}")
        for order, code in enumerate(CODES, 1)
    ]


@pytest.fixture
def client_of(db):
    """Give a signed-in client of a new member with a role, or of a given member."""

    def sign_in(who="member"):
        member = factories.member(who) if isinstance(who, str) else who
        client = Client()
        client.force_login(member)
        client.member = member
        return client

    return sign_in


@pytest.fixture
def reader(client, client_of):
    """Give a client of a role, or of nobody."""
    return lambda role: client if role is None else client_of(role)
