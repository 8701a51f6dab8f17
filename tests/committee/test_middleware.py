"""The wall around what is not public, and what a signed-in reader's request carries."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from committee.models import RehearsalClock
from tests import factories
from tests.cast import names
from tests.factories import TODAY

pytestmark = pytest.mark.django_db
PUBLIC = {
    "roadmap:overview",
    "roadmap:workstream",
    "roadmap:actions",
    "roadmap:action",
    "roadmap:milestones",
    "roadmap:milestone",
}


def test_the_public_pages_are_these_and_no_others():
    found = set()
    for resolver in get_resolver().url_patterns:
        for pattern in getattr(resolver, "url_patterns", [resolver]):
            if getattr(getattr(pattern, "callback", None), "is_public", False):
                found.add(f"roadmap:{pattern.name}")

    assert found == PUBLIC
    assert {name for name, _route in names()} > PUBLIC


@pytest.mark.parametrize(
    ("setting", "is_rehearsal", "is_public"),
    [
        (None, True, True),
        (None, False, False),
        (True, False, True),
        (False, True, False),
    ],
)
def test_the_site_is_public_in_a_rehearsal_or_when_told_so(
    client, settings, setting, is_rehearsal, is_public
):
    settings.PUBLIC_SITE = setting
    if is_rehearsal:
        RehearsalClock.objects.create(day=TODAY, target=TODAY, since=timezone.now())

    answer = client.get(reverse("roadmap:overview"))

    assert answer.status_code == (200 if is_public else 302)


def test_the_wall_remembers_where_one_wanted_to_go(client):
    answer = client.get(reverse("roadmap:my"), {"page": "2"})

    assert answer["Location"] == f"{reverse('account_login')}?next=/my/%3Fpage%3D2"


def test_htmx_gets_a_fragment_for_the_notices_instead_of_a_page(client):
    answer = client.get(reverse("roadmap:my"), headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#notices", "innerHTML")
    assert b"<html" not in answer.content


def test_a_page_and_its_fragment_are_kept_apart(client):
    vary = client.get(reverse("roadmap:overview"))["Vary"]

    assert {"Cookie", "HX-Request"} <= set(vary.split(", "))


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_members_language_beats_the_browsers(language):
    client = Client(headers={"accept-language": "en" if language == "id" else "id"})
    client.force_login(factories.member(language=language))

    page = client.get(reverse("roadmap:my")).content.decode()

    assert f'<html lang="{language}"' in page


def test_a_zone_of_one_reader_is_not_the_next_ones(client):
    member = factories.member(time_zone="Asia/Jayapura")
    client.force_login(member)

    client.get(reverse("roadmap:my"))

    assert timezone.get_current_timezone_name() == "Asia/Jakarta"


def test_a_seat_that_ends_closes_its_doors_at_once(client):
    place = factories.workstream()
    member = factories.member()
    seat = factories.seat(member, place)
    client.force_login(member)
    url = reverse("roadmap:action-create")
    before = client.get(url).status_code

    type(seat).objects.update(until_date=seat.from_date)

    assert (before, client.get(url).status_code) == (200, 403)
