"""The timeline in a real Chromium: by keyboard, on a phone, on paper, in both themes."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from committee.models import RehearsalClock
from roadmap.models import Dependency
from tests import committee_factories, factories
from tests.factories import PASSWORD, TODAY, days
from tests.plugin import CHOSEN

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHOSEN != "sqlite", reason="a page looks the same on every database"),
]
URL = "/timeline/"
MOST_TABS = 120
LONG = ("Penyusunan pedoman logistik " * 12)[:300].strip()


@pytest.fixture
def roadmap():
    """Make three actions in a row, the milestone they lead to, and a move since a meeting."""
    RehearsalClock.objects.create(day=TODAY, target=TODAY, since=timezone.now())
    by = factories.member("viewer", password=PASSWORD, language="en", email="sari@demo.test")
    place = factories.workstream("LOG", title="Logistik", title_en="Logistics")
    dates = ((-60, 30), (31, 60), (50, 90))
    made = [
        factories.action(
            f"LOG-0{n}",
            workstream=place,
            title=f"Langkah {n}",
            start_date=days(a),
            due_date=days(b),
        )
        for n, (a, b) in enumerate(dates, 1)
    ]
    factories.action("LOG-09", workstream=place, title=LONG, late=True, due_basis="illustrative")
    factories.action("LOG-10", workstream=place, due_date=None, start_date=None)
    for before, after in pairwise(made):
        Dependency.objects.create(
            predecessor=before, successor=after, created_on=days(-40), created_by=by
        )
    factories.milestone(title="Sasaran", workstream=place, due_date=days(120), actions=made[2:])
    factories.milestone(title="Milik semua")
    committee_factories.meeting(number=3, date=days(-9))
    factories.slip(made[0], on=days(-2), new_date=days(45))
    return made


def open_page(browser: Browser, url: str, **options) -> Page:
    context = browser.new_context(
        locale="en-GB", **{"viewport": {"width": 1280, "height": 900}} | options
    )
    page = context.new_page()
    page.goto(url)
    return page


def sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}{reverse('account_login')}")
    page.locator("[name=login]").fill("sari@demo.test")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/my/")


def tab_to(page: Page, selector: str) -> None:
    """Reach something with the Tab key alone."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with {MOST_TABS} tabs")


def choose(page: Page, key: str, scripts: bool) -> None:
    """Choose from a select with one key: it is sent at once, without scripts by its button."""
    if not scripts:
        page.keyboard.press(key)
        tab_to(page, "form.filters [type=submit]")
        key = "Enter"
    with page.expect_navigation():
        page.keyboard.press(key)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
class TestKeyboard:
    @pytest.fixture
    def page(self, chromium, live_server, roadmap, scripts):
        page = open_page(chromium, live_server.url, java_script_enabled=True)
        sign_in(page, live_server.url)
        if not scripts:
            page.route("**/*.js", lambda route: route.abort())
        page.goto(live_server.url + URL)
        yield page
        page.context.close()

    def test_what_does_this_slip_push(self, page):
        tab_to(page, "a[href='?slip=LOG-01#slip']")
        page.keyboard.press("Enter")
        page.wait_for_url("**slip=LOG-01**")

        answer = page.locator("section:has(> #slip)")
        assert "LOG-02" in answer.inner_text()
        assert "+30 days" in answer.inner_text()
        assert page.locator(".tl rect.tl-push").count() == 3

    def test_what_is_on_the_critical_chain(self, page, scripts):
        tab_to(page, ".filters-fold summary")
        page.keyboard.press("Enter")
        tab_to(page, "#id_milestone")
        choose(page, "S", scripts)  # the first letter of the milestone

        answer = page.locator("section:has(> #chain)").inner_text()
        assert answer.index("LOG-01") < answer.index("LOG-02") < answer.index("LOG-03")

    def test_what_moved_since_the_meeting(self, page, scripts):
        tab_to(page, ".filters-fold summary")
        page.keyboard.press("Enter")
        tab_to(page, "#id_since")
        choose(page, "ArrowDown", scripts)

        assert "LOG-01" in page.locator("section:has(> #moved)").inner_text()
        assert page.locator(".tl rect.tl-was").count() == 1

    def test_a_workstream_is_closed_and_opened(self, page):
        tab_to(page, "a.tl-group")
        page.keyboard.press("Enter")
        page.wait_for_url("**open=-**")
        assert page.locator(".tl-plot > a").count() == 0

        tab_to(page, "a.tl-group")
        page.keyboard.press("Enter")
        page.wait_for_url("**open=LOG**")
        assert page.locator(".tl-plot > a").count() == 5

    def test_a_row_opens_its_action(self, page):
        tab_to(page, ".tl-plot > a[href='/actions/LOG-02/']")
        page.keyboard.press("Enter")

        page.wait_for_url("**/actions/LOG-02/")


def test_the_arrow_keys_go_from_row_to_row(chromium, live_server, roadmap):
    page = open_page(chromium, live_server.url + URL)
    tab_to(page, "a.tl-group")

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    there = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")

    assert there.startswith("/actions/LOG-")
    assert page.evaluate("document.activeElement.matches('a.tl-group')")
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_it_is_accessible_and_whole(chromium, live_server, roadmap, scheme, width):
    page = open_page(
        chromium,
        live_server.url + URL,
        color_scheme=scheme,
        viewport={"width": width, "height": 800},
    )
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    for query in ("", f"?slip=LOG-01&since={days(-5)}", "?open=-", "?q=nothing"):
        page.goto(f"{live_server.url}{URL}{query}")
        found = Axe().run(page).response["violations"]
        complaints += [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        complaints += [f"{query} scrolls sideways by {wide} px"] if wide > 0 else []
    page.context.close()

    assert complaints == []


def test_names_keep_out_of_the_plot_on_a_desk(chromium, live_server, roadmap):
    page = open_page(chromium, live_server.url + URL)
    edge = page.locator(".tl-plot").first.evaluate("one => one.getBoundingClientRect().left")
    ends = page.locator(".tl-plot > a > text:not(.tl-none)").evaluate_all(
        "found => found.map(one => one.getBoundingClientRect().right)"
    )
    page.context.close()

    assert len(ends) == 5
    assert max(ends) <= edge


@pytest.mark.parametrize(("paper", "is_wide"), [("A4", False), ("A4", True), ("A3", True)])
def test_on_paper_every_page_of_it_has_its_head(chromium, live_server, roadmap, paper, is_wide):
    place = roadmap[0].workstream
    factories.actions(60, workstream=place)
    page = open_page(chromium, live_server.url + URL)
    pdf = page.pdf(format=paper, landscape=is_wide)
    page.context.close()

    pages = [one.extract_text() for one in PdfReader(BytesIO(pdf)).pages]
    drawn = [text for text in pages if "Rencana aksi" in text and "◂" not in text]
    assert len(pages) > 3
    assert len(drawn) > 1
    for text in drawn:
        assert "Q4" in text or "Waits for" in text, text[:400]
