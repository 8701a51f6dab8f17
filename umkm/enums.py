"""The words of measurement."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ObservationKind(TextChoices):
    BASELINE = "baseline", _("Baseline")
    TARGET = "target", _("Target")
    ACTUAL = "actual", _("Actual")


class Confidence(TextChoices):
    """How sure a sourced fact is; the meanings stand in roadmap/seed/data/README.md."""

    HIGH = "high", _("High confidence")
    MEDIUM = "medium", _("Medium confidence")
    LOW = "low", _("Low confidence")
