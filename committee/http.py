"""Requests as our views see them, and what every page is told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.core.handlers.wsgi import WSGIRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.encoding import escape_uri_path
from django.utils.http import quote_etag, urlencode
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.views.decorators.http import require_POST
from django_htmx.middleware import HtmxDetails

from committee.clock import Moment
from committee.models import Member, RehearsalClock, Revision
from committee.models.prepared import ANY_DAY, load
from committee.rules import permissions
from committee.rules.days import PastDay
from committee.rules.permissions import Actor

View = Callable[..., HttpResponse]
OF_A_DAY = ("as_of", "page", "format", "code", "decision")


class PageRequest(HttpRequest):
    """A request to a page anybody may read while the site is public."""

    htmx: HtmxDetails
    clock: Moment
    day: date  # today, or the past day a page marked `looks_back` is asked for
    plain_path: str
    revision: int  # as it was when the answer was begun; only where an ETag was asked for
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
    kept: tuple[tuple[str, str], ...]
    looks_back: bool
    rehearsal: RehearsalClock | None
    may_step_clock: bool
    inside: bool
    second_factor_until: date | None

    @property
    def now(self) -> str:
        """Give this page as it is today, asked for the same."""
        return f"{self.here}?{urlencode(self.kept)}" if self.kept else self.here


def public(view: View) -> View:
    """Mark a page that may be read without signing in while the site is public."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def sent_only(view: View) -> View:
    """Mark a view that only takes a form: the page of that form is another one."""
    taken = require_POST(view)
    taken.sent_only = True  # type: ignore[attr-defined]
    return taken


def loaded_when_asked(name: str) -> View:
    """Make a view of one whose module is imported with its first request: passkeys weigh 12 MB."""

    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = import_string(name)(request, *args, **kwargs)
        return answer

    return view


def site_is_public(moment: Moment) -> bool:
    """Follow PUBLIC_SITE; left empty, the site is public exactly in a rehearsal."""
    if settings.PUBLIC_SITE is None:
        return moment.rehearsal is not None
    return bool(settings.PUBLIC_SITE)


def revalidated(view: View) -> View:
    """Answer the public 304 while nothing changed: the ETag holds all its page depends on.

    A member's page carries forms, whose tokens must not outlive their session in a cache.
    """
    return _conditional(view, lambda request: request.actor is None)


def revalidated_panel(view: View) -> View:
    """Answer members 304 too, for the panel without forms that htmx asks this page for."""
    return _conditional(view, lambda request: request.actor is None or bool(request.htmx))


def _conditional(view: View, may_be_kept: Callable[[PageRequest], bool]) -> View:
    @wraps(view)
    def run(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_be_kept(request):
            return view(request, *args, **kwargs)
        etag = etag_of(request, is_part=bool(request.htmx))
        response = get_conditional_response(request, etag=etag)
        if response is None:
            response = view(request, *args, **kwargs)
        if response.status_code in (200, 304):
            response["ETag"] = etag
            response["Cache-Control"] = "private, no-cache"
            patch_vary_headers(response, ("Cookie", "Accept-Language", "HX-Request"))
        return response  # type: ignore[return-value]

    return run


def etag_of(request: PageRequest, *, is_part: bool) -> str:
    """Name this state of the site for a reader: revision, day, language, address, their rights.

    The address holds the day looked back at; a part and the page around it have one address.
    """
    rehearsal = request.clock.rehearsal
    parts = (
        _revision(request),
        request.clock.today,
        rehearsal.target if rehearsal else "",
        getattr(request, "day", None),
        _reader(request.actor),
        get_language(),
        settings.PUBLIC_SITE,
        is_part,
        request.get_full_path(),
        settings.BUILD,
    )
    return quote_etag(hashlib.sha256(repr(parts).encode()).hexdigest()[:32])


def _revision(request: PageRequest) -> int:
    """Read the counter of all changes, once a request: before what the page is made of."""
    if not hasattr(request, "revision"):
        request.revision = next(iter(load(_number, ANY_DAY)), 0)
    return request.revision


def _number(_today: date) -> QuerySet[Any, Any]:
    return Revision.objects.filter(pk=1).values_list("number", flat=True)


def _reader(actor: Actor | None) -> Any:
    return actor and (actor.id, actor.role, actor.is_active, sorted(actor.lead_of))


def page_context(request: PageRequest) -> dict[str, Any]:
    """Tell every template the day, the rehearsal and whether the reader is signed in."""
    moment = getattr(request, "clock", None)
    if moment is None:  # an error page before our middleware ran
        return {}
    actor = request.actor
    looks_back = hasattr(request, "day")
    day = request.day if looks_back else moment.today
    is_past = isinstance(day, PastDay)
    return {
        "page": Page(
            today=moment.today,
            day=day,
            is_past=is_past,
            bad_day=getattr(request, "bad_day", ""),
            here=escape_uri_path(request.plain_path) if looks_back else "/",
            kept=_kept(request) if looks_back else (),
            looks_back=looks_back,
            rehearsal=moment.rehearsal,
            may_step_clock=actor is not None and not is_past and permissions.may_step_clock(actor),
            inside=actor is not None,
            second_factor_until=getattr(request, "second_factor_until", None),
        ),
        "single_sign_on": settings.OIDC.get("OIDC_NAME", ""),
    }


def _kept(request: PageRequest) -> tuple[tuple[str, str], ...]:
    """Give what a page was asked for that another day is asked for too; a name may come twice."""
    asked = [(name, one) for name, values in request.GET.lists() for one in values]
    return tuple((name, str(one)) for name, one in asked if one and name not in OF_A_DAY)


class Request(WSGIRequest):
    """A request that can always be made, and so be refused by a page of ours.

    Where its type names a charset, Django reads the whole query while the request is made; of one
    with too many fields that would fail before any handler stands ready.
    """

    def _set_content_type_params(self, environ: dict[str, Any]) -> None:
        with suppress(TooManyFieldsSent):  # whoever reads the query next raises it again
            super()._set_content_type_params(environ)  # type: ignore[misc]
