"""The page of one workstream."""

import pytest
from django.urls import reverse

from tests import factories
from tests.factories import days

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]


def address(place):
    return reverse("roadmap:workstream", args=[place.code])


def test_it_counts_its_own_actions_only(client, workstreams):
    one, other = workstreams[:2]
    factories.action(workstream=one, progress=50, weight=3, title="milik kami")
    factories.action(workstream=one, verified=True, weight=1)
    factories.action(workstream=other, late=True, title="milik lain")

    response = client.get(address(one))
    tally = response.context["place"].tally

    assert (tally.total, tally.claimed, tally.verified) == (2, 62.5, 25)
    assert "milik kami" in response.content.decode()
    assert "milik lain" not in response.content.decode()


def test_seats_are_for_members_only(client, client_of, workstreams):
    place = workstreams[0]
    factories.seat(factories.member(name="Ibu Ketua Pilar"), place)
    factories.seat(factories.member(name="Bapak Lama"), place, until_date=days(-1))

    inside = client_of("viewer").get(address(place)).content.decode()

    assert "Ibu Ketua Pilar" in inside
    assert "Bapak Lama" not in inside
    assert "Ibu Ketua Pilar" not in client.get(address(place)).content.decode()


def test_it_shows_milestones_slips_and_news_of_its_own(client, workstreams):
    one, other = workstreams[:2]
    for place, word in ((one, "kami"), (other, "mereka")):
        factories.milestone(workstream=place, title=f"Tonggak {word}")
        factories.slip(factories.action(workstream=place), reason=f"Alasan {word}")
        factories.news(workstream=place, text=f"Berita {word}")

    page = client.get(address(one)).content.decode()

    for word in ("Tonggak", "Alasan", "Berita"):
        assert f"{word} kami" in page
        assert f"{word} mereka" not in page


@pytest.mark.parametrize("code", ["ZZZ", "\x00", "🚚", "log"])
def test_an_unknown_workstream_is_not_found(client, workstreams, code):
    assert client.get(reverse("roadmap:workstream", args=[code])).status_code == 404


def test_an_empty_workstream_says_so(client, workstreams):
    assert client.get(address(workstreams[3])).status_code == 200


@pytest.mark.parametrize("number", [10, 1000])
@pytest.mark.parametrize(("role", "budget"), [(None, 10), ("viewer", 14)])
def test_its_queries_and_bytes_do_not_grow(
    reader, workstreams, django_assert_num_queries, number, role, budget
):
    place, client = workstreams[0], reader(role)
    owner = factories.member()
    factories.seat(owner, place)
    made = factories.actions(number, workstream=place, owner=owner)
    factories.milestones(number, workstream=place)
    for action in made[:10]:
        factories.slip(action)
        factories.news(workstream=place)
    factories.milestone(workstream=place, actions=made)

    with django_assert_num_queries(budget):
        page = client.get(address(place))

    assert len(page.content) < 130_000
