"""From an advice to a letter, by clicking: every action can say why it exists.

An adviser advises; at a meeting the advice is accepted as a decision; the decision becomes an
action with an owner; the owner's letter names it; its page leads back to all three.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.newcomer import copy_into, day_shown, letters_in, running, sign_in
from tests.servers import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.processes]

SUBJECT = "Satu gerbang data pengiriman bagi UMKM"
ACTION = "Menyusun standar data pengiriman bersama"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with running(copy_into(tmp_path_factory.mktemp("clone") / "peta-jalan")) as started:
        yield started


def test_an_action_can_say_why_it_exists(page, site):
    url, mail_folder = site

    sign_in(page, url, "penasihat")
    advise(page)
    sign_in(page, url, "sekretariat")
    hold_a_meeting(page)
    accept(page)
    code = make_the_action(page)

    # The owner's letter of the next morning names the action and the decision.
    page.get_by_role("link", name="Peta Jalan").click()
    page.get_by_role("button", name="+1 hari").click()
    wait_until(lambda: "25 September 2018" in day_shown(page, url), seconds=60)
    mails = letters_in(mail_folder, "kominfo@demo.test")
    texts = [mail.get_body(("plain",)).get_content() for mail in mails]
    told = [text for text in texts if code in text]
    assert told, "no letter names the action"
    assert "keputusan 1/1" in told[0]

    # Its page traces back to the decision, the meeting and the advice.
    sign_in(page, url, "kominfo")
    page.locator(f"#action-{code}").get_by_role("link", name=ACTION).click()
    origin = page.locator("#origin")
    origin.get_by_role("link", name="Keputusan 1/1").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Keputusan 1/1")
    page.locator("main").get_by_role("link", name="Rapat 1").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rapat 1")
    page.locator("main").get_by_role("link", name=SUBJECT).first.click()
    expect(page.locator("main")).to_contain_text(code)

    # The adviser sees what became of it.
    sign_in(page, url, "penasihat")
    go(page, "Komite", "Saran", SUBJECT)
    expect(page.locator("main")).to_contain_text("Diterima")
    expect(page.locator("main")).to_contain_text(ACTION)


def go(page: Page, room: str, *links: str) -> None:
    """Walk from the main navigation through links, each named as it reads."""
    page.get_by_role("navigation", name="Utama").get_by_role("link", name=room).click()
    for link in links:
        page.locator("main").get_by_role("link", name=link, exact=True).first.click()


def press(page: Page) -> None:
    """Send the form of a step."""
    page.locator("main form.form button[type=submit]").last.click()


def advise(page: Page) -> None:
    go(page, "Komite", "Saran")
    page.locator("main a[href$='/advice/new/']").first.click()
    page.locator("[name=subject]").fill(SUBJECT)
    page.locator("[name=reasoning]").fill("Data pengiriman tersebar di banyak instansi.")
    page.get_by_label("Logistik").check()
    press(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text(SUBJECT)


def hold_a_meeting(page: Page) -> None:
    """Plan a meeting, take the advice onto its agenda, and open it."""
    go(page, "Komite")
    page.locator("main a[href$='/meetings/new/']").first.click()
    page.locator("[name=place]").fill("Kantor Menko Perekonomian")
    press(page)
    page.locator("main a[href$='/agenda/propose/']").first.click()
    page.get_by_label(re.compile(SUBJECT)).check()
    press(page)
    expect(page.locator("main")).to_contain_text(SUBJECT)
    page.locator("main a[href$='/open/']").first.click()
    press(page)


def accept(page: Page) -> None:
    """Answer the advice at the meeting, as a decision with somebody to carry it out."""
    page.locator("main").get_by_role("link", name=re.compile(SUBJECT)).first.click()
    page.locator("main a[href$='/answer/']").first.click()
    page.locator("[name=verdict][value=accepted]").check()
    page.locator("[name=reason]").fill("Sejalan dengan pilar logistik.")
    page.locator("[name=as_decision]").check()
    page.locator("[name=text]").fill("Standar data pengiriman disusun bersama.")
    page.locator("[name=responsible]").select_option(label="Perwakilan KOMINFO")
    press(page)
    expect(page.locator("main")).to_contain_text("Diterima")


def make_the_action(page: Page) -> str:
    """Create the action from the decision, and give its code."""
    page.locator("main").get_by_role("link", name="Keputusan 1/1").first.click()
    page.locator("main a[href*='/actions/new/']").first.click()
    page.locator("[name=workstream]").select_option(label="Logistik")
    page.locator("[name=title]").fill(ACTION)
    page.locator("[name=due_date]").fill("2018-12-31")
    page.locator("[name=owner]").select_option(label="Perwakilan KOMINFO")
    press(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text(ACTION)
    return page.url.rstrip("/").rsplit("/", 1)[1]
