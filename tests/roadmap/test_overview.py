"""The overview: doors that open what they count, seven rows, and what the public may not see."""

import re

import pytest
from django.urls import reverse

from roadmap.enums import Outlook, Signal
from roadmap.selectors.actions import Watch
from tests import factories
from tests.factories import TODAY, days, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]


@pytest.fixture
def board(workstreams):
    """Spread one action of every kind, some overlapping, over two workstreams."""
    one, other = workstreams[:2]
    owner = factories.member()
    for traits in (
        {"late": True, "outlook": Outlook.ON_TIME},
        {"late": True, "silent": True},
        {"late": True, "blocked": True},
        {"silent": True},
        {"blocked": True},
        {"submitted": True},
        {"verified": True},
        {"due_date": days(3)},
        {"reported_on": None},
        {"cancelled": True},
        {},
    ):
        factories.action(workstream=one, owner=owner, **traits)
        factories.action(workstream=other, **traits)
    factories.action(workstream=other, late=True, created_on=days(1), history=False)


def doors(client):
    page = client.get(reverse("roadmap:overview")).content.decode()
    links = re.findall(r'<a class="(?:stat|attention-lead)"([^>]*)>(.*?)</a>', page, re.DOTALL)
    found = {}
    for attributes, inner in links:
        name = re.search(r'data-door="(\w+)"', attributes)[1]
        address = re.search(r'href="([^"]*)"', attributes)[1]
        found[name] = (address, int(re.search(r'-number">(\d+)<', inner)[1]))
    return found


def test_every_door_of_a_member_equals_its_list(client_of, board):
    client = client_of("viewer")

    found = doors(client)

    assert set(found) == {
        "late",
        "any_silent",
        "not_reported",
        "any_blocked",
        "contradiction",
        "waiting",
        "due_soon",
    }
    for address, number in found.values():
        assert (address, client.get(address).context["found"].found) == (address, number)
        assert number > 0


def test_every_door_of_the_public_equals_its_list(client, board):
    found = doors(client)

    assert set(found) == {
        "late",
        "any_silent",
        "not_reported",
        "blocked",
        "waiting",
        "due_soon",
        "on_track",
    }
    for address, number in found.values():
        assert client.get(address).context["found"].found == number


def test_every_pill_of_a_workstream_equals_its_list(client, board):
    page = client.get(reverse("roadmap:overview"))

    pills = re.findall(
        r'<a class="pill"[^>]*data-count="(\d+)" href="([^"]+)">(\d+) ', page.content.decode()
    )

    assert len(pills) >= 2 * 8
    for counted, address, number in pills:
        assert counted == number
        found = client.get(address.replace("&amp;", "&")).context["found"].found
        assert (address, found) == (address, int(number))


def test_the_signals_of_a_workstream_add_up_to_its_actions(client, board):
    streams = client.get(reverse("roadmap:overview")).context["board"].streams

    for stream in streams:
        assert sum(number for _, number in stream.pills) == stream.total
    assert [stream.total for stream in streams] == [10, 10, 0, 0, 0, 0, 0]


def test_the_public_reads_no_person_note_or_contradiction(client, workstreams):
    owner = factories.member(name="Ibu Rahasia")
    action = factories.action(
        workstream=workstreams[0], owner=owner, late=True, outlook=Outlook.ON_TIME
    )
    factories.update(action, note="Catatan rahasia")
    factories.update(action, kind="obstacle", obstacle_text="Kendala rahasia")

    page = client.get(reverse("roadmap:overview")).content.decode()

    assert action.code in page
    for word in ("ahasia", "contradict", "outlook"):
        assert word not in page


def test_a_member_reads_who_wrote_what(client_of, workstreams):
    owner = factories.member(name="Ibu Sari")
    action = factories.action(workstream=workstreams[0], owner=owner)
    factories.update(action, note="Model diuji.")

    page = client_of("viewer").get(reverse("roadmap:overview")).content.decode()

    assert "Model diuji." in page
    assert "Ibu Sari" in page


def test_the_public_reads_imported_facts_with_their_source(client, workstreams):
    action = factories.action(workstream=workstreams[0])
    factories.update(
        action,
        kind="imported",
        by=None,
        note="RPP dibahas.",
        at=moment(days(-2)),
        source="kontan 2018 | unverified: siaran pers",
        confidence="medium",
    )

    page = client.get(reverse("roadmap:overview")).content.decode()

    assert "RPP dibahas." in page
    assert "siaran pers" in page
    assert "unverified:" not in page


def test_the_target_is_said_not_to_have_been_measured(client, workstreams):
    series = factories.indicator("ECOM_VALUE_TARGET", unit="miliar US$")
    factories.observation(series, year=2020, value="130", kind="target", source="kontan 2018")
    other = factories.indicator("ECOM_VALUE_IDEA", unit="miliar US$")
    factories.observation(other, year=2017, value="7.28")

    target = client.get(reverse("roadmap:overview")).context["board"].target

    assert target.stated.value == 130
    assert target.measured is None
    assert "US$130" in client.get(reverse("roadmap:overview")).content.decode()


def test_next_milestones_leave_out_what_has_passed_or_ended(client, workstreams):
    place = workstreams[0]
    for title, traits in (
        ("Terlewat", {"due_date": days(-1)}),
        ("Tercapai", {"achieved": True}),
        ("Ditutup", {"missed": True}),
        ("Belum diketahui", {"known_from": days(1)}),
        ("Hari ini", {"due_date": TODAY}),
        ("Nanti", {"due_date": days(40)}),
    ):
        factories.milestone(title=title, workstream=place, **traits)

    rows = client.get(reverse("roadmap:overview")).context["board"].milestones

    assert [row.milestone.title for row in rows] == ["Hari ini", "Nanti"]


def test_it_answers_304_until_something_changes(client, workstreams):
    from committee.services import bump_revision

    url = reverse("roadmap:overview")
    etag = client.get(url)["ETag"]

    assert client.get(url, headers={"If-None-Match": etag}).status_code == 304

    bump_revision()

    assert client.get(url, headers={"If-None-Match": etag}).status_code == 200


def test_an_empty_roadmap_says_how_to_begin(client):
    assert client.get(reverse("roadmap:overview")).status_code == 200


@pytest.mark.parametrize("number", [10, 1000])
@pytest.mark.parametrize(("role", "budget"), [(None, 13), ("viewer", 18)])
def test_its_queries_and_bytes_do_not_grow(
    reader, workstreams, django_assert_num_queries, number, role, budget
):
    client = reader(role)
    made = factories.actions(number, workstream=workstreams[0], late=True)
    factories.actions(number, workstream=workstreams[1], silent=True, owner=factories.member())
    for action in made[:15]:
        factories.update(action)
        factories.slip(action, old_date=days(-40), new_date=days(-10))
    factories.milestones(number, workstream=workstreams[0])
    client.get(reverse("roadmap:overview"))

    with django_assert_num_queries(budget):
        page = client.get(reverse("roadmap:overview"))

    assert len(page.content) < 60_000
    assert page.context["board"].total.count(Signal.LATE) == number
    assert page.context["board"].total.count(Watch.SILENT) == number
