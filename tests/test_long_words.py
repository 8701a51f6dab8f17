"""Names without a space, such as the address of a video call, stay within the page."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from committee.models import RehearsalClock
from tests import committee_factories as committee
from tests import factories
from tests.factories import PASSWORD, TODAY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORD = "https://rapat.example/" + "x" * 178
WIDTHS = (360, 1280)


@pytest.fixture
def places():
    """Give the addresses of lists and pages that show such a name."""
    RehearsalClock.objects.create(day=TODAY, target=TODAY, since=timezone.now())
    factories.member("secretariat", password=PASSWORD, language="en", email="sari@demo.test")
    committee.meeting(place=WORD)
    advice = committee.advice(subject=WORD)
    obstacle = factories.obstacle(factories.action("CYB-01"), needed=WORD)
    lists = ["meetings", "advice-list", "obstacles"]
    pages = [reverse("roadmap:obstacle", args=[obstacle.pk]), f"{advice.get_absolute_url()}answer/"]
    return [*map(reverse, (f"roadmap:{name}" for name in lists)), *pages]


def test_a_name_without_a_space_stays_within_the_page(page, live_server, places):
    page.goto(live_server.url + reverse("account_login"))
    page.locator("input[name=login]").fill("sari@demo.test")
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: "masuk" not in url)

    wide = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for place in places:
            answer = page.goto(live_server.url + place)
            assert answer.ok
            found = page.evaluate("document.documentElement.scrollWidth")
            if found > width:
                wide[place, width] = found

    assert wide == {}
