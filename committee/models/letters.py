"""The outbox: one row per mail, written with the decision that causes it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from committee.enums import HoldReason, LetterKind, LetterState
from committee.models.people import Member


class Letter(models.Model):
    """One mail to one member. Its address and text are made at sending, from the facts then."""

    dedupe_key = models.CharField(max_length=200, unique=True)
    message_id = models.CharField(_("message identifier"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=LetterKind)
    recipient = models.ForeignKey(
        Member, models.PROTECT, related_name="letters", verbose_name=_("recipient")
    )
    policy_date = models.DateField(_("day"))
    state = models.CharField(
        _("state"), max_length=10, choices=LetterState, default=LetterState.PENDING
    )
    priority = models.PositiveSmallIntegerField(default=5)
    not_before = models.DateTimeField(_("not before"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    on_wire_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    strikes = models.PositiveSmallIntegerField(default=0)
    in_doubt = models.PositiveSmallIntegerField(_("times in doubt"), default=0)
    last_code = models.PositiveSmallIntegerField(_("last answer code"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)
    address = models.CharField(_("address at sending"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=LetterState.values), name="letter_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="sending", lease_token__isnull=False, lease_until__isnull=False)
                | (~Q(state="sending") & Q(lease_token=None)),
                name="letter_is_leased_iff_sending",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at=None)),
                name="letter_sent_at_iff_sent",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("failed", "cancelled")) | ~Q(last_error=""),
                name="letter_that_did_not_go_says_why",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["priority", "not_before", "id"],
                name="letter_waiting",
                condition=Q(state="pending"),
            ),
            models.Index(
                fields=["lease_until"], name="letter_leased", condition=Q(state="sending")
            ),
            models.Index(fields=["recipient", "-policy_date"], name="letter_by_recipient"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.recipient} · {self.policy_date}"

    def get_absolute_url(self) -> str:
        return reverse("roadmap:letter", args=[self.pk])


class LetterAttempt(models.Model):
    """One try to hand a letter to the mail server. Rows are only added."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    outcome = models.CharField(max_length=20)
    code = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.CharField(max_length=200, blank=True)
    worker = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["letter", "number"], name="letter_attempt_is_recorded_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.letter_id}/{self.number} {self.outcome}"


class MailGate(models.Model):
    """The one row that says whether letters may leave: held for a person, or shut for a while.

    A hold waits for the secretariat. The breaker shuts by itself after refusals in a row, and
    lets one letter through a minute until one is accepted.
    """

    held_at = models.DateTimeField(_("held since"), null=True, blank=True)
    held_because = models.CharField(
        _("held because"), max_length=10, choices=HoldReason, blank=True
    )
    refusals = models.PositiveSmallIntegerField(_("refusals in a row"), default=0)
    shut_at = models.DateTimeField(_("shut since"), null=True, blank=True)
    probe_at = models.DateTimeField(_("next letter let through"), null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(pk=1), name="mail_gate_is_one_row"),
            models.CheckConstraint(
                condition=Q(held_at=None, held_because="")
                | (Q(held_at__isnull=False) & Q(held_because__in=HoldReason.values)),
                name="mail_gate_held_says_why",
            ),
            models.CheckConstraint(
                condition=Q(shut_at=None, probe_at=None)
                | Q(shut_at__isnull=False, probe_at__isnull=False),
                name="mail_gate_shut_knows_its_next_try",
            ),
        ]

    def __str__(self) -> str:
        return f"held since {self.held_at}, shut since {self.shut_at}"

    @property
    def is_held(self) -> bool:
        return self.held_at is not None

    @property
    def is_shut(self) -> bool:
        return self.shut_at is not None
