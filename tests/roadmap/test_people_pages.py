"""The owners sorted by their silence, and the page of one person; both for members only."""

import pytest
from django.urls import reverse

from committee.models import Member
from committee.rules.days import PastDay
from roadmap.models import ActionItem
from roadmap.selectors import people, progress
from roadmap.selectors.people import Wanted
from tests import factories
from tests.factories import TODAY, days, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]

ENGLISH = {"accept-language": "en"}
LIST = reverse("roadmap:people")


def address(member):
    return reverse("roadmap:person", args=[member.pk])


def read(client, place=LIST, **query):
    return client.get(place, query, headers=ENGLISH).content.decode()


@pytest.fixture
def place(workstreams):
    return workstreams[0]


@pytest.fixture
def english(client_of):
    return client_of(factories.member("viewer", language="en"))


def owner_of(place, name, reported, **fields):
    """Make somebody who owns an action and reported on it some days ago, or never."""
    owner = factories.member(name=name)
    told = None if reported is None else days(-reported)
    factories.action(workstream=place, owner=owner, reported_on=told, **fields)
    return owner


class TestTheList:
    def test_puts_the_longest_silent_first(self, place):
        for name, ago in (("kemarin", 1), ("lama", 90), ("tak pernah", None), ("batas", 30)):
            owner_of(place, name, ago)

        found = people.listing(wanted=Wanted(), today=TODAY)

        names = [row.member.name for row in found.rows]
        assert names == ["tak pernah", "lama", "batas", "kemarin"]
        assert (found.fresh, found.silent, found.owners) == (1, 3, 4)

    def test_takes_the_newest_report_on_any_open_action(self, place):
        owner = owner_of(place, "Ibu", 50)
        factories.action(workstream=place, owner=owner, reported_on=days(-2), late=True)
        factories.action(workstream=place, owner=owner, verified=True, reported_on=TODAY)

        row = people.listing(wanted=Wanted(), today=TODAY).rows[0]

        assert (row.last, row.open, row.late, row.owed) == (days(-2), 2, 1, 1)

    @pytest.mark.parametrize(("reported", "names"), [("yes", ["baru"]), ("no", ["lama"])])
    def test_gives_either_side_of_the_vitality(self, place, reported, names):
        owner_of(place, "baru", 3)
        owner_of(place, "lama", 40)

        found = people.listing(wanted=Wanted(reported=reported), today=TODAY)

        assert [row.member.name for row in found.rows] == names
        assert found.page.paginator.count == 1
        assert (found.fresh, found.owners) == progress.vitality(today=TODAY)

    def test_narrows_to_the_work_of_a_place(self, workstreams):
        bi = factories.institution("BI")
        both = owner_of(workstreams[0], "dua", 40, lead_institution=bi)
        factories.action(workstream=workstreams[1], owner=both, reported_on=days(-1))
        owner_of(workstreams[1], "lain", 2)

        of_bi = people.listing(wanted=Wanted(institution="BI"), today=TODAY)
        of_fund = people.listing(wanted=Wanted(workstream="FUND"), today=TODAY)

        assert (of_bi.fresh, of_bi.owners) == (0, 1)
        assert (of_fund.fresh, of_fund.owners) == (2, 2)

    def test_says_who_is_away_or_has_no_account(self, english, place):
        away, gone = owner_of(place, "Bapak Cuti", 1), owner_of(place, "Ibu Pindah", 1)
        deputy = factories.member(name="Ibu Pengganti")
        paused = {"paused_from": days(-1), "paused_until": days(3), "deputy": deputy}
        Member.objects.filter(pk=away.pk).update(**paused)
        Member.objects.filter(pk=gone.pk).update(is_active=False)

        page = read(english)

        assert "away until 27 Sep 2018" in page
        assert "Ibu Pengganti" in page
        assert "account closed" in page

    def test_of_a_past_day_is_as_silent_as_then(self, place):
        owner = owner_of(place, "Ibu", 5)
        action = ActionItem.objects.get(owner=owner)
        factories.update(action, at=moment(days(-60)), reported_on=days(-60))
        factories.update(action, at=moment(days(-5)))
        then = days(-10)

        past = people.listing(
            wanted=Wanted(reported="no"), today=PastDay(then.year, then.month, then.day)
        )

        assert [row.last for row in past.rows] == [days(-60)]
        assert people.listing(wanted=Wanted(reported="no"), today=TODAY).rows == []

    @pytest.mark.parametrize(
        "query", [{"reported": "maybe"}, {"institution": "ZZZ"}, {"workstream": "\x00"}]
    )
    def test_names_what_it_does_not_know(self, english, place, query):
        owner_of(place, "Ibu", 1)

        response = english.get(LIST, query)

        assert len(response.context["ignored"]) == 1
        assert len(response.context["found"].rows) == 1

    def test_says_when_it_is_empty(self, english):
        assert "Nobody is on this list" in read(english)

    @pytest.mark.parametrize("number", [10, 120])
    def test_costs_the_same_for_many(self, client_of, place, django_assert_num_queries, number):
        client = client_of("viewer")
        made = factories.actions(number, workstream=place)
        for action in made:
            action.owner = factories.member()
        ActionItem.objects.bulk_update(made, ["owner"])
        client.get(LIST)

        with django_assert_num_queries(10):
            page = client.get(LIST)

        assert len(page.context["found"].rows) == min(number, 50)


class TestThePage:
    def test_shows_what_somebody_owns_contributes_to_and_stands_in_for(self, english, place):
        ibu, bapak = factories.member(name="Ibu"), factories.member(name="Bapak")
        away = {"paused_from": days(-1), "paused_until": days(3), "deputy": ibu}
        Member.objects.filter(pk=bapak.pk).update(**away)
        factories.action("MILIK", workstream=place, owner=ibu)
        factories.action("BANTUAN", workstream=place, contributors=[ibu])
        factories.action("TITIPAN", workstream=place, owner=bapak)
        factories.action(workstream=place, title="lain")
        factories.seat(ibu, place)

        shown = {
            show: [row["code"] for row in asked(english, ibu, show=show).work.actions]
            for show in ("owns", "contributes", "deputises")
        }

        assert shown == {"owns": ["MILIK"], "contributes": ["BANTUAN"], "deputises": ["TITIPAN"]}
        page = read(english, address(ibu))
        assert "Pillar LOG" in page  # the seat
        assert "Bapak" in page

    def test_does_not_stand_in_for_who_is_here(self, english, place):
        ibu = factories.member()
        factories.action(workstream=place, owner=factories.member(deputy=ibu))

        assert asked(english, ibu, show="deputises").work.actions == []

    def test_says_how_lively_somebody_is(self, english, place):
        owner = factories.member()
        for ago in (2, 10, 50, None):
            told = None if ago is None else days(-ago)
            factories.action(workstream=place, owner=owner, reported_on=told)

        found = asked(english, owner)

        assert (found.last, found.median_age, found.owed, found.open) == (days(-2), 10, 2, 4)

    def test_leads_to_my_actions_from_the_own_page_alone(self, english):
        mine, other = read(english, address(english.member)), factories.member()

        assert f'href="{reverse("roadmap:my")}">My actions</a></div>' in mine
        assert ">My actions</a></div>" not in read(english, address(other))

    def test_says_when_an_account_is_closed_and_when_somebody_is_away(self, english):
        gone = factories.member(is_active=False)
        away = factories.member(paused_from=days(-1), paused_until=days(3))

        assert "This account is closed" in read(english, address(gone))
        assert "Away from 23 September 2018 to 27 September 2018" in read(english, address(away))

    def test_counts_the_load_of_what_is_owned(self, english, place):
        owner = factories.member()
        made = factories.actions(3, workstream=place, owner=owner, due_date=days(8))
        factories.milestone(due_date=days(9), actions=made)
        factories.actions(5, workstream=place, due_date=days(8))

        week = asked(english, owner).load.weeks[1]

        assert (week.led, week.milestones, week.is_crush) == (3, 1, True)

    def test_shows_no_letter(self, english, place):
        assert "/letters/" not in read(english, address(factories.member())).partition("<main")[2]

    @pytest.mark.parametrize("pk", [0, 999_999, 2**63])
    def test_of_nobody_is_not_found(self, english, pk):
        assert english.get(reverse("roadmap:person", args=[pk])).status_code == 404


def asked(client, member, **query):
    return client.get(address(member), query).context["place"]


@pytest.mark.parametrize("place_of", [lambda: LIST, lambda: address(factories.member())])
def test_the_public_is_sent_to_sign_in(client, place_of):
    response = client.get(place_of())

    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("number", [10, 1000])
def test_its_queries_and_bytes_do_not_grow(client_of, place, django_assert_num_queries, number):
    client, owner = client_of("viewer"), factories.member()
    made = factories.actions(number, workstream=place, owner=owner, due_date=days(9))
    factories.milestone(due_date=days(9), actions=made)
    client.get(address(owner))

    with django_assert_num_queries(18):
        page = client.get(address(owner))

    assert len(page.content) < 130_000
