"""The roadmap as the committee adopted it: the baseline that later changes are shown against."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from committee.models import Decision, Institution, Member
from roadmap.enums import Precision
from roadmap.models.actions import ActionItem


class Adoption(models.Model):
    """One act of adopting, by a decision of a meeting. Never changed, never deleted."""

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="adoption")
    on = models.DateField(_("adopted on"))
    at = models.DateTimeField()
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("adoption")
        verbose_name_plural = _("adoptions")

    def __str__(self) -> str:
        return str(self.on)


class BaselineItem(models.Model):
    """An action as it was adopted: due date, output and owner. Never changed, never deleted."""

    adoption = models.ForeignKey(Adoption, models.PROTECT, related_name="items")
    action = models.ForeignKey(ActionItem, models.PROTECT, related_name="baselines")
    title = models.CharField(max_length=300)
    output = models.TextField(blank=True)
    due_date = models.DateField(_("due date"), null=True, blank=True)
    due_precision = models.CharField(max_length=8, choices=Precision, default=Precision.DAY)
    owner = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    lead_institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, related_name="+"
    )
    weight = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = _("baseline of an action")
        verbose_name_plural = _("baselines of actions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["adoption", "action"], name="baseline_holds_an_action_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.due_date}"
