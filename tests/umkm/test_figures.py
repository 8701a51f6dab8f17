"""Challenges, indicators and observations: who keeps them, and when a figure is known."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from committee.enums import Role
from committee.models import Revision
from committee.rules.permissions import Actor
from tests import factories
from tests.factories import TODAY, days
from tests.unchanged import unchanged
from umkm import services
from umkm.models import Challenge, Indicator, Observation
from umkm.rules import permissions


@pytest.mark.parametrize("role", Role)
def test_the_secretariat_keeps_the_figures(role):
    expected = role == Role.SECRETARIAT

    assert permissions.may_manage_figures(Actor(1, role)) == expected
    assert not permissions.may_manage_figures(Actor(1, role, is_active=False))


def figures():
    return [
        Challenge(code="C9", title="Modal"),
        Indicator(code="GMV", title="Nilai", unit="US$"),
    ]


@pytest.mark.django_db
def test_each_is_saved_and_counted():
    by = factories.member(Role.SECRETARIAT)

    for figure in figures():
        services.save_figure(by=by, figure=figure, today=TODAY)

    assert (Challenge.objects.get().code, Indicator.objects.get().code) == ("C9", "GMV")
    assert Revision.objects.get().number == 2


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in Role if role != Role.SECRETARIAT])
def test_nobody_else_saves_one(role):
    by = factories.member(role)

    for figure in figures():
        with unchanged(PermissionDenied):
            services.save_figure(by=by, figure=figure, today=TODAY)


@pytest.mark.django_db
def test_a_role_taken_a_moment_ago_saves_nothing():
    by = factories.member(Role.SECRETARIAT)
    type(by).objects.filter(pk=by.pk).update(role=Role.VIEWER)

    with unchanged(PermissionDenied):
        services.save_figure(by=by, figure=figures()[0], today=TODAY)


@pytest.mark.django_db
@pytest.mark.parametrize(("known", "expected"), [(-1, 1), (0, 1), (1, 0)])
def test_a_figure_is_known_from_its_day_on(known, expected):
    factories.observation(factories.indicator(), known_from=days(known))

    assert Observation.objects.known_on(TODAY).count() == expected
