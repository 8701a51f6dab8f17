"""A paragraph to take along, with scripts and without."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, expect

from committee.models import RehearsalClock
from tests import factories
from tests.factories import TODAY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZE = {"width": 360, "height": 800}


@pytest.fixture
def place(live_server):
    RehearsalClock.objects.create(day=TODAY, target=TODAY, since=timezone.now())
    bi = factories.institution("BI", title="x" * 300)
    factories.actions(3, workstream=factories.workstream("LOG"), lead_institution=bi)
    return f"{live_server.url}{reverse('roadmap:institution', args=['BI'])}"


def test_one_tap_copies_the_text(chromium: Browser, live_server, place):
    context = chromium.new_context(viewport=SIZE, locale="en")
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    page = context.new_page()
    page.goto(place)

    button = page.locator("[data-roadmap-copy=paragraph-en]")
    button.click()

    expect(button).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#paragraph-en").input_value()
    assert "leads 3 actions" in copied
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZE["width"]
    context.close()


def test_without_scripts_the_text_can_be_selected(chromium: Browser, place):
    context = chromium.new_context(viewport=SIZE, locale="en", java_script_enabled=False)
    page = context.new_page()
    page.goto(place)

    expect(page.locator("[data-roadmap-copy=paragraph-en]")).to_be_hidden()
    expect(page.locator("#paragraph-en")).to_have_attribute("readonly", "")
    page.locator("#paragraph-en").press("Control+A")
    context.close()
