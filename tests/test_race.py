"""Two people save at once: the second is told, in a real browser and under load.

The same race without the version check shows what these tests protect: an update overwritten
without a word.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from committee.enums import AuditVerb
from committee.models import AuditEntry, RehearsalClock
from roadmap.services import changes, reports
from tests import factories
from tests.factories import PASSWORD, TODAY

ROUNDS = 500
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


def test_under_load_what_was_accepted_is_what_was_counted(action):
    if connection.vendor == "sqlite":
        pytest.skip("one connection in memory; PostgreSQL shows two transactions at once")
    start = Barrier(2)
    people = [action.owner, action.contributors.get()]

    with ThreadPoolExecutor(2) as pool:
        answers = [
            status
            for statuses in pool.map(lambda who: rounds(who, action, start), people)
            for status in statuses
        ]

    action.refresh_from_db()
    accepted = answers.count(302)
    assert set(answers) <= {302, 409}
    assert accepted >= ROUNDS / 2
    assert action.version == accepted
    assert action.updates.filter(kind="reported").count() == accepted
    told = AuditEntry.objects.filter(object_type="roadmap.statusupdate", verb=AuditVerb.ADD)
    assert told.count() == accepted


def rounds(who, action, start: Barrier) -> list[int]:
    client = Client()
    client.force_login(who)
    try:
        return [one_round(client, action, start) for _ in range(ROUNDS)]
    finally:
        connections.close_all()


def one_round(client: Client, action, start: Barrier) -> int:
    """Read the version, wait until both have, and save; a loser finds both values and the text."""
    version = type(action).objects.values_list("version", flat=True).get(pk=action.pk)
    note = f"Catatan {uuid4()}"
    fields = {"version": version, "token": str(uuid4()), "status": "in_progress", "note": note}
    start.wait(timeout=30)
    answer = client.post(reverse("roadmap:action-report", args=[action.code]), fields)
    if answer.status_code == 409:
        assert answer.content.decode().count(note) == 2
    start.wait(timeout=30)
    return answer.status_code
