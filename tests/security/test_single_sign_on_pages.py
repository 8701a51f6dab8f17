"""What a reader sees of single sign-on: the button, the way there and back, and the refusal."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from tests import factories
from tests.plugin import CHOSEN

pytestmark = pytest.mark.django_db

LOGIN = reverse("account_login")
LEAVE, ARRIVE = reverse("committee:single-sign-on"), reverse("committee:single-sign-on-return")
TOKEN = re.compile(rb"[A-Za-z0-9]{64}")
EMAIL = "ada@demo.test"


def test_the_button_stands_on_the_sign_in_page_and_keeps_the_way(client, provider):
    page = client.get(LOGIN, {"next": "/my/"}).content.decode()

    form = page[page.index(f'action="{LEAVE}"') :]
    assert "SSO Nasional" in form
    assert 'name="next" value="/my/"' in form[: form.index("</form>")]


def test_without_a_provider_nothing_of_it_is_there(client, settings):
    settings.OIDC = {}
    missing = client.get("/tiada/")

    assert LEAVE not in client.get(LOGIN).content.decode()
    for answer in (client.get(LEAVE), client.post(LEAVE), client.get(ARRIVE), client.post(ARRIVE)):
        assert answer.status_code == 404
        assert TOKEN.sub(b"", answer.content) == TOKEN.sub(b"", missing.content)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(CHOSEN != "sqlite", reason="a browser sees the same on every database")
def test_in_a_real_browser_there_and_back(page, live_server, provider, settings):
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    factories.member(email=EMAIL, name="Ada")
    provider.knows("s-1", email=EMAIL, email_verified=True)
    page.route("https://**", lambda route: route.abort())  # the provider's own looks

    page.goto(f"{live_server.url}/my/")
    page.get_by_role("button", name="SSO Nasional").click()
    page.fill("input[name=sub]", "s-1")
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url(f"{live_server.url}/my/")

    assert page.get_by_text("Ada", exact=True).is_visible()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(CHOSEN != "sqlite", reason="a browser sees the same on every database")
def test_its_pages_are_accessible_and_whole_on_a_phone(page, live_server, provider):
    page.set_viewport_size({"width": 360, "height": 800})
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))

    for place in (LOGIN, f"{ARRIVE}?code=x&state=forged"):
        page.goto(live_server.url + place)

        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert [one for one in complaints if "403" not in one] == []
