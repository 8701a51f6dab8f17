"""The overview refreshes itself in a real browser: in place, only when something changed."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from committee.services import bump_revision
from roadmap.models import ActionItem
from tests.plugin import CHOSEN
from tests.test_browser_pages import sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHOSEN != "sqlite", reason="a page looks the same on every database"),
]
REFRESH = "document.getElementById('board').dispatchEvent(new CustomEvent('roadmap:refresh'))"
MARK = "document.getElementById('board').isTheSame = true"
IS_SAME = "document.getElementById('board').isTheSame === true"
HIDE = "Object.defineProperty(document, 'hidden', {{value: {0}, configurable: true}})"


@pytest.fixture
def overview(page, live_server):
    call_command("seed", "--rehearsal", "--as-of", "2018-09-24", verbosity=0)
    sign_in(page, live_server.url, "kominfo")
    page.goto(f"{live_server.url}/")
    page.evaluate(MARK)
    return page


def refreshed(page):
    """Ask the panel to refresh itself, and give what came and whether it was put in place."""
    with page.expect_response(lambda one: "hx-request" in one.request.headers) as coming:
        page.evaluate(REFRESH)
    coming.value.finished()
    return coming.value


def change_a_count():
    ActionItem.objects.filter(code="CYB-03").update(status="verified", submitted_on="2018-09-20")
    bump_revision()


def test_nothing_is_replaced_while_nothing_changed(overview):
    for _time in range(2):
        answer = refreshed(overview)

        state = overview.locator("#board").get_attribute("data-roadmap-state")
        assert answer.headers["etag"].removeprefix("W/") == state
        assert overview.evaluate(IS_SAME)


def test_a_change_keeps_what_is_open_and_where_the_focus_is(overview):
    overview.locator("#trend-table summary").click()
    door = overview.locator("[data-door=any_silent]")
    door.evaluate("one => one.focus({preventScroll: true})")
    before = overview.locator("#board").bounding_box()["y"]
    change_a_count()

    refreshed(overview)
    overview.wait_for_function(f"!({IS_SAME})")

    assert overview.evaluate("document.activeElement.dataset.door") == "any_silent"
    assert overview.locator("#trend-table").get_attribute("open") is not None
    assert overview.locator("#board").bounding_box()["y"] == before
    assert overview.locator('[data-workstream=CYB] [data-signal="done"]').is_visible()


def test_a_hidden_page_asks_nothing(overview):
    asked = []
    overview.on("request", lambda one: asked.append(one.url))
    overview.evaluate(HIDE.format("true"))

    overview.evaluate(REFRESH)
    overview.evaluate(HIDE.format("false"))
    refreshed(overview)

    assert len(asked) == 1
