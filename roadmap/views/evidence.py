"""Attaching evidence, and handing it out: as a download only, never shown as a page of ours."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from committee.floods import is_flood
from committee.http import MemberRequest
from committee.logs import tell
from roadmap import access
from roadmap.forms.evidence import EvidenceForm
from roadmap.forms.saved import SavedForm, fresh
from roadmap.models import Evidence
from roadmap.rules import permissions
from roadmap.rules.file_names import plain_name
from roadmap.services import evidence as services
from roadmap.services.changes import Attempt
from roadmap.views import panels
from roadmap.views.saving import Saving
from roadmap.views.steps import StepPage, ask, bound, page_or_step, show, take

log = logging.getLogger(__name__)


@page_or_step
def add(request: MemberRequest, code: str) -> HttpResponse:
    """Attach a link or a file to an action."""
    action = access.action(code, request.clock.today)
    ask(permissions.may_add_evidence(request.actor, panels.facts(request, action)))
    page = StepPage(
        title=_("Add evidence"),
        button=_("Attach"),
        saved=_("The evidence is attached."),
        back=f"{action.get_absolute_url()}#evidence",
        about=action,
        lede=_("A link or a file that shows the output exists. Everybody signed in can open it."),
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Evidence:
        # Evidence stands beside the state: nobody must choose a file again because of it.
        beside = replace(attempt, version=None)
        common = {"action": action, "attempt": beside, "title": cleaned["title"]}
        if cleaned["url"]:
            return services.add_link(**common, url=cleaned["url"])
        content_type = cleaned["content_type"]
        return services.add_file(**common, upload=cleaned["file"], content_type=content_type)

    form = bound(request, EvidenceForm, **fresh(version=action.version))
    if is_flood(request):
        return _too_fast(request, page, form)
    return take(request, page, form, change)


def _too_fast(request: MemberRequest, page: StepPage, form: SavedForm) -> HttpResponse:
    """Answer a flood of files with the form, in which all that was typed stays."""
    tell("rate_limited", request)
    form.add_error("file", _("These were too many files in a minute; wait one, then choose again."))
    answer = show(request, page, Saving(form, 429))
    answer["Retry-After"] = "60"
    return answer


@require_safe
def download(request: MemberRequest, pk: int) -> HttpResponseBase:
    """Hand out a file whose bytes are still those that were attached."""
    evidence = access.evidence(request.actor, pk)
    if evidence.url:
        return redirect(evidence.action)
    path: Path = settings.EVIDENCE_ROOT / evidence.stored_name
    if services.digest_of(path) != evidence.sha256:
        log.error("evidence %s is missing or changed on disk", evidence.pk)
        return render(request, "roadmap/evidence_broken.html", {"evidence": evidence}, status=410)
    answer = _attachment(evidence, path)
    tell("evidence_downloaded", request, evidence=evidence.pk)
    return answer


def _attachment(evidence: Evidence, path: Path) -> FileResponse:
    try:
        response = FileResponse(path.open("rb"), content_type=evidence.content_type)
    except OSError as error:
        raise Http404 from error
    # Cleaned again: a row may be older than the rule, or come out of a backup.
    name = quote(plain_name(evidence.file_name), safe="")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
