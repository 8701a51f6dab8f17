"""The ledger: what was changed, by whom, from what to what; written once and never touched."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from committee.enums import AuditVerb
from committee.models.people import Member


class AuditEntry(models.Model):
    """One change of one thing, sealed in a chain (rules/chain.py); guards.py locks it."""

    number = models.BigIntegerField(_("number"), primary_key=True)
    at = models.DateTimeField(_("when"), db_index=True)
    actor = models.ForeignKey(
        Member, models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    role = models.CharField(_("role"), max_length=12, blank=True)
    place = models.CharField(_("where"), max_length=80, blank=True)
    verb = models.CharField(_("what"), max_length=8, choices=AuditVerb)
    object_type = models.CharField(_("kind of thing"), max_length=40)
    object_id = models.CharField(_("key"), max_length=40, blank=True)
    before = models.TextField(_("before"), blank=True)
    after = models.TextField(_("after"), blank=True)
    request_id = models.CharField(_("request"), max_length=32, blank=True)
    prev_hash = models.CharField(_("seal before"), max_length=64)
    hash = models.CharField(_("seal"), max_length=64)

    class Meta:
        verbose_name = _("entry of the ledger")
        verbose_name_plural = _("entries of the ledger")
        indexes: ClassVar = [
            models.Index(fields=["object_type", "object_id", "number"], name="audit_of_object")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.verb} {self.object_type} {self.object_id}"

    def as_sealed(self) -> dict[str, Any]:
        """Give what is sealed, as it is exported."""
        return {
            "number": self.number,
            "at": self.at.isoformat(),
            "actor": self.actor_id,
            "role": self.role,
            "place": self.place,
            "verb": self.verb,
            "object_type": self.object_type,
            "object_id": self.object_id,
            "before": self.before,
            "after": self.after,
            "request_id": self.request_id,
        }
