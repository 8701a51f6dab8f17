"""One job: how far it is, and what it made, as a download."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from committee.http import MemberRequest
from committee.logs import tell
from roadmap import access
from roadmap.enums import JobFailure, JobState
from roadmap.services import jobs


@require_safe
def detail(request: MemberRequest, pk: int) -> HttpResponse:
    """Show a job; while it is not done the page asks for itself again."""
    job = access.job(pk)
    context = {
        "job": job,
        "is_waiting": job.state in jobs.UNFINISHED,
        "is_gone": job.state == JobState.DONE and not jobs.path_of(job).exists(),
        "failure": JobFailure(job.error).label if job.error else "",
        "kept": jobs.KEPT,
    }
    part = "#job-state" if request.htmx else ""
    return render(request, f"roadmap/job.html{part}", context)


@require_safe
def download(request: MemberRequest, pk: int) -> HttpResponseBase:
    """Hand out what a job made, as a file to keep and never as a page of ours."""
    job = access.job(pk)
    if job.state != JobState.DONE:
        raise Http404
    try:
        response = FileResponse(jobs.path_of(job).open("rb"), content_type="application/pdf")
    except OSError as error:
        raise Http404 from error
    tell("exported", request, format="pdf")
    name = f"peta-jalan-{job.asked['day']}-{job.asked['language']}-{job.data_sha256[:8]}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
