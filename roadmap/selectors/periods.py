"""Reporting periods: what was signed, and the figures, live while open and frozen after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, Q, QuerySet, When
from django.urls import reverse

from committee.past import address_on
from committee.rules.days import PastDay, before
from committee.rules.permissions import Actor
from roadmap.enums import PeriodFigure, PeriodState, Signal, Status
from roadmap.models import Period, PeriodCorrection, PeriodReport, undone
from roadmap.models.undone import not_yet
from roadmap.rules import periods as rules
from roadmap.rules import permissions
from roadmap.selectors import progress
from roadmap.selectors.actions import Watch
from roadmap.selectors.progress import Tally
from roadmap.templatetags.roadmap import number

PAGE_SIZE = 25
FIGURES = tuple(figure for figure in PeriodFigure if figure != PeriodFigure.NARRATIVE)
# The list of actions behind each count, as a filter of the action list; a mean has no list.
LISTS: dict[str, str] = {
    PeriodFigure.ACTIONS: "",
    PeriodFigure.DONE: f"&status={Status.VERIFIED}",
    PeriodFigure.LATE: f"&signal={Signal.LATE}",
    PeriodFigure.SILENT: f"&signal={Watch.SILENT}",
    PeriodFigure.BLOCKED: f"&signal={Watch.BLOCKED}",
}
Values = Mapping[str, int | Decimal | None]


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A period in the list: where it stands, and how many have signed."""

    period: Period
    state: PeriodState
    signed: int
    total: int
    mark: str

    @property
    def unsigned(self) -> int:
        return self.total - self.signed


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure; `frozen` is what stood before a correction, None without one.

    `count` is how many rows the list at `url` has. A period closed by hand froze a moment of its
    last day; the list is as of that day's end, and `is_other` says when it counts otherwise.
    """

    label: str
    text: str
    count: int | Decimal | None = None
    url: str = ""
    frozen: str | None = None
    is_other: bool = False


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """A correction with both values in words."""

    correction: PeriodCorrection
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A figure in words, and how many corrections of its period led to them."""

    label: str
    words: str
    version: int


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A workstream's report: what was signed, its figures, and what was corrected later."""

    report: PeriodReport
    narrative: str
    figures: list[FigureRow]
    corrections: list[CorrectionRow]
    may_sign: bool
    mark: str


@dataclass(frozen=True, slots=True)
class PeriodPage:
    row: PeriodRow
    page: Page[Any]
    reports: list[ReportRow]
    counted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """What the list of actions at a place counts for one workstream."""

    place: str
    values: Values

    def door(self, figure: PeriodFigure, code: str) -> tuple[str, int | Decimal | None]:
        """Give the list behind a figure and how many rows it has."""
        query = LISTS.get(figure)
        if query is None:
            return "", None
        return f"{self.place}?workstream={code}{query}", self.values[figure]


@dataclass(slots=True)
class _Corrected:
    """The corrections of a report, oldest first, and what each figure was corrected to."""

    rows: list[PeriodCorrection] = field(default_factory=list)
    last: dict[str, str] = field(default_factory=dict)


def figures(*, day: date, today: date) -> dict[int, dict[str, int | Decimal | None]]:
    """Count every workstream's figures as they stood at the end of a day: one query.

    Today's are what the pages show this moment; a past day's come from the history, so a
    period that is closed late still shows its own last day.
    """
    tallies = progress.tallies(today=before(day, today) or today, inside=True)
    counted = {place: _figures(tally) for place, tally in tallies.items()}
    return defaultdict(lambda: _figures(Tally()), counted)


def _figures(tally: Tally) -> dict[str, int | Decimal | None]:
    return {
        PeriodFigure.ACTIONS: tally.total,
        PeriodFigure.CLAIMED: rules.two_decimals(tally.claimed),
        PeriodFigure.VERIFIED: rules.two_decimals(tally.verified),
        PeriodFigure.EXPECTED: rules.two_decimals(tally.expected),
        PeriodFigure.DONE: tally.count(Signal.DONE) + tally.count(Signal.DONE_LATE),
        PeriodFigure.LATE: tally.count(Signal.LATE),
        PeriodFigure.SILENT: tally.count(Watch.SILENT),
        PeriodFigure.BLOCKED: tally.count(Watch.BLOCKED),
    }


def listing(*, today: date, page: Any = 1) -> tuple[Page[Any], list[PeriodRow]]:
    """Give one page of the periods, those not closed first: two queries."""
    found = _counted(Period.objects.all(), today)
    if isinstance(today, PastDay):  # one may be made before it opens
        found = found.filter(opens_on__lte=today)
    closed = Case(When(closed_on__lte=today, then=F("closed_on")))
    ordered = found.order_by(closed.desc(nulls_first=True), "-opens_on", "-pk")
    shown = Paginator(ordered, PAGE_SIZE).get_page(page)
    return shown, [_row(period, today) for period in shown]


def one(period: Period, today: date) -> PeriodRow:
    """Give a period as a row of the list: one query."""
    found = _counted(Period.objects.select_related("closed_by"), today)
    return _row(found.get(pk=period.pk), today)


def _counted(periods: QuerySet[Period], today: date) -> QuerySet[Period]:
    signed = Count("reports", filter=Q(reports__signed_on__lte=today))
    return periods.annotate(signed_count=signed, report_count=Count("reports"))


def _row(period: Any, today: date) -> PeriodRow:
    period = undone.period(period, today)
    standing = rules.state(period.opens_on, period.closes_on, period.closed_on, today)
    return PeriodRow(
        period=period,
        state=standing,
        signed=period.signed_count,
        total=period.report_count,
        mark=_mark(standing, (period.closes_on - today).days),
    )


def _mark(standing: PeriodState, days_left: int) -> str:
    """Name the signal whose colour and shape a state wears."""
    if standing == PeriodState.OPEN:
        return Signal.DUE_SOON if days_left <= settings.DUE_SOON_DAYS else Signal.ON_TRACK
    marks = {PeriodState.CLOSED: Signal.DONE, PeriodState.CLOSING: Signal.WAITING}
    return marks.get(standing, "cancelled")


def period_page(
    *, period: Period, today: date, actor: Actor | None, signed: str = "", page: Any = 1
) -> PeriodPage:
    """Gather a period's page: its reports, with figures and corrections, five queries at most."""
    row = one(period, today)
    found = period.reports.select_related("workstream", "signed_by")
    if signed:
        unsigned = not_yet("signed_on", today)
        found = found.filter(unsigned if signed == "no" else ~unsigned)
    shown = Paginator(found.order_by("workstream__order", "pk"), PAGE_SIZE).get_page(page)
    reports = [undone.report(report, today) for report in shown]
    last = rules.counted_on(row.period.closes_on, row.period.closed_on or today)
    counted, place = figures(day=last, today=today), _actions_on(last, today)
    corrected = _corrections(reports, today)
    return PeriodPage(
        row=row,
        page=shown,
        reports=[
            _report(report, row, Listed(place, counted[report.workstream_id]), corrected, actor)
            for report in reports
        ],
        counted_on=last if row.period.closed_on else None,
    )


def _actions_on(day: date, today: date) -> str:
    """Give the list of actions as of the end of a day, or as this page is."""
    place = reverse("roadmap:actions")
    return address_on(place, day) if day < today else place


def _corrections(reports: Iterable[PeriodReport], today: date) -> dict[int, _Corrected]:
    found: dict[int, _Corrected] = defaultdict(_Corrected)
    rows = PeriodCorrection.objects.filter(report__in=[one.pk for one in reports], on__lte=today)
    for row in rows.select_related("by").order_by("pk"):
        found[row.report_id].rows.append(row)
        found[row.report_id].last[row.figure] = row.new
    return found


def _report(
    report: PeriodReport,
    row: PeriodRow,
    listed: Listed,
    corrections: Mapping[int, _Corrected],
    actor: Actor | None,
) -> ReportRow:
    values = frozen(report) if row.period.closed_on else listed.values
    code, corrected = report.workstream.code, corrections[report.pk]
    signs = actor is not None and permissions.may_sign_report(actor, report.workstream_id)
    return ReportRow(
        report=report,
        narrative=corrected.last.get(PeriodFigure.NARRATIVE, report.narrative),
        figures=[
            _figure(one, values[one], corrected.last.get(one), listed.door(one, code))
            for one in FIGURES
        ],
        corrections=[_correction(row) for row in reversed(corrected.rows)],
        may_sign=signs and row.state == PeriodState.OPEN,
        mark=Signal.DONE if report.signed_by_id else _unsigned(row.state),
    )


def _unsigned(standing: PeriodState) -> str:
    return Signal.NOT_REPORTED if standing == PeriodState.OPEN else Signal.LATE


def frozen(report: PeriodReport) -> Values:
    """Give the figures a report was closed with."""
    return {figure: getattr(report, figure.value) for figure in FIGURES}


def _figure(
    figure: PeriodFigure,
    value: int | Decimal | None,
    corrected: str | None,
    door: tuple[str, int | Decimal | None],
) -> FigureRow:
    stood, (url, count) = rules.kept(value), door
    return FigureRow(
        label=str(figure.label),
        text=words(figure, stood if corrected is None else corrected),
        count=count,
        url=url,
        frozen=None if corrected is None else words(figure, stood),
        is_other=bool(url) and count != value,
    )


def _correction(row: PeriodCorrection) -> CorrectionRow:
    return CorrectionRow(row, words(row.figure, row.old), words(row.figure, row.new))


def words(figure: str, kept: str) -> str:
    """Write a kept value as a person reads it."""
    if not kept:
        return "—"
    if figure == PeriodFigure.NARRATIVE:
        return kept
    text = number(Decimal(kept))
    return f"{text}%" if figure in rules.PERCENTAGES else text


def stands(report: PeriodReport, figure: str) -> str:
    """Give what a closed report says of a figure by now, earlier corrections included."""
    last = report.corrections.filter(figure=figure).order_by("-pk").first()
    return last.new if last is not None else rules.kept(getattr(report, figure))


def corrections_of(period: Period) -> QuerySet[PeriodCorrection]:
    """Give what was corrected of a period, oldest first; their number is what a form has seen."""
    return PeriodCorrection.objects.filter(report__period=period).order_by("pk")


def is_corrected_since(report: PeriodReport, figure: str, seen: int) -> bool:
    """Say whether a figure was corrected after the first `seen` corrections of its period."""
    later = corrections_of(report.period)[seen:]
    return any((one.report_id, one.figure) == (report.pk, figure) for one in later)


def standing(report: PeriodReport, figure: PeriodFigure) -> Standing:
    """Give a figure as it now stands, for whoever corrects it next."""
    version = corrections_of(report.period).count()
    return Standing(str(figure.label), words(figure, stands(report, figure)), version)


def unsigned(period: Period) -> list[PeriodReport]:
    """Give the reports of a period that nobody has signed, in order."""
    found = period.reports.filter(signed_by=None).select_related("workstream")
    return list(found.order_by("workstream__order", "pk"))


def owed_by(actor: Actor, today: date) -> list[PeriodReport]:
    """Give the reports a lead still owes: none and no query for who leads nothing."""
    if not any(permissions.may_sign_report(actor, place) for place in actor.lead_of):
        return []
    owed = open_unsigned(today).filter(workstream__in=actor.lead_of)
    return list(owed.select_related("period", "workstream").order_by("period__closes_on", "pk"))


def open_unsigned(today: date, until: date | None = None) -> QuerySet[PeriodReport]:
    """Give the reports that are owed today, or will be by a day."""
    return PeriodReport.objects.filter(
        signed_by=None,
        period__closed_on=None,
        period__opens_on__lte=until or today,
        period__closes_on__gte=today,
    )
