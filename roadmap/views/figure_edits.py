"""Entering, correcting and withdrawing figures; describing what they measure."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from committee.http import MemberRequest
from roadmap.enums import Refusal
from roadmap.forms import figures as forms
from roadmap.forms.saved import SavedForm, fresh
from roadmap.rules.refusals import Refused
from roadmap.services import served
from roadmap.services.changes import Attempt, Stale
from roadmap.views.steps import StepPage, ask, bound, page_or_step, take
from umkm import access
from umkm.models import Indicator, Observation, Series
from umkm.rules import permissions
from umkm.services import figures, observations


@page_or_step
def enter(request: MemberRequest, code: str) -> HttpResponse:
    """Enter a figure of an indicator."""
    indicator = access.indicator(code)
    ask(permissions.may_enter_figures(request.actor, indicator.workstream_id))
    page = _page(indicator, _("Enter a figure"), _("Save"), _("The figure is entered."))
    form = _offered(request, forms.FigureForm, indicator, fresh())

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Observation:
        return observations.record_observation(
            series=cleaned["series"], attempt=attempt, stated=forms.stated_of(cleaned)
        )

    return take(request, page, form, change)


@page_or_step
def correct(request: MemberRequest, pk: int) -> HttpResponse:
    """Put a figure in the place of another."""
    figure = access.observation(pk, request.clock.today)
    indicator = figure.series.indicator
    ask(permissions.may_enter_figures(request.actor, indicator.workstream_id))
    page = _page(
        indicator, _("Correct the figure"), _("Correct"), _("The figure is corrected."), figure
    )
    form = _offered(request, forms.CorrectForm, indicator, forms.values_of(figure))

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Observation:
        stated = forms.stated_of(cleaned)
        try:
            return observations.correct_observation(
                observation=figure, attempt=attempt, stated=stated, why=cleaned["why"]
            )
        except Stale:
            raise Refused(Refusal.MEANWHILE) from None

    return take(request, page, form, change)


@page_or_step
def withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    """Take a figure off the pages; its history keeps it."""
    figure = access.observation(pk, request.clock.today)
    indicator = figure.series.indicator
    ask(permissions.may_enter_figures(request.actor, indicator.workstream_id))
    page = _page(
        indicator, _("Withdraw the figure"), _("Withdraw"), _("The figure is withdrawn."), figure
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Observation:
        try:
            return observations.withdraw_observation(
                observation=figure, attempt=attempt, why=cleaned["why"]
            )
        except Stale:
            raise Refused(Refusal.MEANWHILE) from None

    return take(request, page, bound(request, forms.WithdrawForm, **fresh()), change)


@page_or_step
def create_indicator(request: MemberRequest) -> HttpResponse:
    """Say what else is measured."""
    ask(permissions.may_manage_figures(request.actor))
    page = StepPage(
        title=_("New indicator"),
        button=_("Save"),
        saved=_("The indicator is there; now enter its figures."),
        back=reverse("roadmap:indicators"),
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Indicator:
        made = Indicator(**_said(cleaned, forms.INDICATOR_FIELDS), code=cleaned["code"])
        return figures.add_figure(figure=made, attempt=attempt)

    form = bound(request, forms.NewIndicatorForm, **fresh())
    return take(request, page, form, change, place=Indicator.get_absolute_url)


@page_or_step
def edit_indicator(request: MemberRequest, code: str) -> HttpResponse:
    """Change what is written about an indicator."""
    indicator = access.indicator(code)
    ask(permissions.may_manage_figures(request.actor))
    page = _page(indicator, _("Edit the indicator"), _("Save"), _("Saved."))

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Indicator:
        said = _said(cleaned, forms.INDICATOR_FIELDS)
        return figures.edit_figure(figure=indicator, attempt=attempt, changes=said)

    form = bound(request, forms.IndicatorForm, **forms.described(indicator))
    return take(request, page, form, change)


@page_or_step
def link_indicator(request: MemberRequest, code: str) -> HttpResponse:
    """Say what an indicator tells of, and which actions are meant to move it."""
    indicator = access.indicator(code)
    ask(permissions.may_manage_figures(request.actor))
    page = _page(indicator, _("Links of the indicator"), _("Save"), _("Saved."))

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Indicator:
        return served.link_indicator(
            indicator=indicator,
            attempt=attempt,
            links=forms.links_of(cleaned),
            actions=cleaned["actions"],
        )

    values = forms.linked(indicator) if request.method != "POST" else {}
    return take(request, page, bound(request, forms.IndicatorLinksForm, **values), change)


@page_or_step
def create_series(request: MemberRequest, code: str) -> HttpResponse:
    """Add a line to an indicator: another counter, another definition."""
    indicator = access.indicator(code)
    ask(permissions.may_manage_figures(request.actor))
    page = _page(indicator, _("New series"), _("Save"), _("The series is there."))
    form = bound(request, forms.NewSeriesForm, **fresh(order=1))

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Series:
        said = _said(cleaned, forms.SERIES_FIELDS)
        made = Series(**said, indicator=indicator, code=cleaned["code"])
        return figures.add_figure(figure=made, attempt=attempt)

    return take(request, page, form, change)


@page_or_step
def edit_series(request: MemberRequest, code: str, line: str) -> HttpResponse:
    """Change what is written about a series."""
    series = access.series(code, line)
    ask(permissions.may_manage_figures(request.actor))
    page = _page(series.indicator, _("Edit the series"), _("Save"), _("Saved."))

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Series:
        said = _said(cleaned, forms.SERIES_FIELDS)
        return figures.edit_figure(figure=series, attempt=attempt, changes=said)

    return take(request, page, bound(request, forms.SeriesForm, **forms.described(series)), change)


def _page(
    indicator: Indicator, title: str, button: str, saved: str, figure: Observation | None = None
) -> StepPage:
    """Put the figure in question above the form, with the way to take it off the pages."""
    beside = "umkm/partials/figure_now.html" if figure else ""
    back = indicator.get_absolute_url()
    return StepPage(title, button, saved, back, indicator, beside=beside, facts=figure)


def _offered(
    request: MemberRequest,
    kind: type[forms.FigureForm],
    indicator: Indicator,
    values: dict[str, Any],
) -> SavedForm:
    form = bound(request, kind, **values)
    assert isinstance(form, forms.FigureForm)
    form.offer(indicator)
    return form


def _said(cleaned: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: cleaned[name] for name in names}
