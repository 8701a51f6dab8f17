"""The bell on every page, and the page behind it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from roadmap.models import Comment, Reminder
from roadmap.selectors import notices as selectors
from tests import factories
from tests.factories import days
from tests.roadmap.noticing import every_kind, mention
from tests.roadmap.reminding import action
from tests.stage.notices import notice

pytestmark = pytest.mark.django_db
PAGE, ALL = reverse("roadmap:notices"), reverse("roadmap:notices-seen")
MY = reverse("roadmap:my")


@pytest.fixture
def place():
    return factories.workstream("CYB")


@pytest.fixture
def dewi(client):
    dewi = factories.member(name="Dewi", language="en")
    client.force_login(dewi)
    return dewi


@pytest.fixture
def sari():
    return factories.member(name="Sari", language="en")


def read(client, address=PAGE):
    return client.get(address).content.decode()


class TestTheBell:
    def test_counts_what_stands_for_the_reader_alone(self, client, place, dewi, sari):
        made = action(place, sari, days(60))
        for _ in range(2):
            mention(made, dewi, sari)
        mention(made, sari, dewi)

        page = read(client, MY)

        assert "2 notices" in page
        assert f'href="{PAGE}"' in page

    def test_says_that_nothing_stands(self, client, dewi):
        page = read(client, MY)

        assert "No notices" in page
        assert "bell-count" not in page

    def test_counts_at_most_99_for_the_eye(self, client, place, dewi, sari):
        for n in range(100):
            notice(dewi, "action:1", f"comment:{n}", "mentioned")

        page = read(client, MY)

        assert ">99+<" in page
        assert "100 notices" in page

    def test_costs_one_query(self, client, dewi):
        read(client, MY)  # what is read once per process
        with CaptureQueriesContext(connection) as queries:
            read(client, MY)

        assert len([one for one in queries if "under_bell" in one["sql"]]) == 1

    @pytest.mark.parametrize("address", ["/as-of/2018-09-20/", "/as-of/2018-09-20/actions/"])
    def test_a_page_of_a_past_day_has_none(self, client, dewi, address):
        with CaptureQueriesContext(connection) as queries:
            page = read(client, address)

        assert 'class="bell"' not in page
        assert not [one for one in queries if "under_bell" in one["sql"]]

    def test_the_public_has_none(self, client, settings):
        settings.PUBLIC_SITE = True

        assert 'class="bell"' not in read(client, "/")

    def test_a_part_that_htmx_asks_for_costs_no_query(self, client, dewi):
        with CaptureQueriesContext(connection) as queries:
            client.get("/", headers={"HX-Request": "true"})

        assert not [one for one in queries if "under_bell" in one["sql"]]


class TestThePage:
    def test_says_what_happened_newest_first_with_a_way_to_it(self, client, place, dewi, sari):
        old = action(place, sari, days(60), title="Pusat aduan")
        mention(old, dewi, sari, text="@Dewi yang lama")
        mention(old, dewi, sari, text="@Dewi yang baru")

        page = read(client)

        assert page.index("yang baru") < page.index("yang lama")
        assert "Sari mentioned you: “@Dewi yang baru”" in page
        assert f'href="{old.get_absolute_url()}"' in page

    def test_words_every_kind(self, client, place, dewi, sari):
        every_kind(place, [dewi], sari)
        slip = factories.slip(factories.milestone(workstream=place), by=sari)
        notice(dewi, f"milestone:{slip.milestone_id}", f"slip:{slip.pk}")

        page = read(client)

        for words in (
            "Sari gave this action to you.",
            "Sari mentioned you",
            "Your advice was accepted",
            "Sari decided on the obstacle",
            "Sari approved the date you asked for",
            "Sari declined the date you asked for",
            "Sari moved this date from 24 October 2018 to 23 November 2018: Rancangan belum",
        ):
            assert words in page, words

    def test_costs_the_same_for_one_of_each_or_many(self, client, place, dewi, sari):
        every_kind(place, [dewi], sari)
        read(client)
        with CaptureQueriesContext(connection) as few:
            read(client)

        every_kind(place, [dewi] * 4, sari)

        with CaptureQueriesContext(connection) as many:
            read(client)
        assert len(many) == len(few)

    def test_what_is_gone_by_now_is_still_counted_and_can_be_taken_away(
        self, client, place, dewi, sari
    ):
        mention(action(place, sari, days(60)), dewi, sari)
        Comment.mentions.through.objects.all().delete()
        Comment.objects.all().delete()
        notice(dewi, "decision:999", "comment:999", "mentioned")

        page = read(client)

        assert "Mentioned in a comment" in page
        assert "no longer on the roadmap" in page

    def test_nothing_is_said_kindly(self, client, dewi):
        assert "Nothing waits under your bell" in read(client)

    def test_what_a_person_wrote_is_escaped(self, client, place, dewi, sari):
        mention(action(place, sari, days(60), title="<b>x"), dewi, sari, text="<script>@Dewi")

        page = read(client)

        assert "<b>x" not in page
        assert "<script>@" not in page


class TestSeen:
    @pytest.fixture
    def two(self, place, dewi, sari):
        made = action(place, sari, days(60))
        for _ in range(2):
            mention(made, dewi, sari)
        return list(selectors.standing(dewi.pk))

    def test_one_goes_and_the_other_stays(self, client, two):
        answer = client.post(reverse("roadmap:notice-seen", args=[two[0].pk]), follow=True)

        assert answer.redirect_chain == [(PAGE, 302)]
        assert "1 notice" in answer.content.decode()

    def test_all_go(self, client, dewi, two):
        client.post(ALL, {"until": two[0].pk})

        assert selectors.count(dewi.pk) == 0

    @pytest.mark.parametrize("until", ["", "abc", "-1", "²", "9" * 5000, "\x00"])
    def test_a_broken_form_takes_nothing_it_should_not(self, client, dewi, two, until):
        answer = client.post(ALL, {"until": until})

        assert answer.status_code == 302
        assert selectors.count(dewi.pk) in (0, 2)

    @pytest.mark.parametrize("pk", [2**62, 2**63, 10**40])
    def test_a_number_nobody_has_is_unknown(self, client, two, pk):
        assert client.post(f"/notices/{pk}/seen/").status_code == 404

    def test_of_somebody_else_is_not_there(self, client, dewi, two):
        Reminder.objects.filter(pk=two[0].pk).update(recipient=factories.member())

        assert client.post(reverse("roadmap:notice-seen", args=[two[0].pk])).status_code == 404
        assert Reminder.objects.get(pk=two[0].pk).under_bell

    def test_to_look_takes_nothing_away(self, client, dewi, two):
        read(client)
        client.get(reverse("roadmap:notice-seen", args=[two[0].pk]))
        client.get(ALL)

        assert selectors.count(dewi.pk) == 2
