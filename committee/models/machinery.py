"""What keeps the site going: its rounds, the rehearsal's clock, the counter of changes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """When a part of the machinery last did its round; real time."""

    name = models.CharField(_("name"), max_length=20, primary_key=True)
    at = models.DateTimeField(_("last round"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"


class RehearsalClock(models.Model):
    """The one row that makes a database a rehearsal: which day it is, and which day it walks to."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    day = models.DateField()
    since = models.DateTimeField(help_text="Real moment at which `day` began, at 08:05.")
    target = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="rehearsal_clock_is_one"),
            models.CheckConstraint(
                condition=Q(target__gte=F("day")), name="rehearsal_clock_never_goes_back"
            ),
        ]

    def __str__(self) -> str:
        return str(self.day)

    @property
    def is_walking(self) -> bool:
        return self.target > self.day


class Revision(models.Model):
    """One counter of all changes: pages that answer 304 hold it in their ETag."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="revision_is_one")]

    def __str__(self) -> str:
        return str(self.number)
