"""Refusals: a page of their own, or for htmx a sentence beside the form that stays."""

from __future__ import annotations

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from committee import fragments
from committee.logs import tell


def bad_request(request: Any, exception: Exception | None = None) -> HttpResponse:
    """Answer what is too large or broken to be read."""
    if _is_htmx(request):
        return fragments.to_notices(render(request, "components/bad_request.html", status=400))
    return render(request, "400.html", status=400)


def forbidden(request: Any, exception: Exception | None = None) -> HttpResponse:
    """Answer what this person may see but not do."""
    tell("refused", request)
    if _is_htmx(request):
        return fragments.to_notices(render(request, "components/forbidden.html", status=403))
    return render(request, "403.html", status=403)


def not_found(request: Any, exception: Exception | None = None) -> HttpResponse:
    """Answer what does not exist, and what this person may not see, in the same bytes.

    Of strangers nothing is told: they ask for what every scanner asks for.
    """
    if getattr(request, "actor", None) is not None:
        tell("not_found", request)
    if _is_htmx(request):
        return fragments.to_notices(render(request, "components/not_found.html", status=404))
    return render(request, "404.html", status=404)


def too_many(request: Any) -> HttpResponse:
    """Answer what was tried too often in a short time."""
    tell("rate_limited", request)
    response = render(request, "429.html", status=429)
    response["Retry-After"] = "60"
    return response


def broken(request: Any) -> HttpResponse:
    """Answer what failed: 503 where trying again may help, else 500."""
    # The database was away, was restarted, or stopped a statement that took too long.
    may_pass = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status = 503 if may_pass else 500
    # Without the request: nothing that fills a page's context may fail a second time.
    response = HttpResponse(render_to_string("500.html", {"code": status}), status=status)
    response["Cache-Control"] = "no-store"
    if may_pass:
        response["Retry-After"] = "10"
    return response


def csrf_failure(request: Any, reason: str = "") -> HttpResponse:
    """Answer a form of another session; an htmx page keeps what was typed in it."""
    tell("refused", request, why="form of another session")
    if _is_htmx(request):
        return fragments.signed_out(request, status=403)
    return render(request, "403_csrf.html", status=403)


def _is_htmx(request: Any) -> bool:
    return bool(getattr(request, "htmx", False))
