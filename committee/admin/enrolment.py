"""Many people by one list: read, shown row by row, then all of it done or nothing.

Nothing is kept between the two: the text travels in the form, where it can be mended, and the
mark of what was shown beside it.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from committee import services
from committee.enums import Role, SeatKind
from committee.floods import is_flood, too_many
from committee.forms import EnrolForm
from committee.rules import permissions
from committee.selectors.enrolment import Plan, plan

SHOWN = 50


def page(request: Any, context: dict[str, Any]) -> HttpResponse:
    """Show the empty form; what a list would do; or, when that is confirmed, do it."""
    if not permissions.may_manage_members(request.actor):
        raise PermissionDenied
    context |= {
        "title": _("Invite and change many"),
        "roles": [one for one in Role if permissions.may_invite(request.actor, one)],
        "seats": list(SeatKind) if permissions.may_manage_seats(request.actor) else [],
    }
    if request.method != "POST":
        return _show(request, context, EnrolForm())
    if is_flood(request):
        return too_many(request)
    form = EnrolForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, context, form, status=422)
    if "apply" in request.POST and not form.cleaned_data["file"]:
        done = _apply(request, form.cleaned_data)
        if done is not None:
            _tell(request, done)
            return redirect("admin:committee_member_changelist")
    return _preview(request, context, form.cleaned_data)


def _apply(request: Any, cleaned: dict[str, Any]) -> Plan | None:
    """Do what was shown; None when it would do something else by now."""
    given = {"sheet": cleaned["sheet"], "digest": cleaned["digest"]}
    try:
        return services.enrol(by=request.user, today=request.clock.today, **given)
    # Somebody else invited one of them in this very moment.
    except (services.Unlike, IntegrityError):
        sentence = _("Nothing was done: the list would do something else by now. Look again.")
        messages.error(request, sentence)
    return None


def _preview(request: Any, context: dict[str, Any], cleaned: dict[str, Any]) -> HttpResponse:
    found = plan(cleaned["sheet"], request.actor, request.clock.today)
    form = EnrolForm(initial={"text": cleaned["text"], "digest": found.digest})
    context |= {"plan": found, "complaints": found.complaints[:SHOWN], "shown": SHOWN}
    is_again = "apply" in request.POST or bool(found.complaints)
    return _show(request, context, form, status=422 if is_again else 200)


def _show(
    request: Any, context: dict[str, Any], form: EnrolForm, status: int = 200
) -> HttpResponse:
    template = "admin/committee/member/enrol.html"
    return render(request, template, {**context, "form": form}, status=status)


def _tell(request: Any, done: Plan) -> None:
    """Say how many were invited and changed."""
    if number := len(done.invited):
        sentence = ngettext(
            "%(n)s person invited; the letter is on its way.",
            "%(n)s people invited; the letters are on their way.",
            number,
        )
        messages.success(request, sentence % {"n": number})
    if number := len(done.changed):
        sentence = ngettext("%(n)s member was changed.", "%(n)s members were changed.", number)
        messages.success(request, sentence % {"n": number})
    if not done.planned:
        messages.info(request, _("Nothing to change: all of it stands so already."))
