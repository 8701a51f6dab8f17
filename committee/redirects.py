"""Where to go next: only ever to a page of the site that was asked."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def way_back(request: HttpRequest, *places: str | None) -> str:
    """Choose the first of these that is ours, else the page one came from, else the overview."""
    for place in (*places, request.headers.get("Referer")):
        if place and is_ours(request, place) and request.path not in place:
            return place
    return reverse("roadmap:overview")


def is_ours(request: HttpRequest, place: str) -> bool:
    """Tell whether an address stays on the site that was asked."""
    return url_has_allowed_host_and_scheme(
        place, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
