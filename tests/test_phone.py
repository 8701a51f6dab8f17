"""The main job on a phone: signed in and saved in four taps, with and without scripts."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from committee.models import RehearsalClock
from tests import factories
from tests.factories import PASSWORD, TODAY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 360, "height": 800}


@pytest.fixture
def actions():
    RehearsalClock.objects.create(day=TODAY, target=TODAY, since=timezone.now())
    owner = factories.member(password=PASSWORD, language="en", email="sari@demo.test")
    place = factories.workstream("CYB")
    late = factories.action("CYB-01", workstream=place, owner=owner, late=True)
    return late, factories.action("CYB-02", workstream=place, owner=owner)


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def phone(request, chromium: Browser):
    context = chromium.new_context(
        viewport=PHONE, has_touch=True, java_script_enabled=request.param
    )
    yield context.new_page()
    context.close()


class Taps:
    """Count what a thumb does."""

    def __init__(self) -> None:
        self.count = 0

    def tap(self, locator) -> None:
        locator.tap()
        self.count += 1


def arrive(page: Page, url: str, taps: Taps) -> None:
    page.goto(f"{url}{reverse('account_login')}")
    page.locator("[name=login]").fill("sari@demo.test")
    page.locator("[name=password]").fill(PASSWORD)
    taps.tap(page.locator("main button[type=submit]"))
    page.wait_for_url("**/my/")


def test_an_update_takes_four_taps_at_most(phone, live_server, actions):
    taps = Taps()
    arrive(phone, live_server.url, taps)
    card = phone.locator("#action-CYB-01")

    taps.tap(card.locator("summary").first)
    card.get_by_label("Progress").fill("91")
    card.get_by_label("Note").fill("Model diuji bersama BSSN.")
    taps.tap(card.get_by_role("button", name="Save"))

    expect(card).to_contain_text("91%")
    expect(phone.locator("main > ul.tasks > li")).to_have_count(2)
    actions[0].refresh_from_db()
    assert actions[0].progress == 91
    assert taps.count <= 4


def test_nothing_changed_takes_one_tap_after_signing_in(phone, live_server, actions):
    taps = Taps()
    arrive(phone, live_server.url, taps)
    card = phone.locator("#action-CYB-02")

    taps.tap(card.get_by_role("button", name="No change, still correct"))

    expect(card).to_contain_text("reported today")
    assert taps.count == 2


def test_a_form_further_down_takes_no_more_than_four(phone, live_server, actions, request):
    factories.actions(6, workstream=actions[0].workstream, owner=actions[0].owner, late=True)
    taps = Taps()
    arrive(phone, live_server.url, taps)
    place = phone.locator("#action-CYB-02")
    taps.tap(place.locator("summary").first)
    if not request.node.callspec.params["phone"]:
        taps.tap(place.get_by_role("link", name="Open the form"))
        place = phone.locator("main")

    place.get_by_label("Note").fill("Selesai.")
    taps.tap(place.get_by_role("button", name="Save"))

    expect(phone.locator("#action-CYB-02")).to_contain_text("reported today")
    assert taps.count <= 4


def test_the_focus_is_where_the_answer_is(chromium, live_server, actions):
    context = chromium.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"{live_server.url}{reverse('account_login')}")
    page.locator("[name=login]").fill("sari@demo.test")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    card = page.locator("#action-CYB-01")
    card.get_by_role("button", name="No change, still correct").click()
    expect(card.locator(".notice-success")).to_be_focused()

    card.locator("summary").first.click()
    card.get_by_label("Note").fill("Akan terlambat")
    expect(card.get_by_label("Expected date")).to_be_hidden()
    card.get_by_label("Outlook").select_option("will_be_late")
    expect(card.get_by_label("Expected date")).to_be_visible()
    card.get_by_role("button", name="Save").click()

    expect(card.locator(".notice-error")).to_be_focused()
    expect(card.get_by_label("Note")).to_have_value("Akan terlambat")
    context.close()
