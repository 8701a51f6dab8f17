"""The first hour for real, as README tells it: an empty database, one link, then only clicks.

A web process of its own on an empty database; in a real browser the new secretariat follows the
printed link, chooses a password, and has twelve members, seven workstreams, ten actions and a
first meeting.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.plugin import CHOSEN
from tests.servers import free_port, wait_for_port

ROOT = Path(__file__).resolve().parents[1]
ADDRESS, PASSPHRASE = "ibu@kantor.example", "kopi-tubruk-tanpa-gula-41"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.skipif(CHOSEN != "sqlite", reason="the site has a database of its own"),
]

INSTITUTIONS = """\
Kode;Nama;English;Jenis;Peran
KOMINFO; Kementerian Komunikasi; Ministry of Communications; kementerian; anggota
KEMENKEU; Kementerian Keuangan; ; Kementerian; Anggota
BI; Bank Indonesia; ; bank sentral; anggota
BSSN; Badan Siber; ; lembaga
"""
PLACES = ("KOMINFO", "KEMENKEU", "BI", "BSSN")
MEMBERS = "\n".join(
    f"Orang {n}\torang{n}@kantor.example\t{PLACES[n % 4]}\tanggota" for n in range(1, 12)
)
PILLARS = ("LOG", "FUND", "CONS", "COMM", "TAX", "EDU", "CYB")
ACTIONS = "\n".join(
    f"{PILLARS[n % 7]}; Rencana {n}; orang{n + 1}@kantor.example; {n + 1} Desember 2027"
    for n in range(9)
)
COUNTS = """
from committee.models import Institution, Letter, Meeting, Member, Seat, Workstream
from roadmap.models import ActionItem
for rows in (
    Institution.objects, Member.objects.filter(role="member"), Letter.objects,
    Workstream.objects, Seat.objects, ActionItem.objects.exclude(owner=None),
    Meeting.objects.filter(status="draft"),
):
    print(rows.count(), end=" ")
"""


@pytest.fixture
def manage(tmp_path):
    """Run a command of the site: its environment is that of an embedded production."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    own = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'roadmap.sqlite3'}",
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": "only-for-the-first-hour-" * 3,
        "MAIL_FROM": "peta-jalan@kantor.example",
        "SITE_URL": url,
        "ALLOWED_HOSTS": "127.0.0.1",
        "PUBLIC_SITE": "",
        "PORT": str(port),
    }

    def start(*command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=kept | own,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(*command: str) -> str:
        process = start(*command)
        said, _nothing = process.communicate(timeout=120)
        assert process.returncode == 0, said
        return said

    run.start, run.port, run.url = start, port, url
    return run


@pytest.fixture
def link(manage):
    """Do what README says under "Starting for real", and serve the site."""
    manage("migrate", "--verbosity=0")
    manage("createcachetable")
    manage("collectstatic", "--noinput", "--verbosity=0")
    printed = manage("invite", ADDRESS, "--role", "secretariat")
    process = manage.start("runserver", f"127.0.0.1:{manage.port}", "--noreload", "--verbosity=0")
    try:
        wait_for_port(manage.port, alive=process)
        yield printed.strip().splitlines()[-1]
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=40)


def arrive(page: Page, link: str) -> None:
    """Follow the one-time link, choose a password, sign in."""
    page.goto(link)
    page.locator("[name=password1]").fill(PASSPHRASE)
    page.locator("[name=password2]").fill(PASSPHRASE)
    page.locator("main button[type=submit]").click()
    page.locator("main").get_by_role("link", name="Masuk").click()
    page.get_by_label("Surel").fill(ADDRESS)
    page.get_by_label("Kata sandi").fill(PASSPHRASE)
    page.locator("main button[type=submit]").click()


def step(page: Page, name: str):
    return page.locator(f'[data-step="{name}"]')


def begin(page: Page, name: str) -> None:
    """Take the step that is shown as the next one."""
    expect(step(page, name)).to_have_attribute("aria-current", "step")
    step(page, name).locator(".step-way a").click()


def paste(page: Page, text: str | None = None) -> None:
    """Send the lines, or those that are suggested."""
    if text is not None:
        page.locator("[name=lines-text]").fill(text)
    page.locator("form", has=page.locator("[name=lines-text]")).locator("button").click()


def add_one(page: Page) -> None:
    page.locator("form", has=page.locator("[name=one-token]")).locator("button").click()


def back_to_the_steps(page: Page) -> None:
    page.locator(".crumbs a").click()


def test_from_an_empty_site_to_a_committee_that_meets(page, manage, link):
    arrive(page, link)
    expect(page).to_have_url(re.compile(f"{reverse('roadmap:start')}$"))

    begin(page, "institutions")
    paste(page, INSTITUTIONS)
    expect(step(page, "institutions").locator(".step-count")).to_contain_text("4")

    # One wrong address, and nobody is invited; the text is still there to be corrected.
    begin(page, "members")
    paste(page, MEMBERS.replace("orang7@", "orang7(at)"))
    expect(page.get_by_role("alert")).to_contain_text("orang7(at)kantor.example")
    paste(page, page.locator("[name=lines-text]").input_value().replace("(at)", "@"))
    expect(step(page, "members").locator(".step-count")).to_contain_text("12")
    step(page, "members").locator(".step-way a").click()
    page.locator("[name=one-name]").fill("Orang 12")
    page.locator("[name=one-email]").fill("orang12@kantor.example")
    page.locator("[name=one-institution]").select_option(label="Bank Indonesia")
    add_one(page)
    back_to_the_steps(page)
    expect(step(page, "members").locator(".step-count")).to_contain_text("13")

    # The seven pillars are suggested; six get a coordinator in the text, one is added by hand.
    begin(page, "workstreams")
    suggested = page.locator("[name=lines-text]").input_value().splitlines()
    assert [one.partition(";")[0] for one in suggested] == list(PILLARS)
    six = [";".join((one.split(";") + [""] * 2)[:4]) for one in suggested[:6]]
    paste(page, "\n".join(f"{one}; orang{n}@kantor.example" for n, one in enumerate(six, 1)))
    expect(step(page, "workstreams").locator(".step-count")).to_contain_text("6")
    step(page, "workstreams").locator(".step-way a").click()
    page.locator("[name=one-code]").fill("CYB")
    page.locator("[name=one-title]").fill("Keamanan siber")
    page.locator("[name=one-lead_institution]").select_option(label="Badan Siber")
    page.locator("[name=one-lead]").select_option(label="Orang 7")
    add_one(page)
    back_to_the_steps(page)
    expect(step(page, "workstreams").locator(".step-count")).to_contain_text("7")

    # Left for the overview and taken up again from there.
    page.locator("header .brand").click()
    page.locator("main").get_by_role("link").and_(
        page.locator(f'[href="{reverse("roadmap:start")}"]')
    ).click()
    begin(page, "actions")
    paste(page, ACTIONS)
    expect(step(page, "actions").locator(".step-count")).to_contain_text("9")
    step(page, "actions").locator(".step-way a").click()
    page.locator("[name=one-workstream]").select_option(label="Perpajakan")
    page.locator("[name=one-title]").fill("Pedoman pajak bagi UMKM")
    page.locator("[name=one-owner]").select_option(label="Orang 12")
    page.locator("[name=one-due_date]").fill("2027-06-30")
    add_one(page)
    back_to_the_steps(page)
    expect(step(page, "actions").locator(".step-count")).to_contain_text("10")

    begin(page, "meeting")
    page.locator("[name=date]").fill("2027-01-14")
    page.locator("[name=place]").fill("Kantor Manajemen Pelaksana")
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".step[data-done]")).to_have_count(5)

    # Every count leads to the list of what it counts.
    step(page, "actions").locator(".step-count a").click()
    expect(page.locator("main")).to_contain_text("Pedoman pajak bagi UMKM")
    page.locator("header .brand").click()
    expect(page.locator("[data-workstream]")).to_have_count(7)

    printed = manage("shell", "--no-imports", "-c", COUNTS).split()
    assert printed == ["4", "12", "12", "7", "7", "10", "1"]
