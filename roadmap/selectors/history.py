"""The history of one action: each update, and what it changed against the state before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Window

from committee.models.prepared import load
from committee.rules.days import night_after
from roadmap.enums import DueBasis, Outlook, Status, UpdateKind
from roadmap.models import STATE_FIELDS, ActionItem, StatusUpdate
from roadmap.selectors.sources import SourcePart, parts

PAGE_SIZE = 20
# So many updates before a page are read to find the state its oldest update replaced.
MOST_BESIDE = 5
# People, obstacles and outlooks are not for the public; neither are updates about nothing else.
INSIDE_KINDS = (UpdateKind.OBSTACLE, UpdateKind.REASSIGNED)
PUBLIC_STATE = ("status", "progress", "due_date", "start_date", "lead_institution", "supporting")
INSIDE_STATE = (*PUBLIC_STATE, "outlook", "expected_date", "due_basis", "weight", "owner")
PUBLIC_EDITS = ("title", "title_en", "output", "output_en")


@dataclass(frozen=True, slots=True)
class Delta:
    """One field that an update changed; dates stay dates, to be written as their period."""

    label: str
    old: Any
    new: Any
    is_date: bool = False
    old_precision: str = "day"
    new_precision: str = "day"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history, holding only what this reader may see."""

    update: StatusUpdate
    person: str
    note: str
    note_language: str
    obstacle: str
    follow_up: str
    deltas: list[Delta]
    is_first: bool
    source: list[SourcePart]


def history(
    *, action: ActionItem, today: date, page: Any, inside: bool, language: str
) -> tuple[Page[Any], list[Entry]]:
    """Give one page, newest first, with some rows that stand before it: one query for the first."""
    rows = load(_updates, today, inside, 0, action=action.pk)
    found = Paginator(range(rows[0].total if rows else 0), PAGE_SIZE).get_page(page)
    if found.number > 1:
        first = (found.number - 1) * PAGE_SIZE
        rows = load(_updates, today, inside, first, action=action.pk)
    before = next((update for update in rows[PAGE_SIZE:] if not is_beside(update)), None)
    return found, list(_entries(rows[:PAGE_SIZE], before, inside=inside, language=language))


def _updates(today: date, inside: bool, first: int, *, action: int) -> Any:
    """Ask for some rows, each with the total of all."""
    updates = StatusUpdate.objects.filter(action=action, at__lt=night_after(today))
    if not inside:
        updates = updates.exclude(kind__in=INSIDE_KINDS)
    counted = updates.annotate(total=Window(Count("pk")))
    joined = counted.select_related("by", "owner", "lead_institution")
    return joined.order_by("-at", "-pk")[first : first + PAGE_SIZE + MOST_BESIDE]


def is_beside(update: StatusUpdate) -> bool:
    """Say whether this is a note beside the chain: superseded the moment it was written."""
    return update.kind == UpdateKind.IMPORTED and update.superseded_at == update.at


def _entries(
    shown: list[StatusUpdate], before: StatusUpdate | None, *, inside: bool, language: str
) -> Iterable[Entry]:
    """Walk from the oldest up, so that each link meets the state it replaced."""
    found = []
    for update in reversed(shown):
        deltas: list[Delta] = []
        if not is_beside(update):
            deltas = _deltas(before, update, inside=inside) if before else []
            deltas += _edits(update, inside=inside)
        is_first = before is None and not is_beside(update)
        found.append(_entry(update, deltas, is_first, inside=inside, language=language))
        before = before if is_beside(update) else update
    return reversed(found)


def _entry(
    update: StatusUpdate, deltas: list[Delta], is_first: bool, *, inside: bool, language: str
) -> Entry:
    is_public = update.kind == UpdateKind.IMPORTED and not update.is_illustrative
    may_read = inside or is_public
    english = language == "en" and bool(update.note_en)
    return Entry(
        update=update,
        person=update.by.name if inside and update.by else "",
        note=(update.note_en if english else update.note) if may_read else "",
        note_language="en" if english else "id",
        obstacle=update.obstacle_text if inside else "",
        follow_up=update.follow_up if inside else "",
        deltas=deltas,
        is_first=is_first,
        source=parts(update.source),
    )


def _deltas(before: StatusUpdate, after: StatusUpdate, *, inside: bool) -> list[Delta]:
    names = INSIDE_STATE if inside else PUBLIC_STATE
    changed = [name for name in names if _raw(before, name) != _raw(after, name)]
    return [_delta(name, before, after) for name in changed]


def _raw(update: StatusUpdate, name: str) -> Any:
    return getattr(update, f"{name}_id" if name in ("owner", "lead_institution") else name)


def _delta(name: str, before: StatusUpdate, after: StatusUpdate) -> Delta:
    label = str(StatusUpdate._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    old, new = getattr(before, name), getattr(after, name)
    if name == "due_date":
        return Delta(label, old, new, True, before.due_precision, after.due_precision)
    if isinstance(old, date) or isinstance(new, date):
        return Delta(label, old, new, True)
    return Delta(label, _words(name, old), _words(name, new))


def _words(name: str, value: Any) -> str:
    if name == "progress":
        return f"{value}%"
    if name in ("status", "outlook", "due_basis"):
        words: Any = {"status": Status, "outlook": Outlook, "due_basis": DueBasis}[name]
        return str(words(value).label) if value else "—"
    if name == "supporting":
        return ", ".join(value.strip(";").split(";")) or "—"
    if name == "lead_institution" and value:
        return str(value.code)
    return str(value) if value not in (None, "") else "—"


def _edits(update: StatusUpdate, *, inside: bool) -> list[Delta]:
    """Read what an edit changed beside the state: titles, outputs."""
    found = []
    for name, pair in update.changes.items():
        if name in STATE_FIELDS or not isinstance(pair, list) or len(pair) != 2:
            continue
        if inside or name in PUBLIC_EDITS:
            label = str(ActionItem._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            found.append(Delta(label, pair[0] or "—", pair[1] or "—"))
    return found


def edits(update: StatusUpdate) -> list[Delta]:
    """Read all that an edit recorded, in the words of a reader inside."""
    pairs = {name: pair for name, pair in update.changes.items() if isinstance(pair, list)}
    return [_recorded(name, *pair) for name, pair in pairs.items() if len(pair) == 2]


def _recorded(name: str, old: Any, new: Any) -> Delta:
    label = str(ActionItem._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    if name == "start_date":
        before, after = (date.fromisoformat(day) if day else None for day in (old, new))
        return Delta(label, before, after, is_date=True)
    if name == "supporting":
        return Delta(label, _words(name, old or ""), _words(name, new or ""))
    return Delta(label, old or "—", new or "—")
