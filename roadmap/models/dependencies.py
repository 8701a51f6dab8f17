"""What must be finished before something else can begin."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from committee.models import Member
from roadmap.models.actions import ActionItem

MOST_LAG = 3650


class DependencyQuerySet(models.QuerySet["Dependency"]):
    def in_force(self, day: date) -> DependencyQuerySet:
        """Give the dependencies that stood at the end of a day."""
        still = Q(removed_on=None) | Q(removed_on__gt=day)
        return self.filter(still, created_on__lte=day)


class Dependency(models.Model):
    """One action waits for another to finish, and then for `lag_days` calendar days more.

    Removed, it is kept with the day it was removed, so that a past day can be read.
    """

    predecessor = models.ForeignKey(
        ActionItem, models.PROTECT, related_name="successors", verbose_name=_("must be finished")
    )
    successor = models.ForeignKey(
        ActionItem, models.PROTECT, related_name="predecessors", verbose_name=_("can then begin")
    )
    lag_days = models.PositiveSmallIntegerField(
        _("days between"),
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_LAG)],
    )
    created_on = models.DateField()
    created_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    removed_on = models.DateField(null=True, blank=True)
    removed_by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = DependencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("dependency")
        verbose_name_plural = _("dependencies")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")), name="dependency_is_between_two_actions"
            ),
            models.CheckConstraint(
                condition=Q(lag_days__lte=MOST_LAG), name="dependency_lag_is_within_ten_years"
            ),
            models.CheckConstraint(
                condition=Q(removed_on=None, removed_by=None)
                | Q(removed_on__isnull=False, removed_by__isnull=False),
                name="dependency_is_removed_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["predecessor", "successor"],
                condition=Q(removed_on=None),
                name="dependency_stands_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.successor_id}"
