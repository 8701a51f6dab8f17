"""Reporting periods: kept by the calendar, signed by leads, closed for good, corrected in sight.

Whoever changes a report locks its period first, so that a signature and a closing at the same
moment come one after the other.
"""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from committee import ledger
from committee.access import actor_of
from committee.clock import JAKARTA
from committee.enums import AuditVerb
from committee.models import Member, Workstream
from committee.services import bump_revision
from roadmap.enums import PeriodFigure, PeriodState, Refusal
from roadmap.models import Period, PeriodCorrection, PeriodReport, PeriodRule
from roadmap.rules import periods as rules
from roadmap.rules import permissions
from roadmap.rules.refusals import Refused
from roadmap.selectors import periods as selectors
from roadmap.services import reminders
from roadmap.services.changes import (
    Attempt,
    Repeated,
    Stale,
    actor_now,
    begin_row,
    one_change,
    require,
    save_row,
)


def keep(*, now: datetime) -> int:
    """Open the periods whose days have come, close those whose days are over; count both.

    Safe to run late, twice, or twice at once. What exists keeps its dates when its rule
    changes. An empty site keeps none.
    """
    today = now.astimezone(JAKARTA).date()
    if not Workstream.objects.exists():
        return 0
    return _close_what_is_over(today) + _open_what_is_due(today)


def _open_what_is_due(today: date) -> int:
    found = PeriodRule.objects.filter(is_active=True).order_by("pk")
    given = [rules.Rule(one.code, one.month, one.opens_before, one.closes_after) for one in found]
    made = [window for window in rules.current(given, today) if _made(window)]
    still_open = Period.objects.filter(closed_on=None, opens_on__lte=today, closes_on__gte=today)
    for period in still_open.order_by("pk"):
        _add_reports(period)
    return len(made)


def _made(window: rules.Window) -> bool:
    """Make a period that is not there yet; reading alone takes no lock."""
    there = Period.objects.filter(code=window.code, year=window.year)
    return not there.exists() and _make(window)


@transaction.atomic
def _make(window: rules.Window) -> bool:
    """Make a period; two at once make it once."""
    _period, is_new = Period.objects.get_or_create(
        code=window.code,
        year=window.year,
        defaults={
            "ends_on": window.ends_on,
            "opens_on": window.opens_on,
            "closes_on": window.closes_on,
        },
    )
    if is_new:
        bump_revision()
    return is_new


@transaction.atomic
def _add_reports(period: Period) -> None:
    """Ask every workstream for its report, also one that came while the period is open."""
    missing = Workstream.objects.exclude(reports__period=period)
    if not missing.exists():
        return
    locked = Period.objects.select_for_update().get(pk=period.pk)
    if locked.closed_on is not None:
        return
    rows = [PeriodReport(period=locked, workstream=place) for place in missing.order_by("order")]
    PeriodReport.objects.bulk_create(rows, ignore_conflicts=True)
    ledger.tell(locked, AuditVerb.LINK, asked=[row.workstream_id for row in rows])
    bump_revision()


def _close_what_is_over(today: date) -> int:
    over = Period.objects.filter(closed_on=None, closes_on__lt=today).order_by("closes_on", "pk")
    return sum(_close_by_calendar(pk, today) for pk in over.values_list("pk", flat=True))


@transaction.atomic
def _close_by_calendar(pk: int, today: date) -> bool:
    period = Period.objects.select_for_update().get(pk=pk)
    if period.closed_on is not None:
        return False
    _freeze(period, today)
    return True


def _freeze(period: Period, today: date) -> Period:
    """Keep the figures of a locked period and close it: its reports first, or they are locked."""
    day = rules.counted_on(period.closes_on, today)
    figures = selectors.figures(day=day, today=today)
    for report in period.reports.order_by("pk"):
        PeriodReport.objects.filter(pk=report.pk).update(**figures[report.workstream_id])
        reminders.cancel(item=f"report:{report.pk}", why="period closed")
    period.closed_on = today
    return save_row(period)


@one_change
def sign_report(*, report: PeriodReport, attempt: Attempt, narrative: str) -> PeriodReport:
    """Sign a workstream's report with its narrative; until the period closes, also again.

    :raises PermissionDenied: if this person does not lead the workstream.
    :raises Refused: before the period opens, after its last day, or without a narrative.
    """
    period = Period.objects.select_for_update().get(pk=report.period_id)
    report, actor = begin_row(report, attempt)
    require(permissions.may_sign_report(actor, report.workstream_id))
    rules.refuse_unless_open(_state(period, attempt.at.today))
    report.narrative = rules.canonical(PeriodFigure.NARRATIVE, narrative)
    report.signed_by, report.signed_on = attempt.by, attempt.at.today
    reminders.cancel(item=f"report:{report.pk}", why="signed")
    return save_row(report)


def _state(period: Period, today: date) -> PeriodState:
    return rules.state(period.opens_on, period.closes_on, period.closed_on, today)


@one_change
def close_period(*, period: Period, attempt: Attempt) -> Period:
    """Close a period before its day; its figures are frozen as they stand.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if it has not opened, or is closed.
    """
    period, actor = begin_row(period, attempt)
    require(permissions.may_manage_periods(actor))
    standing = _state(period, attempt.at.today)
    if standing == PeriodState.CLOSED:
        raise Refused(Refusal.PERIOD_CLOSED)
    if standing == PeriodState.UPCOMING:
        raise Refused(Refusal.PERIOD_NOT_OPEN)
    period.closed_by = attempt.by
    return _freeze(period, attempt.at.today)


@one_change
def correct_figure(
    *, report: PeriodReport, attempt: Attempt, figure: PeriodFigure, new: str, reason: str
) -> PeriodCorrection:
    """Add to a closed report what is right, beside what stood by then, and why.

    :raises PermissionDenied: if this person may not.
    :raises Stale: when the figure was corrected since the form was made.
    :raises Refused: while the period is open, without a reason, or when it is the same.
    """
    period = Period.objects.select_for_update().get(pk=report.period_id)
    report = period.reports.get(pk=report.pk)
    if attempt.token and (first := PeriodCorrection.objects.filter(token=attempt.token).first()):
        raise Repeated(first)
    if attempt.version is not None:
        _check_seen(report, figure, attempt.version)
    require(permissions.may_manage_periods(actor_now(attempt)))
    old, right = _both_values(report, figure, new, reason)
    made = PeriodCorrection.objects.create(
        report=report,
        figure=figure,
        old=old,
        new=right,
        reason=reason.strip(),
        by=attempt.by,
        on=attempt.at.today,
        at=attempt.at.now,
        token=attempt.token,
    )
    bump_revision()
    return made


def _check_seen(report: PeriodReport, figure: PeriodFigure, seen: int) -> None:
    """Refuse to correct on top of a correction that the form's maker had not seen."""
    if selectors.is_corrected_since(report, figure, seen):
        raise Stale(selectors.standing(report, figure))


def _both_values(
    report: PeriodReport, figure: PeriodFigure, new: str, reason: str
) -> tuple[str, str]:
    if report.period.closed_on is None:
        raise Refused(Refusal.PERIOD_STILL_OPEN)
    if not reason.strip():
        raise Refused(Refusal.NEEDS_REASON)
    old, right = selectors.stands(report, figure), rules.canonical(figure, new)
    if old == right:
        raise Refused(Refusal.SAME_TEXT)
    return old, right


@transaction.atomic
def save_rule(*, by: Member, rule: PeriodRule, today: date) -> PeriodRule:
    """Add a rule of periods, change it or switch it off; periods already made keep their dates.

    :raises PermissionDenied: if this person may not.
    """
    actor = actor_of(Member.objects.get(pk=by.pk), today)
    if not permissions.may_manage_periods(actor):
        raise PermissionDenied
    rule.save()
    bump_revision()
    return rule
