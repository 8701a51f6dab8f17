"""Django admin for challenges and indicators, which the secretariat edits; admins read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin

from committee.admin import GuardedAdmin
from committee.rules.permissions import Actor
from umkm.models import Challenge, Indicator, Observation
from umkm.rules import permissions
from umkm.rules.refusals import Refused
from umkm.services import figures


class FigureAdmin(GuardedAdmin):
    """What the secretariat keeps; every save goes through the service."""

    def may_add(self, actor: Actor) -> bool:
        return permissions.may_manage_figures(actor)

    def may_change(self, actor: Actor, row: Any) -> bool:
        return permissions.may_manage_figures(actor)

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        figures.save_figure(by=request.user, figure=obj, today=request.clock.today)


@admin.register(Challenge)
class ChallengeAdmin(FigureAdmin):
    fields = ("code", "title", "title_en")
    fixed_fields = ("code",)
    list_display = ("code", "title")
    search_fields = ("code", "title", "title_en")
    ordering = ("code",)


class IndicatorForm(forms.ModelForm):
    def clean_unit(self) -> str:
        unit: str = self.cleaned_data["unit"]
        try:
            figures.check_unit(self.instance, unit)
        except Refused as refused:
            raise forms.ValidationError(refused.sentence) from refused
        return unit


@admin.register(Indicator)
class IndicatorAdmin(FigureAdmin):
    form = IndicatorForm
    fields = (
        *("code", "title", "title_en", "unit", "unit_en", "workstream", "direction", "measure"),
        *("headline_order", "what", "what_en", "differs", "differs_en"),
    )
    fixed_fields = ("code",)
    list_display = ("code", "title", "unit", "workstream")
    list_filter = ("workstream",)
    list_select_related = ("workstream",)
    search_fields = ("code", "title", "title_en")
    ordering = ("code",)


@admin.register(Observation)
class ObservationAdmin(GuardedAdmin):
    """To be read only: figures are entered and corrected on their pages, with their history."""

    fields = ("series", "year", "part", "region", "value", "kind", "known_from", "source")
    list_display = ("series", "year", "part", "region", "value", "kind", "confidence")
    list_filter = ("kind", "confidence")
    list_select_related = ("series__indicator",)
    search_fields = ("series__indicator__code", "series__indicator__title", "source__citation")
    ordering = ("series__indicator__code", "kind", "year", "pk")
