"""A session that ends while somebody types: the text stays, the form is one sign-in away."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from committee.models import RehearsalClock
from tests import committee_factories as committee
from tests import factories
from tests.factories import PASSWORD, TODAY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MINUTES = "Dibahas panjang.\n\nDisepakati & dicatat."


def sign_in(page):
    page.locator("[name=login]").fill("sari@demo.test")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()


def test_after_signing_in_one_is_back_at_the_form_with_the_text_at_hand(page, live_server):
    RehearsalClock.objects.create(day=TODAY, target=TODAY, since=timezone.now())
    factories.member("secretariat", password=PASSWORD, language="en", email="sari@demo.test")
    meeting = committee.meeting()
    form = live_server.url + reverse("roadmap:agenda-add", args=[meeting.number])
    page.goto(form)
    sign_in(page)
    page.wait_for_url(form)
    page.locator("[name=title]").fill("Logistik")
    page.locator("[name=minutes]").fill(MINUTES)
    Session.objects.all().delete()

    page.locator("main form button[type=submit]").click()

    boxes = page.locator("main textarea[readonly]")
    expect(boxes).to_have_count(3)
    typed = {boxes.nth(n).input_value() for n in range(3)}
    assert {"Logistik", MINUTES} < typed
    assert not meeting.agenda.exists()
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    with page.context.expect_page() as opened:
        page.locator("main ol a").click()
    other = opened.value
    sign_in(other)
    other.wait_for_url(form)
    other.locator("[name=title]").fill("Logistik")
    other.locator("main form button[type=submit]").click()
    other.wait_for_url(live_server.url + meeting.get_absolute_url())
    assert meeting.agenda.get().title == "Logistik"
