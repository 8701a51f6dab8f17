"""The committee's own work: it meets, is advised, and decides.

A closed meeting is locked, here by the services and below by the database (guards.py): what was
wrong in its minutes is corrected by a later entry that shows both texts.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from committee.enums import (
    AdviceAnswer,
    DecisionEffect,
    MeetingStatus,
    MinutesPart,
    Presence,
)
from committee.models.people import Institution, Member, Workstream


class Versioned(models.Model):
    """A row that people edit: the version they saw, and the one-time token of its last change."""

    version = models.PositiveIntegerField(default=0)
    token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    class Meta:
        abstract = True


class Meeting(Versioned):
    """One sitting of the committee; `status` goes draft, open, closed, and never back."""

    number = models.PositiveIntegerField(_("number"), unique=True)
    date = models.DateField(_("date"))
    place = models.CharField(_("place"), max_length=200)
    status = models.CharField(
        _("status"), max_length=8, choices=MeetingStatus, default=MeetingStatus.DRAFT
    )
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_by = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=MeetingStatus.values), name="meeting_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(status="closed", closed_on__isnull=False, closed_by__isnull=False)
                | (~Q(status="closed") & Q(closed_on=None, closed_by=None)),
                name="meeting_is_closed_by_somebody",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-date", "-number"], name="meeting_latest")]

    def __str__(self) -> str:
        return gettext("Meeting %(number)s") % {"number": self.number}

    def get_absolute_url(self) -> str:
        return reverse("roadmap:meeting", args=[self.number])

    @property
    def is_closed(self) -> bool:
        return self.status == MeetingStatus.CLOSED


class AgendaItem(models.Model):
    """One point of a meeting: who presents it, and what the minutes say of it.

    `about` names what it was proposed for, as reminders name their items: `obstacle:12`,
    `advice:3`; empty for a point somebody thought of.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda")
    order = models.PositiveSmallIntegerField(_("order"))
    title = models.CharField(_("point"), max_length=300)
    presenter = models.CharField(_("presenter"), max_length=150, blank=True)
    minutes = models.TextField(_("minutes"), blank=True)
    about = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(title=""), name="agenda_item_has_a_title"),
            models.UniqueConstraint(
                fields=["meeting", "about"],
                condition=~Q(about=""),
                name="agenda_item_is_proposed_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Attendance(models.Model):
    """Whether an institution sat at a meeting, and through whom."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    presence = models.CharField(_("presence"), max_length=10, choices=Presence)
    people = models.CharField(_("represented by"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["meeting", "institution"], name="attendance_is_recorded_once"
            ),
            models.CheckConstraint(
                condition=Q(presence__in=Presence.values), name="attendance_presence_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution} · {self.get_presence_display()}"


class Advice(Versioned):
    """What an adviser told the committee, and what the committee answered at a meeting."""

    author = models.ForeignKey(Member, models.PROTECT, related_name="advice")
    subject = models.CharField(_("subject"), max_length=300)
    reasoning = models.TextField(_("reasoning"))
    workstreams = models.ManyToManyField(
        Workstream, blank=True, related_name="advice", verbose_name=_("workstreams")
    )
    given_on = models.DateField(_("given on"))
    answer = models.CharField(_("answer"), max_length=10, choices=AdviceAnswer, blank=True)
    answer_reason = models.TextField(_("reason"), blank=True)
    answered_at = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="answers"
    )
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    answered_by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("advice")
        verbose_name_plural = _("advice")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    answer="",
                    answer_reason="",
                    answered_at=None,
                    answered_on=None,
                    answered_by=None,
                )
                | (
                    Q(answer__in=AdviceAnswer.values)
                    & ~Q(answer_reason="")
                    & Q(
                        answered_at__isnull=False,
                        answered_on__isnull=False,
                        answered_by__isnull=False,
                    )
                ),
                name="advice_is_answered_at_a_meeting_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(subject="") & ~Q(reasoning=""), name="advice_says_what_and_why"
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return reverse("roadmap:advice", args=[self.pk])


class Decision(Versioned):
    """What the committee decided: its words, its effect, who carries it out and by when.

    What came of it (actions, milestones, moves, closed obstacles, an adoption) points here from
    the upper app, so a decision with effects cannot be deleted.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField(_("number"))
    agenda_item = models.ForeignKey(
        AgendaItem, models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    text = models.TextField(_("decision"))
    effect = models.CharField(_("effect"), max_length=10, choices=DecisionEffect)
    institution = models.ForeignKey(
        Institution,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("carried out by (institution)"),
    )
    responsible = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("carried out by (person)"),
    )
    due_date = models.DateField(_("by when"), null=True, blank=True)
    advice = models.ForeignKey(
        Advice, models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    done_on = models.DateField(_("carried out on"), null=True, blank=True)
    done_by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    done_note = models.TextField(_("how it was carried out"), blank=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["meeting", "number"], name="decision_number_is_used_once"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="decision_has_words"),
            models.CheckConstraint(
                condition=Q(effect__in=DecisionEffect.values), name="decision_effect_is_known"
            ),
            models.CheckConstraint(
                condition=Q(done_on=None, done_by=None)
                | (Q(done_on__isnull=False, done_by__isnull=False) & ~Q(done_note="")),
                name="decision_done_says_by_whom_and_how",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Decision %(number)s") % {"number": self.code}

    def get_absolute_url(self) -> str:
        return reverse("roadmap:decision", args=[self.pk])

    @property
    def code(self) -> str:
        """Name it as the minutes do: meeting 3, decision 2 is `3/2`; the meeting must be loaded."""
        return f"{self.meeting.number}/{self.number}"


def _about(named: str = "") -> dict[str, bool]:
    """Say which one of the things a correction can speak of it names, and that no other is."""
    things = ("agenda_item", "decision", "advice", "institution")
    return {f"{thing}__isnull": thing != named for thing in things}


class MinutesCorrection(models.Model):
    """A later entry to a closed meeting: what stood, what is right, and why. Only added."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="corrections")
    part = models.CharField(_("part"), max_length=12, choices=MinutesPart)
    agenda_item = models.ForeignKey(
        AgendaItem, models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    advice = models.ForeignKey(
        Advice, models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, related_name="+"
    )
    old = models.TextField(_("what stood"))
    new = models.TextField(_("what is right"))
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()
    token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("correction of the minutes")
        verbose_name_plural = _("corrections of the minutes")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(old=F("new")), name="minutes_correction_changes_something"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="minutes_correction_has_a_reason"),
            models.CheckConstraint(
                condition=Q(part__in=("date", "place"), **_about())
                | Q(part__in=("agenda", "minutes"), **_about("agenda_item"))
                | Q(part__in=("decision", "carried_by", "by_when"), **_about("decision"))
                | Q(part__in=("answer", "answer_why"), **_about("advice"))
                | Q(part="attendance", **_about("institution")),
                name="minutes_correction_names_its_part",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
