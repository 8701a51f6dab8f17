"""The product's main job, end to end, as a newcomer would do it.

`python3 dev.py run` in a clone with no server running; then, in a real browser: a member
updates, the secretariat creates an action and a milestone and steps a week, and the letters
are found on the page and in the mail folder.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.servers import free_port, wait_until

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "peta-jalan"

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """Copy what git would give a newcomer, uncommitted files included."""
    folder = tmp_path_factory.mktemp("clone") / "peta-jalan"
    folder.mkdir()
    names = (
        subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
        )
        .stdout.decode()
        .split("\0")
    )
    for name in filter(None, names):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    return folder


@pytest.fixture(scope="module")
def site(clone):
    """Start everything with the one command, and leave nothing behind."""
    port = free_port()
    environment = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "HOME", "LANG") or name.startswith(("PIP_", "UV_", "SSL_"))
    } | {"PORT": str(port)}
    with (clone / "run.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "dev.py", "run"],
            cwd=clone,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until(lambda: "peta-jalan" in log_of(clone), seconds=240, alive=process)
        yield f"http://127.0.0.1:{port}", clone / "var" / "mail"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=40)
        assert not session_of(process.pid), "dev.py run left children behind"


def log_of(clone: Path) -> str:
    return (clone / "run.log").read_text()


def session_of(leader: int) -> list[int]:
    """List the processes still alive whose environment came from this run."""
    found = subprocess.run(
        ["ps", "-o", "pid=", "-s", str(leader)], stdout=subprocess.PIPE, check=False
    )
    return [int(pid) for pid in found.stdout.split()]


def sign_in(page: Page, url: str, name: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{url}/akun/masuk/")
    page.get_by_label("Surel").fill(f"{name}@demo.test")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url(re.compile(r"/my/"))


def letters_in(folder: Path, recipient: str):
    """Read the mails in the folder that went to one address."""
    found = []
    for path in sorted(folder.glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        if recipient in str(mail["To"]):
            found.append(mail)
    return found


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
    wait_until(lambda: "1 Oktober 2018" in banner(page, url), seconds=120)
    mails = letters_in(mail_folder, "kominfo@demo.test")[before:]
    assert mails, "a week went by without a letter to kominfo"
    texts = [mail.get_body(("plain",)).get_content() for mail in mails]
    assert any(code in text for text in texts)
    assert all(mail.get_body(("html",)) is not None for mail in mails)
    page.goto(f"{url}/letters/")
    expect(page.locator("main")).to_contain_text("kominfo@demo.test")
    page.get_by_role("link", name=re.compile("KOMINFO|kominfo", re.I)).first.click()
    expect(page.locator("main")).to_contain_text("Terkirim")


def banner(page: Page, url: str) -> str:
    page.goto(url)
    text = page.locator("#clock").inner_text()
    return "" if "menuju" in text.lower() else text
