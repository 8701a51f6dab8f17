"""For whom the roadmap exists: what small businesses lack, and how they fare in figures."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from committee.models import CODE, Member, Titled, Versioned, Workstream
from umkm.enums import (
    ADDITIVE,
    Confidence,
    Direction,
    Measure,
    Notation,
    ObservationKind,
    Part,
)
from umkm.provinces import PROVINCES, Province
from umkm.rules.periods import FIRST_YEAR, LAST_YEAR, Period

MAIN = "MAIN"
UNVERIFIED = "unverified:"
LONGEST_SOURCE = 440


def local(row: models.Model, name: str) -> str:
    """Give a text in the reader's language, else in Indonesian."""
    english = getattr(row, f"{name}_en")
    return str(english if english and get_language() == "en" else getattr(row, name))


class Challenge(Titled, Versioned):
    code = models.CharField(_("code"), max_length=10, unique=True, validators=[CODE])

    class Meta:
        verbose_name = _("challenge")
        verbose_name_plural = _("challenges")

    def get_absolute_url(self) -> str:
        return reverse("roadmap:challenge", args=[self.code])


class Initiative(Titled, Versioned):
    """What runs across workstreams; its actions and milestones name it (roadmap)."""

    code = models.CharField(_("code"), max_length=30, unique=True, validators=[CODE])
    what = models.TextField(_("what it is (Indonesian)"))
    what_en = models.TextField(_("what it is (English)"), blank=True)
    source = models.TextField(_("source"), blank=True)

    class Meta:
        verbose_name = _("initiative")
        verbose_name_plural = _("initiatives")

    def get_absolute_url(self) -> str:
        return reverse("roadmap:initiative", args=[self.code])

    @property
    def local_what(self) -> str:
        return local(self, "what")


class Indicator(Titled, Versioned):
    """What is measured; its lines are its series."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[CODE])
    unit = models.CharField(_("unit"), max_length=40)
    unit_en = models.CharField(_("unit (English)"), max_length=40, blank=True)
    workstream = models.ForeignKey(
        Workstream, models.PROTECT, null=True, blank=True, verbose_name=_("workstream")
    )
    direction = models.CharField(
        _("direction"), max_length=8, choices=Direction, default=Direction.NEITHER
    )
    measure = models.CharField(
        _("kind of number"), max_length=10, choices=Measure, default=Measure.RATE
    )
    headline_order = models.PositiveSmallIntegerField(
        _("place among the headlines"), null=True, blank=True
    )
    what = models.TextField(_("what it measures (Indonesian)"), blank=True)
    what_en = models.TextField(_("what it measures (English)"), blank=True)
    differs = models.TextField(_("why figures differ (Indonesian)"), blank=True)
    differs_en = models.TextField(_("why figures differ (English)"), blank=True)
    challenges = models.ManyToManyField(
        Challenge, blank=True, related_name="indicators", verbose_name=_("UMKM challenges")
    )
    initiatives = models.ManyToManyField(
        Initiative, blank=True, related_name="indicators", verbose_name=_("initiatives")
    )
    # Other definitions of much the same, to be read beside it and never as one line.
    beside = models.ManyToManyField("self", blank=True, verbose_name=_("read beside"))

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values), name="indicator_direction_is_known"
            ),
            models.CheckConstraint(
                condition=Q(measure__in=Measure.values), name="indicator_measure_is_known"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("roadmap:indicator", args=[self.code])

    @property
    def adds_up(self) -> bool:
        """Say whether the figures of provinces may be added up."""
        return self.measure in ADDITIVE

    @property
    def local_unit(self) -> str:
        return local(self, "unit")

    @property
    def local_what(self) -> str:
        return local(self, "what")

    @property
    def local_differs(self) -> str:
        return local(self, "differs")


class Series(Titled, Versioned):
    """One line: one counter, one definition. The first is `MAIN`; no two are ever joined."""

    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="series", verbose_name=_("indicator")
    )
    code = models.CharField(_("code"), max_length=30, validators=[CODE], default=MAIN)
    title = models.CharField(_("title (Indonesian)"), max_length=300, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    definition = models.TextField(_("definition (Indonesian)"), blank=True)
    definition_en = models.TextField(_("definition (English)"), blank=True)

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["indicator", "code"], name="series_of_indicator")
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code}/{self.code}"

    @property
    def local_name(self) -> str:
        """Give its own name; the first line may go by the indicator's, which must be loaded."""
        return self.local_title or self.indicator.local_title

    @property
    def local_definition(self) -> str:
        return local(self, "definition")


class Source(models.Model):
    """Where figures come from, as the reader is told."""

    citation = models.CharField(_("source"), max_length=LONGEST_SOURCE, unique=True)
    url = models.URLField(_("web address"), blank=True)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    note = models.TextField(_("how sure we are of it"), blank=True)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.citation

    @property
    def is_unverified(self) -> bool:
        """Say whether it was never checked."""
        return self.citation.startswith(UNVERIFIED)

    @property
    def plain(self) -> str:
        """Give the citation without the mark, which the page says in words."""
        return self.citation.removeprefix(UNVERIFIED).strip()


class ObservationQuerySet(models.QuerySet["Observation"]):
    def known_on(self, today: date) -> ObservationQuerySet:
        """Keep what was known and stood at the end of a day."""
        stood = Q(superseded_on=None) | Q(superseded_on__gt=today)
        return self.filter(stood, known_from__lte=today)

    def standing(self) -> ObservationQuerySet:
        """Keep what nobody has corrected or withdrawn."""
        return self.filter(superseded_on=None)


class Observation(models.Model):
    """One figure with its source. It is never changed: a correction stands in its place."""

    series = models.ForeignKey(
        Series, models.PROTECT, related_name="observations", verbose_name=_("series")
    )
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
    )
    part = models.CharField(_("period"), max_length=3, choices=Part, default=Part.YEAR)
    region = models.CharField(_("province"), max_length=2, blank=True)
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4)
    kind = models.CharField(_("kind"), max_length=10, choices=ObservationKind)
    known_from = models.DateField(_("known from"))
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="observations", verbose_name=_("source")
    )
    confidence = models.CharField(_("confidence"), max_length=8, choices=Confidence)
    import_key = models.CharField(max_length=500, unique=True, null=True, editable=False)
    # None: from the public record.
    entered_by = models.ForeignKey(
        Member, models.PROTECT, null=True, related_name="+", editable=False
    )
    entered_at = models.DateTimeField(null=True, editable=False)
    batch = models.ForeignKey(
        "Import", models.PROTECT, null=True, related_name="observations", editable=False
    )
    token = models.UUIDField(null=True, unique=True, editable=False)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaced_by", editable=False
    )
    superseded_on = models.DateField(null=True, editable=False)
    superseded_by = models.ForeignKey(
        Member, models.PROTECT, null=True, related_name="+", editable=False
    )
    superseded_why = models.TextField(blank=True, editable=False)

    objects = ObservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=ObservationKind.values), name="observation_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR),
                name="observation_year_is_plausible",
            ),
            models.CheckConstraint(
                condition=Q(part__in=Part.values), name="observation_part_is_known"
            ),
            models.CheckConstraint(
                condition=Q(region__in=["", *PROVINCES]), name="observation_region_is_known"
            ),
            models.CheckConstraint(
                condition=Q(entered_by=None, entered_at=None)
                | Q(entered_by__isnull=False, entered_at__isnull=False),
                name="observation_entered_by_and_when",
            ),
            models.CheckConstraint(
                condition=Q(superseded_on=None, superseded_by=None, superseded_why="")
                | Q(superseded_on__isnull=False, superseded_by__isnull=False)
                & ~Q(superseded_why=""),
                name="observation_superseded_says_why",
            ),
            models.UniqueConstraint(
                fields=["series", "year", "part", "kind", "region"],
                condition=Q(superseded_on=None),
                name="observation_stands_alone",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["series", "region", "year"], name="observation_line"),
        ]

    def __str__(self) -> str:
        return f"{self.series.indicator.code} {self.year}: {self.value:f}"

    @property
    def period(self) -> Period:
        return Period(self.year, self.part)

    def stood_on(self, day: date) -> bool:
        """Say whether nobody had corrected or withdrawn it by the end of a day."""
        return self.superseded_on is None or self.superseded_on > day

    @property
    def province(self) -> Province | None:
        """Give the province; None for the whole country."""
        return PROVINCES.get(self.region)


class Import(Versioned):
    """A file of figures as it was read: shown first, then applied whole or not at all."""

    name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    notation = models.CharField(max_length=8, choices=Notation, blank=True)
    # The heading as written, by column; and each row's number with its cells.
    heading: models.JSONField[Any, Any] = models.JSONField(default=dict)
    rows: models.JSONField[Any, Any] = models.JSONField(default=list)
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    added = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("import of figures")
        verbose_name_plural = _("imports of figures")

    def __str__(self) -> str:
        return self.name
