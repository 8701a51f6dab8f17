"""Who reads, on which day, in which language; and the wall around what is not public."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers

from committee import access, clock
from committee.http import site_is_public

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class MemberMiddleware:
    """Read the clock once, and give a member their language and time zone."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        request.clock = clock.read()
        request.actor = None
        if request.user.is_authenticated:
            request.actor = access.actor_of(request.user, request.clock.today)
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
            timezone.activate(request.user.time_zone)
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
            response["Cache-Control"] = "private, no-store"
        timezone.deactivate()
        return response


class LoginWall(LoginRequiredMiddleware):
    """Ask for a sign-in everywhere, but on public pages while the site is public.

    An htmx request whose session has ended gets a sentence beside its form, not a login page
    in its place: what was typed stays.
    """

    def process_view(
        self, request: Any, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if getattr(view_func, "is_public", False) and site_is_public(request.clock):
            return None
        if request.htmx and not request.user.is_authenticated:
            if getattr(view_func, "login_required", True):
                return signed_out_fragment(request)
        return super().process_view(request, view_func, view_args, view_kwargs)


def signed_out_fragment(request: HttpRequest, status: int = 401) -> HttpResponse:
    """Answer an htmx request of somebody signed out, into the page's notice region."""
    response = render(request, "components/signed_out.html", status=status)
    response["HX-Retarget"] = "#notices"
    response["HX-Reswap"] = "innerHTML"
    return response
