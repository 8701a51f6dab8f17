"""The steering pack: ordering one, its print page, and its text for a chat group."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from committee.http import MemberRequest
from committee.models import Revision
from committee.past import looks_back
from committee.rules.days import past_day
from roadmap import packs
from roadmap.forms.filters import unknown
from roadmap.forms.packs import PackForm, since_of
from roadmap.selectors import jobs as job_selectors
from roadmap.selectors import pack as selectors
from roadmap.selectors import since as since_selectors
from roadmap.selectors.since import Since
from roadmap.services import jobs
from roadmap.services.changes import Attempt


class Asked(NamedTuple):
    """What an address asks for, and what of it was ignored, in a sentence each."""

    day: date
    since: Since
    language: str
    ignored: list[str]

    @property
    def query(self) -> str:
        """Give the address's own query, with everything named."""
        return f"?day={self.day.isoformat()}&since={self.since.value}&lang={self.language}"


@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: MemberRequest) -> HttpResponse:
    """List the packs ordered, and take an order."""
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        return _order(request, form.cleaned_data)
    context = {
        "form": form,
        "page_obj": job_selectors.packs(request.GET.get("page", "1")),
        "kept": jobs.KEPT,
        "can_make_pdf": packs.can_make_pdf(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "roadmap/packs.html", context, status=status)


def _form(request: MemberRequest) -> PackForm:
    today = request.clock.today
    first = {"day": today, "language": get_language() or settings.LANGUAGE_CODE}
    first |= _from_address(request, today)
    sent = request.POST if request.method == "POST" else None
    return PackForm(sent, initial=first, today=today, held=since_selectors.meetings(today))


def _from_address(request: MemberRequest, today: date) -> dict[str, Any]:
    """Begin with what the page one comes from was showing."""
    asked = _asked(request, today) if request.method != "POST" and "day" in request.GET else None
    if asked is None:
        return {}
    first: dict[str, Any] = {"day": asked.day, "language": asked.language}
    if asked.since.meeting:
        return first | {"since": asked.since.value}
    return first | {"since_day": asked.since.day}


def _order(request: MemberRequest, cleaned: dict[str, Any]) -> HttpResponse:
    number = Revision.objects.filter(pk=1).values_list("number", flat=True).first()
    order = packs.order_of(
        day=cleaned["day"],
        since=cleaned["compared"],
        language=cleaned["language"],
        revision=number or 0,
    )
    job = jobs.order(order=order, attempt=Attempt(request.user, request.clock))
    return redirect(job)


@require_safe
@looks_back
def page(request: MemberRequest) -> HttpResponse:
    """Show a pack as a page that prints well."""
    return _show(request, "roadmap/pack.html")


@require_safe
@looks_back
def text(request: MemberRequest) -> HttpResponse:
    """Show a pack as text to paste into a chat group."""
    return _show(request, "roadmap/pack_text.html")


def _show(request: MemberRequest, template: str) -> HttpResponse:
    asked = _asked(request, request.day)
    # The words around the paper, too, are in its language.
    with translation.override(asked.language), packs.links_to(asked.day, request.clock.today):
        pack = packs.read(asked.day, asked.since, request.clock)
        context = {
            "pack": pack,
            "asked": asked,
            "can_make_pdf": packs.can_make_pdf(),
            "text": packs.text(pack, asked.language) if template.endswith("text.html") else "",
        }
        return render(request, template, context)


def _asked(request: MemberRequest, today: date) -> Asked:
    """Read the address; what it names wrongly is said and ignored."""
    ignored: list[str] = []
    day = _read_day(request.GET.get("day", ""), today, request.clock.today, ignored)
    text = request.GET.get("since", "").strip()
    since = since_of(text, day)
    if since is None:
        sentence = _("“%(value)s” names no meeting or day before this pack's; it was ignored.")
        ignored.append(sentence % {"value": text[:40]})
        since = selectors.default_since(day)
    language = request.GET.get("lang", "") or get_language() or settings.LANGUAGE_CODE
    if language not in dict(settings.LANGUAGES):
        ignored.append(unknown(language))
        language = get_language() or settings.LANGUAGE_CODE
    return Asked(day, since, language, ignored)


def _read_day(text: str, shown: date, today: date, ignored: list[str]) -> date:
    if not text.strip():
        return shown
    try:
        return past_day(text.strip(), today) or today
    except (ValueError, ValidationError):
        ignored.append(_("“%(value)s” is no past day; it was ignored.") % {"value": text[:40]})
        return shown
