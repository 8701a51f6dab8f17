"""Challenges, initiatives, indicators and lines: who keeps them, and what may not change."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from committee.changes import Stale
from committee.enums import Role
from committee.models import Revision
from committee.rules.permissions import Actor
from tests import factories
from tests.factories import TODAY, days
from tests.umkm.entering import attempt
from tests.unchanged import unchanged
from umkm.enums import Fault
from umkm.models import Challenge, Indicator, Initiative, Observation, Series
from umkm.rules import permissions
from umkm.rules.refusals import Refused
from umkm.services import figures


@pytest.mark.parametrize("role", Role)
def test_the_secretariat_keeps_the_figures(role):
    expected = role == Role.SECRETARIAT

    assert permissions.may_manage_figures(Actor(1, role)) == expected
    assert not permissions.may_manage_figures(Actor(1, role, is_active=False))


@pytest.mark.parametrize(
    ("role", "leads", "where", "expected"),
    [
        (Role.SECRETARIAT, (), 7, True),
        (Role.SECRETARIAT, (), None, True),
        (Role.MEMBER, (7,), 7, True),
        (Role.MEMBER, (7,), 8, False),
        (Role.MEMBER, (7,), None, False),
        (Role.MEMBER, (), 7, False),
        (Role.CHAIR, (), 7, False),
        (Role.ADMIN, (), 7, False),
        (Role.VIEWER, (), 7, False),
        (Role.ADVISER, (), 7, False),
    ],
)
def test_who_enters_the_figures_of_a_workstream(role, leads, where, expected):
    actor = Actor(1, role, lead_of=frozenset(leads))

    assert permissions.may_enter_figures(actor, where) == expected
    gone = Actor(1, role, is_active=False, lead_of=frozenset(leads))
    assert not permissions.may_enter_figures(gone, where)
    assert permissions.may_import_figures(actor) == (role == Role.SECRETARIAT or bool(leads))


def new():
    return [
        Challenge(code="C9", title="Modal"),
        Indicator(code="GMV", title="Nilai", unit="US$"),
        Initiative(code="EWTP", title="e-WTP", what="Uji"),
    ]


@pytest.mark.django_db
def test_each_is_saved_and_counted():
    by = factories.member(Role.SECRETARIAT)

    for figure in new():
        figures.save_figure(by=by, figure=figure, today=TODAY)

    assert (Challenge.objects.get().code, Indicator.objects.get().code) == ("C9", "GMV")
    assert Revision.objects.get().number == 3
    assert [one.code for one in Series.objects.all()] == ["MAIN"]


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in Role if role != Role.SECRETARIAT])
def test_nobody_else_saves_one(role):
    by = factories.member(role)

    for figure in new():
        with unchanged(PermissionDenied):
            figures.save_figure(by=by, figure=figure, today=TODAY)
        with unchanged(PermissionDenied):
            figures.add_figure(figure=figure, attempt=attempt(by))


@pytest.mark.django_db
def test_a_role_taken_a_moment_ago_saves_nothing():
    by = factories.member(Role.SECRETARIAT)
    type(by).objects.filter(pk=by.pk).update(role=Role.VIEWER)

    with unchanged(PermissionDenied):
        figures.save_figure(by=by, figure=new()[0], today=TODAY)


@pytest.mark.django_db
def test_the_same_form_sent_twice_makes_one():
    by, token = factories.member(Role.SECRETARIAT), uuid4()

    made = [
        figures.add_figure(figure=Initiative(code="A", title="A"), attempt=attempt(by, token))
        for _ in range(2)
    ]

    assert made[0] == made[1] == Initiative.objects.get()


@pytest.mark.django_db
def test_the_second_of_two_editors_is_told():
    by, one = factories.member(Role.SECRETARIAT), factories.initiative()
    first = attempt(by, version=one.version)
    figures.edit_figure(figure=one, attempt=first, changes={"title": "Baru"})

    with unchanged(Stale) as caught:
        figures.edit_figure(figure=one, attempt=attempt(by, version=0), changes={"title": "Lain"})

    assert caught.value.current.title == "Baru"


@pytest.mark.django_db
def test_an_indicator_is_linked_and_never_beside_itself():
    by, one, other = factories.member(Role.SECRETARIAT), *map(factories.indicator, "AB")
    links = figures.IndicatorLinks(
        challenges=[factories.challenge()],
        initiatives=[factories.initiative()],
        beside=[one, other],
    )

    figures.link_indicator(indicator=one, attempt=attempt(by), links=links)

    assert (one.challenges.count(), one.initiatives.count()) == (1, 1)
    assert [list(one.beside.all()), list(other.beside.all())] == [[other], [one]]
    stranger = factories.member()
    with unchanged(PermissionDenied):
        figures.link_indicator(
            indicator=one, attempt=attempt(stranger), links=figures.IndicatorLinks()
        )


@pytest.mark.django_db
def test_figures_keep_the_unit_they_were_stated_in():
    by, one = factories.member(Role.SECRETARIAT), factories.indicator(unit="juta")
    change = {"unit": "miliar"}
    figures.edit_figure(figure=one, attempt=attempt(by), changes=change)
    factories.observation(one)
    change = {"unit": "triliun"}

    with unchanged(Refused) as caught:
        figures.edit_figure(figure=one, attempt=attempt(by), changes=change)

    assert (caught.value.field, caught.value.fault) == ("unit", Fault.UNIT_IN_USE)
    one.unit = "triliun"
    with unchanged(Refused):
        figures.save_figure(by=by, figure=one, today=TODAY)


@pytest.mark.django_db
def test_all_else_about_an_indicator_with_figures_may_change():
    by, one = factories.member(Role.SECRETARIAT), factories.indicator(unit="juta")
    factories.observation(one)

    figures.edit_figure(figure=one, attempt=attempt(by), changes={"title": "Nilai transaksi"})

    one.refresh_from_db()
    assert (one.title, one.unit) == ("Nilai transaksi", "juta")


@pytest.mark.django_db
def test_a_form_that_listed_something_linked_since_is_stale():
    by, one, other = factories.member(Role.SECRETARIAT), *map(factories.indicator, "AB")
    kept, challenge = factories.indicator("C"), factories.challenge()
    one.beside.set([kept])
    before = {row.pk: row.version for row in (other, kept)}

    links = figures.IndicatorLinks(challenges=[challenge], beside=[other, kept])
    figures.link_indicator(indicator=one, attempt=attempt(by), links=links)

    after = {row.pk: row.version for row in Indicator.objects.filter(pk__in=before)}
    assert after == before | {other.pk: before[other.pk] + 1}
    assert Challenge.objects.get().version == challenge.version + 1


@pytest.mark.django_db
@pytest.mark.parametrize(("known", "expected"), [(-1, 1), (0, 1), (1, 0)])
def test_a_figure_is_known_from_its_day_on(known, expected):
    factories.observation(factories.indicator(), known_from=days(known))

    assert Observation.objects.known_on(TODAY).count() == expected
