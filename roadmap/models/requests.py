"""Asking for another due date: the ask, the answer, and what the move would overrun."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from committee.models import Decision, Member, Versioned
from roadmap.enums import Precision, RequestState
from roadmap.models.actions import ActionItem
from roadmap.models.milestones import DueDateChange, Milestone


class DateRequest(Versioned):
    """Somebody's ask to move a due date; answered once, by the secretariat or at a meeting."""

    action = models.ForeignKey(
        ActionItem, models.PROTECT, null=True, blank=True, related_name="requests"
    )
    milestone = models.ForeignKey(
        Milestone, models.PROTECT, null=True, blank=True, related_name="requests"
    )
    asked_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    asked_on = models.DateField(_("asked on"))
    old_date = models.DateField()
    old_precision = models.CharField(max_length=8, choices=Precision, default=Precision.DAY)
    new_date = models.DateField()
    new_precision = models.CharField(max_length=8, choices=Precision, default=Precision.DAY)
    reason = models.TextField(_("reason"))
    ripple = models.JSONField(default=list, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=RequestState, default=RequestState.PENDING
    )
    answered_by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    answer_reason = models.TextField(_("answer"), blank=True)
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="date_requests"
    )
    slip = models.OneToOneField(
        DueDateChange, models.PROTECT, null=True, blank=True, related_name="request"
    )

    class Meta:
        verbose_name = _("date request")
        verbose_name_plural = _("date requests")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(action=None, milestone__isnull=False)
                | Q(action__isnull=False, milestone=None),
                name="request_is_of_one_action_or_one_milestone",
            ),
            models.CheckConstraint(
                condition=~Q(old_date=F("new_date")) | ~Q(old_precision=F("new_precision")),
                name="request_asks_for_another_date",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="request_has_a_reason"),
            models.CheckConstraint(
                condition=Q(state__in=RequestState.values), name="request_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="pending", answered_by=None, answered_on=None)
                | (~Q(state="pending") & Q(answered_by__isnull=False, answered_on__isnull=False)),
                name="request_is_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(answer_reason=""),
                name="request_declined_says_why",
            ),
            models.CheckConstraint(
                condition=Q(slip=None) | Q(state="approved"),
                name="request_moves_a_date_only_when_approved",
            ),
            models.UniqueConstraint(
                fields=["action"],
                condition=Q(state="pending"),
                name="action_has_one_request_waiting",
            ),
            models.UniqueConstraint(
                fields=["milestone"],
                condition=Q(state="pending"),
                name="milestone_has_one_request_waiting",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "asked_on", "id"], name="request_by_state")
        ]

    def __str__(self) -> str:
        return gettext("Request to move the due date of %(item)s") % {"item": self.item}

    def get_absolute_url(self) -> str:
        return reverse("roadmap:request", args=[self.pk])

    @property
    def item(self) -> ActionItem | Milestone:
        """Give what is to move; it must be loaded."""
        found = self.action or self.milestone
        assert found is not None  # as a constraint says
        return found

    @property
    def days(self) -> int:
        return (self.new_date - self.old_date).days
