"""Milestones: four stages, their gates, their slips, and who may change them."""

import pytest
from django.urls import reverse

from tests import factories
from tests.factories import TODAY, days

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]
URL = "/milestones/"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def road(workstreams):
    """Put a milestone in every stage, two of them in the first workstream."""
    place = workstreams[0]
    factories.milestone(title="lewat", workstream=place, due_date=days(-1))
    factories.milestone(title="hari ini", workstream=place, due_date=TODAY)
    factories.milestone(title="tanpa tanggal", due_date=None)
    factories.milestone(title="tercapai", achieved=True)
    factories.milestone(title="terlewat", missed=True)
    factories.milestone(title="besok diketahui", known_from=days(1))


def shown(client, **query):
    response = client.get(URL, query)
    assert response.status_code == 200
    groups = response.context["found"].groups
    return {str(stage): [row.milestone.title for row in rows] for stage, rows in groups}


def test_it_groups_by_stage_the_worst_first(client, road):
    found = shown(client)

    assert list(found) == ["past_due", "upcoming", "achieved", "closed"]
    assert found["past_due"] == ["lewat"]
    assert found["upcoming"] == ["hari ini", "tanpa tanggal"]
    assert found["achieved"] == ["tercapai"]
    assert found["closed"] == ["terlewat"]


def test_filter_by_workstream_stage_and_the_whole_roadmap(client, road, workstreams):
    assert shown(client, workstream=workstreams[0].code, stage="upcoming") == {
        "upcoming": ["hari ini"]
    }
    assert shown(client, workstream="-", stage="achieved") == {"achieved": ["tercapai"]}
    assert shown(client, workstream=workstreams[1].code) == {}


@pytest.mark.parametrize(
    "query",
    [
        *({"workstream": "ZZZ"}, {"stage": "soon"}, {"workstream": "\x00"}, {"stage": "🚚"}),
        *({"from": "banana"}, {"to": "2018-02-29"}),
    ],
)
def test_what_it_does_not_know_is_named_and_ignored(client, road, query):
    response = client.get(URL, query)

    assert response.context["ignored"]
    assert response.context["found"].page.paginator.count == 5


@pytest.mark.parametrize("page", ["0", "abc", "99", "9" * 5000])
def test_a_bad_page_is_the_nearest_one(client, road, page):
    assert client.get(URL, {"page": page}).status_code == 200


def test_gates_are_counted_without_cancelled_actions(client, workstreams):
    gates = [
        factories.action(workstream=workstreams[0], **traits)
        for traits in ({}, {"verified": True}, {"cancelled": True})
    ]
    factories.milestone(actions=gates)

    page = client.get(URL, headers=ENGLISH).content.decode()

    assert "gated by 2 actions, 1 verified" in page


def test_a_milestone_shows_its_slips_and_the_signals_of_its_gates(client, workstreams):
    gate = factories.action(workstream=workstreams[0], late=True, title="Gerbang")
    milestone = factories.milestone(actions=[gate], due_date=days(-24), source="unverified: koran")
    factories.slip(milestone, new_date=days(66))

    page = client.get(milestone.get_absolute_url(), headers=ENGLISH).content.decode()

    assert "<del>31 August 2018</del>" in page
    assert "moved 1×, +90 days" in page
    assert "Gerbang" in page
    assert 'data-signal="late"' in page
    assert "not verified" in page


@pytest.mark.parametrize("pk", [0, 999, 2**63, 10**30])
def test_an_unknown_milestone_is_not_found(client, pk):
    assert client.get(reverse("roadmap:milestone", args=[pk])).status_code == 404


def test_a_milestone_of_tomorrow_is_not_found(client):
    milestone = factories.milestone(known_from=days(1))

    assert client.get(milestone.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        (None, set()),
        ("viewer", set()),
        ("member", set()),
        ("chair", set()),
        ("admin", set()),
        ("secretariat", {"edit", "move", "achieve", "close"}),
        ("lead", {"edit"}),
    ],
)
def test_each_reader_is_offered_what_they_may_do(reader, client_of, workstreams, role, offered):
    milestone = factories.milestone(workstream=workstreams[0])
    lead = factories.member()
    factories.seat(lead, workstreams[0])
    client = client_of(lead) if role == "lead" else reader(role)

    page = client.get(milestone.get_absolute_url()).content.decode()

    verbs = ("edit", "move", "achieve", "close")
    assert {verb for verb in verbs if f"{milestone.get_absolute_url()}{verb}/" in page} == offered


def test_the_public_does_not_read_why_it_was_closed(client, client_of):
    milestone = factories.milestone(missed=True, closing_reason="Alasan rahasia")
    url = milestone.get_absolute_url()

    assert "rahasia" not in client.get(url).content.decode()
    assert "rahasia" in client_of("viewer").get(url).content.decode()


@pytest.mark.parametrize("number", [10, 1000])
@pytest.mark.parametrize(("role", "budget"), [(None, 6), ("viewer", 9)])
def test_the_list_does_not_grow(
    reader, workstreams, django_assert_num_queries, number, role, budget
):
    client = reader(role)
    factories.milestones(number, workstream=workstreams[0])
    factories.milestone(actions=factories.actions(number, workstream=workstreams[0]))

    with django_assert_num_queries(budget):
        page = client.get(URL)

    assert len(page.content) < 60_000


@pytest.mark.parametrize("number", [10, 1000])
@pytest.mark.parametrize(("role", "budget"), [(None, 11), ("viewer", 15)])
def test_the_page_does_not_grow(
    reader, workstreams, django_assert_num_queries, number, role, budget
):
    client = reader(role)
    milestone = factories.milestone(actions=factories.actions(number, workstream=workstreams[0]))

    with django_assert_num_queries(budget):
        page = client.get(milestone.get_absolute_url())

    assert len(page.content) < 120_000
