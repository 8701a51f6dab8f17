"""Who looks after people and rules, in a real browser, as the roles they have and no more.

An admin brings twelve people by a list as an office writes it, and hands over the work of an
owner who leaves; the secretariat changes a rule, and answers whether somebody was reminded.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from playwright.sync_api import Page, expect

from committee.enums import LetterKind, LetterState, Role
from committee.models import Letter, Member
from roadmap.models import ActionItem, ReminderRule
from tests.plugin import CHOSEN
from tests.test_browser_pages import Watcher, origin
from tests.test_three_days import DESK, PHONE, day_of, fits, follow, heading

__all__ = ["origin"]  # a fixture
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHOSEN != "sqlite", reason="a page looks the same on every database"),
]
# As a list comes from an office: saved by an Indonesian Excel, and typed by several hands.
MESSY = """\
No;Nama;Surel;Peran;Instansi;Bahasa
1;Ani Wijaya;ani@kantor.example;Anggota;KOMINFO;id
2;  Budi   Santoso ;BUDI@Kantor.Example;anggota; kominfo ;
3;Citra Dewi;citra@kantor.example;angota;BI;id
4;Dedi Kurnia;dedi@kantor.example;Anggota;;id
5;Eka Putri;eka@kantor.example;Penasihat;;en
6;Fajar Nugroho;fajar@kantor.example;Pembaca;BSSN;
7;Gita Lestari;gita@kantor.example;member;KEMENDAG;Indonesia
8;Hadi Susanto;hadi@kantor.example;Anggota;BI;
9;Indah Sari;indah@kantor.example;anggota;KEMENKEU;id
2;Budi Santoso;budi@kantor.example;Anggota;KOMINFO;id

10;Joko Prasetyo;joko@kantor.example;Anggota;BSSN;id
11;Kartika Ayu;kartika@kantor.example;ANGGOTA;BI;Inggris
12;Lukman Hakim;lukman@kantor.example;Manajemen Pelaksana;KOMINFO;id
"""
FAULTS = (
    ("Row 4", "Peran", "“angota” is none of"),
    ("Row 5", "Instansi", "a member speaks for an institution"),
    ("Row 11", "Surel", "it repeats line 3"),
)
MENDED = (
    ("angota;", "anggota;"),
    ("dedi@kantor.example;Anggota;;", "dedi@kantor.example;Anggota;BI;"),
    ("2;Budi Santoso;budi@kantor.example;Anggota;KOMINFO;id", ""),
)


@pytest.fixture
def site(origin: str) -> str:
    Member.objects.update(language="en")
    return origin


def invited() -> int:
    return Letter.objects.filter(kind=LetterKind.INVITATION).count()


def people_of(page: Page, site: str) -> None:
    page.goto(f"{site}/admin/committee/member/")


def test_an_admin_brings_twelve_people_by_a_messy_list(chromium, site: str, tmp_path: Path) -> None:
    messy = tmp_path / "anggota baru.csv"
    messy.write_bytes(MESSY.replace("\n", "\r\n").encode("utf-8-sig"))
    before = Member.objects.count()
    watcher = Watcher(site)
    with day_of(chromium, site, "admin", viewport=DESK) as page:
        watcher.watch(page)
        people_of(page, site)
        page.get_by_role("link", name="Invite and change many").click()
        page.get_by_label("File").set_input_files(messy)
        page.get_by_role("button", name="Show what it would do").click()

        alert = page.get_by_role("alert")
        for row, column, reason in FAULTS:
            expect(alert).to_contain_text(f"{row}, column “{column}”: {reason}")
        expect(alert.locator("li")).to_have_count(len(FAULTS))
        expect(page.get_by_role("button", name="Do all of this")).to_have_count(0)
        assert (Member.objects.count(), invited()) == (before, 0)

        mend(page)
        expect(page.locator(".enrol-rows > li")).to_have_count(12)
        expect(page.get_by_role("status")).to_contain_text("12 people would be invited")
        page.get_by_role("button", name="Do all of this").click()
        expect(page.locator(".messagelist")).to_contain_text("12 people invited")

    assert (Member.objects.count(), invited()) == (before + 12, 12)
    budi = Member.objects.get(email="budi@kantor.example")
    assert (budi.name, budi.institution.code, budi.role) == ("Budi Santoso", "KOMINFO", "member")
    assert Member.objects.get(email="lukman@kantor.example").role == Role.SECRETARIAT
    assert watcher.complaints == []


def test_everybody_can_read_what_is_wrong_and_what_would_be_done(chromium, site: str) -> None:
    with day_of(chromium, site, "admin", viewport=PHONE) as page:
        page.goto(f"{site}/admin/committee/member/enrol/")
        page.get_by_label("Lines").fill(MESSY)
        page.get_by_role("button", name="Show what it would do").click()
        assert complaints_of_axe(page) == []
        mend(page)
        expect(page.get_by_role("status")).to_be_visible()
        assert complaints_of_axe(page) == []


def complaints_of_axe(page: Page) -> list[str]:
    """Grade what is ours of an admin page; Django's own frame we do not grade."""
    found = Axe().run(page, context=".enrol").response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


def mend(page: Page) -> None:
    """Mend the text that came back, and ask again what it would do."""
    lines = page.get_by_label("Lines")
    text = lines.input_value()
    for wrong, right in MENDED:
        assert wrong in text
        text = text.replace(wrong, right)
    lines.fill(text)
    page.get_by_role("button", name="Show what it would do").click()


def test_the_same_works_on_a_phone_without_scripts(chromium, site: str) -> None:
    options = {"viewport": PHONE, "java_script_enabled": False}
    with day_of(chromium, site, "admin", **options) as page:
        page.goto(f"{site}/admin/committee/member/enrol/")
        page.get_by_label("Lines").fill(MESSY)
        mend(page)
        assert fits(page)
        page.get_by_role("button", name="Do all of this").click()
        expect(page.locator(".messagelist")).to_contain_text("12 people invited")


def test_an_admin_hands_over_an_owner_who_leaves(chromium, site: str) -> None:
    leaver, heir = (Member.objects.get(email=f"{one}@demo.test") for one in ("kominfo", "kemendag"))
    live = ActionItem.objects.filter(owner=leaver).exclude(status__in=("verified", "cancelled"))
    codes = sorted(live.values_list("code", flat=True))
    watcher = Watcher(site)
    with day_of(chromium, site, "admin", viewport=DESK) as page:
        watcher.watch(page)
        people_of(page, site)
        page.get_by_role("link", name=leaver.name, exact=True).click()
        page.get_by_role("link", name="Hand over and close the account").click()
        for code in codes:
            expect(page.locator("main")).to_contain_text(code)
        page.get_by_label("Who takes over").select_option(str(heir.pk))
        page.get_by_role("button", name="Show what moves").click()

        expect(page.locator("#moves")).to_have_text(f"This moves to {heir.name}")
        watcher.check(page, "handover")
        page.get_by_label("Why").fill("Pindah tugas per 1 Oktober.")
        page.get_by_role("button", name="Hand over and close the account").click()

        expect(page.locator("main")).to_contain_text("This account is closed")
        page.goto(f"{site}/actions/{codes[0]}/")
        expect(page.locator("main")).to_contain_text(heir.name)
        expect(page.locator("#history")).to_contain_text("Pindah tugas per 1 Oktober.")

    leaver.refresh_from_db()
    assert codes
    assert not leaver.is_active
    assert not live.exists()
    assert ActionItem.objects.filter(code__in=codes, owner=heir).count() == len(codes)
    assert watcher.complaints == []


def test_the_secretariat_changes_a_rule_and_answers_was_she_reminded(chromium, site) -> None:
    rule = ReminderRule.objects.get(slug="action-3-working-days-before")
    with day_of(chromium, site, "sekretariat", viewport=DESK) as page:
        page.goto(f"{site}/actions/CYB-01/reminders/")
        expect(page.locator("main")).to_contain_text("Nothing was told of it yet.")

        page.goto(f"{site}/admin/roadmap/reminderrule/")
        page.get_by_role("link", name=rule.slug).click()
        page.locator("[name=amount]").fill("-4")
        page.locator("[name=_save]").click()
        expect(page.locator(".messagelist")).to_contain_text("changed successfully")
        call_command("deliver")

        page.goto(f"{site}/actions/CYB-01/")
        follow(page, "Who was told, and what comes next")
        expect(heading(page)).to_contain_text("Reminders")
        told = page.locator("section:has(#told) tbody tr")
        expect(told.first).to_contain_text("4 working days before")
        expect(told.first).to_contain_text("kominfo@demo.test")
        expect(told.first).to_contain_text(re.compile("Sent|Accepted"))
        assert fits(page)

    rule.refresh_from_db()
    assert rule.amount == -4
    assert Letter.objects.filter(
        state=LetterState.SENT, recipient__email="kominfo@demo.test"
    ).exists()
    assert not any(one.is_superuser for one in Member.objects.all())
