"""One's own settings, and the language of the page."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from committee.models import Member, Revision
from tests import factories
from tests.committee.test_accounts import ELSEWHERE

pytestmark = pytest.mark.django_db

PROFILE, LANGUAGE = reverse("committee:profile"), reverse("committee:language")


def form(**changes):
    return {
        "name": "Sari Dewi",
        "language": "id",
        "time_zone": "Asia/Makassar",
        "letter_hour": "7",
        "letter_days": ["1", "2", "3", "4", "5"],
        "mentions_by_mail": "on",
        "paused_from": "",
        "paused_until": "",
        "deputy": "",
    } | changes


@pytest.fixture
def member(client):
    member = factories.member(name="Sari")
    client.force_login(member)
    return member


def test_a_member_saves_their_settings(client, member):
    deputy = factories.member(name="Wakil")
    away = {"paused_from": "2018-10-01", "paused_until": "2018-10-05", "deputy": deputy.pk}

    answer = client.post(PROFILE, form(**away), follow=True)

    member.refresh_from_db()
    assert (member.name, member.time_zone, member.letter_hour) == ("Sari Dewi", "Asia/Makassar", 7)
    assert (member.paused_from, member.deputy) == (date(2018, 10, 1), deputy)
    assert "07:00 WITA" in answer.content.decode()
    assert "Wakil" in answer.content.decode()
    assert Revision.objects.get().number == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "A\x00B"},
        {"name": "A\r\nTo: x@y.id"},
        {"name": "x" * 100_000},
        {"language": "fr"},
        {"time_zone": "Mars/Olympus"},
        {"letter_hour": "24"},
        {"letter_hour": "abc"},
        {"letter_days": []},
        {"letter_days": ["6"]},
        {"letter_days": ["1", "x" * 100_000]},
        {"paused_from": "2018-10-01"},
        {"paused_until": "2018-10-01"},
        {"paused_from": "2018-10-05", "paused_until": "2018-10-01"},
        {"paused_from": "31/31/2018", "paused_until": "0001"},
        {"deputy": "999999"},
        {"deputy": "'; DROP TABLE"},
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_changes(client, member, changes):
    before = Member.objects.filter(pk=member.pk).values().get()

    answer = client.post(PROFILE, form(**changes))

    assert answer.status_code == 422
    assert Member.objects.filter(pk=member.pk).values().get() == before


def test_nobody_is_their_own_deputy_nor_takes_one_who_cannot_report(client, member):
    viewer = factories.member("viewer")
    closed = factories.member(is_active=False)

    for other in (member, viewer, closed):
        assert client.post(PROFILE, form(deputy=other.pk)).status_code == 422


def test_email_role_and_institution_are_not_theirs_to_change(client, member):
    extra = {
        "email": "x@y.id",
        "role": "admin",
        "is_active": "",
        "is_demo": "on",
        "institution": factories.institution().pk,
    }

    client.post(PROFILE, form(**extra))

    member.refresh_from_db()
    assert (member.role, member.institution, member.is_active) == ("member", None, True)
    assert member.email != "x@y.id"


def test_the_answer_comes_in_the_language_just_chosen(client, member):
    answer = client.post(PROFILE, form(language="en"), follow=True)

    assert 'lang="en"' in answer.content.decode()
    assert "Profile and language" in answer.content.decode()


def test_a_rejected_name_is_not_shown_as_the_members_own(client, member):
    page = client.post(PROFILE, form(name="", paused_from="2018-10-01")).content.decode()

    assert "<summary><span>Sari</span>" in page
    assert 'value="2018-10-01"' in page


def test_an_anonymous_reader_keeps_a_language_in_a_cookie(client):
    answer = client.post(LANGUAGE, {"language": "en", "next": "/"})

    cookie = answer.cookies["django_language"]
    assert answer["Location"] == "/"
    assert (cookie.value, cookie["samesite"], bool(cookie["httponly"])) == ("en", "Lax", True)
    assert 'lang="en"' in client.get(LANGUAGE).content.decode()


def test_a_member_keeps_it_in_their_profile(client, member):
    client.post(LANGUAGE, {"language": "en"})

    member.refresh_from_db()
    assert member.language == "en"


def test_the_way_back_is_the_page_one_came_from(client):
    answer = client.get(LANGUAGE, HTTP_REFERER="http://testserver/actions/?q=a")

    assert answer.context["next"] == "http://testserver/actions/?q=a"


@pytest.mark.parametrize("place", ELSEWHERE)
def test_the_way_back_never_leads_elsewhere(client, place):
    answer = client.post(LANGUAGE, {"language": "id", "next": place}, HTTP_REFERER=place)

    assert urlsplit(answer["Location"]).netloc in ("", "testserver")
    assert answer["Location"] == reverse("roadmap:overview")


@pytest.mark.parametrize("value", ["", "fr", "en\x00", "x" * 10_000])
def test_an_unknown_language_is_refused(client, value):
    answer = client.post(LANGUAGE, {"language": value})

    assert answer.status_code == 422
    assert "django_language" not in answer.cookies
