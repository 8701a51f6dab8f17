"""The steps of an action's status. Handing on, dates and obstacles are in transfers.py."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from committee.http import MemberRequest, sent_only
from roadmap import access
from roadmap.forms import reports as forms
from roadmap.forms.saved import fresh
from roadmap.models import ActionItem
from roadmap.rules import permissions
from roadmap.services import reports as services
from roadmap.services.changes import Attempt
from roadmap.views import cards, panels
from roadmap.views.saving import Saving, save
from roadmap.views.steps import StepPage, ask, bound, page_or_step, take
from roadmap.views.transfers import close_obstacle, move, reassign

__all__ = ["close_obstacle", "move", "reassign"]  # urls.py names one module for all steps


@page_or_step
def report(request: MemberRequest, code: str) -> HttpResponse:
    """Report on an action: from its page, from a card of "My actions", or from here."""
    action = access.action(code, request.clock.today)
    ask(permissions.may_report(request.actor, panels.facts(request, action)))
    if request.method != "POST":
        return _report_page(request, action, forms.untouched(action), 200)
    form = forms.ReportForm(request.POST)
    saving = save(request, form, partial(_report, action), version=action.version)
    if saving.is_saved:
        return _saved(request, action, _("Your update is saved."))
    return _refused(request, action, saving)


def _report(action: ActionItem, cleaned: dict[str, Any], attempt: Attempt) -> Any:
    return services.report(
        action=action,
        attempt=attempt,
        claim=forms.claim_of(cleaned),
        words=forms.words_of(cleaned),
        need=forms.need_of(cleaned),
    )


@sent_only
def confirm(request: MemberRequest, code: str) -> HttpResponse:
    """Confirm in one tap that nothing changed; a tap on an old page asks to look again."""
    action = access.action(code, request.clock.today)
    ask(permissions.may_report(request.actor, panels.facts(request, action)))

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Any:
        return services.confirm(action=action, attempt=attempt)

    saving = save(request, forms.ConfirmForm(request.POST), change, version=action.version)
    if saving.is_saved:
        return _saved(request, action, _("Confirmed: no change, still correct."))
    errors = {"__all__": saving.form.non_field_errors() or [_tap_again()]}
    entry = forms.untouched(access.action(code, request.clock.today))
    return _answer(request, replace(entry, errors=errors), saving.status)


def _tap_again() -> str:
    return _("Somebody saved before you; what now stands is shown here. Look, then confirm again.")


def _saved(request: MemberRequest, action: ActionItem, sentence: str) -> HttpResponse:
    """Go on to where the form was; htmx follows and gets the one card."""
    if cards.is_asked(request):
        return redirect(f"{reverse('roadmap:my')}?saved={action.code}")
    messages.success(request, f"{action.code}: {sentence}")
    if request.POST.get("from") == "my":
        return redirect(f"{reverse('roadmap:my')}#action-{action.code}")
    return redirect(action)


def _refused(request: MemberRequest, action: ActionItem, saving: Saving) -> HttpResponse:
    current = access.action(action.code, request.clock.today)
    entry = forms.typed(current, saving.form, saving.compared, cards.last_change(current))
    return _answer(request, entry, saving.status)


def _answer(request: MemberRequest, entry: forms.Entry, status: int) -> HttpResponse:
    if cards.is_asked(request):
        return cards.render_card(request, entry, status)
    return _report_page(request, entry.action, entry, status)


def _report_page(
    request: MemberRequest, action: ActionItem, entry: forms.Entry, status: int
) -> HttpResponse:
    context = {
        "action": action,
        "entry": entry,
        "institutions": forms.institutions(request.clock.today),
        "from_my": "my" in (request.POST.get("from"), request.GET.get("from")),
    }
    return render(request, "roadmap/report.html", context, status=status)


def _step(
    action: ActionItem, *, title: str, button: str, saved: str, lede: str = "", grave: bool = False
) -> StepPage:
    return StepPage(title, button, saved, action.get_absolute_url(), action, lede, grave)


def _words_change(service: Any, action: ActionItem) -> Any:
    """Make a change of a service that takes the words of a form and nothing else."""
    return lambda cleaned, attempt: service(
        action=action, attempt=attempt, words=forms.words_of(cleaned)
    )


@page_or_step
def submit(request: MemberRequest, code: str) -> HttpResponse:
    """Submit the output for verification."""
    action = access.action(code, request.clock.today)
    ask(permissions.may_submit(request.actor, panels.facts(request, action)))
    page = _step(
        action,
        title=_("Submit for verification"),
        button=_("Submit"),
        saved=_("Submitted; the secretariat verifies it."),
        lede=_("The secretariat checks the evidence. Until then it waits and is not late."),
    )
    form = bound(request, forms.NoteForm, **fresh(version=action.version))
    return take(request, page, form, _words_change(services.submit, action))


@page_or_step
def verify(request: MemberRequest, code: str) -> HttpResponse:
    """Verify a submission of somebody else."""
    action = access.action(code, request.clock.today)
    ask(permissions.may_verify(request.actor, panels.facts(request, action)))
    page = _step(
        action,
        title=_("Verify"),
        button=_("Verify"),
        saved=_("Verified."),
        lede=_("You say that the output exists and the evidence shows it."),
    )
    form = bound(request, forms.NoteForm, **fresh(version=action.version))
    return take(request, page, form, _words_change(services.verify, action))


@page_or_step
def return_submission(request: MemberRequest, code: str) -> HttpResponse:
    """Return a submission with the reason."""
    action = access.action(code, request.clock.today)
    ask(permissions.may_return(request.actor, panels.facts(request, action)))
    page = _step(
        action,
        title=_("Return the submission"),
        button=_("Return"),
        saved=_("Returned; the owner is told the reason."),
        lede=_(
            "The work is in progress again, and the owner reads your reason in the next letter."
        ),
    )
    form = bound(request, forms.ReasonForm, **fresh(version=action.version))
    return take(request, page, form, _words_change(services.return_submission, action))


@page_or_step
def cancel(request: MemberRequest, code: str) -> HttpResponse:
    """Cancel an action."""
    action = access.action(code, request.clock.today)
    ask(permissions.may_cancel(request.actor, panels.facts(request, action)))
    page = _step(
        action,
        title=_("Cancel the action"),
        button=_("Cancel the action"),
        saved=_("Cancelled."),
        lede=_("It stays on the roadmap with its history, and is left out of every mean."),
        grave=True,
    )
    form = bound(request, forms.ReasonForm, **fresh(version=action.version))
    return take(request, page, form, _words_change(services.cancel, action))


@page_or_step
def reopen(request: MemberRequest, code: str) -> HttpResponse:
    """Reopen a verified or cancelled action."""
    action = access.action(code, request.clock.today)
    ask(permissions.may_reopen(request.actor, panels.facts(request, action)))
    page = _step(
        action,
        title=_("Reopen"),
        button=_("Reopen"),
        saved=_("Reopened; it is in progress again."),
        lede=_("It is in progress again and its reminders start afresh."),
    )
    form = bound(request, forms.ReasonForm, **fresh(version=action.version))
    return take(request, page, form, _words_change(services.reopen, action))
