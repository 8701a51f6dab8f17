"""The health of the mail, for those who look after it; what was held is sent or discarded here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from committee import gate
from committee.enums import LetterState
from committee.http import MemberRequest
from committee.rules import permissions
from roadmap.forms.letters import ConfirmForm
from roadmap.forms.saved import fresh
from roadmap.selectors import mail_alarms, mail_health
from roadmap.services.changes import Attempt
from roadmap.templatetags.roadmap import number
from roadmap.views.confirming import expect
from roadmap.views.steps import StepPage, ask, bound, page_or_step, take


@require_safe
def panel(request: MemberRequest) -> HttpResponse:
    """Show whether letters leave, and what somebody must see to."""
    ask(permissions.may_see_all_letters(request.actor))
    found = mail_health.health(request.clock.today)
    context = {
        "health": found,
        "broken": mail_alarms.broken(found, request.clock.today),
        "may_release": permissions.may_release_letters(request.actor),
    }
    return render(request, "roadmap/mail_health.html", context)


@page_or_step
def release(request: MemberRequest) -> HttpResponse:
    """Send the letters held, after all."""
    page = StepPage(
        title=_("Send the letters held"),
        button=_("Send them"),
        saved=_("They leave with the next round, with what is true then."),
        back=reverse("roadmap:mail-health"),
    )
    return _decide(request, page, _sent, gate.release)


@page_or_step
def discard(request: MemberRequest) -> HttpResponse:
    """Cancel the letters held, and let later ones leave again."""
    page = StepPage(
        title=_("Discard the letters held"),
        button=_("Discard them"),
        saved=_("They are cancelled. Letters leave again."),
        back=reverse("roadmap:mail-health"),
        is_grave=True,
    )
    return _decide(request, page, _cancelled, gate.discard)


def _sent(count: int) -> str:
    return ngettext(
        "%(n)s letter held is sent. Letters leave again.",
        "%(n)s letters held are sent. Letters leave again.",
        count,
    )


def _cancelled(count: int) -> str:
    return ngettext(
        "%(n)s letter held is cancelled for good and tells nobody. Letters leave again.",
        "%(n)s letters held are cancelled for good and tell nobody. Letters leave again.",
        count,
    )


def _decide(
    request: MemberRequest,
    page: StepPage,
    words: Callable[[int], str],
    decide: Callable[..., int],
) -> HttpResponse:
    """Ask for a yes to what becomes of every letter held, and do it."""
    ask(permissions.may_release_letters(request.actor))
    count = mail_health.counts()[LetterState.HELD]
    page = replace(page, lede=words(count) % {"n": number(count)}, version=count)

    def change(_cleaned: dict[str, Any], attempt: Attempt) -> None:
        expect(request, attempt, count)
        decide(by=request.user, today=request.clock.today)

    return take(request, page, bound(request, ConfirmForm, **fresh(version=count)), change)
