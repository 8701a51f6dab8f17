"""Django admin for challenges, indicators and observations: the secretariat edits, admins read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from committee.admin import GuardedAdmin
from committee.rules.permissions import Actor
from umkm import services
from umkm.models import Challenge, Indicator, Observation
from umkm.rules import permissions


class FigureAdmin(GuardedAdmin):
    """What the secretariat keeps; every save goes through the service."""

    def may_add(self, actor: Actor) -> bool:
        return permissions.may_manage_figures(actor)

    def may_change(self, actor: Actor, row: Any) -> bool:
        return permissions.may_manage_figures(actor)

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        services.save_figure(by=request.user, figure=obj, today=request.clock.today)


@admin.register(Challenge)
class ChallengeAdmin(FigureAdmin):
    fields = ("code", "title", "title_en")
    fixed_fields = ("code",)
    list_display = ("code", "title")
    search_fields = ("code", "title", "title_en")
    ordering = ("code",)


@admin.register(Indicator)
class IndicatorAdmin(FigureAdmin):
    fields = ("code", "title", "title_en", "unit", "workstream")
    fixed_fields = ("code",)
    list_display = ("code", "title", "unit", "workstream")
    list_filter = ("workstream",)
    list_select_related = ("workstream",)
    search_fields = ("code", "title", "title_en")
    ordering = ("code",)


@admin.register(Observation)
class ObservationAdmin(FigureAdmin):
    fields = ("indicator", "year", "value", "kind", "known_from", "source", "confidence")
    fixed_fields = ("indicator",)
    list_display = ("indicator", "year", "value", "kind", "confidence")
    list_filter = ("kind", "confidence", "indicator")
    list_select_related = ("indicator",)
    search_fields = ("indicator__code", "indicator__title", "source")
    ordering = ("indicator__code", "kind", "year", "pk")
