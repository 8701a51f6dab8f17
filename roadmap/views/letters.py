"""The letters: the secretariat answers "was she reminded?", everybody sees their own."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from committee import access, outbox
from committee.emails import ACCOUNT_KINDS
from committee.enums import LetterState
from committee.http import MemberRequest
from committee.models import Letter
from committee.rules import permissions
from roadmap.enums import Refusal
from roadmap.exports.record import LETTERS
from roadmap.forms.letters import ConfirmForm, LetterFilter
from roadmap.forms.saved import fresh
from roadmap.rules.refusals import Refused
from roadmap.selectors import letter_states, letters
from roadmap.services.changes import Attempt
from roadmap.templatetags.roadmap import number
from roadmap.views.confirming import expect
from roadmap.views.exports import file_of
from roadmap.views.steps import StepPage, ask, bound, page_or_step, take

PER_PAGE = 50


@require_safe
def listing(request: MemberRequest) -> HttpResponse:
    """List the letters this reader may see, fifty a page."""
    sees_all = permissions.may_see_all_letters(request.actor)
    form = LetterFilter(request.GET, sees_all=sees_all)
    wanted = form.wanted()
    found = letters.letters_for(request.actor, wanted)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    if file := file_of(request, LETTERS, page):
        return file
    by_state = letters.state_counts(request.actor, wanted)
    context = {
        "form": form,
        "page_obj": page,
        "counts": letters.line_counts(page),
        "doors": letter_states.doors(by_state, wanted.state),
        "failed": by_state[LetterState.FAILED],
        "sees_all": sees_all,
        "may_resend": permissions.may_release_letters(request.actor),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "roadmap/letters.html", context)


@require_safe
def detail(request: MemberRequest, pk: int) -> HttpResponse:
    """Show one letter: what was told, what became of it, and why a line was left out."""
    letter = access.letter(request.actor, pk)
    lines = letters.lines_of(letter)
    may_resend = permissions.may_release_letters(request.actor) and _has_failed(letter)
    context = {
        "letter": letter,
        "told": [line for line in lines if not line.cancel_reason],
        "cancelled": [line for line in lines if line.cancel_reason],
        "attempts": letters.attempts_of(letter),
        "explained": letter_states.explain(letter),
        "answer": letter_states.last_answer(letter),
        "keeps_text": letter.kind not in ACCOUNT_KINDS,
        "resend": ConfirmForm(initial=fresh()) if may_resend else None,
    }
    return render(request, "roadmap/letter.html", context)


def _has_failed(letter: Letter) -> bool:
    return letter.state == LetterState.FAILED


@page_or_step
def resend(request: MemberRequest, pk: int) -> HttpResponse:
    """Try a letter again that was given up."""
    letter = access.letter(request.actor, pk)
    ask(permissions.may_release_letters(request.actor))
    page = StepPage(
        title=_("Send it again"),
        button=_("Send it again"),
        saved=_("It leaves with the next round, with what is true then."),
        back=letter.get_absolute_url(),
        about=letter,
        lede=letter_states.explain(letter),
    )

    def change(_cleaned: dict[str, Any], _attempt: Attempt) -> None:
        try:
            outbox.resend(by=request.user, letter=letter, today=request.clock.today)
        except outbox.TooLate as late:
            raise Refused(Refusal.LINK_TOO_OLD) from late

    return take(request, page, bound(request, ConfirmForm, **fresh()), change)


@page_or_step
def resend_all(request: MemberRequest) -> HttpResponse:
    """Try all letters again that were given up, among those the list was filtered to."""
    ask(permissions.may_release_letters(request.actor))
    wanted = LetterFilter(request.GET, sees_all=True).wanted()
    failed = letters.failed_as_asked(request.actor, wanted)
    count = failed.count()
    page = StepPage(
        title=_("Send all failed letters again"),
        button=_("Send them again"),
        saved=_("They leave with the next round, with what is true then."),
        back=f"{reverse('roadmap:letters')}?{request.GET.urlencode()}",
        lede=" ".join(
            [_to_send(count), _("Account mail whose link is too old by now stays failed.")]
        ),
        version=count,
    )

    def change(_cleaned: dict[str, Any], attempt: Attempt) -> None:
        expect(request, attempt, count)
        for letter in failed:
            with suppress(outbox.TooLate):  # it stays failed, as the page said
                outbox.resend(by=request.user, letter=letter, today=request.clock.today)

    return take(request, page, bound(request, ConfirmForm, **fresh(version=count)), change)


def _to_send(count: int) -> str:
    sentence = ngettext(
        "%(n)s letter that failed is tried again, as the list was filtered.",
        "%(n)s letters that failed are tried again, as the list was filtered.",
        count,
    )
    return sentence % {"n": number(count)}
