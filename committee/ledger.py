"""Writes the ledger: whatever a transaction changed, by whom, in that same transaction.

Services need not say what they change. Saves and links of the watched models are collected as
they happen, beside the transaction's own list of what to do at its end, so that a rollback, of
a savepoint too, forgets them with everything else. `bump_revision`, last in every service, seals
them onto the chain under the lock of the one hot row. Rows written past the models (an import,
a setting up) are told with `tell_rows`, links with `tell`.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from django.apps import AppConfig
from django.db import connection, transaction
from django.db.models import F, Model
from django.db.models.signals import m2m_changed, post_save, pre_delete, pre_save
from django.utils import timezone

from committee.clock import JAKARTA
from committee.enums import AuditVerb
from committee.models import AuditEntry, Member, Revision
from committee.rules import chain

# More changes than this in one act are one entry, with their number and a digest of them all.
MOST_SINGLY = 20
LONGEST_PLACE = 80
# The machinery's own rows: what becomes of a letter stands in its attempts.
OUTSIDE = frozenset(
    {"AuditEntry", "Heartbeat", "Letter", "LetterAttempt", "MailGate", "RehearsalClock", "Revision"}
)
# What says nothing to a reader.
UNTOLD = frozenset({"token", "version", "last_login"})
# What is told as there or changed, and never kept: a name must be erasable, a seal never is.
HIDDEN = {
    "committee.member": frozenset({"password", "name", "email"}),
    "committee.attendance": frozenset({"people"}),
}
VEIL = "…"
READ = "_ledger_read"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is at work, and where: somebody in a request, or a part of the machinery."""

    actor: int | None = None
    role: str = ""
    place: str = ""
    request_id: str = ""


NOBODY = Scene()
_scene: ContextVar[Scene] = ContextVar("scene", default=NOBODY)


@dataclass(slots=True)
class Change:
    """One change waiting to be sealed; called at the commit, it must have been."""

    verb: AuditVerb
    object_type: str
    object_id: str
    before: dict[str, Any]
    after: dict[str, Any]
    is_sealed: bool = False

    def __call__(self) -> None:
        if not self.is_sealed:
            log.error("a change of %s %s is in no ledger", self.object_type, self.object_id)


@dataclass(frozen=True, slots=True)
class Acts:
    """Says who acts in this transaction."""

    actor: int
    role: str

    def __call__(self) -> None:
        """Nothing is to be done at the commit."""


def midnight(day: date) -> datetime:
    """Give the moment at which a day begins in the roadmap's zone."""
    return datetime.combine(day, time(), JAKARTA)


@contextmanager
def scene(**words: Any) -> Iterator[None]:
    """Say who is at work, and where."""
    mark = _scene.set(replace(_scene.get(), **words))
    try:
        yield
    finally:
        _scene.reset(mark)


def acts(member: Member) -> None:
    """Name whoever a service has just judged as the one who acts in this transaction."""
    if connection.in_atomic_block:
        transaction.on_commit(Acts(member.pk, member.role))


def remember(row: Model) -> None:
    """Keep a locked row as it was read, so that saving it asks the database no more."""
    setattr(row, READ, _values(row))


def watch_models(app: AppConfig, outside: Container[str]) -> None:
    """Collect every save, deletion and link of an app's models, but for those named."""
    for model in app.get_models():
        if model.__name__ in outside:
            continue
        name = f"ledger_{model._meta.label_lower}"
        pre_save.connect(_before_save, sender=model, dispatch_uid=name)
        post_save.connect(_after_save, sender=model, dispatch_uid=name)
        pre_delete.connect(_deleted, sender=model, dispatch_uid=name)
        for field in model._meta.many_to_many:
            m2m_changed.connect(_linked, sender=getattr(model, field.name).through)


def tell_rows(rows: Iterable[Model]) -> None:
    """Tell of rows that were added past the models."""
    for row in rows:
        _collect(AuditVerb.ADD, row, {}, _values(row))


def tell(row: Model, verb: AuditVerb, **after: Any) -> None:
    """Tell what no save of a model tells."""
    _collect(verb, row, {}, after)


def bump_revision() -> None:
    """Count one more change and seal what it was.

    Called last in every service: the counter's row is hot, and holding it keeps the chain whole.
    """
    counter = Revision.objects.filter(pk=1)
    if not counter.update(number=F("number") + 1):
        Revision.objects.get_or_create(pk=1)  # the site's first change; two may make it at once
        counter.update(number=F("number") + 1)
    _seal_waiting()


def _seal_waiting() -> None:
    waiting: list[Any] = [todo[1] for todo in connection.run_on_commit]
    changes = [one for one in waiting if isinstance(one, Change) and not one.is_sealed]
    if not changes:
        return
    acting = [one for one in waiting if isinstance(one, Acts)]
    who = _scene.get()
    if acting:
        who = replace(who, actor=acting[-1].actor, role=acting[-1].role)
    told = changes if len(changes) <= MOST_SINGLY else [_together(changes)]
    last = AuditEntry.objects.order_by("-number").values_list("number", "hash").first()
    AuditEntry.objects.bulk_create(_sealed(told, who, *(last or (0, chain.BEGINNING))))
    for change in changes:
        change.is_sealed = True


def _sealed(
    changes: Sequence[Change], who: Scene, number: int, previous: str
) -> Iterator[AuditEntry]:
    for change in changes:
        number += 1
        entry = AuditEntry(
            number=number,
            at=timezone.now(),
            actor_id=who.actor,
            role=who.role,
            place=who.place,
            request_id=who.request_id,
            verb=change.verb,
            object_type=change.object_type,
            object_id=change.object_id,
            before=chain.canonical(change.before) if change.before else "",
            after=chain.canonical(change.after) if change.after else "",
            prev_hash=previous,
        )
        previous = entry.hash = chain.seal(previous, entry.as_sealed())
        yield entry


def _together(changes: Sequence[Change]) -> Change:
    """Make one entry of a bulk act: how many of what, and a digest of every one."""
    kinds = sorted({one.object_type for one in changes})
    lines = (
        chain.canonical([one.verb, one.object_type, one.object_id, one.before, one.after])
        for one in changes
    )
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    after = {"count": len(changes), "digest": digest, "kinds": kinds}
    return Change(AuditVerb.BULK, kinds[0], "", {}, after)


def _before_save(instance: Any, raw: bool = False, **_others: Any) -> None:
    if instance._state.adding or hasattr(instance, READ):
        return
    old = type(instance)._default_manager.filter(pk=instance.pk).first()
    setattr(instance, READ, _values(old) if old is not None else {})


def _after_save(
    instance: Any, created: bool, update_fields: frozenset[str] | None = None, **_others: Any
) -> None:
    old, new = getattr(instance, READ, {}), _values(instance)
    written = _columns(instance, update_fields)
    setattr(instance, READ, old | {name: new[name] for name in new if name in written})
    if created:
        _collect(AuditVerb.ADD, instance, {}, new)
        return
    changed = [name for name in new if name in written and old.get(name) != new[name]]
    if changed:
        before = {name: old.get(name) for name in changed}
        _collect(AuditVerb.CHANGE, instance, before, {name: new[name] for name in changed})


def _columns(instance: Any, names: frozenset[str] | None) -> set[str]:
    """Name the columns that a save wrote: all, or those of the fields it was told."""
    fields = instance._meta.concrete_fields
    return {one.attname for one in fields if names is None or one.name in names}


def _deleted(instance: Any, **_others: Any) -> None:
    _collect(AuditVerb.REMOVE, instance, _values(instance), {})


def _linked(
    instance: Any, action: str, model: type[Model], pk_set: set[int] | None, reverse: bool,
    sender: type[Model], **_others: Any,
) -> None:  # fmt: skip
    if action not in ("post_add", "post_remove") or not pk_set:
        return
    through = str(sender._meta.model_name)
    keys: dict[str, Any] = {through: sorted(pk_set), "of": model._meta.label_lower}
    nothing: dict[str, Any] = {}
    before, after = (nothing, keys) if action == "post_add" else (keys, nothing)
    _collect(AuditVerb.LINK, instance, before, after)


def _collect(verb: AuditVerb, row: Any, before: dict[str, Any], after: dict[str, Any]) -> None:
    label = row._meta.label_lower
    change = Change(verb, label, str(row.pk or ""), _veiled(label, before), _veiled(label, after))
    transaction.on_commit(change)


def _veiled(label: str, told: dict[str, Any]) -> dict[str, Any]:
    hidden = HIDDEN.get(label, frozenset())
    return {name: VEIL if name in hidden and value else value for name, value in told.items()}


def _values(row: Model) -> dict[str, Any]:
    """Give a row's own columns as they are written into the ledger."""
    found = {}
    for field in row._meta.concrete_fields:
        name = field.attname
        if name in UNTOLD or name not in row.__dict__:
            continue
        value = field.get_prep_value(row.__dict__[name])
        told = value is None or isinstance(value, (str, int, bool))
        found[name] = value if told else str(value)
    return found
