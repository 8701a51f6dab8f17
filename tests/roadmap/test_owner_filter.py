"""The owners a filter offers: all while they are few, else the chosen one and a list to go to."""

import pytest

from roadmap.selectors import actions as selectors
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]
URL = "/actions/"


@pytest.fixture
def place(workstreams):
    return workstreams[0]


@pytest.fixture
def few(monkeypatch):
    """Let the filter offer two owners at most."""
    monkeypatch.setattr(selectors, "MOST_OWNERS", 2)


def owners(response):
    field = next(one for one in response.context["filters"].fields if one.name == "owner")
    return [option.label for option in field.options], field.is_cut


def owned_by(place, *names):
    people = [factories.member(name=name) for name in names]
    for one in people:
        factories.action(workstream=place, title=f"milik {one.name}", owner=one)
    return people


@pytest.mark.usefixtures("few")
class TestMoreOwnersThanTheFilterOffers:
    def test_as_many_as_fit_are_all_offered(self, reader, place):
        owned_by(place, "Ani", "Budi")

        response = reader("secretariat").get(URL)

        assert owners(response) == (["Ani", "Budi"], False)
        assert 'href="/people/"' not in between(response, 'id="id_owner"', "</form>")

    def test_of_too_many_none_is_offered_but_the_list_of_people(self, reader, place):
        owned_by(place, "Ani", "Budi", "Cici")

        response = reader("secretariat").get(URL)

        assert owners(response) == ([], True)
        assert 'href="/people/"' in between(response, 'id="id_owner"', "</form>")

    def test_one_not_offered_is_taken_from_the_address_and_named(self, reader, place):
        *_others, cici = owned_by(place, "Ani", "Budi", "Cici")

        response = reader("secretariat").get(URL, {"owner": cici.pk})

        assert [row["title"] for row in response.context["found"].rows] == ["milik Cici"]
        assert owners(response) == (["Cici"], True)
        assert [one.label for one in response.context["filters"].chosen] == [
            "Penanggung jawab: Cici"
        ]
        assert response.context["ignored"] == []

    @pytest.mark.parametrize("owner", ["x", "0", "999999", "9" * 30, "²", "-1"])
    def test_one_who_is_nobody_is_named_and_ignored(self, reader, place, owner):
        owned_by(place, "Ani", "Budi", "Cici")

        response = reader("secretariat").get(URL, {"owner": owner})

        assert response.context["found"].found == 3
        assert len(response.context["ignored"]) == 1

    def test_the_timeline_does_the_same(self, reader, place):
        *_others, cici = owned_by(place, "Ani", "Budi", "Cici")

        response = reader("secretariat").get("/timeline/", {"owner": cici.pk})

        assert response.context["asked"].filters.query.owner == cici.pk
        assert 'href="/people/"' in between(response, 'id="id_owner"', "</form>")


def between(response, first, last):
    return response.content.decode().partition(first)[2].partition(last)[0]
