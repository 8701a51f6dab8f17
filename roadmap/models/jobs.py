"""Long work that a page orders and a worker does: its progress, its end, what it made."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from committee.models import Member
from roadmap.enums import JobKind, JobState


class Job(models.Model):
    """One piece of long work. `key` names what is asked: the same asked twice is one job.

    A worker holds it until `lease_until` (real time); whoever finds the lease over starts it
    again. What it made is a file in DATA_DIR, named by `stored_name`; `data_sha256` is the
    checksum of the facts it shows, whatever its form.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=JobKind)
    key = models.CharField(max_length=200, unique=True)
    asked = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=8, choices=JobState, default=JobState.WAITING)
    progress = models.PositiveSmallIntegerField(_("progress"), default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    ordered_by = models.ForeignKey(Member, models.PROTECT, related_name="jobs")
    ordered_at = models.DateTimeField(_("ordered"))
    lease_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    error = models.TextField(_("what went wrong"), blank=True)
    stored_name = models.CharField(max_length=80, blank=True)
    size = models.PositiveIntegerField(default=0)
    data_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=JobKind.values), name="job_kind_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=JobState.values), name="job_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(progress__lte=100), name="job_progress_is_a_percentage"
            ),
            models.CheckConstraint(
                condition=~Q(state="done")
                | (Q(ended_at__isnull=False) & ~Q(stored_name="") & ~Q(data_sha256="")),
                name="job_done_has_made_something",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | (Q(ended_at__isnull=False) & ~Q(error="")),
                name="job_failed_says_why",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "id"], name="job_queue")]

    def __str__(self) -> str:
        return self.key

    def get_absolute_url(self) -> str:
        return reverse("roadmap:job", args=[self.pk])
