"""What signed-in people say beside an action, an advice or a decision."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from committee.models import Advice, Decision, Member, Versioned
from roadmap.models.actions import ActionItem


class Comment(Versioned):
    """One remark; its author may edit it for 15 minutes, then only add a correction to it."""

    action = models.ForeignKey(
        ActionItem, models.PROTECT, null=True, blank=True, related_name="comments"
    )
    advice = models.ForeignKey(
        Advice, models.PROTECT, null=True, blank=True, related_name="comments"
    )
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="comments"
    )
    by = models.ForeignKey(Member, models.PROTECT, related_name="comments")
    at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    text = models.TextField(_("comment"))
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    mentions = models.ManyToManyField(Member, blank=True, related_name="mentioned_in")

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(action__isnull=False, advice=None, decision=None)
                | Q(action=None, advice__isnull=False, decision=None)
                | Q(action=None, advice=None, decision__isnull=False),
                name="comment_is_about_one_thing",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="comment_says_something"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["action", "at"], name="comment_of_action"),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def about(self) -> ActionItem | Advice | Decision:
        """Give what is talked about; it must be loaded."""
        found = self.action or self.advice or self.decision
        assert found is not None  # as a constraint says
        return found
