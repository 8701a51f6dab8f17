"""The address of a past day: what it shows, what it sends back to today, and what it never does."""

from __future__ import annotations

import re
from html import unescape
from unittest.mock import patch
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import get_script_prefix, reverse
from django.utils import timezone

from committee.models import RehearsalClock
from roadmap.models import ActionItem
from roadmap.urls import urlpatterns
from tests import cast as casting
from tests import factories
from tests.doors import Walker
from tests.factories import TODAY, days

DAY = days(-3)
AS_OF = f"/as-of/{DAY}"
# What only a page that changes something holds, or leads to.
# A list may still be kept with its filters and its day.
WRITING = re.compile(
    r'method="post"|hx-post|<textarea[^>]* name=|(?<!views)/(new|add|edit|correct)/'
)


@pytest.fixture
def site(db):
    """Make a public site with one action and one reader inside."""
    RehearsalClock.objects.create(day=TODAY, target=TODAY, since=timezone.now())
    factories.action("LOG-01", workstream=factories.workstream("LOG"), late=True)


@pytest.fixture
def reader(site):
    client = Client()
    client.force_login(factories.member("secretariat", language="en"))
    return client


@pytest.fixture
def public(site):
    client = Client()
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def text(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(answer.content.decode())).split())


class TestAddress:
    @pytest.mark.parametrize(
        "address", [f"{AS_OF}/actions/?sort=code", f"/actions/?sort=code&as_of={DAY}"]
    )
    def test_both_ways_to_ask_show_the_same_and_keep_the_day(self, reader, address):
        answer = reader.get(address)

        assert "As of the end of 21 September 2018." in text(answer)
        main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
        assert f'href="{AS_OF}/actions/LOG-01/"' in main
        assert not re.search(r'(?:href|action|hx-get)="/actions/', main)

    @pytest.mark.parametrize("address", [AS_OF, f"{AS_OF}/"])
    def test_a_day_alone_is_the_overview(self, public, address):
        answer = public.get(address)

        assert answer.status_code == 200
        assert (answer.context["page"].here, answer.context["page"].day) == ("/", DAY)

    def test_a_missing_slash_keeps_the_day(self, public):
        assert public.get(f"{AS_OF}/actions")["Location"] == f"{AS_OF}/actions/"

    @pytest.mark.parametrize(
        ("asked", "shown"), [("2016-02-29", "29 February 2016"), ("2017-12-31", "31 December 2017")]
    )
    def test_days_of_every_calendar(self, public, asked, shown):
        assert f"As of the end of {shown}." in text(public.get(f"/as-of/{asked}/"))

    @pytest.mark.parametrize(
        "asked", ["banana", "2018-02-29", str(days(1)), "1999-12-31", "9999-12-31", "2018-13-01"]
    )
    def test_what_is_no_day_is_named_and_today_is_shown(self, public, asked):
        for address in (f"/as-of/{asked}/actions/", f"/actions/?as_of={asked}"):
            answer = public.get(address)

            assert answer.status_code == 200
            assert f"“{asked}” is no day to look back at." in text(answer)
            assert not answer.context["page"].is_past
            assert "/as-of/" not in answer.content.decode().partition("<main")[2]

    def test_today_itself_is_no_past_day(self, public):
        answer = public.get(f"/as-of/{TODAY}/actions/")

        assert not answer.context["page"].is_past
        assert b'class="past"' not in answer.content

    @pytest.mark.parametrize(
        "address",
        [
            "/as-of/",
            "/as-of//evil.test",
            f"{AS_OF}//evil.test/",
            f"{AS_OF}//evil.test/actions",
            f"{AS_OF}/%2f%2fevil.test/",
            f"{AS_OF}{AS_OF}/",
            "/as-of/%00/%0d%0aSet-Cookie:a=b/",
            "/as-of/2018-09-21%0a/nowhere/",
            f"{AS_OF}/actions/%00/",
            f"{AS_OF}/static/css/tokens.css",
            "/as-of",
        ],
    )
    def test_a_strange_address_is_merely_unknown(self, public, address):
        answer = public.get(address, follow=True)

        assert answer.status_code == 404
        assert all(place.startswith("/") for place, _code in answer.redirect_chain)
        assert not any("//" in place for place, _code in answer.redirect_chain)

    def test_before_the_first_record_there_is_nothing_and_no_error(self, reader):
        nothing = "/as-of/2001-01-01"

        assert reader.get(f"{nothing}/").status_code == 200
        assert reader.get(f"{nothing}/actions/").context["found"].found == 0
        assert reader.get(f"{nothing}/actions/LOG-01/").status_code == 404


class TestTodayOnly:
    @pytest.mark.parametrize("name", ["roadmap:help", "committee:profile", "roadmap:letters"])
    def test_a_page_about_today_leads_there_with_what_it_carries(self, reader, name):
        answer = reader.get(f"{AS_OF}{reverse(name)}?page=2")

        assert (answer.status_code, answer["Location"]) == (302, f"{reverse(name)}?page=2")

    def test_its_control_says_so_and_leads_to_the_overview(self, reader):
        content = reader.get(reverse("roadmap:help")).content.decode()

        assert "This page is about today; the overview is shown." in content
        assert '<form method="get" action="/">' in content

    def test_a_form_sent_to_a_past_day_is_sent_on_to_today(self, reader):
        place = reverse("roadmap:action-confirm", args=["LOG-01"])

        answer = reader.post(f"{AS_OF}{place}", {"token": "x"})

        assert (answer.status_code, answer["Location"]) == (307, place)
        assert ActionItem.objects.get().updates.count() == 1

    def test_a_page_that_only_reads_takes_no_form_of_a_past_day_either(self, reader):
        answer = reader.post(f"{AS_OF}/actions/")

        assert (answer.status_code, answer["Location"]) == (307, "/actions/")
        assert reader.post("/actions/").status_code == 405

    def test_an_odd_path_is_sent_on_escaped(self, reader):
        answer = reader.get(f"{AS_OF}/actions/a%3Fb%23c%0D%0Ad/report/")

        assert answer["Location"] == "/actions/a%3Fb%23c%0D%0Ad/report/"


class TestControl:
    def test_it_keeps_what_the_page_is_asked_for(self, reader):
        content = reader.get("/actions/?workstream=LOG&page=2&as_of=2018-09-20").content.decode()

        assert '<form method="get" action="/actions/">' in content
        assert '<input type="hidden" name="workstream" value="LOG">' in content
        assert 'name="page"' not in content
        assert 'href="/actions/?workstream=LOG"' in content

    def test_what_is_typed_into_an_address_stays_text(self, public):
        content = public.get('/actions/?text="><script>x</script>').content.decode()

        assert "<script>x" not in content


class TestPrefix:
    def test_the_next_request_is_about_today_again(self, public):
        public.get(f"{AS_OF}/actions/")

        assert get_script_prefix() == "/"
        assert "/as-of/" not in public.get("/actions/").content.decode()

    def test_a_view_that_fails_leaves_no_day_behind(self, public):
        public.raise_request_exception = False
        with patch("roadmap.selectors.actions.listing", side_effect=RuntimeError):
            assert public.get(f"{AS_OF}/actions/").status_code == 500

        assert get_script_prefix() == "/"

    def test_static_files_are_where_they_always_are(self, public):
        content = public.get(f"{AS_OF}/actions/").content.decode()

        assert set(re.findall(r'(?:href|src)="([^"]*static[^"]*)"', content)) == set(
            re.findall(r'(?:href|src)="([^"]*static[^"]*)"', public.get("/").content.decode())
        )

    def test_the_wall_leads_back_to_the_day(self, site, settings):
        settings.PUBLIC_SITE = False

        first = Client().get(f"{AS_OF}/actions/?sort=code", follow=True)

        assert first.redirect_chain[-1][0].startswith("/akun/masuk/?next=")
        assert unquote(first.redirect_chain[-1][0]).endswith(f"{AS_OF}/actions/?sort=code")

    def test_htmx_gets_its_part_as_of_the_day(self, public):
        answer = public.get(f"{AS_OF}/actions/?workstream=LOG", headers={"hx-request": "true"})

        assert answer["HX-Push-Url"] == f"{AS_OF}/actions/?workstream=LOG"
        assert b"<html" not in answer.content


class TestCache:
    def test_each_day_has_its_own_tag_and_is_not_sent_twice(self, public):
        places = ["/", f"{AS_OF}/", f"/as-of/{days(-4)}/", f"/?as_of={DAY}"]
        tags = [public.get(place)["ETag"] for place in places]

        assert len(set(tags)) == len(places)
        for place, tag in zip(places, tags, strict=True):
            assert public.get(place, headers={"if-none-match": tag}).status_code == 304
        assert public.get(places[1], headers={"if-none-match": tags[0]}).status_code == 200


@pytest.fixture
def cast(db):
    return casting.gather()


def reading(cast):
    """Name the pages that can be read as of a past day."""
    takes_part = [one for one in urlpatterns if getattr(one.callback, "looks_back", False)]
    names = [f"roadmap:{one.name}" for one in takes_part]
    return {name: casting.address(cast, name) for name in names}


def test_every_page_that_looks_back_only_reads(cast):
    """No form that sends, no button, no step, no comment; and every link keeps the day."""
    client = Client()
    client.force_login(cast.people["secretariat"])
    pages, seen = reading(cast), 0

    for name, place in pages.items():
        answer = client.get(f"/as-of/{days(-1)}{place}")
        assert answer.status_code in (200, 302, 404), name
        assert answer.get("Location", "/as-of/").startswith("/as-of/"), name
        content = answer.content.decode()
        main = content.partition("<main")[2].partition("</main>")[0]
        assert not WRITING.search(main), name
        assert 'name="days"' not in content, name
        away = [
            link
            for link in re.findall(r'(?:href|action|hx-get)="(/[^"]*)"', main)
            if not link.startswith(("/as-of/", "/static/"))
        ]
        assert away == [], name
        seen += answer.status_code == 200

    assert len(pages) >= 18
    assert seen >= 14


def test_every_number_of_a_past_day_opens_its_list(cast):
    client = Client()
    client.force_login(cast.people["secretariat"])
    walker = Walker(client)
    places = [f"/as-of/{days(-1)}{place}" for place in reading(cast).values()]
    doors = [
        door
        for place in places
        if client.get(place).status_code == 200
        for door in walker.doors(place)
    ]

    assert [door for door in doors if not door.is_right] == []
    assert len({door.place for door in doors}) > 30
