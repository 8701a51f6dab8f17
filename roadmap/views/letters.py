"""The letters: the secretariat answers "was she reminded?", everybody sees their own."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from committee import access
from committee.enums import LetterKind
from committee.http import MemberRequest
from committee.rules import permissions
from roadmap.exports.record import LETTERS
from roadmap.forms.letters import LetterFilter
from roadmap.selectors import letters
from roadmap.views.exports import file_of

PER_PAGE = 50


@require_safe
def listing(request: MemberRequest) -> HttpResponse:
    """List the letters this reader may see, fifty a page."""
    sees_all = permissions.may_see_all_letters(request.actor)
    form = LetterFilter(request.GET, sees_all=sees_all)
    found = letters.letters_for(request.actor, form.wanted())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "counts": letters.line_counts(page),
        "sees_all": sees_all,
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    return file_of(request, LETTERS, page) or render(request, "roadmap/letters.html", context)


@require_safe
def detail(request: MemberRequest, pk: int) -> HttpResponse:
    """Show one letter: what was told, what became of it, and why a line was left out."""
    letter = access.letter(request.actor, pk)
    lines = letters.lines_of(letter)
    context = {
        "letter": letter,
        "told": [line for line in lines if not line.cancel_reason],
        "cancelled": [line for line in lines if line.cancel_reason],
        "attempts": letters.attempts_of(letter),
        "reason": letters.reason_words(letter.last_error),
        "keeps_text": letter.kind == LetterKind.REMINDERS,
    }
    return render(request, "roadmap/letter.html", context)
