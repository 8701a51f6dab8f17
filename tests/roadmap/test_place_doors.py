"""Every number on the pages of institutions, people and workstreams opens what it counts."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.urls import reverse

from roadmap.models import ActionItem
from roadmap.selectors import institutions, load, people
from tests import factories
from tests.doors import Walker
from tests.factories import days

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]

WEEK = "2018-10-01"


@pytest.fixture
def stage(workstreams):
    """Set up work of every kind: led, supported, owned, gated, silent, late, done, cancelled."""
    log, fund = workstreams[:2]
    bi, ojk = factories.institution("BI"), factories.institution("OJK")
    owner, silent = factories.member(institution=bi), factories.member(institution=ojk)
    led = {"lead_institution": bi, "supporting": ";OJK;BI;", "owner": owner}
    made = [
        factories.action(workstream=log, due_date=days(number), contributors=[silent], **led)
        for number in (-40, -3, 0, 2, 7, 8, 9, 9, 20, 200)
    ]
    factories.action(workstream=log, cancelled=True, due_date=days(8), **led)
    factories.action(workstream=fund, verified=True, due_date=days(8), **led)
    factories.action(workstream=fund, submitted=True, due_date=days(8), **led)
    factories.action(workstream=fund, due_date=None, first_due_date=None, **led)
    other = {"lead_institution": ojk, "supporting": ";BI;", "owner": silent, "silent": True}
    for number in (-8, 8, 30):
        factories.action(workstream=fund, due_date=days(number), **other)
    factories.action(workstream=log, due_date=days(8), reported_on=None, owner=silent)
    factories.action(workstream=log, supporting=";KEMENDAG_X;", due_date=days(8))
    factories.institution("BIG")  # its code begins like another's
    for number, due in enumerate((days(-30), days(7), days(8), days(9))):
        factories.milestone(workstream=log, due_date=due, actions=made[: number + 1])
    for milestone in factories.milestones(60, workstream=log, due_date=days(10)):
        milestone.actions.set(made[:1])
    factories.milestone(workstream=log, achieved=True, actions=made, due_date=days(8))
    factories.seat(owner, log)
    away = {"paused_from": days(-1), "paused_until": days(3)}
    type(silent).objects.filter(pk=silent.pk).update(deputy=owner, **away)
    return {"owner": owner, "silent": silent, "bi": bi, "log": log}


def pages(stage, *, inside):
    institution = reverse("roadmap:institution", args=["BI"])
    workstream = reverse("roadmap:workstream", args=["LOG"])
    found = [
        reverse("roadmap:institutions"),
        *(f"{institution}?show={one}" for one in ("leads", "supports", "milestones")),
        f"{institution}?show=milestones&week={WEEK}",
        reverse("roadmap:institution", args=["OJK"]),
        workstream,
        f"{workstream}?week={WEEK}",
    ]
    if inside:
        people_url = reverse("roadmap:people")
        found += [f"{people_url}{query}" for query in ("", "?reported=no", "?institution=BI")]
        found += [f"{people_url}?workstream=FUND&reported=no"]
        found += [reverse("roadmap:person", args=[stage[name].pk]) for name in ("owner", "silent")]
    return found


@pytest.mark.parametrize("role", [None, "viewer", "secretariat"])
def test_every_number_opens_what_it_counts(reader, stage, role):
    walker = Walker(reader(role))

    for page in pages(stage, inside=role is not None):
        doors = walker.doors(page)
        assert [door for door in doors if not door.is_right] == [], page
        assert len(doors) >= 3, page
        assert walker.unmarked(page) == []


def test_so_it_does_on_a_past_day(client_of, stage):
    walker = Walker(client_of("viewer"))
    doors = [
        door
        for page in pages(stage, inside=True)
        for door in walker.doors(f"/as-of/{days(-20)}{page}")
    ]

    assert [door for door in doors if not door.is_right] == []
    assert {door.place.startswith("/as-of/") for door in doors} == {True}


@pytest.mark.parametrize(
    ("page", "spoilt"),
    [
        ("institutions", (institutions, "_supported_counts")),
        ("people", (people.progress, "vitality")),
    ],
)
def test_a_count_that_is_off_by_one_is_found(client_of, stage, page, spoilt):
    module, name = spoilt
    asked = getattr(module, name)

    def off(*args, **kwargs):
        found = asked(*args, **kwargs)
        if isinstance(found, tuple):
            return found[0], found[1] + 1
        found["OJK"] += 1
        return found

    with patch.object(module, name, off):
        doors = Walker(client_of("viewer")).doors(reverse(f"roadmap:{page}"))

    assert [door for door in doors if not door.is_right]


def test_a_week_that_is_off_by_a_day_is_found(client_of, stage):
    monday = load.rules.monday_of

    with patch.object(load.rules, "monday_of", lambda day: monday(day - timedelta(days=1))):
        doors = Walker(client_of("viewer")).doors(reverse("roadmap:institution", args=["BI"]))

    assert [door for door in doors if not door.is_right]


def test_a_code_inside_another_code_is_not_counted(client, stage):
    found = client.get(reverse("roadmap:institutions")).context["found"]

    assert "BIG" not in [row.institution.code for row in found.page.object_list]
    assert ActionItem.objects.filter(supporting__contains=";BI;").count() == 17
