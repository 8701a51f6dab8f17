"""Single sign-on with the OpenID Connect provider that OIDC_* name, for members alone.

Loaded on first use: a site without it pays nothing. allauth speaks the protocol and keeps state
and code verifier in the session; here stands whom we believe, and what. Nothing is stored: each
time the provider must name a verified address of an active member, so closing an account or
changing its address decides at once. What follows a sign-in, such as a second factor, follows.
"""

from __future__ import annotations

import logging
import secrets
from typing import Any, NoReturn

from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from requests import RequestException

from committee.logs import tell
from committee.models import Member

# What a provider raises that is away, lies, or replies without a field or with a strange one.
UNUSABLE = (
    *(RequestException, OAuth2Error),
    *(KeyError, TypeError, ValueError, AttributeError, ImproperlyConfigured),
)

log = logging.getLogger(__name__)


class Protocol(OpenIDConnectOAuth2Adapter):
    """allauth's, believing no more than the one issuer signed."""

    def get_provider(self) -> Provider:
        """Take the provider from the settings alone: a row in the database names none."""
        return Provider(self.request, app=_registration())

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Come back to our own address, whatever Host was asked."""
        return f"{settings.SITE_URL}{reverse('committee:single-sign-on-return')}"

    @property
    def openid_config(self) -> dict[str, Any]:
        found: dict[str, Any] = super().openid_config
        if found["issuer"] != settings.OIDC["OIDC_ISSUER"]:
            raise OAuth2Error("another issuer answers there")
        return found

    def get_access_token_data(self, *args: Any, **kwargs: Any) -> Any:
        data = super().get_access_token_data(*args, **kwargs)
        self.did_fetch_access_token = False  # so allauth checks the signature all the same
        return data

    def complete_login(self, *args: Any, **kwargs: Any) -> SocialLogin:
        """Read who it is, from two documents about one person."""
        login = super().complete_login(*args, **kwargs)
        told = login.account.extra_data
        if told["userinfo"]["sub"] != told["id_token"]["sub"]:
            raise OAuth2Error("the two documents are of two people")
        return login


class Provider(OpenIDConnectProvider):
    oauth2_adapter_class = Protocol


def _registration() -> SocialApp:
    known = settings.OIDC
    rules = {"server_url": known["OIDC_ISSUER"].rstrip("/"), "oauth_pkce_enabled": True}
    return SocialApp(
        provider=Provider.id,
        provider_id="oidc",
        name=known["OIDC_NAME"],
        client_id=known["OIDC_CLIENT_ID"],
        secret=known["OIDC_CLIENT_SECRET"],
        settings=rules,
    )


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Where allauth asks us: who it is that comes back, and what to say when that fails."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Name the member who signs in.

        :raises ImmediateHttpResponse: the refusal, the same for every reason.
        """
        told = sociallogin.account.extra_data
        if told["id_token"].get("nonce") != sociallogin.state["nonce"]:
            _refuse(request, "nonce")
        sociallogin.user = _member(request, told["userinfo"])

    def on_authentication_error(self, request: HttpRequest, provider: Any, **about: Any) -> None:
        """Answer a forged or stale state, a signature that is not theirs, a change of mind.

        :raises ImmediateHttpResponse: always.
        """
        if error := about["exception"]:
            raise ImmediateHttpResponse(broken_off(request, error))
        _refuse(request, "state")


def _member(request: HttpRequest, told: dict[str, Any]) -> Member:
    email = told.get("email")
    # Only ASCII: letters such as the Kelvin sign become another's when made small.
    if told.get("email_verified") is not True or not isinstance(email, str) or not email.isascii():
        _refuse(request, "unverified")
    member = Member.objects.filter(email=email.lower()).first()
    if member is None or not member.is_active:
        _refuse(request, "unknown" if member is None else "inactive")
    return member


def _refuse(request: HttpRequest, why: str) -> NoReturn:
    raise ImmediateHttpResponse(refused(request, why))


def refused(request: HttpRequest, why: str) -> HttpResponse:
    """Say that it did not work, and nothing of why: that stands in the log."""
    tell("sign_in_failed", request, how="single_sign_on", why=why)
    return render(request, "account/single_sign_on_refused.html", status=403)


def broken_off(request: HttpRequest, error: Exception) -> HttpResponse:
    """Say the same where the provider cannot be used, and tell the log what it did."""
    log.warning("the provider of single sign-on cannot be used", exc_info=error)
    return refused(request, type(error).__name__)


def leave(request: HttpRequest) -> HttpResponse:
    """Send the reader to the provider.

    By a page that goes on by itself: a form may lead to our own pages alone (S8).
    """
    nonce = secrets.token_urlsafe(32)
    try:
        there = Provider(request, app=_registration()).redirect(
            request,
            process="login",
            next_url=get_next_redirect_url(request),
            auth_params={"nonce": nonce},
            nonce=nonce,
        )
    except UNUSABLE as error:
        return broken_off(request, error)
    context = {"place": there["Location"]}
    response = render(request, "account/single_sign_on_leave.html", context)
    response["Refresh"] = f"0; url={there['Location']}"
    return response


def arrive(request: HttpRequest) -> HttpResponse:
    """Take back whom the provider vouches for."""
    try:
        return OAuth2CallbackView.adapter_view(Protocol(request, "oidc"))(request)  # type: ignore[no-any-return]
    except UNUSABLE as error:
        return broken_off(request, error)
