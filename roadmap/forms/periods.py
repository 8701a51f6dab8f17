"""What is sent for a reporting period: a narrative, a closing, a correction."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from roadmap.enums import PeriodFigure
from roadmap.forms.saved import Compared, SavedForm, TextField, fresh
from roadmap.models import Period, PeriodReport
from roadmap.rules import periods as rules
from roadmap.rules.refusals import Refused
from roadmap.selectors.periods import Standing, words


class NarrativeForm(SavedForm):
    narrative = TextField(
        label=_("Narrative"),
        rows=8,
        help_text=_("What was done, what stands in the way, what comes next; a few sentences."),
    )


class ClosePeriodForm(SavedForm):
    """Nothing to fill in: what it does is written above it."""


class ReportChoice(forms.ModelChoiceField):
    """The workstreams of a period."""

    def label_from_instance(self, report: Any) -> str:
        return str(report.workstream.local_title)


class CorrectionForm(SavedForm):
    """Which figure of which workstream, what is right, and why; the server adds what stood."""

    report = ReportChoice(
        label=_("Workstream"), queryset=PeriodReport.objects.none(), empty_label=_("Choose one")
    )
    figure = forms.ChoiceField(label=_("Figure"), choices=PeriodFigure.choices)
    new = TextField(
        label=_("What is right"),
        rows=2,
        help_text=_("A whole number, a percentage such as 47.5 or 47,5, or the narrative's text."),
    )
    note = TextField(label=_("Reason"))

    def offer(self, period: Period) -> None:
        """Offer the reports of one period."""
        reports = self.fields["report"]
        assert isinstance(reports, forms.ModelChoiceField)
        found = period.reports.select_related("workstream")
        reports.queryset = found.order_by("workstream__order", "pk")

    def compare(self, current: Standing) -> list[Compared]:
        typed = words(self.cleaned_data["figure"], self.cleaned_data["new"])
        return [Compared(current.label, current.words, typed)]

    def clean(self) -> dict[str, Any]:
        """Ask again for a value that could be read in two ways."""
        cleaned = super().clean() or {}
        if cleaned.get("figure") and cleaned.get("new"):
            try:
                cleaned["new"] = rules.canonical(cleaned["figure"], cleaned["new"])
            except Refused as refused:
                self.add_error("new", str(refused.reason.label))
        return cleaned


def first_correction(asked: dict[str, str], seen: int) -> dict[str, Any]:
    """Give the first values of a correction: a link beside a figure names its report.

    `seen` is how many corrections the period has by now: the form's version.
    """
    report, figure = asked.get("report", ""), asked.get("figure", "")
    values: dict[str, Any] = {}
    if report.isdecimal():
        values["report"] = report
    if figure in PeriodFigure.values:
        values["figure"] = figure
    return fresh(version=seen, **values)
