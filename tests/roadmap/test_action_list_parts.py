"""The filters that doors lead to: part, days, what is open, what is owed; each can be left out."""

import pytest
from django.urls import reverse

from roadmap.models import ActionItem
from roadmap.selectors.actions import ActionQuery, listing
from tests import factories
from tests.factories import TODAY, days, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]

URL = reverse("roadmap:actions")
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def place(workstreams):
    return workstreams[0]


def codes(**query):
    found = listing(query=ActionQuery(**query), today=TODAY, inside=True, language="id")
    return sorted(row["code"] for row in found.rows)


def read(client, **query):
    return client.get(URL, query, headers=ENGLISH)


def test_an_institution_has_a_part(place):
    bi = factories.institution("BI")
    factories.action("L", workstream=place, lead_institution=bi)
    factories.action("B", workstream=place, lead_institution=bi, supporting=";BI;")
    factories.action("S", workstream=place, supporting=";OJK;BI;")
    factories.action("X", workstream=place)

    assert codes(institution="BI") == ["B", "L", "S"]
    assert codes(institution="BI", part="lead") == ["B", "L"]
    assert codes(institution="BI", part="support") == ["S"]


def test_days_of_the_due_date_are_both_included(place):
    for number in (-1, 0, 6, 7):
        factories.action(f"D{number}", workstream=place, due_date=days(number))
    factories.action("NONE", workstream=place, due_date=None, first_due_date=None)

    assert codes(due_from=TODAY) == ["D0", "D6", "D7"]
    assert codes(due_to=days(6)) == ["D-1", "D0", "D6"]
    assert codes(due_from=TODAY, due_to=days(6)) == ["D0", "D6"]
    assert codes(due_from=days(6), due_to=TODAY) == []


def test_open_is_planned_or_in_progress(place):
    factories.action("P", workstream=place, status="planned")
    factories.action("I", workstream=place)
    for trait in ("submitted", "verified", "cancelled"):
        factories.action(trait[:3], workstream=place, **{trait: True})

    assert codes(status="open") == ["I", "P"]


def test_owed_is_silent_or_never_reported(place):
    factories.action("SILENT", workstream=place, silent=True)
    factories.action("NEVER", workstream=place, reported_on=None, late=True)
    factories.action("NEW", workstream=place, reported_on=None, created_on=days(-3))
    factories.action("TOLD", workstream=place)
    factories.action("DONE", workstream=place, silent=True, verified=True)

    assert codes(signal="owed") == ["NEVER", "SILENT"]


def test_each_filter_in_force_is_a_tag_that_leaves_it_out(client, place):
    factories.institution("BI", title_en="Bank of Indonesia")

    page = read(
        client, institution="BI", part="lead", due_from="2018-09-24", due_to="2018-09-30", page=1
    ).content.decode()

    assert "Institution: Bank of Indonesia (leads)" in page
    assert f'href="{URL}?due_from=2018-09-24&amp;due_to=2018-09-30">Institution' in page
    assert "Due from 24 September 2018" in page
    assert f'href="{URL}?institution=BI&amp;part=lead&amp;due_from=2018-09-24">Due by' in page


def test_what_has_no_control_is_sent_on_by_the_form(client, place):
    factories.institution("BI")

    page = read(client, institution="BI", part="lead", due_to="2018-09-30").content.decode()

    assert '<input type="hidden" name="part" value="lead">' in page
    assert '<input type="hidden" name="due_to" value="2018-09-30">' in page


@pytest.mark.parametrize(
    "query",
    [
        {"due_from": "banana"},
        {"due_to": "2018-02-30"},
        {"due_to": "\x00"},
        {"due_from": "9" * 5000},
        {"part": "lead"},
        {"part": "half", "institution": "BI"},
        {"part": "support", "institution": "none"},
    ],
)
def test_what_it_does_not_know_is_named_and_ignored(client, place, query):
    factories.action(workstream=place, lead_institution=factories.institution("BI"))
    factories.action(workstream=place)

    response = read(client, **query)

    assert response.status_code == 200
    is_empty = query == {"due_to": "\x00"}
    assert len(response.context["ignored"]) == (0 if is_empty else 1)


def test_whoever_looks_back_may_ask_for_who_owned_it_then(client_of, place):
    before, after = factories.member(), factories.member()
    action = factories.action(workstream=place, owner=after)
    factories.update(action, at=moment(days(-60)), owner_id=before.pk)
    factories.update(action, at=moment(days(-5)), owner_id=after.pk)
    client = client_of("viewer")

    then = client.get(f"/as-of/{days(-20)}{URL}", {"owner": before.pk})
    now = client.get(URL, {"owner": before.pk})

    assert (then.context["found"].found, then.context["ignored"]) == (1, [])
    assert len(now.context["ignored"]) == 1
    assert ActionItem.objects.get().owner == after


def test_a_list_links_institutions_and_owners(client, client_of, place):
    bi, owner = factories.institution("BI"), factories.member()
    factories.action(workstream=place, lead_institution=bi, owner=owner)

    inside, public = read(client_of("viewer")).content.decode(), read(client).content.decode()

    assert f'href="{reverse("roadmap:institution", args=["BI"])}"' in public
    assert f'href="{reverse("roadmap:person", args=[owner.pk])}"' in inside
    assert reverse("roadmap:people") not in public
