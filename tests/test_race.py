"""Two people save at once: the second is told, in a real browser. Under load: test_two_servers.py.

The same race without the version check shows what these tests protect: an update overwritten
without a word.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from committee.models import RehearsalClock
from roadmap.services import changes, reports
from tests import factories
from tests.factories import PASSWORD, TODAY

FIRST, SECOND = "Ditunda oleh Bank Indonesia.", "Rancangan dikirim ke Setneg."

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def action():
    RehearsalClock.objects.create(day=TODAY, target=TODAY, since=timezone.now())
    people = [
        factories.member(password=PASSWORD, language="en", email=f"{name}@demo.test", name=name)
        for name in ("sari", "budi")
    ]
    return factories.action("CYB-01", owner=people[0], contributors=people[1:])


@pytest.fixture
def pages(chromium: Browser, live_server, action):
    """Open "My actions" in two browsers, each signed in as another person."""
    contexts = [chromium.new_context(viewport={"width": 360, "height": 800}) for _ in range(2)]
    yield [
        opened(context.new_page(), live_server.url, name)
        for context, name in zip(contexts, ("sari", "budi"), strict=True)
    ]
    for context in contexts:
        context.close()


def opened(page: Page, url: str, name: str) -> Page:
    page.goto(f"{url}{reverse('account_login')}")
    page.locator("[name=login]").fill(f"{name}@demo.test")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/my/")
    page.locator("#action-CYB-01 summary").first.click()
    return page


def save(page: Page, progress: str, note: str) -> None:
    card = page.locator("#action-CYB-01")
    card.get_by_label("Progress").fill(progress)
    card.get_by_label("Note").fill(note)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        card.get_by_role("button", name="Save").click()


@pytest.mark.browser
def test_the_second_of_two_browsers_is_told_and_keeps_the_text(pages, action):
    first, second = pages
    save(first, "25", FIRST)
    expect(first.locator("#action-CYB-01")).to_contain_text("CYB-01 is saved.")

    save(second, "70", SECOND)

    card = second.locator("#action-CYB-01")
    marks = card.locator("[data-roadmap-conflict] mark")
    expect(marks.filter(has_text="25")).to_be_visible()
    expect(marks.filter(has_text="70")).to_be_visible()
    expect(marks.filter(has_text=FIRST)).to_be_visible()
    expect(card.get_by_label("Note")).to_have_value(SECOND)
    expect(card.get_by_label("Progress")).to_have_value("70")
    action.refresh_from_db()
    assert (action.progress, action.version) == (25, 1)

    card.get_by_role("button", name="Save").click()

    expect(card).to_contain_text("CYB-01 is saved.")
    action.refresh_from_db()
    assert (action.progress, action.version) == (70, 2)


@pytest.mark.browser
def test_without_the_version_check_the_first_update_is_overwritten_in_silence(
    pages, action, monkeypatch
):
    def blind(item, attempt):
        return changes.begin(item, replace(attempt, version=None))

    monkeypatch.setattr(reports, "begin", blind)
    first, second = pages
    save(first, "25", FIRST)
    expect(first.locator("#action-CYB-01")).to_contain_text("CYB-01 is saved.")

    save(second, "70", SECOND)

    expect(second.locator("#action-CYB-01")).to_contain_text("CYB-01 is saved.")
    expect(second.locator("[data-roadmap-conflict]")).to_have_count(0)
    action.refresh_from_db()
    assert action.progress == 70
