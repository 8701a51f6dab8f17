"""Who reads, on which day, in which language; and the wall around what is not public."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from committee import access, clock, floods, fragments, ledger, logs
from committee.http import site_is_public

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class RequestIdMiddleware:
    """Number each request, so that the lines it leaves in the log are found together.

    The number is ours: one that a client sends would let it write into other people's trails.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # It stands until this thread's next request: Django tells of refusals after us.
        logs.request_id.set(uuid.uuid4().hex)
        return self.get_response(request)


class BrowserPolicyMiddleware:
    """Tell browsers on every answer what its page may use and who may embed it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in settings.BROWSER_POLICIES.items():
            response.headers.setdefault(name, value)
        return response


class MemberMiddleware:
    """Offer the clock, and give a member their language and time zone.

    The clock is read on first use: `/health/` must answer when the database does not.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        request.clock = SimpleLazyObject(clock.read)
        request.actor = None
        # Kept apart from request.user, which signing out in this very request changes.
        is_private = request.user.is_authenticated
        if is_private:
            _welcome(request)
        with _on_record(request):
            response = self.get_response(request)
        timezone.deactivate()
        _forbid_sharing(response, is_private or request.user.is_authenticated)
        return response


def _welcome(request: Any) -> None:
    request.actor = access.actor_of(request.user, request.clock.today)
    translation.activate(request.user.language)
    request.LANGUAGE_CODE = request.user.language
    timezone.activate(request.user.time_zone)


def _on_record(request: Any) -> AbstractContextManager[None]:
    """Say in the ledger who asked for what; reading writes nothing there."""
    if request.method in ("GET", "HEAD"):
        return nullcontext()
    return ledger.scene(
        actor=request.user.pk,
        role=request.user.role if request.user.is_authenticated else "",
        place=request.path_info[: ledger.LONGEST_PLACE],
        request_id=logs.request_id.get(),
    )


def _forbid_sharing(response: HttpResponseBase, is_private: bool) -> None:
    """Keep private pages out of every store, and one view's two shapes apart."""
    patch_vary_headers(response, ("Cookie", "HX-Request"))
    if is_private and not response.has_header("ETag"):
        response["Cache-Control"] = "private, no-store"


class BodyLimitMiddleware:
    """Refuse what is larger than any form of ours while it is still on its way.

    Whoever reads a form first, such as the check of its origin, would put all of it on the disk.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if floods.is_too_large(request):
            return fragments.too_large(request)
        return self.get_response(request)


class LoginWall(LoginRequiredMiddleware):
    """Ask for a sign-in everywhere, but on public pages while the site is public.

    A form whose session has ended gets no login page in its place: htmx a sentence beside it,
    any other a page with what was typed, to be copied.
    """

    def process_view(
        self, request: Any, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if request.user.is_authenticated or not getattr(view_func, "login_required", True):
            return None
        if getattr(view_func, "is_public", False) and site_is_public(request.clock):
            return None
        if request.htmx:
            return fragments.signed_out(request)
        if request.method == "POST":
            is_page = not getattr(view_func, "sent_only", False)
            return fragments.session_ended(request, is_page=is_page)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def get_login_url(self, view_func: Any) -> str:
        """Send everybody to the one sign-in page: Django admin would name its own."""
        return str(settings.LOGIN_URL)
