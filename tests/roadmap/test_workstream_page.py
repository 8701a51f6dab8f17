"""The page of one workstream."""

import pytest
from django.urls import reverse

from roadmap.selectors.vitality import vitalities
from tests import factories
from tests.factories import TODAY, days

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]

ENGLISH = {"accept-language": "en"}


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


def test_its_vitality_is_what_the_overview_says_of_it(client_of, workstreams):
    one, other = workstreams[:2]
    for place, ago in ((one, 2), (one, 9), (one, 50), (other, 70), (one, None)):
        told = None if ago is None else days(-ago)
        factories.action(workstream=place, owner=factories.member(), reported_on=told)

    found = client_of("viewer").get(address(one)).context["place"].inside
    overview = vitalities(TODAY)[one.pk]

    assert (found.fresh, found.owners, found.median_age) == (2, 4, 9)
    assert (overview.fresh, overview.owners, overview.age) == (2, 4, 9)


def test_who_nobody_answers_for_is_named(client, client_of, workstreams):
    place, owner = workstreams[0], factories.member()
    factories.action("LOG-71", workstream=place, owner=owner)
    factories.action("LOG-72", workstream=place, lead_institution=factories.institution("BI"))
    factories.action("LOG-73", workstream=place, cancelled=True)

    public, inside = (one.get(address(place)).context["place"] for one in (client, client_of()))

    assert (public.no_lead.codes, public.no_owner) == (["LOG-71"], None)
    assert (inside.no_lead.codes, inside.no_owner.codes) == (["LOG-71"], ["LOG-72"])


def test_more_orphans_than_are_named_have_their_list(client, workstreams):
    factories.actions(12, workstream=workstreams[0])

    response = client.get(address(workstreams[0]))

    assert len(response.context["place"].no_lead.codes) == 10
    assert "?workstream=LOG&amp;institution=none" in response.content.decode()


def test_its_load_counts_its_actions_and_milestones(client, workstreams):
    one, other = workstreams[:2]
    for place in (one, one, one, other):
        factories.action(workstream=place, due_date=days(8))
        factories.milestone(workstream=place, due_date=days(9))
    factories.action(workstream=one, due_date=days(1))

    response = client.get(address(one), headers=ENGLISH)
    weeks = response.context["place"].load.weeks

    assert [(week.led, week.milestones) for week in weeks[:3]] == [(1, 0), (3, 3), (0, 0)]
    assert [week.monday for week in weeks if week.is_crush] == [days(7)]
    assert "Deadline crush" in response.content.decode()


def test_one_week_of_milestones_can_be_asked_for(client, workstreams):
    place = workstreams[0]
    for title, due in (("lama", days(-3)), ("pekan depan", days(8)), ("kelak", days(15))):
        factories.milestone(workstream=place, title=title, due_date=due)

    def titles(week):
        found = client.get(address(place), {"week": week}).context
        return [row.milestone.title for row in found["place"].milestones], found["ignored"]

    assert titles("2018-10-01") == (["pekan depan"], [])
    assert titles("earlier") == (["lama"], [])
    assert titles("2018-10-02")[1]  # no Monday
    assert titles("banana")[1]


@pytest.mark.parametrize("number", [10, 1000])
@pytest.mark.parametrize(("role", "budget"), [(None, 18), ("viewer", 24)])
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
