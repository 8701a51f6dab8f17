"""Reporting periods: what each workstream signed for, and the figures as they were frozen.

A closed period is locked, here by the services and below by the database (guards.py): what was
wrong is corrected by a later entry that shows both values.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from committee.models import Member, Versioned, Workstream
from roadmap.enums import PeriodFigure


class PeriodRule(models.Model):
    """A period of every year: the month it ends with, and when its reports are taken.

    B03, B06, B09 and B12 are how Indonesian action plans are monitored.
    """

    code = models.CharField(_("code"), max_length=8, unique=True)
    month = models.PositiveSmallIntegerField(
        _("last month"), validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    opens_before = models.PositiveSmallIntegerField(
        _("opens, days before the month ends"),
        default=7,
        validators=[MaxValueValidator(60)],
    )
    closes_after = models.PositiveSmallIntegerField(
        _("closes, days after the month ends"),
        default=10,
        validators=[MaxValueValidator(60)],
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("rule of a reporting period")
        verbose_name_plural = _("rules of reporting periods")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(month__gte=1, month__lte=12), name="period_rule_month_is_1_to_12"
            ),
            models.CheckConstraint(
                condition=Q(opens_before__lte=60, closes_after__lte=60),
                name="period_rule_days_are_sensible",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Period(Versioned):
    """One reporting period. It closes on its day, or earlier by the secretariat."""

    code = models.CharField(_("code"), max_length=8)
    year = models.PositiveSmallIntegerField(_("year"))
    ends_on = models.DateField(_("ends on"))
    opens_on = models.DateField(_("opens on"))
    closes_on = models.DateField(_("closes on"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_by = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("reporting period")
        verbose_name_plural = _("reporting periods")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "year"], name="period_exists_once"),
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("closes_on")), name="period_closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(closed_by=None) | Q(closed_on__isnull=False),
                name="period_closed_by_somebody_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("roadmap:period", args=[self.pk])

    def is_open(self, today: date) -> bool:
        """Say whether reports are taken on a day."""
        return self.closed_on is None and self.opens_on <= today


class PeriodReport(Versioned):
    """What a workstream's lead signed for a period; its figures are empty until it closes."""

    period = models.ForeignKey(Period, models.PROTECT, related_name="reports")
    workstream = models.ForeignKey(Workstream, models.PROTECT, related_name="reports")
    narrative = models.TextField(_("narrative"), blank=True)
    signed_by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    actions = models.PositiveIntegerField(_("actions"), null=True, blank=True)
    claimed = models.DecimalField(
        _("claimed progress"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    verified = models.DecimalField(
        _("verified progress"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    expected = models.DecimalField(
        _("expected progress"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    done = models.PositiveIntegerField(_("done"), null=True, blank=True)
    late = models.PositiveIntegerField(_("late"), null=True, blank=True)
    silent = models.PositiveIntegerField(_("silent"), null=True, blank=True)
    blocked = models.PositiveIntegerField(_("blocked"), null=True, blank=True)

    class Meta:
        verbose_name = _("report of a workstream")
        verbose_name_plural = _("reports of workstreams")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["period", "workstream"], name="report_is_one_per_workstream"
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None, signed_on=None)
                | (Q(signed_by__isnull=False, signed_on__isnull=False) & ~Q(narrative="")),
                name="report_signed_has_a_narrative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period} · {self.workstream}"

    def get_absolute_url(self) -> str:
        return f"{reverse('roadmap:period', args=[self.period_id])}#{self.workstream.code}"


class PeriodCorrection(models.Model):
    """A later entry to a closed period: what was frozen, what is right, and why. Only added."""

    report = models.ForeignKey(PeriodReport, models.PROTECT, related_name="corrections")
    figure = models.CharField(_("figure"), max_length=10, choices=PeriodFigure)
    old = models.TextField(_("what stood"), blank=True)
    new = models.TextField(_("what is right"))
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()
    token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("correction of a period")
        verbose_name_plural = _("corrections of periods")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(old=F("new")), name="period_correction_changes_something"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="period_correction_has_a_reason"),
            models.CheckConstraint(
                condition=Q(figure__in=PeriodFigure.values),
                name="period_correction_figure_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
