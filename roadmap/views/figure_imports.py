"""Bringing a file of figures: read, shown with what is wrong in it, then applied whole or not."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from committee.floods import is_flood, too_many
from committee.http import MemberRequest, sent_only
from roadmap.forms import imports as forms
from roadmap.forms.saved import fresh
from roadmap.services.changes import Attempt, Stale
from roadmap.views.saving import save
from roadmap.views.steps import StepPage, ask, bound, page_or_step, take
from umkm import access
from umkm.enums import Notation
from umkm.models import Import
from umkm.rules import permissions
from umkm.selectors.imports import plan
from umkm.services import imports as services
from umkm.services.imports import ImportRefused

SHOWN = 50
HEADING = "indicator,series,year,period,kind,value,unit,region,source,url,confidence,known_from"
EXAMPLE = 'UMKM_ONLINE,MAIN,2021,,actual,"16.4",juta unit,,Kemenkop UKM,,high,2022-01-15'


@page_or_step
def bring(request: MemberRequest) -> HttpResponse:
    """Take a file and keep it for its preview."""
    ask(permissions.may_import_figures(request.actor))
    if is_flood(request):
        return too_many(request)
    page = StepPage(
        title=_("Import figures"),
        button=_("Read the file"),
        saved=_("The file was read; nothing is applied yet."),
        back=reverse("roadmap:indicators"),
        lede=_("First you see what would be added and what is wrong, row by row."),
        beside="umkm/partials/import_columns.html",
        facts=HEADING.split(","),
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Import:
        return services.keep_file(attempt=attempt, brought=forms.brought_of(cleaned))

    form = bound(request, forms.BringForm, **fresh(notation=""))
    return take(request, page, form, change, place=_place)


@require_safe
def sample(request: MemberRequest) -> HttpResponse:
    """Hand out a file with the heading and one row, to begin with."""
    ask(permissions.may_import_figures(request.actor))
    answer = HttpResponse(f"{HEADING}\r\n{EXAMPLE}\r\n", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="figures.csv"'
    return answer


@require_safe
def preview(request: MemberRequest, pk: int) -> HttpResponse:
    """Show what applying a kept file would do, or what is wrong with it."""
    draft = access.draft(request.actor, pk)
    found = None if draft.applied_at else plan(draft, request.actor, request.clock.today)
    context: dict[str, Any] = {"draft": draft, "plan": found, "shown": SHOWN}
    if found is not None:
        context |= {
            "complaints": found.complaints[:SHOWN],
            "planned": found.planned[:SHOWN],
            "is_own": draft.by_id == request.actor.id,
            "notation": forms.NotationForm(initial=fresh(version=draft.version)),
            "apply": forms.ApplyForm(initial=fresh(version=draft.version, digest=found.digest)),
        }
    return render(request, "umkm/import.html", context)


@sent_only
def notation(request: MemberRequest, pk: int) -> HttpResponse:
    """Say how a kept file writes numbers."""
    draft = access.draft(request.actor, pk)
    ask(draft.by_id == request.actor.id)

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Import:
        chosen = Notation(cleaned["notation"])
        return services.choose_notation(draft=draft, attempt=attempt, notation=chosen)

    saving = save(request, forms.NotationForm(request.POST), change, version=draft.version)
    if not saving.is_saved:
        messages.error(request, _("Choose how the file writes numbers."))
    return redirect(_place(draft))


@sent_only
def apply(request: MemberRequest, pk: int) -> HttpResponse:
    """Add every figure of a kept file, or none."""
    draft = access.draft(request.actor, pk)
    ask(draft.by_id == request.actor.id)

    def change(cleaned: dict[str, Any], attempt: Attempt) -> bool:
        try:
            services.apply_import(draft=draft, attempt=attempt, digest=cleaned["digest"])
        except (ImportRefused, Stale):
            return False
        return True

    saving = save(request, forms.ApplyForm(request.POST), change, version=draft.version)
    if saving.is_saved and saving.result:
        messages.success(request, _("The figures are added."))
    else:
        sentence = _("Nothing was applied: it would do something else by now. Look again.")
        messages.error(request, sentence)
    return redirect(_place(draft))


def _place(draft: Import) -> str:
    return reverse("roadmap:figures-preview", args=[draft.pk])
