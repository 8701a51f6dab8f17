"""What is to be told to whom: the rules as rows, and one row per fact."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from committee.models import Letter, Member, Workstream
from roadmap.enums import Audience, RuleSubject, RuleUnit


class ReminderRule(models.Model):
    """When somebody is told: `amount` units after the date (before it, when negative)."""

    slug = models.SlugField(_("name"), max_length=40, unique=True)
    subject = models.CharField(_("watches"), max_length=14, choices=RuleSubject)
    amount = models.SmallIntegerField(_("amount"))
    unit = models.CharField(_("unit"), max_length=12, choices=RuleUnit, default=RuleUnit.DAY)
    repeat = models.PositiveSmallIntegerField(
        _("repeat every"),
        null=True,
        blank=True,
        help_text=_("In the same unit; empty for once."),
    )
    audience = models.CharField(_("told to"), max_length=12, choices=Audience)
    workstream = models.ForeignKey(
        Workstream,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("workstream"),
        help_text=_("Empty: everywhere. A rule of one workstream is added to those of all."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("reminder rule")
        verbose_name_plural = _("reminder rules")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount__gte=-180, amount__lte=365), name="rule_amount_is_sensible"
            ),
            models.CheckConstraint(
                condition=Q(repeat=None) | Q(repeat__gte=1, amount__gte=0),
                name="rule_repeats_only_after_the_date",
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class Reminder(models.Model):
    """One fact to be told to one person, once for its item, occasion and stage."""

    item = models.CharField(max_length=30)
    occasion = models.CharField(max_length=60)
    stage = models.CharField(max_length=40)
    supersedes = models.CharField(max_length=40, blank=True)
    rule = models.ForeignKey(ReminderRule, models.SET_NULL, null=True, blank=True)
    audience = models.CharField(max_length=12, choices=Audience, default=Audience.OWNER)
    recipient = models.ForeignKey(Member, models.PROTECT, related_name="reminders")
    is_orphan = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    under_bell = models.BooleanField(default=False)
    letter = models.ForeignKey(
        Letter, models.PROTECT, null=True, blank=True, related_name="reminders"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["item", "occasion", "stage", "recipient"],
                name="reminder_is_told_once",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancel_reason="")
                | (Q(cancelled_at__isnull=False) & ~Q(cancel_reason="")),
                name="reminder_cancelled_says_why",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                name="reminder_waiting",
                condition=Q(letter=None, cancelled_at=None),
            ),
            models.Index(
                fields=["recipient"], name="reminder_under_bell", condition=Q(under_bell=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.stage} → {self.recipient_id}"
