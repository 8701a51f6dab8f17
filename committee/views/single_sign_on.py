"""The way to the OpenID Connect provider and back; not there on a site that has none."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

View = Callable[[HttpRequest], HttpResponse]


def _where_configured(view: View) -> View:
    @wraps(view)
    def run(request: HttpRequest) -> HttpResponse:
        if not settings.OIDC:
            raise Http404
        return view(request)

    return login_not_required(never_cache(run))


@_where_configured
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Go to the provider: by POST, so that no stranger's link sends anybody there."""
    from committee import single_sign_on  # an HTTP client and more: not for those who have none

    too_many = ratelimit.consume_or_429(request, action="login")
    return too_many or single_sign_on.leave(request)


@_where_configured
@require_GET
def arrive(request: HttpRequest) -> HttpResponse:
    """Come back from the provider, signed in or refused."""
    from committee import single_sign_on

    return single_sign_on.arrive(request)
