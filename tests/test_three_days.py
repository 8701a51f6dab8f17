"""Three people of the committee walk through their day, as each of them would.

A member on a phone, ministry staff who read, and the secretariat; each with scripts and without,
and the member once more with nothing but the keyboard. Only what a person sees is asserted.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pypdf import PdfReader

from committee.models import Member
from roadmap.models import ActionItem
from tests import committee_factories, factories
from tests.factories import PASSWORD
from tests.plugin import CHOSEN
from tests.test_browser_pages import origin, sign_in

__all__ = ["origin"]  # a fixture
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHOSEN != "sqlite", reason="a page looks the same on every database"),
]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
NOTE = "Rancangan aturan dibahas bersama Kemenko."
MOST_TABS = 60
both = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])


@pytest.fixture
def site(origin: str) -> str:
    """Give the rehearsal a meeting that was held, and an action that waits for another."""
    Member.objects.update(language="en")
    committee_factories.meeting(number=1, date=date(2018, 9, 3))
    waits, before = (ActionItem.objects.get(code=code) for code in ("CYB-02", "CYB-01"))
    factories.dependency(before, waits)
    return origin


@contextmanager
def day_of(browser: Browser, site: str, name: str, **options: Any) -> Iterator[Page]:
    """Sign somebody in, on a device of their own."""
    context = browser.new_context(locale="en-GB", **options)
    page = context.new_page()
    try:
        sign_in(page, site, name)
        yield page
    finally:
        context.close()


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def follow(page: Page, name: str, within: str = "main") -> None:
    page.locator(within).get_by_role("link", name=name, exact=True).first.click()


def fits(page: Page) -> bool:
    """Tell whether nothing must be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def lose_connection(page: Page) -> None:
    page.route("**/report/", lambda route: route.abort("internetdisconnected"))


class TestMember:
    """Committee member: on a phone, between two meetings."""

    @both
    def test_sees_what_is_owed_and_updates_it_in_place(self, chromium, site, scripts):
        options = {"viewport": PHONE, "has_touch": True, "java_script_enabled": scripts}
        with day_of(chromium, site, "kominfo", **options) as page:
            expect(heading(page)).to_have_text("My actions")
            card = page.locator("ul.tasks > li").first
            expect(card).to_contain_text("Late")
            expect(card).to_contain_text("FUND-03")

            card.locator("summary").first.tap()
            card.get_by_label("Progress").fill("65")
            card.get_by_label("Note").fill(NOTE)
            if scripts:
                self._is_kept_without_connection(page, card)
            card.get_by_role("button", name="Save").tap()

            after = page.locator("#action-FUND-03")
            expect(after).to_contain_text("In progress, 65%, reported today")
            expect(heading(page)).to_have_text("My actions")
            if scripts:
                expect(after).to_contain_text("FUND-03 is saved.")
                assert fits(page)
            after.get_by_role("heading").get_by_role("link").tap()
            expect(page.locator("#history")).to_contain_text(NOTE)

    def _is_kept_without_connection(self, page, card):
        lose_connection(page)
        card.get_by_role("button", name="Save").tap()

        expect(page.get_by_role("status").first).to_contain_text("your text is still here")
        expect(card.get_by_label("Note")).to_have_value(NOTE)
        expect(card.get_by_label("Progress")).to_have_value("65")
        page.unroute("**/report/")

    def test_needs_nothing_but_the_keyboard(self, chromium, site):
        with day_of(chromium, site, "pembaca", viewport=DESK) as page:
            page.context.clear_cookies()
            page.goto(f"{site}/akun/masuk/")
            press(page, "[name=login]", "kominfo@demo.test")
            press(page, "[name=password]", PASSWORD, "Enter")
            page.wait_for_url("**/my/")

            press(page, "a.skip", "Enter")
            press(page, "#action-FUND-03 details > summary", "Enter")
            press(page, "#FUND-03-progress", "65")
            press(page, "#FUND-03-note", NOTE)
            press(page, "#action-FUND-03 button.btn-primary", "Enter")

            card = page.locator("#action-FUND-03")
            expect(card.locator(".notice-success")).to_be_focused()
            expect(card).to_contain_text("65%, reported today")
            press(page, "#action-FUND-03 h2 a", "Enter")
            expect(page.locator("#history")).to_contain_text(NOTE)


def press(page: Page, selector: str, *keys: str) -> None:
    """Reach something with the Tab key alone, see that it has the focus, and type."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            break
    else:
        raise AssertionError(f"{selector} cannot be reached with {MOST_TABS} tabs")
    ring = "getComputedStyle(document.activeElement)"
    seen = f"{ring}.outlineStyle !== 'none' || {ring}.boxShadow !== 'none'"
    assert page.evaluate(seen), f"{selector} does not show that it has the focus"
    for one in keys:
        if one == "Enter":
            page.keyboard.press(one)
        else:
            page.keyboard.press("ControlOrMeta+a")
            page.keyboard.type(one)


class TestStaff:
    """Ministry staff: reads, asks where a number comes from, takes it into the room on paper."""

    @both
    def test_can_believe_what_is_shown(self, chromium, site, scripts):
        options = {"viewport": DESK, "java_script_enabled": scripts}
        with day_of(chromium, site, "pembaca", **options) as page:
            self._opens_a_number(page)
            self._is_told_what_it_counts(page)
            self._looks_back(page, "2018-08-01")
            self._takes_it_along(page)

    def _opens_a_number(self, page):
        follow(page, "Overview", ".nav-main")
        door = page.locator("[data-door=late]")
        number = int(door.locator(".attention-number").inner_text())
        door.click()
        expect(page.locator("#actions-list tbody tr")).to_have_count(number)
        with page.expect_download() as coming:
            page.locator(".export summary").click()
            follow(page, "CSV for programs (,)")
        assert len(rows_of(coming.value.path())) == number

    def _is_told_what_it_counts(self, page):
        page.locator("#actions-list tbody tr").first.get_by_role("link").first.click()
        expect(page.locator("dl.verdict")).to_contain_text("Late")
        follow(page, "Sources and method", "footer")
        expect(heading(page)).to_have_text("How everything is counted")
        expect(page.locator("section:has(> * > #signals)")).to_contain_text("Late")

    def _looks_back(self, page, day):
        page.locator(".tools summary").first.click()
        page.get_by_label("Show the roadmap as of").fill(day)
        page.get_by_role("button", name="Show", exact=True).first.click()
        follow(page, "Timeline", ".nav-main")
        expect(page.locator("aside.past")).to_contain_text("As of the end of 1 August 2018.")
        expect(page.locator(".tl-plot").first).to_be_visible()
        follow(page, "Institutions", ".nav-main")
        page.locator("main a[href$='/institutions/KOMINFO/']").first.click()
        text = page.get_by_label("Bahasa Indonesia", exact=True)
        expect(text).to_have_value(re.compile("1 Agustus 2018"))
        follow(page, "Back to today", "aside.past")

    def _takes_it_along(self, page):
        follow(page, "Overview", ".nav-main")
        follow(page, "Steering pack")
        follow(page, "Print page of today")
        expect(heading(page)).to_be_visible()
        page.emulate_media(media="print")
        expect(page.locator("header.banner")).to_be_hidden()
        paper = PdfReader(BytesIO(page.pdf(format="A4")))
        assert "24 September 2018" in paper.pages[0].extract_text()


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


class TestSecretariat:
    """The secretariat: moves a date, finds the move again, prepares the meeting."""

    @both
    def test_leads_the_roadmap_to_the_meeting(self, chromium, site, scripts):
        options = {"viewport": DESK, "java_script_enabled": scripts}
        with day_of(chromium, site, "sekretariat", **options) as page:
            self._moves_a_date(page)
            self._finds_the_move_again(page)
            self._opens_the_contradictions(page)
            self._chooses_late_ones(page, scripts)
            self._begins_here(page, "Yang terlambat")
            self._orders_the_pack(page)

    def _moves_a_date(self, page):
        follow(page, "Actions", ".nav-main")
        page.locator("a[href='/actions/CYB-01/']").first.click()
        if not (move := page.get_by_role("link", name="Move the due date")).is_visible():
            page.get_by_text("More steps").click()
        move.click()
        page.get_by_label("New due date").fill("2019-03-29")
        page.get_by_label("Reason").fill("Menunggu pagu 2019.")
        page.get_by_role("button", name="See what it would do").click()
        ahead = page.locator("#ripple")
        expect(ahead).to_contain_text("What 29 March 2019 would do")
        expect(ahead).to_contain_text("CYB-02")
        expect(page.get_by_label("Reason")).to_have_value("Menunggu pagu 2019.")
        page.locator("#move button.btn-primary").click()
        expect(page.locator("main")).to_contain_text("moved 1×, +182 days")

    def _finds_the_move_again(self, page):
        follow(page, "Committee", ".nav-main")
        follow(page, "Moved dates", ".rooms")
        expect(page.locator("#ledger tbody tr").first).to_contain_text("Menunggu pagu 2019.")
        follow(page, "Changes", ".rooms")
        expect(heading(page)).to_contain_text("Changes since")
        moved = page.locator("section:has(> * > #moved) tbody tr").first
        expect(moved.locator("del")).to_have_text("28 September 2018")
        expect(moved).to_contain_text("29 March 2019")

    def _opens_the_contradictions(self, page):
        follow(page, "Overview", ".nav-main")
        number = page.locator("[data-door=contradiction]").get_attribute("data-count")
        follow(page, "Contradictions, one by one")
        expect(page.locator("#found tbody tr")).to_have_count(int(number))

    def _chooses_late_ones(self, page, scripts):
        follow(page, "Actions", ".nav-main")
        page.get_by_label("Signal").select_option("late")
        if not scripts:
            page.get_by_role("button", name="Apply").click()
        page.wait_for_url("**signal=late**")

    def _begins_here(self, page, name):
        follow(page, "Save this view")
        page.get_by_label("Name").fill(name)
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("**signal=late**")
        page.locator(".tools summary").last.click()
        follow(page, "My views", ".tools")
        row = page.locator("main tbody tr").filter(has_text=name)
        row.get_by_role("button", name="Begin here").click()
        expect(row).to_contain_text("You begin here")
        page.locator("a.brand").click()
        page.wait_for_url("**/actions/?signal=late**")

    def _orders_the_pack(self, page):
        follow(page, "Committee", ".nav-main")
        follow(page, "Steering pack", ".rooms")
        page.get_by_role("button", name="Make the pack").click()
        page.wait_for_url("**/jobs/**")
        expect(page.locator("#job-state")).to_contain_text("this page can be left")
