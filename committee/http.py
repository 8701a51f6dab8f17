"""Requests as our views see them, and what every page is told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.views.decorators.http import require_POST
from django_htmx.middleware import HtmxDetails

from committee.clock import Moment
from committee.models import Member, RehearsalClock, Revision
from committee.rules import permissions
from committee.rules.days import PastDay
from committee.rules.permissions import Actor

View = Callable[..., HttpResponse]


class PageRequest(HttpRequest):
    """A request to a page anybody may read while the site is public."""

    htmx: HtmxDetails
    clock: Moment
    day: date  # today, or the past day a page marked `looks_back` is asked for
    plain_path: str
    actor: Actor | None


class MemberRequest(PageRequest):
    """A request behind the login wall."""

    user: Member  # type: ignore[assignment]
    actor: Actor


@dataclass(frozen=True, slots=True)
class Page:
    """What base.html shows around every page."""

    today: date
    day: date
    is_past: bool
    bad_day: str
    here: str
    rehearsal: RehearsalClock | None
    may_step_clock: bool
    inside: bool


def public(view: View) -> View:
    """Mark a page that may be read without signing in while the site is public."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def sent_only(view: View) -> View:
    """Mark a view that only takes a form: the page of that form is another one."""
    taken = require_POST(view)
    taken.sent_only = True  # type: ignore[attr-defined]
    return taken


def site_is_public(moment: Moment) -> bool:
    """Follow PUBLIC_SITE; left empty, the site is public exactly in a rehearsal."""
    if settings.PUBLIC_SITE is None:
        return moment.rehearsal is not None
    return bool(settings.PUBLIC_SITE)


def revalidated(view: View) -> View:
    """Answer the public 304 while nothing changed: the ETag holds all its page depends on.

    A member's page carries forms, whose tokens must not outlive their session in a cache.
    """

    @wraps(view)
    def run(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.actor is not None:
            return view(request, *args, **kwargs)
        etag = _etag(request)
        response = get_conditional_response(request, etag=etag)
        if response is None:
            response = view(request, *args, **kwargs)
        if response.status_code in (200, 304):
            response["ETag"] = etag
            response["Cache-Control"] = "private, no-cache"
            patch_vary_headers(response, ("Cookie", "Accept-Language", "HX-Request"))
        return response  # type: ignore[return-value]

    return run


def _etag(request: PageRequest) -> str:
    """Name this state of the site for the public: revision, day, language, address."""
    revision = Revision.objects.filter(pk=1).values_list("number", flat=True).first() or 0
    rehearsal = request.clock.rehearsal
    parts = (
        revision,
        request.clock.today,
        rehearsal.target if rehearsal else "",
        get_language(),
        settings.PUBLIC_SITE,
        bool(request.htmx),
        request.get_full_path(),
        settings.BUILD,
    )
    return quote_etag(hashlib.sha256(repr(parts).encode()).hexdigest()[:32])


def page_context(request: PageRequest) -> dict[str, Any]:
    """Tell every template the day, the rehearsal and whether the reader is signed in."""
    moment = getattr(request, "clock", None)
    if moment is None:  # an error page before our middleware ran
        return {}
    actor = request.actor
    day = getattr(request, "day", moment.today)
    return {
        "page": Page(
            today=moment.today,
            day=day,
            is_past=isinstance(day, PastDay),
            bad_day=getattr(request, "bad_day", ""),
            here=_here(request),
            rehearsal=moment.rehearsal,
            may_step_clock=actor is not None and permissions.may_step_clock(actor),
            inside=actor is not None,
        )
    }


def _here(request: PageRequest) -> str:
    """Give where the date control leads: this page where it looks back, else the overview."""
    return request.plain_path if hasattr(request, "day") else "/"
