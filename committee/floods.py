"""Who sends faster than anybody works; counted where tries to sign in are."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpResponse


def is_flood(request: Any) -> bool:
    """Count a form that carries a file; say whether this person sent too many in a minute."""
    return bool(request.FILES) and not ratelimit.consume(request, action="upload")


def is_hasty(request: Any) -> bool:
    """Count a form of Django admin; say whether this person sent more than anybody fills in."""
    return request.method == "POST" and not ratelimit.consume(request, action="admin")


def too_many(request: Any) -> HttpResponse:
    """Answer a flood with the page of its own; views that can keep what was typed do that."""
    return ratelimit.respond_429(request)


def is_too_large(request: Any) -> bool:
    """Say whether a body is larger than any form of ours, before a byte of it is read.

    Up to twice the largest file the form itself refuses it, and keeps what was typed.
    """
    length = str(request.META.get("CONTENT_LENGTH") or "")
    return length.isdecimal() and int(length[:19]) > 2 * settings.EVIDENCE_MAX_BYTES
