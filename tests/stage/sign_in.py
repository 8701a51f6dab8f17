"""Second factors and sessions. Everybody has an app, codes and a passkey of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import encrypt

SECRET = "JBSWY3DPEHPK3PXP"


def app_of(member: Any) -> Authenticator:
    """Give somebody an authenticator app that holds SECRET, and everybody the same codes."""
    app: Authenticator = TOTP.activate(member, SECRET).instance
    seed = {"seed": encrypt("benih"), "used_mask": 0}
    Authenticator.objects.create(user=member, type=Authenticator.Type.RECOVERY_CODES, data=seed)
    return app


def recovery_codes(member: Any) -> list[str]:
    """Give the codes somebody has not used yet."""
    kept = Authenticator.objects.get(user=member, type=Authenticator.Type.RECOVERY_CODES)
    return list(RecoveryCodes(kept).get_unused_codes())


def make(cast: Any) -> dict[str, Any]:
    for member in cast.people.values():
        app_of(member)
    return {}


def arguments(cast: Any) -> dict[str, list[Any]]:
    """Give the arguments of each address, by its name."""
    return {"sessions": [], "mfa_remove_webauthn": [1]}


def forms(cast: Any) -> dict[str, dict[str, Any]]:
    """Give what the right person would send to each address: it is accepted from them."""
    return {"mfa_reauthenticate": {"code": recovery_codes(cast.people["secretariat"])[0]}}


def fill(cast: Any, number: int) -> None:
    """Do nothing: what is somebody's own does not grow with the roadmap."""


# Queries of each page for whoever sees most; pages that answer GET with no page.
BUDGETS: dict[str, int] = {
    "committee:sessions": 7,
    "mfa_index": 8,
    "mfa_list_webauthn": 7,
    "mfa_reauthenticate": 12,
}
# The others ask first who one is.
NO_PAGE: set[str] = {
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
}

# What each constraint refuses, by its name: the tables are allauth's.
BREAKS: dict[str, list[Callable[[], Any]]] = {}
