"""The second factor at the doors: who must set one up first, and what Django admin asks.

Setting up and signing in are allauth's; rules/second_factor.py says whom it is asked of.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from committee import access, fragments, sessions
from committee.rules import second_factor as rule

# Besides the pages that set one up: who must leave, or cannot read the language, is not held.
OPEN = frozenset({"account_logout", "account_reauthenticate", "language", "health"})
SET_UP = "mfa_index"
ENCRYPTED = "secret", "seed"  # of an app, and of recovery codes


class Gate:
    """Lead whom the grace has run out for to the page that sets one up, and nowhere else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        # Before the address is looked up: a page that is not there says as much as a hidden one.
        request.second_factor_until = _last_day(request)
        return self.get_response(request)

    def process_view(self, request: Any, *_view: Any) -> HttpResponse | None:
        last = request.second_factor_until
        if last is None or not rule.is_due(last, today=request.clock.today):
            return None
        if _is_open(request.resolver_match.url_name):
            return None
        return fragments.step_up(request, SET_UP)


def _last_day(request: Any) -> date | None:
    """Give the last day this person may work without one; None where none is missing."""
    if request.actor is None or not _lacks_one(request):
        return None
    grace = timedelta(days=settings.SECOND_FACTOR_GRACE_DAYS)
    return rule.last_day(request.user.second_factor_by, today=request.clock.today, grace=grace)


def _lacks_one(request: Any) -> bool:
    """Tell whether one is asked for and missing; asks the database only where one is."""
    is_rehearsal = request.clock.rehearsal is not None
    is_asked = rule.is_asked(request.actor, is_rehearsal=is_rehearsal)
    return is_asked and not access.has_second_factor(request.user)


def _is_open(name: str | None) -> bool:
    return name is not None and (name in OPEN or name.startswith("mfa_"))


def refuse_admin(request: Any) -> HttpResponse | None:
    """Ask for a second factor and a recent sign-in; None where both are there."""
    if request.clock.rehearsal is None and not access.has_second_factor(request.user):
        return fragments.step_up(request, SET_UP)
    if sessions.is_signed_in_afresh(request) or did_recently_reauthenticate(request):
        return None
    return fragments.step_up(request, "account_reauthenticate")


class FactorAdapter(DefaultMFAAdapter):
    """Keep the secrets of second factors unreadable in a copy of the database."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()


def renew_secrets() -> tuple[int, list[str]]:
    """Put every secret under the present SECRET_KEY, so that an older one can be taken away.

    :returns: how many, and the addresses of those whose secret no key reads any more.
    """
    with transaction.atomic():
        rows = Authenticator.objects.select_for_update().exclude(type=Authenticator.Type.WEBAUTHN)
        lost = [row.user.email for row in rows if not _renew(row)]
        return len(rows) - len(lost), sorted(set(lost))


def _renew(row: Authenticator) -> bool:
    from cryptography.fernet import InvalidToken

    known = {name: row.data[name] for name in ENCRYPTED if name in row.data}
    try:
        row.data |= {name: _cipher().rotate(text.encode()).decode() for name, text in known.items()}
    except InvalidToken:
        return False
    row.save(update_fields=["data"])
    return True


def _cipher() -> Any:
    """Write under SECRET_KEY, and read what was written under an older one too."""
    from cryptography.fernet import Fernet, MultiFernet  # heavy, and needed by few requests

    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(f"second factor:{key}".encode()).digest())
