"""One's own sessions: where one is signed in, and the end of any of them."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from committee import sessions
from committee.http import MemberRequest


@require_http_methods(["GET", "HEAD", "POST"])
def own(request: MemberRequest) -> HttpResponse:
    """List one's sessions; end one of the others, or all of them."""
    found = sessions.of_member(request.user, request.session.session_key)
    if request.method == "POST":
        chosen = request.POST.get("session", "")
        others = [one for one in found if not one.is_current]
        sessions.end([one for one in others if chosen in ("", str(one.row.pk))])
        messages.success(request, _("Ended. Nobody is signed in there any more."))
        return redirect("committee:sessions")
    context = {
        "sessions": found,
        "idle_minutes": settings.SESSION_IDLE_SECONDS // 60,
        "hours": settings.SESSION_COOKIE_AGE // 3600,
    }
    return render(request, "committee/sessions.html", context)
