"""Reporting periods: the list, the page of one, and signing, closing and correcting."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from committee.http import MemberRequest
from committee.past import looks_back, writer
from roadmap import access
from roadmap.enums import PeriodFigure, PeriodState
from roadmap.exports.record import PERIODS, REPORTS
from roadmap.forms import periods as forms
from roadmap.forms.saved import fresh
from roadmap.models import Period, PeriodCorrection, PeriodReport
from roadmap.rules import permissions
from roadmap.selectors import periods as selectors
from roadmap.selectors.periods import PeriodRow
from roadmap.services import periods as services
from roadmap.services.changes import Attempt
from roadmap.views.exports import file_of
from roadmap.views.steps import StepPage, ask, bound, page_or_step, take

SIGNED = ("yes", "no")


class Heading(NamedTuple):
    """A period as the pages of its steps name it."""

    title: str
    version: int
    url: str

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return self.url


def _heading(period: Period) -> Heading:
    return Heading(str(period), period.version, period.get_absolute_url())


@looks_back
@require_safe
def listing(request: MemberRequest) -> HttpResponse:
    """List the periods, those not closed first."""
    page, rows = selectors.listing(today=request.day, page=request.GET.get("page", "1"))
    shown = {"page_obj": page, "rows": rows}
    return file_of(request, PERIODS, page) or render(request, "roadmap/periods.html", shown)


@looks_back
@require_safe
def detail(request: MemberRequest, pk: int) -> HttpResponse:
    """Show a period: what each workstream signed, its figures, and what was corrected."""
    period = access.period(pk, request.day)
    asked = request.GET.get("signed", "")
    signed = asked if asked in SIGNED else ""
    shown = selectors.period_page(
        period=period,
        today=request.day,
        actor=writer(request),
        signed=signed,
        page=request.GET.get("page", "1"),
    )
    context = {
        "shown": shown,
        "row": shown.row,
        "period": shown.row.period,
        "signed": signed,
        "ignored": asked[:40] if asked and not signed else "",
        "may": _may(request, shown.row),
    }
    file = file_of(request, REPORTS, shown.page)
    return file or render(request, "roadmap/period.html", context)


def _may(request: MemberRequest, row: PeriodRow) -> dict[str, bool]:
    """Say which steps a period's page leads to."""
    actor = writer(request)
    manages = actor is not None and permissions.may_manage_periods(actor)
    is_closed = row.state == PeriodState.CLOSED
    return {
        "close": manages and row.state in (PeriodState.OPEN, PeriodState.CLOSING),
        "correct": manages and is_closed,
    }


@page_or_step
def sign(request: MemberRequest, pk: int, code: str) -> HttpResponse:
    """Sign a workstream's report with its narrative."""
    report = access.report(access.period(pk), code)
    ask(permissions.may_sign_report(request.actor, report.workstream_id))
    page = StepPage(
        title=_("Sign the report: %(place)s") % {"place": report.workstream.local_title},
        button=_("Sign"),
        saved=_("The report is signed."),
        back=report.period.get_absolute_url(),
        about=report,
        lede=_("Reports are taken until the period closes; until then it can be signed again."),
        beside="roadmap/partials/period_sign.html",
        facts=report,
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> PeriodReport:
        return services.sign_report(report=report, attempt=attempt, narrative=cleaned["narrative"])

    first = fresh(version=report.version, narrative=report.narrative)
    return take(request, page, bound(request, forms.NarrativeForm, **first), change)


@page_or_step
def close(request: MemberRequest, pk: int) -> HttpResponse:
    """Close a period before its day."""
    period = access.period(pk)
    ask(permissions.may_manage_periods(request.actor))
    page = StepPage(
        title=_("Close the period"),
        button=_("Close and freeze the figures"),
        saved=_("The period is closed and its figures are frozen."),
        back=period.get_absolute_url(),
        about=_heading(period),
        is_grave=True,
        beside="roadmap/partials/period_close.html",
        facts={"period": period, "unsigned": selectors.unsigned(period)},
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Period:
        return services.close_period(period=period, attempt=attempt)

    form = bound(request, forms.ClosePeriodForm, **fresh(version=period.version))
    return take(request, page, form, change)


@page_or_step
def correct(request: MemberRequest, pk: int) -> HttpResponse:
    """Add a correction to a closed period."""
    period = access.period(pk)
    ask(permissions.may_manage_periods(request.actor))
    seen = selectors.corrections_of(period).count()
    page = StepPage(
        title=_("Correct a closed period"),
        button=_("Add the correction"),
        saved=_("The correction stands beside what was frozen."),
        back=period.get_absolute_url(),
        about=_heading(period),
        lede=_("What was frozen stays and is shown with what is right, who says so, and why."),
        version=seen,
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> PeriodCorrection:
        return services.correct_figure(
            report=cleaned["report"],
            attempt=attempt,
            figure=PeriodFigure(cleaned["figure"]),
            new=cleaned["new"],
            reason=cleaned["note"],
        )

    first = forms.first_correction(request.GET.dict(), seen)
    form = bound(request, forms.CorrectionForm, **first)
    assert isinstance(form, forms.CorrectionForm)
    form.offer(period)
    return take(request, page, form, change)
