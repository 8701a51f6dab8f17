"""Milestones, the one slip ledger for actions and milestones, and the news of the roadmap."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from committee.models import Decision, Member, Titled, Versioned, Workstream
from roadmap.enums import MilestoneClosing, Precision
from roadmap.models.actions import ActionItem
from roadmap.models.querysets import MilestoneQuerySet
from umkm.enums import Confidence
from umkm.models import Indicator


class Milestone(Titled, Versioned):
    """A dated event the roadmap aims at; without a workstream it is the whole roadmap's."""

    workstream = models.ForeignKey(
        Workstream,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="milestones",
        verbose_name=_("workstream"),
    )
    actions = models.ManyToManyField(
        ActionItem, blank=True, related_name="milestones", verbose_name=_("gated by")
    )
    indicators = models.ManyToManyField(
        Indicator, blank=True, related_name="milestones", verbose_name=_("meant to move")
    )
    due_date = models.DateField(_("due date"), null=True, blank=True)
    due_precision = models.CharField(
        _("precision of the due date"), max_length=8, choices=Precision, default=Precision.DAY
    )
    first_due_date = models.DateField(_("first due date"), null=True, blank=True)
    achieved_date = models.DateField(_("achieved"), null=True, blank=True)
    achieved_precision = models.CharField(max_length=8, choices=Precision, default=Precision.DAY)
    achieved_recorded_on = models.DateField(null=True, blank=True)
    closing = models.CharField(_("closed as"), max_length=10, choices=MilestoneClosing, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closing_reason = models.TextField(_("reason"), blank=True)
    known_from = models.DateField(_("known from"))
    times_moved = models.PositiveSmallIntegerField(default=0)
    date_generation = models.PositiveIntegerField(default=0)
    decision = models.ForeignKey(
        Decision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="milestones",
        verbose_name=_("decision"),
    )
    source = models.TextField(_("source"), blank=True)
    confidence = models.CharField(_("confidence"), max_length=8, choices=Confidence, blank=True)
    import_key = models.CharField(max_length=400, unique=True, null=True, editable=False)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(achieved_date=None, achieved_recorded_on=None)
                | Q(achieved_date__isnull=False, achieved_recorded_on__isnull=False),
                name="milestone_achieved_has_the_day_it_was_recorded",
            ),
            models.CheckConstraint(
                condition=Q(closing="", closed_on=None)
                | (~Q(closing="") & Q(closed_on__isnull=False) & ~Q(closing_reason="")),
                name="milestone_closed_says_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(achieved_date=None) | Q(closing=""),
                name="milestone_ends_one_way",
            ),
            models.CheckConstraint(
                condition=Q(due_date=None, first_due_date=None)
                | Q(due_date__isnull=False, first_due_date__isnull=False),
                name="milestone_keeps_its_first_due_date",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["due_date", "id"], name="milestone_by_due_date")]

    def get_absolute_url(self) -> str:
        return reverse("roadmap:milestone", args=[self.pk])

    @property
    def days_moved(self) -> int:
        if self.due_date is None or self.first_due_date is None:
            return 0
        return (self.due_date - self.first_due_date).days

    @property
    def is_open(self) -> bool:
        return self.achieved_date is None and not self.closing


class DueDateChange(models.Model):
    """One slip: the old date, the new one, who asked and why. Never edited, never deleted.

    `is_applied` is False for a public re-dating that did not match the date in force: a note.
    """

    action = models.ForeignKey(
        ActionItem, models.PROTECT, null=True, blank=True, related_name="slips"
    )
    milestone = models.ForeignKey(
        Milestone, models.PROTECT, null=True, blank=True, related_name="slips"
    )
    old_date = models.DateField()
    new_date = models.DateField()
    old_precision = models.CharField(max_length=8, choices=Precision, default=Precision.DAY)
    new_precision = models.CharField(max_length=8, choices=Precision, default=Precision.DAY)
    on = models.DateField()
    by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    asked_by = models.CharField(max_length=200, blank=True)
    reason = models.TextField()
    reason_en = models.TextField(blank=True)
    source = models.TextField(blank=True)
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="slips"
    )
    is_applied = models.BooleanField(default=True)
    token = models.UUIDField(null=True, blank=True, unique=True)
    import_key = models.CharField(max_length=400, unique=True, null=True)

    class Meta:
        verbose_name = _("move of a due date")
        verbose_name_plural = _("moves of due dates")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(action=None, milestone__isnull=False)
                | Q(action__isnull=False, milestone=None),
                name="slip_is_of_one_action_or_one_milestone",
            ),
            models.CheckConstraint(
                condition=~Q(old_date=F("new_date")), name="slip_changes_the_date"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="slip_has_a_reason"),
            models.CheckConstraint(
                condition=Q(by__isnull=False) | ~Q(source=""),
                name="slip_has_a_person_or_a_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old_date} → {self.new_date}"

    @property
    def days(self) -> int:
        return (self.new_date - self.old_date).days

    @property
    def local_reason(self) -> str:
        return self.reason_en if self.reason_en and get_language() == "en" else self.reason


class News(models.Model):
    """A dated public fact about a workstream, or about the whole roadmap."""

    workstream = models.ForeignKey(
        Workstream, models.PROTECT, null=True, blank=True, related_name="news"
    )
    date = models.DateField()
    date_precision = models.CharField(max_length=8, choices=Precision, default=Precision.DAY)
    text = models.TextField()
    text_en = models.TextField(blank=True)
    is_setback = models.BooleanField(default=False)
    source = models.TextField()
    confidence = models.CharField(max_length=8, choices=Confidence)
    import_key = models.CharField(max_length=600, unique=True, null=True)

    class Meta:
        verbose_name = _("news")
        verbose_name_plural = _("news")
        indexes: ClassVar = [models.Index(fields=["-date", "-id"], name="news_latest")]

    def __str__(self) -> str:
        return self.local_text[:80]

    @property
    def local_text(self) -> str:
        return self.text_en if self.text_en and get_language() == "en" else self.text
