"""Answers to htmx that land in the page's notice region: the form asked from stays as it is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def signed_out(request: HttpRequest, status: int = 401) -> HttpResponse:
    """Answer somebody whose session has ended."""
    return to_notices(render(request, "components/signed_out.html", status=status))


def to_notices(response: HttpResponse) -> HttpResponse:
    """Put an answer into the notice region, whatever htmx was going to replace."""
    response["HX-Retarget"] = "#notices"
    response["HX-Reswap"] = "innerHTML"
    response["HX-Reselect"] = ".notice"
    return response
