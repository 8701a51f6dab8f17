"""For whom the roadmap exists: what small businesses lack, and how they fare in figures."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from committee.models import CODE, Titled, Workstream
from umkm.enums import Confidence, ObservationKind


class Challenge(Titled):
    code = models.CharField(_("code"), max_length=10, unique=True, validators=[CODE])

    class Meta:
        verbose_name = _("challenge")
        verbose_name_plural = _("challenges")


class Indicator(Titled):
    code = models.CharField(_("code"), max_length=40, unique=True, validators=[CODE])
    unit = models.CharField(_("unit"), max_length=40)
    workstream = models.ForeignKey(
        Workstream, models.PROTECT, null=True, blank=True, verbose_name=_("workstream")
    )

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")


class ObservationQuerySet(models.QuerySet["Observation"]):
    def known_on(self, today: date) -> ObservationQuerySet:
        """Keep what had become known by a day, that day included."""
        return self.filter(known_from__lte=today)


class Observation(models.Model):
    """One figure with its source. Conflicting figures stand side by side, never averaged."""

    indicator = models.ForeignKey(
        Indicator, models.CASCADE, related_name="observations", verbose_name=_("indicator")
    )
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(1945), MaxValueValidator(2100)]
    )
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4)
    kind = models.CharField(_("kind"), max_length=10, choices=ObservationKind)
    known_from = models.DateField(_("known from"))
    source = models.TextField(_("source"))
    confidence = models.CharField(_("confidence"), max_length=8, choices=Confidence)
    import_key = models.CharField(max_length=500, unique=True, null=True, editable=False)

    objects = ObservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=ObservationKind.values), name="observation_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(year__gte=1945, year__lte=2100), name="observation_year_is_plausible"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["indicator", "kind", "year"], name="observation_series")
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code} {self.year}: {self.value:f}"
