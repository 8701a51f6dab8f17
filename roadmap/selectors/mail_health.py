"""What the people who look after the mail must see: every number a door, red only what is broken.

Busy is not broken: letters that wait their turn, however many, are no alarm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy

from committee import gate
from committee.enums import LetterState
from committee.models import Heartbeat, Letter, MailGate, Member
from roadmap.models import ActionItem
from roadmap.selectors import evidence, reconciliation
from roadmap.selectors.letters import IN_DOUBT
from roadmap.selectors.machinery import ROUNDS
from roadmap.selectors.reconciliation import Line

QUIET_AFTER = timedelta(minutes=3)
ON_ITS_WAY = (LetterState.PENDING, LetterState.SENDING)
PARTS = {
    "plan": gettext_lazy("Planning what is to be told"),
    "drain": gettext_lazy("Sending what is due"),
    "sweep": gettext_lazy("Healing what was cut short"),
    "work": gettext_lazy("Long work, such as packs"),
    "smtp": gettext_lazy("Talking to the mail server"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the machinery, and when it last did its round."""

    name: str
    label: str
    at: datetime | None
    note: str
    is_silent: bool


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who answers for open actions and whom no letter can reach."""

    member: Member
    open: int


@dataclass(frozen=True, slots=True)
class Health:
    """The state of the mail; what of it is broken, `mail_alarms` says."""

    parts: list[Part]
    counts: Mapping[str, int]
    oldest: Letter | None
    gate: MailGate
    smtp_trouble: str
    refused: list[Member]
    unreachable: list[Owner]
    reconciled: Line | None
    found: list[Any]
    files_broken: int = 0

    @property
    def waits_for_a_reason(self) -> bool:
        """Tell whether letters wait for a reason of their own, whatever their age."""
        return self.gate.is_held or self.gate.is_shut or bool(self.smtp_trouble)


def health(today: date) -> Health:
    """Read everything the page shows: six queries, and four more to name what a night missed."""
    beats = {beat.name: beat for beat in Heartbeat.objects.all()}
    line = beats.get(reconciliation.NAME)
    reconciled = reconciliation.read(line.note) if line else None
    is_clean = reconciled is None or reconciled.is_clean
    night = evidence.read(beats[evidence.NAME].note) if evidence.NAME in beats else None
    return Health(
        parts=[_part(name, beats.get(name)) for name in PARTS],
        counts=counts(),
        oldest=oldest_due(),
        gate=gate.look(),
        smtp_trouble=beats["smtp"].note if "smtp" in beats else "",
        refused=list(Member.objects.filter(refused_at__isnull=False).order_by("name", "pk")),
        unreachable=unreachable_owners(),
        reconciled=reconciled,
        found=[] if is_clean else reconciliation.found_now(today),
        files_broken=night.broken if night else 0,
    )


def _part(name: str, beat: Heartbeat | None) -> Part:
    """Judge a part: only the rounds that are made whether or not there is work can be silent."""
    at = beat.at if beat else None
    silent = name in ROUNDS and (at is None or timezone.now() - at > QUIET_AFTER)
    return Part(name, str(PARTS[name]), at, beat.note if beat else "", silent)


def counts() -> dict[str, int]:
    """Count the letters by state, and those in doubt: one query."""
    rows = Letter.objects.order_by().values("state")
    found = list(rows.annotate(n=Count("pk"), doubted=Count("pk", filter=Q(in_doubt__gt=0))))
    by_state = dict.fromkeys(LetterState.values, 0) | {row["state"]: row["n"] for row in found}
    return by_state | {IN_DOUBT: sum(row["doubted"] for row in found)}


def due() -> QuerySet[Letter]:
    """Give the letters that should have left by now and have not, the longest waiting first."""
    waiting = Letter.objects.filter(state__in=ON_ITS_WAY, not_before__lte=Now())
    return waiting.order_by("not_before", "pk")


def oldest_due() -> Letter | None:
    return due().select_related("recipient").defer("text").first()


def unreachable_owners() -> list[Owner]:
    """Name who answers for open actions without an address or an account: one query."""
    cut_off = ActionItem.objects.open().filter(Q(owner__is_active=False) | Q(owner__email=""))
    counted = cut_off.order_by().values("owner").annotate(n=Count("pk"))
    open_of = {row["owner"]: row["n"] for row in counted}
    members = Member.objects.filter(pk__in=open_of).order_by("name", "pk") if open_of else []
    return [Owner(member, open_of[member.pk]) for member in members]
