"""Sessions: a new one at sign-in, ended by time, by what changes about a person, by their owner."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from committee import services, sessions
from committee.models import Member, RehearsalClock
from tests import factories
from tests.committee.test_browsers_rules import CHROME, EDGE, HOSTILE, SAFARI
from tests.factories import PASSWORD, TODAY

pytestmark = pytest.mark.django_db
PLACE = reverse("committee:sessions")
INSIDE = reverse("committee:profile")
MINUTE, HOUR = 60, 3600


@pytest.fixture(autouse=True)
def rehearsal():
    RehearsalClock.objects.create(day=TODAY, target=TODAY, since=timezone.now())


@pytest.fixture
def member():
    return factories.member(password=PASSWORD, language="en")


@pytest.fixture
def passes(monkeypatch):
    """Let time pass for sessions."""
    clock = SimpleNamespace(now=1_800_000_000.0)
    monkeypatch.setattr(sessions, "time", SimpleNamespace(time=lambda: clock.now))
    begun = clock.now

    def on(seconds):
        clock.now = begun + seconds

    return on


def signed_in(member, agent="Firefox"):
    client = Client(headers={"user-agent": agent})
    client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})
    assert is_in(client)
    return client


def is_in(client):
    return client.get(INSIDE).status_code == 200


def test_a_session_chosen_before_signing_in_is_not_used(member):
    client = Client()
    client.cookies["session"] = "abc"
    client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})

    assert client.cookies["session"].value != "abc"
    assert is_in(client)
    other = Client()
    other.cookies["session"] = "abc"
    assert not is_in(other)


def test_a_session_begun_before_signing_in_dies_with_it(member):
    client = Client()
    session = client.session  # as a stranger's own browser would hold it
    session["x"] = 1
    session.save()
    client.cookies["session"] = session.session_key

    client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})

    assert client.cookies["session"].value != session.session_key
    assert not Session.objects.filter(pk=session.session_key).exists()


def test_the_cookie_is_closed_to_scripts_and_other_sites(member):
    cookie = signed_in(member).cookies["session"]

    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert cookie["domain"] == ""


class TestTime:
    def test_sixty_minutes_idle_end_it(self, member, passes):
        client = signed_in(member)
        passes(61 * MINUTE)

        assert client.get(INSIDE).url == f"{reverse('account_login')}?next={INSIDE}"

    def test_used_it_goes_on(self, member, passes):
        client = signed_in(member)
        for minutes in range(50, 700, 50):
            passes(minutes * MINUTE)
            assert is_in(client), minutes

    def test_twelve_hours_end_it_however_busy(self, member, passes):
        client = signed_in(member)
        for minutes in range(50, 720, 50):
            passes(minutes * MINUTE)
            client.get(INSIDE)
        passes(12 * HOUR)

        assert not is_in(client)

    def test_a_page_that_asks_by_itself_does_not_keep_it(self, member, passes):
        client = signed_in(member)
        for minutes in range(10, 60, 10):
            passes(minutes * MINUTE)
            client.get(reverse("roadmap:overview"), headers={"HX-Request": "true"})
        passes(60 * MINUTE)

        assert not is_in(client)

    def test_ended_it_answers_as_any_session_that_is_gone(self, member, passes):
        client = signed_in(member)
        passes(61 * MINUTE)
        sent = {"name": "Nama yang diketik"}

        page = client.post(INSIDE, sent)

        assert page.status_code == 401
        assert "Nama yang diketik" in page.content.decode()
        member.refresh_from_db()
        assert member.name != "Nama yang diketik"

    def test_ended_a_fragment_says_so_beside_the_form(self, member, passes):
        client = signed_in(member)
        passes(61 * MINUTE)

        part = client.post(INSIDE, {"name": "x"}, headers={"HX-Request": "true"})

        assert part.status_code == 401
        assert part.headers["HX-Retarget"] == "#notices"
        assert "<html" not in part.content.decode()

    def test_it_is_gone_for_good(self, member, passes):
        client = signed_in(member)
        key = client.session.session_key
        passes(61 * MINUTE)
        client.get(INSIDE)

        assert not Session.objects.filter(pk=key).exists()

    def test_without_the_rule_it_would_go_on(self, member, passes, monkeypatch):
        client = signed_in(member)
        passes(13 * HOUR)
        monkeypatch.setattr(sessions, "has_ended", lambda session, now: False)

        assert is_in(client)

    def test_one_that_does_not_say_when_it_began_has_ended(self, member):
        client = signed_in(member)
        session = client.session
        del session[sessions.SIGNED_IN]
        session.save()

        assert not is_in(client)

    def test_reading_writes_it_at_most_every_five_minutes(
        self, member, passes, django_assert_max_num_queries
    ):
        client = signed_in(member)
        client.get(INSIDE)
        before = Session.objects.get(pk=client.session.session_key).session_data
        passes(4 * MINUTE)
        client.get(INSIDE)

        assert Session.objects.get(pk=client.session.session_key).session_data == before


class TestWhatChangesAboutAPerson:
    def test_a_deactivated_account_is_out(self, member):
        client = signed_in(member)
        admin = factories.member("admin")
        services.close_account(by=admin, member=member, today=TODAY)

        assert not is_in(client)

    def test_another_role_ends_every_session(self, member):
        clients = signed_in(member), signed_in(member)
        admin = factories.member("admin")
        services.change_role(by=admin, member=member, role="viewer", today=TODAY)

        assert not any(is_in(client) for client in clients)
        old = clients[0].session.session_key
        assert signed_in(member).session.session_key != old

    def test_another_password_ends_all_but_this_one(self, member):
        here, there = signed_in(member), signed_in(member)
        old = here.session.session_key
        new = "nusantara-2018-biru"
        sent = {"oldpassword": PASSWORD, "password1": new, "password2": new}

        here.post(reverse("account_change_password"), sent)

        assert is_in(here)
        assert here.session.session_key != old
        assert not is_in(there)

    def test_a_seat_that_ended_leads_no_more(self, member):
        place = factories.workstream("LOG")
        seat = factories.seat(member, place)
        client = signed_in(member)
        create = reverse("roadmap:action-create")
        assert client.get(create).status_code == 200

        seat.until_date = factories.days(-1)
        services.save_seat(by=factories.member("secretariat"), seat=seat, today=TODAY)

        assert client.get(create).status_code == 403


class TestTheirOwner:
    def test_sees_each(self, member):
        here, _there = signed_in(member), signed_in(member, SAFARI)
        signed_in(factories.member(password=PASSWORD), EDGE)

        page = here.get(PLACE).content.decode()

        assert page.count("<dt>") == 2
        assert "this browser" in page
        assert "Safari on iPhone" in page
        assert "Edge" not in page

    @pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
    def test_sees_nothing_that_a_browser_made_up(self, member, text):
        sent = text.encode("utf-8", "surrogatepass").decode("latin-1")
        signed_in(member, sent.replace("\0", ""))  # a server refuses a header that holds one

        page = signed_in(member, CHROME).get(PLACE).content.decode()

        assert page.count("An unknown browser") == 1
        assert page.count("Chrome on Android") == 1
        for sign in ("alert(1)", "131.0", "AAAA", "\u202e", "\x1b", "browser)s"):
            assert sign not in page

    def test_sees_of_a_strange_one_where_it_runs(self, member):
        signed_in(member, "Peramban/1.0 (Linux; Android 15)")

        page = signed_in(member).get(PLACE).content.decode()

        assert "An unknown browser on Android" in page

    def test_ends_one(self, member):
        here, there, third = (signed_in(member, name) for name in ("a", "b", "c"))
        shown = here.get(PLACE).context["sessions"]
        row = next(one.row for one in shown if one.row.user_agent == "b")

        here.post(PLACE, {"session": row.pk})

        assert [is_in(one) for one in (here, there, third)] == [True, False, True]

    def test_ends_all_others(self, member):
        here, there, third = (signed_in(member) for _ in range(3))

        here.post(PLACE)

        assert [is_in(one) for one in (here, there, third)] == [True, False, False]

    def test_never_anothers(self, member):
        other = factories.member(password=PASSWORD)
        theirs = signed_in(other)
        row = theirs.get(PLACE).context["sessions"][0].row

        signed_in(member).post(PLACE, {"session": row.pk})

        assert is_in(theirs)

    def test_sees_none_that_has_ended(self, member, passes):
        assert "Edge on Windows" in signed_in(member, EDGE).get(PLACE).content.decode()
        passes(61 * MINUTE)
        here = signed_in(member)

        assert "Edge on Windows" not in here.get(PLACE).content.decode()

    def test_sees_none_of_an_older_role(self, member):
        assert "Edge on Windows" in signed_in(member, EDGE).get(PLACE).content.decode()
        Member.objects.filter(pk=member.pk).update(role="viewer")

        assert "Edge on Windows" not in signed_in(member).get(PLACE).content.decode()

    def test_the_list_costs_the_same_for_one_as_for_many(self, member, django_assert_num_queries):
        here = signed_in(member)
        for _ in range(5):
            signed_in(member)

        here.get(PLACE)
        with django_assert_num_queries(7):
            here.get(PLACE)
