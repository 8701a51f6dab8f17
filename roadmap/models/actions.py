"""Action items, their one history, and what hangs on them.

The state of an action is one abstract model, worn twice: by the action (now) and by every
status update (then). So the history can never lack a field, and as-of is one range.
"""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from committee.models import Advice, Decision, Institution, Member, Titled, Workstream
from roadmap.enums import DueBasis, Outlook, Precision, Status, UpdateKind
from roadmap.models.querysets import ActionQuerySet
from umkm.enums import Confidence
from umkm.models import Challenge, Indicator, Initiative


class ActionState(models.Model):
    """Everything about an action that history keeps."""

    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.PLANNED)
    progress = models.PositiveSmallIntegerField(
        _("progress"), default=0, validators=[MaxValueValidator(100)]
    )
    outlook = models.CharField(_("outlook"), max_length=12, choices=Outlook, blank=True)
    expected_date = models.DateField(_("expected date"), null=True, blank=True)
    due_date = models.DateField(_("due date"), null=True, blank=True)
    due_precision = models.CharField(
        _("precision of the due date"), max_length=8, choices=Precision, default=Precision.DAY
    )
    due_basis = models.CharField(
        _("basis of the due date"), max_length=14, choices=DueBasis, default=DueBasis.DECIDED
    )
    start_date = models.DateField(_("start date"), null=True, blank=True)
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=1, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    owner = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_%(class)ss",
        verbose_name=_("owner"),
    )
    lead_institution = models.ForeignKey(
        Institution,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="led_%(class)ss",
        verbose_name=_("lead institution"),
    )
    supporting = models.CharField(
        _("supporting institutions"), max_length=400, blank=True, help_text=";BI;OJK;"
    )
    is_blocked = models.BooleanField(_("blocked"), default=False)
    reported_on = models.DateField(_("last report"), null=True, blank=True)
    submitted_on = models.DateField(_("submitted on"), null=True, blank=True)
    is_submitted_late = models.BooleanField(_("submitted late"), default=False)

    class Meta:
        abstract = True

    @property
    def supporting_codes(self) -> list[str]:
        return [code for code in self.supporting.split(";") if code]


STATE_FIELDS = tuple(field.attname for field in ActionState._meta.local_fields) or ()


class ActionItem(Titled, ActionState):
    """Something an institution has promised to deliver by a date."""

    code = models.CharField(_("code"), max_length=16, unique=True)
    workstream = models.ForeignKey(
        Workstream, models.PROTECT, related_name="actions", verbose_name=_("workstream")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    output = models.TextField(_("output (Indonesian)"), blank=True)
    output_en = models.TextField(_("output (English)"), blank=True)
    contributors = models.ManyToManyField(
        Member, blank=True, related_name="contributed_actions", verbose_name=_("contributors")
    )
    challenges = models.ManyToManyField(
        Challenge, blank=True, related_name="actions", verbose_name=_("UMKM challenges")
    )
    initiatives = models.ManyToManyField(
        Initiative, blank=True, related_name="actions", verbose_name=_("initiatives")
    )
    indicators = models.ManyToManyField(
        Indicator, blank=True, related_name="actions", verbose_name=_("meant to move")
    )
    decision = models.ForeignKey(
        Decision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="actions",
        verbose_name=_("decision"),
    )
    advice = models.ForeignKey(
        Advice,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="actions",
        verbose_name=_("advice"),
    )
    first_due_date = models.DateField(_("first due date"), null=True, blank=True)
    created_on = models.DateField(_("on the roadmap since"))
    times_moved = models.PositiveSmallIntegerField(_("times moved"), default=0)
    date_generation = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    submitted_by = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    source = models.TextField(_("source"), blank=True)
    confidence = models.CharField(_("confidence"), max_length=8, choices=Confidence, blank=True)
    import_key = models.CharField(max_length=100, unique=True, null=True, editable=False)

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("action item")
        verbose_name_plural = _("action items")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workstream", "number"], name="action_number_is_used_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="action_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(progress__lte=100), name="action_progress_is_a_percentage"
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=1, weight__lte=100), name="action_weight_is_1_to_100"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("submitted", "verified")) | Q(submitted_on__isnull=False),
                name="action_submitted_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(due_date=None, first_due_date=None)
                | Q(due_date__isnull=False, first_due_date__isnull=False),
                name="action_keeps_its_first_due_date",
            ),
            models.CheckConstraint(
                condition=~Q(outlook="will_be_late") | Q(expected_date__isnull=False),
                name="action_that_will_be_late_says_when",
            ),
            models.CheckConstraint(
                condition=Q(supporting="")
                | Q(supporting__startswith=";", supporting__endswith=";"),
                name="action_supporting_is_wrapped_in_semicolons",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workstream", "due_date", "id"], name="action_by_workstream"),
            models.Index(fields=["due_date", "id"], name="action_by_due_date"),
            models.Index(fields=["owner", "status"], name="action_by_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.local_title}"

    def get_absolute_url(self) -> str:
        return reverse("roadmap:action", args=[self.code])

    @property
    def days_moved(self) -> int:
        """Count the days between the first due date and the one in force; later is positive."""
        if self.due_date is None or self.first_due_date is None:
            return 0
        return (self.due_date - self.first_due_date).days

    @property
    def is_open(self) -> bool:
        return self.status in (Status.PLANNED, Status.IN_PROGRESS)


class StatusUpdate(ActionState):
    """One change of one action: who, when, why, and the whole state after it.

    In force from `at` until `superseded_at`; a note beside the chain is superseded the moment
    it is written. Only `superseded_at` is ever set later, once.
    """

    action = models.ForeignKey(ActionItem, models.PROTECT, related_name="updates")
    kind = models.CharField(_("kind"), max_length=10, choices=UpdateKind)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    note = models.TextField(_("note"), blank=True)
    note_en = models.TextField(blank=True)
    obstacle_text = models.TextField(_("obstacle"), blank=True)
    follow_up = models.TextField(_("follow-up"), blank=True)
    changes = models.JSONField(default=dict, blank=True)
    date_precision = models.CharField(max_length=8, choices=Precision, default=Precision.DAY)
    source = models.TextField(blank=True)
    confidence = models.CharField(max_length=8, choices=Confidence, blank=True)
    is_illustrative = models.BooleanField(default=False)
    is_setback = models.BooleanField(default=False)
    superseded_at = models.DateTimeField(null=True, blank=True)
    token = models.UUIDField(null=True, blank=True, unique=True)
    import_key = models.CharField(max_length=600, unique=True, null=True)

    class Meta:
        verbose_name = _("status update")
        verbose_name_plural = _("status updates")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=UpdateKind.values), name="update_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(by__isnull=False) | Q(kind="imported"),
                name="update_has_a_person_or_is_imported",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at=None) | Q(superseded_at__gte=F("at")),
                name="update_is_superseded_after_it_was_made",
            ),
            models.UniqueConstraint(
                fields=["action"],
                condition=Q(superseded_at=None),
                name="action_has_one_update_in_force",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["action", "-at", "-id"], name="update_history"),
            models.Index(fields=["at", "superseded_at"], name="update_in_force"),
            # What was in force on a past day: replaced since, or never.
            models.Index(fields=["superseded_at", "at"], name="update_replaced"),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.kind} {self.at:%Y-%m-%d}"


class Obstacle(models.Model):
    """What stands in the way: what is needed, from whom, by when."""

    action = models.ForeignKey(ActionItem, models.CASCADE, related_name="obstacles")
    needed = models.TextField(_("what is needed"))
    needed_en = models.TextField(blank=True)
    needed_from = models.ForeignKey(
        Institution,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("needed from"),
        help_text=_("Leave empty for the steering committee."),
    )
    needed_by = models.DateField(_("needed by"), null=True, blank=True)
    raised_on = models.DateField(_("raised on"))
    raised_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    closing_note = models.TextField(_("how it was solved"), blank=True)
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="obstacles"
    )
    # The same thing standing in the way of several actions: all but the first point to it.
    joined_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="joined"
    )
    is_illustrative = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("obstacle")
        verbose_name_plural = _("obstacles")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closed_on=None, closed_by=None)
                | Q(closed_on__isnull=False, closed_by__isnull=False),
                name="obstacle_is_closed_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(needed=""), name="obstacle_says_what_is_needed"),
            models.CheckConstraint(
                condition=Q(joined_to=None) | ~Q(joined_to=F("id")),
                name="obstacle_is_not_joined_to_itself",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["action"], name="obstacle_open", condition=Q(closed_on=None))
        ]

    def __str__(self) -> str:
        return Truncator(self.needed).chars(80)

    def get_absolute_url(self) -> str:
        return reverse("roadmap:obstacle", args=[self.pk])


class Evidence(models.Model):
    """What shows that an output exists: a link or a file."""

    action = models.ForeignKey(ActionItem, models.CASCADE, related_name="evidence")
    title = models.CharField(_("title"), max_length=200)
    url = models.URLField(_("link"), max_length=500, blank=True)
    stored_name = models.CharField(max_length=80, blank=True)
    file_name = models.CharField(_("file name"), max_length=255, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(_("size"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    added_on = models.DateField(_("added on"))
    added_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    token = models.UUIDField(null=True, blank=True, unique=True)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(~Q(url="") & Q(stored_name=""))
                | (Q(url="") & ~Q(stored_name="") & ~Q(sha256="")),
                name="evidence_is_a_link_or_a_hashed_file",
            )
        ]

    def __str__(self) -> str:
        return self.title
