"""The product's main job, end to end, as a newcomer would do it.

`python3 dev.py run` in a clone with no server running; then, in a real browser: a member
updates, the secretariat creates an action and a milestone and steps a week, and the letters
are found on the page and in the mail folder.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.newcomer import copy_into, day_shown, letters_in, running, sign_in
from tests.servers import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with running(copy_into(tmp_path_factory.mktemp("clone") / "peta-jalan")) as started:
        yield started


def test_the_core_loop(page, site):
    url, mail_folder = site
    page.goto(url)
    expect(page.locator("[data-workstream]")).to_have_count(7)

    # A member updates an action and sees it on the overview.
    sign_in(page, url, "kominfo")
    card = page.locator("#action-CYB-01")
    card.get_by_role("group").first.click() if not card.get_by_label(
        "Kemajuan"
    ).is_visible() else None
    card.get_by_label("Kemajuan").fill("91")
    card.get_by_label("Catatan").fill("Model diuji bersama BSSN.")
    card.get_by_role("button", name="Simpan").click()
    expect(page.locator("#action-CYB-01")).to_contain_text("91")
    page.goto(url)
    expect(page.locator("main")).to_contain_text("Model diuji bersama BSSN.")

    # The secretariat creates an action and a milestone.
    sign_in(page, url, "sekretariat")
    page.goto(f"{url}/actions/new/")
    page.get_by_label("Pilar").select_option(label="Keamanan siber")
    page.get_by_label("Judul (Indonesia)").fill("Uji coba layanan aduan siber bagi UMKM")
    page.get_by_label("Tenggat").fill("2018-09-27")
    page.get_by_label("Penanggung jawab").select_option(label="Perwakilan KOMINFO")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Uji coba layanan aduan siber")
    code = page.url.rstrip("/").rsplit("/", 1)[1]
    page.goto(f"{url}/milestones/new/")
    page.get_by_label("Judul (Indonesia)").fill("Layanan aduan siber bagi UMKM dibuka")
    page.get_by_label("Tenggat").fill("2018-10-15")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Layanan aduan siber")

    # A week passes; each working day has had its letters.
    before = len(letters_in(mail_folder, "kominfo@demo.test"))
    page.goto(url)
    page.get_by_role("button", name="+1 minggu").click()
    wait_until(lambda: "1 Oktober 2018" in day_shown(page, url), seconds=120)
    mails = letters_in(mail_folder, "kominfo@demo.test")[before:]
    assert mails, "a week went by without a letter to kominfo"
    texts = [mail.get_body(("plain",)).get_content() for mail in mails]
    assert any(code in text for text in texts)
    assert all(mail.get_body(("html",)) is not None for mail in mails)
    page.goto(f"{url}/letters/")
    expect(page.locator("main")).to_contain_text("kominfo@demo.test")
    page.get_by_role("link", name=re.compile("KOMINFO|kominfo", re.I)).first.click()
    expect(page.locator("main")).to_contain_text("Terkirim")
