"""The rehearsal's clock: the strip on every page, and the step that makes it walk."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from committee.http import MemberRequest, PageRequest, sent_only
from committee.redirects import way_back
from roadmap.services import rehearsal


class StepForm(forms.Form):
    days = forms.TypedChoiceField(choices=[(1, "1"), (7, "7")], coerce=int)


@login_not_required
@require_safe
def panel(request: PageRequest) -> HttpResponse:
    """Show how far the clock is; the sign-in page carries the strip too, so all may ask."""
    if request.clock.rehearsal is None:
        raise Http404
    if not request.htmx:
        return redirect("roadmap:overview")
    response = render(request, "roadmap/partials/clock.html")
    response["Cache-Control"] = "no-store"
    return response


@sent_only
def step(request: MemberRequest) -> HttpResponse:
    """Let the clock walk a day or a week further, and go back to the page one came from."""
    if request.clock.rehearsal is None:
        raise Http404
    form = StepForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The clock walks one day or one week at a time."))
        return redirect(way_back(request))
    try:
        rehearsal.step(by=request.user, days=form.cleaned_data["days"], moment=request.clock)
    except rehearsal.ClockRefused as refused:
        messages.error(request, str(refused.reason))
    return redirect(way_back(request))
