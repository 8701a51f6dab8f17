"""Signing in through an OpenID Connect provider: a real one, over real HTTP, honest or not."""

from __future__ import annotations

import base64
import hashlib
import re
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.account.adapter import get_adapter
from allauth.account.stages import LoginStage
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.apps import apps
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from committee import single_sign_on
from committee.models import Member
from tests import factories
from tests.factories import PASSWORD
from tests.security import providers
from tests.security.providers import DROPPED

pytestmark = pytest.mark.django_db

LOGIN = reverse("account_login")
LEAVE, ARRIVE = reverse("committee:single-sign-on"), reverse("committee:single-sign-on-return")
TOKEN = re.compile(rb"[A-Za-z0-9]{64}")
EMAIL = "ada@demo.test"


def leave(client, **sent):
    """Go to the provider by the button, and give the address it leads to."""
    answer = client.post(LEAVE, sent)
    assert answer.status_code == 200
    return answer["Refresh"].partition("url=")[2]


def come_back(client, place):
    return client.get(place.removeprefix("http://testserver"))


def walk(client, provider, sub="s-1", **sent):
    """Go there, sign in there as somebody, and come back."""
    return come_back(client, provider.lets_in(leave(client, **sent), sub))


def is_in(client):
    return "_auth_user_id" in client.session


def test_a_verified_address_of_an_active_member_signs_in(client, provider):
    member = factories.member(email=EMAIL, password=PASSWORD)
    before = Member.objects.filter(pk=member.pk).values("password", "name", "role").get()
    provider.knows("s-1", email="Ada@Demo.test", email_verified=True, name="Orang Lain")

    answer = walk(client, provider)

    assert answer.status_code == 302
    assert answer["Location"] == reverse("roadmap:start-page")
    assert client.session["_auth_user_id"] == str(member.pk)
    assert Member.objects.filter(pk=member.pk).values("password", "name", "role").get() == before


def test_nothing_of_it_is_stored(client, provider):
    factories.member(email=EMAIL)
    provider.knows("s-1", email=EMAIL, email_verified=True)

    walk(client, provider)

    assert is_in(client)
    assert Member.objects.count() == 1
    for model in (SocialAccount, SocialApp, SocialToken):
        assert not model.objects.exists()


def test_the_provider_is_asked_for_a_code_under_a_challenge(client, provider):
    provider.knows("s-1", email=EMAIL, email_verified=True)

    walk(client, provider)

    (asked,) = provider.asked
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    digest = hashlib.sha256(provider.told()["code_verifier"].encode()).digest()
    assert asked["code_challenge"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert asked["redirect_uri"] == f"http://testserver{ARRIVE}"
    assert {"openid", "email"} <= set(asked["scope"].split())
    assert len(asked["state"]) >= 16
    assert len(asked["nonce"]) >= 32


def test_one_comes_back_to_our_own_address_whatever_host_was_asked(client, provider, settings):
    settings.ALLOWED_HOSTS = ["*"]

    answer = client.post(LEAVE, HTTP_HOST="evil.id")

    asked = parse_qs(urlsplit(answer["Refresh"].partition("url=")[2]).query)
    assert asked["redirect_uri"] == [f"http://testserver{ARRIVE}"]


@pytest.mark.parametrize("extra", ["auth_params=redirect_uri%3Dhttps://evil.id", "scope=offline"])
def test_a_reader_adds_nothing_to_what_the_provider_is_asked(client, provider, extra):
    answer = client.post(f"{LEAVE}?{extra}", {"process": "connect"})

    assert "evil.id" not in answer["Refresh"]
    assert "offline" not in answer["Refresh"]


def test_it_leads_on_to_the_page_that_was_asked_for(client, provider):
    factories.member(email=EMAIL)
    provider.knows("s-1", email=EMAIL, email_verified=True)

    answer = walk(client, provider, next="/my/?show=late")

    assert answer["Location"] == "/my/?show=late"


STRANGERS = {
    "unknown": {"email": "tiada@demo.test", "email_verified": True},
    "inactive": {"email": "tutup@demo.test", "email_verified": True},
    "unverified": {"email": EMAIL, "email_verified": False},
    "silent about it": {"email": EMAIL},
    "verified in words": {"email": EMAIL, "email_verified": "false"},
    "verified by a number": {"email": EMAIL, "email_verified": 1},
    "without address": {"email_verified": True},
    "two addresses": {"email": [EMAIL], "email_verified": True},
    "a look-alike": {"email": "\u212aada@demo.test", "email_verified": True},
    "a long s": {"email": "a\u017fa@demo.test", "email_verified": True},
    "a subject too long": {"email": EMAIL, "email_verified": True, "sub": "x" * 300},
}


@pytest.mark.parametrize("who", STRANGERS)
def test_everybody_else_gets_one_and_the_same_refusal(provider, who):
    for email in (EMAIL, "kada@demo.test", "asa@demo.test"):
        factories.member(email=email)
    factories.member(email="tutup@demo.test", is_active=False)
    claims = dict(STRANGERS[who])
    sub = claims.pop("sub", "s-2")
    provider.knows(sub, **claims)
    provider.knows("s-3", email="nobody@demo.test", email_verified=True)
    client, other = Client(), Client()

    answer, plain = walk(client, provider, sub), walk(other, provider, "s-3")

    assert answer.status_code == plain.status_code == 403
    assert TOKEN.sub(b"", answer.content) == TOKEN.sub(b"", plain.content)
    assert set(answer.headers) == set(plain.headers)
    assert not is_in(client)
    assert Member.objects.count() == 4


def test_closing_the_account_closes_this_way_at_once(client, provider):
    member = factories.member(email=EMAIL)
    provider.knows("s-1", email=EMAIL, email_verified=True)
    walk(client, provider)
    Member.objects.filter(pk=member.pk).update(is_active=False)
    again = Client()

    answer = walk(again, provider)

    assert answer.status_code == 403
    assert not is_in(again)


def test_a_changed_address_is_another_persons(client, provider):
    member = factories.member(email=EMAIL)
    provider.knows("s-1", email=EMAIL, email_verified=True)
    walk(client, provider)
    Member.objects.filter(pk=member.pk).update(email="baru@demo.test")
    again = Client()

    walk(again, provider)

    assert not is_in(again)


DISCOVERY = "/.well-known/openid-configuration"
INCOMPLETE = [
    ("/oauth2/token", {"id_token": DROPPED}),
    ("/oauth2/token", {"id_token": "a.b.c"}),
    ("/oauth2/token", {"access_token": DROPPED}),
    ("/userinfo", {"sub": "s-9"}),
    ("/userinfo", {"sub": DROPPED}),
    ("/jwks", {"keys": []}),
    ("/jwks", {"keys": DROPPED}),
    ("/jwks", {"keys": [{}]}),
    (DISCOVERY, {"jwks_uri": DROPPED}),
    (DISCOVERY, {"token_endpoint": 7}),
]


class TestForgery:
    """A member stands ready to be signed in; each test changes one thing on the way."""

    @pytest.fixture(autouse=True)
    def ready(self, provider):
        factories.member(email=EMAIL)
        provider.knows("s-1", email=EMAIL, email_verified=True)
        self.provider = provider

    def refused(self, client, answer):
        assert answer.status_code == 403
        assert not is_in(client)

    def test_unchanged_it_would_sign_in(self, client):
        walk(client, self.provider)

        assert is_in(client)

    @pytest.mark.parametrize("state", ["forged", "", None])
    def test_another_state(self, client, state):
        place = self.provider.lets_in(leave(client), "s-1")
        query = {name: one for name, (one, *_) in parse_qs(urlsplit(place).query).items()}
        query |= {"state": state} if state is not None else {}
        if state is None:
            del query["state"]

        self.refused(client, client.get(ARRIVE, query))

    def test_a_state_of_somebody_elses_browser(self, client):
        place = self.provider.lets_in(leave(Client()), "s-1")

        self.refused(client, come_back(client, place))

    def test_the_same_way_back_twice(self, client):
        place = self.provider.lets_in(leave(client), "s-1")
        come_back(client, place)
        client.post(reverse("account_logout"))

        self.refused(client, come_back(client, place))

    def test_a_code_of_another_browser(self, client):
        stolen = parse_qs(urlsplit(self.provider.lets_in(leave(Client()), "s-1")).query)["code"][0]
        state = parse_qs(urlsplit(leave(client)).query)["state"][0]

        self.refused(client, client.get(ARRIVE, {"code": stolen, "state": state}))

    def test_the_same_nonce_written_by_hand_would_sign_in(self, client, monkeypatch):
        monkeypatch.setattr("committee.single_sign_on.secrets.token_urlsafe", lambda _: "another")
        place = re.sub(r"nonce=[\w-]+", "nonce=another", leave(client))

        come_back(client, self.provider.lets_in(place, "s-1"))

        assert is_in(client)

    def test_another_nonce(self, client):
        place = re.sub(r"nonce=[\w-]+", "nonce=another", leave(client))

        self.refused(client, come_back(client, self.provider.lets_in(place, "s-1")))

    @pytest.mark.parametrize("issuer", ["https://evil.id", "", None])
    def test_another_issuer(self, client, issuer):
        place = self.provider.lets_in(leave(client), "s-1")
        self.provider.lies(DISCOVERY, issuer=issuer)

        self.refused(client, come_back(client, place))

    def test_another_issuer_is_not_even_asked(self, client):
        self.provider.lies(DISCOVERY, issuer="https://evil.id")

        self.refused(client, client.post(LEAVE))

    def test_a_signature_by_another_key(self, client):
        (ours,) = requests.get(f"{self.provider.issuer}/jwks", timeout=5).json()["keys"]
        with providers.running() as other:
            (theirs,) = requests.get(f"{other.issuer}/jwks", timeout=5).json()["keys"]
        self.provider.lies("/jwks", keys=[theirs | {"kid": ours["kid"]}])

        self.refused(client, walk(client, self.provider))

    @pytest.mark.parametrize(("place", "facts"), INCOMPLETE, ids=str)
    def test_a_reply_that_lacks_something(self, client, place, facts):
        back = self.provider.lets_in(leave(client), "s-1")
        self.provider.lies(place, **facts)

        self.refused(client, come_back(client, back))

    @pytest.mark.parametrize(
        ("check", "place", "facts"),
        [
            ("complete_login", "/userinfo", {"sub": "s-9"}),
            ("get_access_token_data", "/jwks", {"keys": []}),
        ],
    )
    def test_our_own_checks_are_what_refuses(self, client, monkeypatch, check, place, facts):
        """With one of them taken away, what it is there for signs in."""
        monkeypatch.delattr(single_sign_on.Protocol, check)
        self.provider.lies(place, **facts)

        walk(client, self.provider)

        assert is_in(client)

    def test_a_change_of_mind(self, client):
        state = parse_qs(urlsplit(leave(client)).query)["state"][0]

        self.refused(client, client.get(ARRIVE, {"error": "access_denied", "state": state}))

    def test_a_provider_that_is_away(self, client, settings):
        settings.OIDC = self.provider.settings(OIDC_ISSUER="http://localhost:9")

        self.refused(client, client.post(LEAVE))


@pytest.mark.parametrize("place", ["//evil.id", "https://evil.id/", "/\\evil.id", "javascript:a"])
def test_it_leads_nowhere_else(client, provider, place):
    factories.member(email=EMAIL)
    provider.knows("s-1", email=EMAIL, email_verified=True)

    answer = walk(client, provider, next=place)

    assert answer["Location"] == reverse("roadmap:start-page")


class Asked(LoginStage):
    """Any stage that stands between proving who one is and being in."""

    key = "asked"
    urlname = "account_login"

    def handle(self):
        return HttpResponse("a second factor, please"), True


def test_a_second_factor_is_asked_for_all_the_same(client, provider, monkeypatch):
    factories.member(email=EMAIL)
    provider.knows("s-1", email=EMAIL, email_verified=True)
    stages = [f"{__name__}.Asked"]
    monkeypatch.setattr(type(get_adapter()), "get_login_stages", lambda self: stages)

    answer = walk(client, provider)

    assert answer.content == b"a second factor, please"
    assert not is_in(client)


@pytest.mark.skipif(not apps.is_installed("allauth.mfa"), reason="no second factor is built")
def test_a_real_one_too(client, provider):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    member = factories.member(email=EMAIL)
    TOTP.activate(member, generate_totp_secret())
    provider.knows("s-1", email=EMAIL, email_verified=True)

    answer = walk(client, provider)

    assert answer.status_code == 302
    assert not is_in(client)


def test_a_form_of_another_site_sends_nobody_there(provider):
    client = Client(enforce_csrf_checks=True)

    assert client.post(LEAVE).status_code == 403
    assert client.get(LEAVE).status_code == 405
    assert client.post(ARRIVE).status_code == 403
    assert provider.asked == []


def test_going_there_is_limited_as_signing_in_is(client, provider):
    answers = [client.post(LEAVE) for _ in range(31)]

    assert [answer.status_code for answer in answers[-2:]] == [200, 429]
