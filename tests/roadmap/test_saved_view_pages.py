"""Saved views on their pages: keeping, opening by address, beginning there, and what is gone."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.urls import reverse

from committee.models import Institution
from roadmap.models import SavedView
from tests import factories
from tests.factories import PASSWORD, days
from tests.stage.views import saved

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]
VIEWS, KEEP, START = (reverse(f"roadmap:{name}") for name in ("views", "view-save", "start-page"))
ACTIONS = reverse("roadmap:actions")


@pytest.fixture
def reader(client_of):
    return client_of(factories.member("viewer", language="en"))


def sent(**fields):
    typed = {"page": "actions", "query": "signal=late", "name": "Yang terlambat", "day": ""}
    return typed | {"version": 0, "token": str(uuid4())} | fields


def said(answer):
    return answer.content.decode()


def test_a_list_leads_to_keeping_it_with_its_filters(reader):
    shown = said(reader.get(ACTIONS, {"signal": "late", "q": "a&b"}))
    place = shown.split('save-view" href="')[1].split('"')[0].replace("&amp;", "&")

    asked = parse_qs(urlsplit(place).query)
    form = reader.get(place).context["form"]

    assert asked == {"page": ["actions"], "query": ["signal=late&q=a%26b"]}
    assert form["query"].value() == "q=a%26b&signal=late"


def test_the_public_keeps_no_views(client):
    assert "save-view" not in said(client.get(ACTIONS))
    assert client.get(KEEP).status_code == 302


def test_a_kept_view_opens_its_list_with_its_filters(reader):
    factories.action("LOG-01", late=True)
    factories.action("LOG-02")

    answer = reader.post(KEEP, sent(), follow=True)
    view = SavedView.objects.get()
    opened = reader.get(view.get_absolute_url(), follow=True)

    for one in (answer, opened):
        assert one.redirect_chain[-1][0] == f"{ACTIONS}?signal=late"
        assert [row["code"] for row in one.context["found"].rows] == ["LOG-01"]
    assert "My views" in said(answer)


def test_a_name_taken_is_said_and_what_was_typed_stays(reader):
    reader.post(KEEP, sent())

    answer = reader.post(KEEP, sent(is_start="on"))

    assert answer.status_code == 422
    assert "You have a view of this name already." in said(answer)
    assert 'value="Yang terlambat"' in said(answer)
    assert SavedView.objects.count() == 1


@pytest.mark.parametrize(
    "bad",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"page": "banana"},
        {"token": ""},
        {"query": "q=" + "x" * 2000},
        {"query": "q=\x00"},
        {"day": "banana"},
    ],
)
def test_bad_input_is_refused_and_keeps_nothing(reader, bad):
    assert reader.post(KEEP, sent(**bad)).status_code == 422
    assert not SavedView.objects.exists()


def test_a_past_day_is_kept_only_when_asked(reader):
    then = days(-20).isoformat()
    shown = said(reader.get(f"/as-of/{then}{ACTIONS}", {"signal": "late"}))
    place = shown.split('save-view" href="')[1].split('"')[0].replace("&amp;", "&")
    form = reader.get(place, follow=True).context["form"]

    reader.post(KEEP, sent(day=form["day"].value(), name="Dengan hari", with_day="on"))
    reader.post(KEEP, sent(day=form["day"].value(), name="Tanpa hari"))

    queries = dict(SavedView.objects.values_list("name", "query"))
    assert queries == {
        "Dengan hari": f"signal=late&as_of={then}",
        "Tanpa hari": "signal=late",
    }
    opened = reader.get(SavedView.objects.get(name="Dengan hari").get_absolute_url(), follow=True)
    assert opened.context["page"].is_past


def test_the_form_offers_no_day_where_none_is_looked_back_at(reader):
    assert "with_day" not in reader.get(KEEP, {"page": "actions"}).context["form"].fields


def test_my_views_are_mine(reader):
    saved(reader.member, name="Milik saya", query="signal=late&workstream=LOG")
    saved(name="Milik orang lain")

    shown = said(reader.get(VIEWS))

    assert "Milik saya" in shown
    assert "Signal: Late" in shown
    assert "Milik orang lain" not in shown


def test_no_view_yet_says_how_to_make_one(reader):
    assert "Save this view" in said(reader.get(VIEWS))


def test_a_view_of_another_opens_with_the_rights_of_whoever_opens_it(reader, client):
    view = saved(query="signal=contradiction")

    inside = reader.get(view.get_absolute_url(), follow=True)
    outside = client.get(view.get_absolute_url())

    assert inside.status_code == 200
    assert outside["Location"].startswith(reverse("account_login"))


def test_a_view_that_is_gone_says_so_and_leads_on(reader):
    answer = reader.get(reverse("roadmap:saved-view", args=["tidak-ada"]))

    assert answer.status_code == 404
    assert "This saved view is gone" in said(answer)
    assert f'href="{VIEWS}"' in said(answer)


def test_a_filter_on_a_deleted_institution_is_named_and_ignored(reader):
    place = factories.institution("BEKRAF")
    factories.action("LOG-01")
    view = saved(reader.member, query="institution=BEKRAF")
    Institution.objects.filter(pk=place.pk).delete()

    answer = reader.get(view.get_absolute_url(), follow=True)

    assert "“BEKRAF” is no known institution; it was ignored." in said(answer)
    assert [row["code"] for row in answer.context["found"].rows] == ["LOG-01"]
    assert reader.get(VIEWS).status_code == 200


def test_a_day_that_no_longer_can_be_shown_is_named(reader):
    view = saved(reader.member, query="as_of=1999-01-01")

    answer = reader.get(view.get_absolute_url(), follow=True)

    assert answer.status_code == 200
    assert answer.context["page"].bad_day == "1999-01-01"


def test_one_begins_where_one_chose(reader):
    view = saved(reader.member)
    place = reverse("roadmap:view-start", args=[view.slug])

    assert reader.get(START)["Location"] == reverse("roadmap:my")
    assert reader.get(START, {"else": "overview"})["Location"] == reverse("roadmap:overview")
    reader.post(place, {"start": "yes"})
    assert reader.get(START)["Location"] == f"{ACTIONS}?signal=late"
    assert reader.get(START, {"else": "overview"})["Location"] == f"{ACTIONS}?signal=late"
    reader.post(place, {"start": "no"})
    assert reader.get(START)["Location"] == reverse("roadmap:my")


def test_signing_in_opens_where_one_begins(client):
    member = factories.member(password=PASSWORD)
    saved(member, is_start=True)
    typed = {"login": member.email, "password": PASSWORD}

    answer = client.post(reverse("account_login"), typed, follow=True)

    assert answer.redirect_chain[-1][0] == f"{ACTIONS}?signal=late"


def test_the_brand_leads_where_one_begins(reader, client):
    assert f'class="brand" href="{START}?else=overview"' in said(reader.get(ACTIONS))
    assert 'class="brand" href="/"' in said(client.get(ACTIONS))


def test_renaming_and_deleting(reader):
    view = saved(reader.member, name="Lama")
    saved(reader.member, name="Dipakai")
    rename = reverse("roadmap:view-rename", args=[view.slug])
    delete = reverse("roadmap:view-delete", args=[view.slug])
    made_from = {"version": 0, "token": str(uuid4())}

    taken = reader.post(rename, made_from | {"name": "Dipakai"})
    reader.post(rename, made_from | {"name": "Baru"})

    assert taken.status_code == 422
    assert "You have a view of this name already." in said(taken)
    assert SavedView.objects.get(slug=view.slug).name == "Baru"
    assert SavedView.objects.count() == 2
    for _twice in range(2):
        assert reader.post(delete, made_from)["Location"] == VIEWS
    assert SavedView.objects.count() == 1


def test_a_name_of_a_hundred_characters_fits(reader):
    name = "W" * 100
    reader.post(KEEP, sent(name=name))

    assert name in said(reader.get(VIEWS))
