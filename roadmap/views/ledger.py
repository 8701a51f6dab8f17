"""The ledger of changes, for those who keep the machine: everybody else finds no such page."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from committee.http import MemberRequest
from committee.rules import permissions
from roadmap.exports.ledger import LEDGER
from roadmap.forms.ledger import LedgerFilter
from roadmap.selectors import ledger
from roadmap.views.exports import file_of

PER_PAGE = 50


@require_safe
def listing(request: MemberRequest) -> HttpResponse:
    """List what was changed, by whom, newest first; narrowed to one thing it is its history."""
    if not permissions.may_read_ledger(request.actor):
        raise Http404
    form = LedgerFilter(request.GET)
    page = Paginator(ledger.found(form.wanted()), PER_PAGE).get_page(request.GET.get("page"))
    if file := file_of(request, LEDGER, page):
        return file
    context = {
        "form": form,
        "page_obj": page,
        "rows": [(one, ledger.kind_name(one.object_type), ledger.told(one)) for one in page],
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "roadmap/ledger.html", context)
