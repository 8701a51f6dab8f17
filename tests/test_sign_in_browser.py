"""The second factor in a real Chromium: a passkey of a virtual device, and an app's code."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from committee.models import RehearsalClock
from tests import factories
from tests.factories import PASSWORD, TODAY
from tests.plugin import CHOSEN
from tests.test_browser_pages import Watcher

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHOSEN != "sqlite", reason="a page looks the same on every database"),
]
WHO = "sari@demo.test"
INSIDE = reverse("committee:profile")
NOW = 1_800_000_000


@pytest.fixture(autouse=True)
def codes_stand_still(monkeypatch):
    """Let no code run out between being read and being typed."""
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: NOW))


@pytest.fixture
def site(live_server):
    """Give the site by its name: browsers hand no passkey to a bare address."""
    RehearsalClock.objects.create(day=TODAY, target=TODAY, since=timezone.now())
    factories.member("secretariat", password=PASSWORD, language="en", email=WHO)
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def phone(page: Page, site):
    page.set_viewport_size({"width": 360, "height": 800})
    watcher = Watcher(site)
    watcher.watch(page)
    yield watcher
    assert watcher.complaints == []


def device(page: Page):
    """Plug in a device that makes passkeys and says yes by itself."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    traits = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True}
    also = {"isUserVerified": True, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": traits | also})


def give_password(page: Page, site):
    page.goto(f"{site}{reverse('account_login')}?next={INSIDE}")
    page.locator("[name=login]").fill(WHO)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()


def confirm(page: Page):
    page.wait_for_url("**/akun/ulang/**")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()


def code_of(secret: str) -> str:
    return auth.format_hotp_value(auth.hotp_value(secret, NOW // 30))


def test_a_passkey_is_added_and_signs_in(page, site, phone):
    give_password(page, site)
    page.wait_for_url(f"**{INSIDE}")
    page.goto(site + reverse("mfa_index"))
    phone.check(page, "index")
    device(page)
    page.locator(f"main a[href='{reverse('mfa_add_webauthn')}']").click()
    confirm(page)
    page.wait_for_url("**/kunci/baru/")
    phone.check(page, "add")
    page.locator("[name=name]").fill("Telepon Sari")
    page.locator("#passkey").click()
    page.wait_for_url("**/kode/")
    phone.check(page, "codes")
    assert page.locator("#recovery-codes li").count() == 10
    page.goto(site + reverse("mfa_list_webauthn"))
    expect(page.locator("main")).to_contain_text("Telepon Sari")
    phone.check(page, "list")

    page.context.clear_cookies()
    give_password(page, site)
    page.wait_for_url(f"**{reverse('mfa_authenticate')}")
    phone.check(page, "authenticate")
    page.locator("#passkey").click()

    page.wait_for_url(f"**{INSIDE}")
    assert Authenticator.objects.get(type="webauthn").last_used_at is not None


def test_a_device_that_refuses_is_told_in_words(page, site, phone):
    give_password(page, site)
    page.wait_for_url(f"**{INSIDE}")
    page.goto(site + reverse("mfa_add_webauthn"))
    confirm(page)
    page.wait_for_url("**/kunci/baru/")
    refuses = "navigator.credentials.create = () => Promise.reject(new Error('no'))"
    page.evaluate(f"() => {{ {refuses} }}")

    page.locator("#passkey").click()

    expect(page.locator("[data-roadmap-passkey-failed]")).to_contain_text("made no passkey")
    assert not Authenticator.objects.exists()


def test_an_app_is_set_up_and_signs_in_without_scripts(chromium, site):
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 360, "height": 800}
    )
    page = context.new_page()
    give_password(page, site)
    page.wait_for_url(f"**{INSIDE}")
    page.goto(site + reverse("mfa_activate_totp"))
    confirm(page)
    page.wait_for_url("**/aplikasi/")
    secret = page.locator("#secret").inner_text()
    assert page.locator("main img").bounding_box()["width"] == 200
    page.locator("[name=code]").fill(code_of(secret))
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/kode/")
    code = page.locator("#recovery-codes li").first.inner_text()
    context.clear_cookies()

    give_password(page, site)
    page.wait_for_url(f"**{reverse('mfa_authenticate')}")
    page.locator("[name=code]").fill(code)
    page.locator("main button[type=submit]").first.click()

    page.wait_for_url(f"**{INSIDE}")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_whole_on_a_phone(page, site, phone, scheme):
    page.emulate_media(color_scheme=scheme)
    give_password(page, site)
    page.wait_for_url(f"**{INSIDE}")
    page.goto(site + reverse("mfa_activate_totp"))
    phone.check(page, "reauthenticate")
    confirm(page)
    page.wait_for_url("**/aplikasi/")
    phone.check(page, "activate")
    page.locator("[name=code]").fill("000000")
    page.locator("main button[type=submit]").click()
    page.locator("[role=alert]").wait_for()
    phone.check(page, "refused")
    page.locator("[name=code]").fill(code_of(page.locator("#secret").inner_text()))
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/kode/")
    for name in (
        *("mfa_index", "mfa_deactivate_totp", "mfa_generate_recovery_codes"),
        *("mfa_reauthenticate", "mfa_list_webauthn", "committee:sessions", "committee:profile"),
    ):
        page.goto(site + reverse(name))
        phone.check(page, name)
