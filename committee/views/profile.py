"""One's own settings: how one is called, and when and where letters come."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from committee import services
from committee.forms import ProfileForm
from committee.http import MemberRequest
from committee.models import Member


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest) -> HttpResponse:
    """Show and save a member's own settings."""
    # A copy: a rejected form must not leave its values in the page's own header.
    member = Member.objects.select_related("institution", "deputy").get(pk=request.user.pk)
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=member)
    if request.method == "POST" and form.is_valid():
        services.update_profile(by=request.user, changes=form.cleaned_data)
        translation.activate(form.cleaned_data["language"])
        messages.success(request, _("Saved."))
        return redirect("committee:profile")
    known = Member.objects.select_related("institution", "deputy").get(pk=request.user.pk)
    context = {"form": form, "member": known, "is_away": known.is_paused(request.clock.today)}
    return render(request, "committee/profile.html", context, status=422 if form.errors else 200)
