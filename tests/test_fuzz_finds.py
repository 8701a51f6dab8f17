"""What the fuzzer found, by name: each of these once failed, hung or lost what was typed."""

from __future__ import annotations

import time

import pytest
from django.core.exceptions import TooManyFieldsSent
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory
from django.urls import reverse

from committee.http import Request
from committee.models import Member
from roadmap import access
from roadmap.models import SavedView
from tests import cast as casting
from tests import factories
from tests.cast_forms import form
from tests.factories import TODAY

pytestmark = pytest.mark.django_db


def words(answer):
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_has_no_password_is_led_to_a_link_for_the_first(client, method):
    member = factories.member(language="en")
    member.set_unusable_password()
    member.save()
    client.force_login(member)

    answer = getattr(client, method)(reverse("account_change_password"), follow=True)

    assert answer.redirect_chain == [(reverse("account_reset_password"), 302)]
    assert "You have no password yet" in words(answer)


def test_who_has_one_changes_it_there(client):
    client.force_login(factories.member(language="en", password=factories.PASSWORD))

    assert client.get(reverse("account_change_password")).status_code == 200


def saved_view(member):
    given = {"page": "actions", "query": "", "slug": "rapat", "created_on": TODAY}
    return SavedView.objects.create(member=member, name="Rapat", **given)


@pytest.mark.parametrize("name", ["start", "rename", "delete"])
def test_a_view_deleted_meanwhile_is_told_of(client, monkeypatch, name):
    member = factories.member(language="en")
    client.force_login(member)
    view = saved_view(member)
    place = reverse(f"roadmap:view-{name}", args=[view.slug])
    # Fetched before somebody else deletes it, changed after that.
    monkeypatch.setattr(access, "saved_view", lambda slug: view)
    SavedView.objects.filter(pk=view.pk).delete()

    answer = client.post(place, {"version": "0", "token": "0" * 32, "name": "Lain"})

    assert answer.status_code == (404 if name == "start" else 422)
    assert "<h1" in words(answer)


@pytest.fixture
def cast():
    return casting.gather()


@pytest.mark.parametrize("number", ["99999999999999999999", "1e9", "\x00", "2000"])
def test_a_page_that_claims_seats_without_end_is_answered_at_once(client, cast, number):
    client.force_login(cast.people["secretariat"])
    name = "admin:committee_member_change"
    sent = form(cast, name) | {"seats-TOTAL_FORMS": number}
    began = time.monotonic()

    answer = client.post(casting.address(cast, name), sent)

    assert answer.status_code == 200
    assert "errornote" in words(answer)
    assert time.monotonic() - began < 5
    assert Member.objects.get(pk=cast.newcomer.pk).name == cast.newcomer.name


@pytest.mark.parametrize("digest", ["a\x00b", "x" * 65, "?"])
def test_a_list_whose_mark_is_none_of_ours_is_shown_anew(client, cast, digest):
    client.force_login(cast.people["admin"])
    name = "admin:committee_member_enrol"
    sent = form(cast, name) | {"digest": digest}

    answer = client.post(casting.address(cast, name), sent)

    assert answer.status_code == 422
    assert "Nothing was done: the list would do something else by now." in words(answer)
    assert not Member.objects.filter(email="lain@demo.test").exists()


@pytest.mark.parametrize("name", ["since", "until"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1999-12-31"])
def test_a_day_outside_every_roadmap_stays_in_its_field_with_the_reason(client, day, name):
    client.force_login(factories.member("admin", language="en"))

    answer = client.get(reverse("roadmap:audit"), {name: day})

    assert answer.status_code == 200
    assert "Give a day between 2000 and 2100." in words(answer)
    assert f'value="{day}"' in words(answer)


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("roadmap_actionitem", "contributors", "99999999999999999999"),
        ("roadmap_actionitem", "challenges", "-99999999999999999999"),
        ("roadmap_milestone", "actions", "99999999999999999999"),
        ("umkm_indicator", "unit", "99999999999999999999"),
    ],
)
def test_what_no_row_can_hold_is_refused_beside_its_field(client, cast, name, field, value):
    client.force_login(cast.people["secretariat"])
    place = casting.address(cast, f"admin:{name}_change")
    sent = form(cast, f"admin:{name}_change") | {field: value}

    answer = client.post(place, sent)

    assert answer.status_code == 200
    assert field in answer.context["adminform"].form.errors
    assert "Judul baru" in words(answer)


def answered(application):
    """Ask as the server does, with a charset and more in the query than a form may hold."""
    asked = RequestFactory().get("/actions/?" + "page=1&" * 501).environ
    said = []
    asked |= {"CONTENT_TYPE": "text/html; charset=utf-8", "HTTP_HOST": "localhost"}
    body = b"".join(application(asked, lambda status, _headers: said.append(status)))
    return said[0][:3], body


@pytest.mark.django_db(transaction=True)  # the handler closes its connection as it does outside
def test_a_query_of_too_many_fields_is_refused_by_a_page_of_ours_whatever_its_charset():
    application = WSGIHandler()
    application.request_class = Request

    status, body = answered(application)

    assert status == "400"
    assert b"<h1" in body


def test_control_a_request_of_the_framework_could_not_even_be_made():
    with pytest.raises(TooManyFieldsSent):
        answered(WSGIHandler())


def test_a_handover_sent_without_a_successor_says_that_one_is_missing(client):
    leaver = factories.member()
    factories.action("LOG-01", owner=leaver)
    client.force_login(factories.member("secretariat", language="en"))

    answer = client.post(reverse("roadmap:handover", args=[leaver.pk]), {"note": "Pindah tugas."})

    assert answer.status_code == 422
    assert list(answer.context["choice"].errors) == ["successor"]
    assert 'aria-invalid="true"' in answer.content.decode()
    assert 'value="Pindah tugas."' in answer.content.decode()
