"""The ledger as its readers ask for it: who changed what, when, from what to what."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta

from django.apps import apps
from django.db.models import QuerySet
from django.utils.functional import Promise

from committee.clock import JAKARTA
from committee.ledger import midnight
from committee.models import AuditEntry, Member


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the ledger is asked for; what is empty asks for everything."""

    actor: Member | None = None
    verb: str = ""
    kind: str = ""
    key: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One column of a thing, as it was and as it became."""

    name: str
    before: str
    after: str


def found(wanted: Wanted) -> QuerySet[AuditEntry]:
    """Find what is asked for, newest first."""
    rows = AuditEntry.objects.select_related("actor").order_by("-number")
    asked = {
        "actor": wanted.actor,
        "verb": wanted.verb,
        "object_type": wanted.kind,
        "object_id": wanted.key,
        "at__gte": wanted.since and midnight(wanted.since),
        "at__lt": wanted.until and midnight(wanted.until + timedelta(days=1)),
    }
    return rows.filter(**{name: value for name, value in asked.items() if value})


def people() -> QuerySet[Member]:
    """Give everybody who ever changed something."""
    actors = AuditEntry.objects.exclude(actor=None).order_by().values("actor").distinct()
    return Member.objects.filter(pk__in=actors).order_by("name", "pk")


def kinds() -> list[tuple[str, str]]:
    """Give the kinds of things the ledger has ever told of, with their names."""
    labels = AuditEntry.objects.order_by().values_list("object_type", flat=True).distinct()
    return sorted(((label, kind_name(label)) for label in labels), key=lambda one: one[1])


def kind_name(label: str) -> str:
    """Name a kind of thing in the reader's language, if it has a name there."""
    try:
        name = apps.get_model(label)._meta.verbose_name
    except LookupError:  # it was renamed or left the product; the record stays as it was
        return label
    return str(name) if isinstance(name, Promise) else label.partition(".")[2]


def told(entry: AuditEntry) -> list[Told]:
    """Lay an entry out column by column."""
    before, after = (json.loads(text or "{}") for text in (entry.before, entry.after))
    return [Told(name, _plain(before, name), _plain(after, name)) for name in {**before, **after}]


def _plain(values: dict[str, object], name: str) -> str:
    value = values.get(name)
    if value is None or value == "":
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def here(entry: AuditEntry) -> str:
    """Give the moment of an entry in the roadmap's own zone."""
    return entry.at.astimezone(JAKARTA).strftime("%Y-%m-%d %H:%M:%S")
