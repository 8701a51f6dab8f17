"""The record as files: the figures of reporting periods, and the letters that went out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committee.enums import LetterKind, LetterState
from roadmap.enums import PeriodFigure, PeriodState
from roadmap.exports.committee import address
from roadmap.exports.tables import (
    Column,
    Scope,
    Table,
    chunks,
    day,
    moment,
    number,
    text,
    words,
    yes_or_no,
)
from roadmap.models import Period, PeriodCorrection, PeriodReport, undone
from roadmap.rules import periods as rules
from roadmap.selectors import periods
from roadmap.selectors.letters import line_counts, reason_words
from roadmap.selectors.periods import Values


@dataclass(frozen=True, slots=True)
class Reported:
    """A workstream's report with its figures as they now stand; `corrected` names those changed."""

    period: Period
    report: PeriodReport
    state: PeriodState
    narrative: str
    figures: Values
    corrected: str


def _period_columns(scope: Scope) -> list[Column]:
    states, standing = words(PeriodState), words(PeriodFigure)
    figures = [number(standing[one], _figure(one)) for one in periods.FIGURES]
    return [
        text(_("Period"), lambda row: str(row.period), 12),
        day(_("Last month ends"), "period.ends_on"),
        day(_("Opens"), "period.opens_on"),
        day(_("Closes"), "period.closes_on"),
        text(_("Stage"), lambda row: states[row.state], 18),
        day(_("Closed on"), "period.closed_on"),
        text(_("Workstream"), "report.workstream.code", 14),
        text(_("Name of the workstream"), "report.workstream.local_title"),
        text(_("Signed"), lambda row: yes_or_no(row.report.signed_by), 12),
        text(_("Signed by"), lambda row: row.report.signed_by.name if row.report.signed_by else ""),
        day(_("Signed on"), "report.signed_on"),
        *figures,
        text(_("Figures are"), _standing, 20),
        text(_("Corrected after it closed"), "corrected"),
        text(_("Narrative"), "narrative", 60),
        address(scope, "report"),
    ]


def _figure(figure: PeriodFigure) -> Any:
    return lambda row: row.figures[figure]


def _standing(row: Reported) -> str:
    return _("frozen") if row.period.closed_on else _("of today, not frozen yet")


def _period_rows(found: Any, scope: Scope) -> Iterator[Reported]:
    """Give every report of the periods listed, in the order of the list."""
    for part in chunks(found):
        order = {period.pk: place for place, period in enumerate(part)}
        reports = PeriodReport.objects.filter(period__in=list(order))
        loaded = reports.select_related("period", "workstream", "signed_by")
        rows = sorted(loaded, key=lambda one: (order[one.period_id], one.workstream.order, one.pk))
        yield from _reported(rows, scope)


def _report_rows(found: Any, scope: Scope) -> Iterator[Reported]:
    for part in chunks(found.select_related("period", "workstream", "signed_by")):
        yield from _reported(part, scope)


def _reported(reports: list[PeriodReport], scope: Scope) -> Iterator[Reported]:
    """Give reports as they stood on the day, as the page of their period shows them."""
    corrections, live = _corrections(reports, scope.today), _Live(scope.today)
    for report in reports:
        report = undone.report(report, scope.today)
        period, corrected = (
            undone.period(report.period, scope.today),
            corrections.get(report.pk, {}),
        )
        values = periods.frozen(report) if period.closed_on else live.of(report)
        yield Reported(
            period=period,
            report=report,
            state=rules.state(period.opens_on, period.closes_on, period.closed_on, scope.today),
            narrative=corrected.get(PeriodFigure.NARRATIVE, report.narrative),
            figures=dict(values) | _right(corrected),
            corrected=", ".join(str(PeriodFigure(one).label) for one in corrected),
        )


class _Live:
    """The figures of periods still open, counted once for each day they are counted on."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.counted: dict[date, Mapping[int, Values]] = {}

    def of(self, report: PeriodReport) -> Values:
        day = rules.counted_on(report.period.closes_on, self.today)
        if day not in self.counted:
            self.counted[day] = periods.figures(day=day, today=self.today)
        return self.counted[day][report.workstream_id]


def _corrections(reports: list[PeriodReport], today: date) -> dict[int, dict[str, str]]:
    """Give what each report's figures were last corrected to by a day: one query."""
    found: dict[int, dict[str, str]] = {}
    rows = PeriodCorrection.objects.filter(report__in=[one.pk for one in reports], on__lte=today)
    for row in rows.order_by("pk"):
        found.setdefault(row.report_id, {})[row.figure] = row.new
    return found


def _right(corrected: Mapping[str, str]) -> dict[str, Decimal | None]:
    """Read corrected figures as numbers; the narrative is none."""
    return {
        figure: Decimal(value) if value else None
        for figure, value in corrected.items()
        if figure != PeriodFigure.NARRATIVE
    }


def _letter_columns(scope: Scope) -> list[Column]:
    kinds, states = words(LetterKind), words(LetterState)
    return [
        day(_("Day"), lambda row: row[0].policy_date),
        text(_("Recipient"), lambda row: row[0].recipient.name),
        text(_("Kind"), lambda row: kinds[row[0].kind]),
        text(_("Subject"), lambda row: row[0].subject, 60),
        text(_("State"), lambda row: states[row[0].state]),
        moment(_("Sent"), lambda row: row[0].sent_at),
        number(_("Lines told"), lambda row: row[1].get("told", 0)),
        number(_("Lines cancelled"), lambda row: row[1].get("cancelled", 0)),
        number(_("Tries"), lambda row: row[0].tries),
        number(_("Times in doubt"), lambda row: row[0].in_doubt),
        number(_("Last answer of the mail server"), lambda row: row[0].last_code),
        text(_("Reason"), lambda row: reason_words(row[0].last_error), 40),
        text(_("Address"), lambda row: scope.site + row[0].get_absolute_url(), 40),
    ]


def _letter_rows(found: Any, scope: Scope) -> Iterator[tuple[Any, dict[str, int]]]:
    for part in chunks(found):
        counts = line_counts(part)
        for letter in part:
            yield letter, counts.get(letter.pk, {})


PERIODS = Table(gettext_lazy("Reporting periods"), _period_columns, _period_rows)
REPORTS = Table(gettext_lazy("Reporting periods"), _period_columns, _report_rows)
LETTERS = Table(gettext_lazy("Letters"), _letter_columns, _letter_rows)
