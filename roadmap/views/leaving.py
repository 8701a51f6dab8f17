"""When a member leaves: what hangs on them, who takes over, and the account is closed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from committee.enums import Role
from committee.http import MemberRequest
from committee.models import Member
from committee.rules.permissions import may_close_account
from committee.services import Unlike
from roadmap import access
from roadmap.forms import leaving as forms
from roadmap.forms.saved import LONGEST_TEXT, fresh
from roadmap.selectors import leaving
from roadmap.selectors.leaving import Held
from roadmap.services import leaving as services
from roadmap.services.changes import Attempt
from roadmap.views.saving import Saving, save
from roadmap.views.steps import ask, page_or_step


@page_or_step
def handover(request: MemberRequest, pk: int) -> HttpResponse:
    """Show what would move to whom; when that is confirmed, move it and close the account."""
    member = access.person(pk)
    ask(may_close_account(request.actor, member.pk, Role(member.role)))
    if not member.is_active:
        return redirect("roadmap:person", member.pk)
    held = leaving.held(member, request.clock.today)
    asked = request.POST if request.method == "POST" else request.GET
    is_chosen = request.method == "POST" or "successor" in asked
    choice = forms.SuccessorForm(asked if is_chosen else None, member=member)
    if not held.moves:
        choice = forms.SuccessorForm({"successor": forms.NOBODY}, member=member)
    if not choice.is_valid():
        return _show(request, member, held, choice, None)
    form = _form(request, member, held, choice)
    if request.method != "POST":
        return _show(request, member, held, choice, Saving(form))
    return _leave(request, member, held, choice, form)


def _typed(request: MemberRequest) -> str:
    """Give the words that were typed before another successor had to be chosen."""
    return (request.POST.get("note") or request.GET.get("note", ""))[:LONGEST_TEXT]


def _form(
    request: MemberRequest, member: Member, held: Held, choice: forms.SuccessorForm
) -> forms.LeaveForm:
    values = {
        "successor": choice.cleaned_data["successor"],
        "digest": held.digest(choice.chosen),
        "note": _typed(request) or _("%(name)s has left.") % {"name": member.name},
    }
    sent = request.POST if request.method == "POST" else None
    form = forms.LeaveForm(sent, initial=fresh(**values))
    if choice.chosen is not None or not held.owned:
        form.ask_nothing_more()
    return form


def _leave(
    request: MemberRequest,
    member: Member,
    held: Held,
    choice: forms.SuccessorForm,
    form: forms.LeaveForm,
) -> HttpResponse:
    def change(cleaned: dict[str, Any], attempt: Attempt) -> bool:
        handover = forms.handover_of(cleaned, choice.chosen)
        try:
            services.leave(member=member, attempt=attempt, handover=handover)
        except Unlike:
            return False
        return True

    saving = save(request, form, change)
    if saving.is_saved and saving.result:
        messages.success(request, _("Everything is handed over, and the account is closed."))
        return redirect("roadmap:person", member.pk)
    if saving.is_saved:
        sentence = _("Nothing was done: something else would move by now. Look again.")
        messages.error(request, sentence)
        saving = Saving(form.on_top_of(held.digest(choice.chosen)), 409)
    return _show(request, member, held, choice, saving)


def _show(
    request: MemberRequest,
    member: Member,
    held: Held,
    choice: forms.SuccessorForm,
    saving: Saving | None,
) -> HttpResponse:
    is_left = saving is not None and choice.chosen is None
    today = request.clock.today
    context = {
        "member": member,
        "held": held,
        "choice": choice,
        "successor": choice.chosen if saving is not None else None,
        "form": saving.form if saving is not None else None,
        "typed": _typed(request),
        "orphans": leaving.orphans(member, held.owned, today) if is_left else [],
    }
    unsaid = 422 if request.method == "POST" else 200
    status = saving.status if saving is not None else unsaid
    return render(request, "roadmap/handover.html", context, status=status)
