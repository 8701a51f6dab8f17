"""The choice of language: kept with a member's profile, for anybody else in a cookie."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from committee import services
from committee.forms import LanguageForm
from committee.http import PageRequest
from committee.models import Member
from committee.redirects import way_back

YEAR = 365 * 24 * 3600


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: PageRequest) -> HttpResponse:
    """Offer the languages, then go back to where the reader came from."""
    form = LanguageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _keep(request, form.cleaned_data["language"])
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "next": _way_back(request)}
    return render(request, "committee/language.html", context, status=status)


def _keep(request: PageRequest, language: str) -> HttpResponse:
    response = HttpResponseRedirect(_way_back(request))
    if isinstance(request.user, Member):
        services.update_profile(by=request.user, changes={"language": language})
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _way_back(request: PageRequest) -> str:
    return way_back(request, request.POST.get("next") or request.GET.get("next"))
