"""Moving a date in a real browser: what it pushes appears as the date changes, or is asked for."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from committee.models import RehearsalClock
from tests import factories
from tests.factories import PASSWORD, TODAY, days, dependency
from tests.plugin import CHOSEN

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHOSEN != "sqlite", reason="a page looks the same on every database"),
]
NEW = "2019-01-17"  # 15 days later


@pytest.fixture
def action():
    """Give an action that another, in another workstream, waits for."""
    RehearsalClock.objects.create(day=TODAY, target=TODAY, since=timezone.now())
    factories.member("secretariat", password=PASSWORD, language="en", email="sari@demo.test")
    made = factories.action("LOG-01", workstream=factories.workstream("LOG"))
    place = factories.workstream("FUND", title_en="Funding")
    dependency(made, factories.action("FUND-01", workstream=place, start_date=days(101)))
    return made


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without"])
def opened(request, chromium, live_server, action):
    """Give the page that moves the date, to somebody who may."""
    context = chromium.new_context(
        java_script_enabled=request.param, viewport={"width": 360, "height": 800}
    )
    page = context.new_page()
    page.goto(f"{live_server.url}{reverse('account_login')}")
    page.locator("[name=login]").fill("sari@demo.test")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/my/")
    page.goto(f"{live_server.url}{reverse('roadmap:action-move', args=[action.code])}")
    page.has_script = request.param
    yield page
    context.close()


def test_the_mover_sees_what_is_pushed_then_confirms(opened: Page, action):
    expect(opened.locator("#ripple")).to_contain_text("What hangs on this date")
    opened.get_by_label("New due date").fill(NEW)
    opened.get_by_label("Reason").fill("Pengadaan diulang.")
    if opened.has_script:
        opened.get_by_label("New due date").dispatch_event("change")
    else:
        opened.get_by_role("button", name="Move").click()
        expect(opened.get_by_role("alert").first).to_contain_text("Nothing was moved yet")

    ahead = opened.locator("#ripple")
    expect(ahead).to_contain_text("What 17 January 2019 would do")
    expect(ahead).to_contain_text("Funding")
    expect(ahead).to_contain_text("FUND-01")
    expect(ahead).to_contain_text("+15 days")
    expect(opened.get_by_label("Reason")).to_have_value("Pengadaan diulang.")

    opened.get_by_role("button", name="Move" if opened.has_script else "Confirm and move").click()

    opened.wait_for_url(f"**{action.get_absolute_url()}")
    action.refresh_from_db()
    assert action.due_date == days(115)
