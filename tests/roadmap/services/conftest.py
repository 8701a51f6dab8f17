"""One workstream with everybody who may have to do with its actions."""

from types import SimpleNamespace

import pytest

from committee.enums import Role, SeatKind
from roadmap.enums import Status
from tests import factories
from tests.factories import days
from tests.roadmap.services.verbs import traits

STRANGERS = ("viewer", "adviser", "member", "other_lead", "past_lead", "admin")
ROLES = ("viewer", "adviser", "member", "secretariat", "chair", "admin")


@pytest.fixture
def people(db):
    """Give a person of every role and relation; the owner is away, so the deputy acts."""
    place, other = factories.workstream("LOG"), factories.workstream("FUND")
    made = {role: factories.member(role) for role in ROLES}
    others = ("contributor", "deputy", "lead", "deputy_seat", "other_lead", "past_lead")
    made |= {name: factories.member(Role.MEMBER) for name in others}
    away = {"paused_from": days(-2), "paused_until": days(2)}
    made["owner"] = factories.member(deputy=made["deputy"], **away)
    factories.seat(made["lead"], place)
    factories.seat(made["deputy_seat"], place, SeatKind.DEPUTY)
    factories.seat(made["other_lead"], other)
    factories.seat(made["past_lead"], place, until_date=days(-1))
    factories.member(email="baru@demo.test")
    return SimpleNamespace(**made, place=place, other=other)


@pytest.fixture
def action(people):
    """Give an action in progress with evidence and an open obstacle."""
    return make(people, Status.IN_PROGRESS)


def make(people, status):
    made = factories.action(
        workstream=people.place,
        owner=people.owner,
        contributors=[people.contributor],
        reported_on=days(-5),
        **traits(status),
    )
    factories.evidence(made)
    factories.obstacle(made)
    return made
