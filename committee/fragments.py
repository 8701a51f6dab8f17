"""Answers that keep what was typed.

For htmx they land in the page's notice region, and the form asked from stays as it is; any other
form gets a page to copy from.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from committee.logs import tell
from committee.redirects import way_back
from committee.typed import typed_in


def signed_out(request: HttpRequest, status: int = 401) -> HttpResponse:
    """Answer somebody whose session has ended."""
    return to_notices(render(request, "components/signed_out.html", status=status))


def session_ended(request: HttpRequest, *, is_page: bool) -> HttpResponse:
    """Answer a form sent by nobody with what was typed; signing in leads back to the form.

    `is_page` says that the form's own address answers GET.
    """
    typed, is_all = typed_in(request)
    place = request.get_full_path() if is_page else way_back(request)
    context = {"typed": typed, "is_all": is_all, "place": place}
    response = render(request, "401.html", context, status=401)
    response["Cache-Control"] = "private, no-store"
    return response


def too_large(request: HttpRequest) -> HttpResponse:
    """Answer a body nobody reads, so what was typed is only in the browser."""
    tell("refused", request, why="body too large")
    return render(request, "413.html", {"most": settings.EVIDENCE_MAX_BYTES}, status=413)


def step_up(request: HttpRequest, place: str) -> HttpResponse:
    """Lead to the page that asks for more than a sign-in long ago; a form keeps what was typed."""
    address = f"{reverse(place)}?{urlencode({'next': request.get_full_path()})}"
    context = {"step": place, "place": address}
    if getattr(request, "htmx", False):
        return to_notices(render(request, "components/step_up.html", context, status=403))
    if request.method in ("GET", "HEAD"):
        return redirect(address)
    typed, is_all = typed_in(request)
    return render(
        request, "403_step_up.html", context | {"typed": typed, "is_all": is_all}, status=403
    )


def to_notices(response: HttpResponse) -> HttpResponse:
    """Put an answer into the notice region, whatever htmx was going to replace."""
    response["HX-Retarget"] = "#notices"
    response["HX-Reswap"] = "innerHTML"
    response["HX-Reselect"] = ".notice"
    return response
