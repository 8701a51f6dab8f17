"""Signing in and out, told to the log as Django and allauth announce it."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.apps import apps
from django.contrib.auth import signals

from committee.logs import tell
from committee.models import Member


def listen() -> None:
    """Hear of every sign-in, whichever way it comes."""
    signals.user_logged_in.connect(_signed_in)
    signals.user_login_failed.connect(_sign_in_failed)
    signals.user_logged_out.connect(_signed_out)
    if apps.is_installed("allauth.mfa"):
        from allauth.mfa.signals import authentication_failed

        authentication_failed.connect(_second_factor_failed)


def _signed_in(sender: Any, request: Any, user: Member, **_: Any) -> None:
    records = get_authentication_records(request, user) if hasattr(request, "session") else []
    tell("signed_in", request, who=user.pk, how=" ".join(one["method"] for one in records))


def _sign_in_failed(sender: Any, credentials: Any, request: Any = None, **_: Any) -> None:
    """Name the account only if it is one: what was typed there may be a password."""
    email = str(credentials.get("email", "")).lower()
    member = Member.objects.filter(email=email).values_list("pk", flat=True).first()
    tell("sign_in_failed", request, member=member)


def _signed_out(sender: Any, request: Any, user: Member | None, **_: Any) -> None:
    if user is not None:
        tell("signed_out", request, who=user.pk)


def _second_factor_failed(sender: Any, request: Any, user: Member, **_: Any) -> None:
    tell("second_factor_failed", request, member=user.pk)
