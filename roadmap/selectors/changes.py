"""What changed lately: updates, moves of due dates and news, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from committee.models.prepared import load
from committee.rules.days import jakarta_day, night_after, start_of
from roadmap.enums import Precision, Status, UpdateKind
from roadmap.models import ActionItem, DueDateChange, Milestone, News, StatusUpdate
from roadmap.selectors.sources import SourcePart, parts

WITHIN = timedelta(days=30)
# Moves come from the slip ledger; a confirmation changed nothing.
BESIDE = (UpdateKind.MOVED, UpdateKind.CONFIRMED)
INSIDE_KINDS = (UpdateKind.OBSTACLE, UpdateKind.REASSIGNED, UpdateKind.EDITED)


@dataclass(frozen=True, slots=True)
class Change:
    """One line of what changed; `update`, `slip` or `news` says which kind of thing it is."""

    day: date
    precision: str = Precision.DAY
    action: ActionItem | None = None
    milestone: Milestone | None = None
    workstream: str = ""
    update: StatusUpdate | None = None
    slip: DueDateChange | None = None
    text: str = ""
    text_language: str = "id"
    person: str = ""
    kind: str = ""
    status: str = ""
    source: list[SourcePart] | None = None
    is_illustrative: bool = False
    is_unsure: bool = False


def latest(
    *, today: date, limit: int, inside: bool, language: str, workstream: int | None = None
) -> list[Change]:
    """Give the latest changes within 30 days: three queries, each of at most `limit` rows."""
    found = [
        *_updates(today, workstream, limit, inside=inside, language=language),
        *_slips(today, workstream, limit, inside=inside, language=language),
        *news_of(workstream, limit, language, today, WITHIN),
    ]
    return sorted(found, key=lambda change: change.day, reverse=True)[:limit]


def _updates(
    today: date, workstream: int | None, limit: int, *, inside: bool, language: str
) -> list[Change]:
    found = load(_latest_updates, today, limit, inside, **_place(workstream))
    return [_of_update(update, inside=inside, language=language) for update in found]


def _place(workstream: int | None) -> dict[str, int]:
    return {} if workstream is None else {"place": workstream}


def _latest_updates(today: date, limit: int, inside: bool, **places: int) -> Any:
    lately = StatusUpdate.objects.filter(
        at__gte=start_of(today - WITHIN), at__lt=night_after(today)
    )
    found = lately.exclude(kind__in=BESIDE)
    if not inside:
        found = found.exclude(kind__in=INSIDE_KINDS)
    for place in places.values():
        found = found.filter(action__workstream=place)
    found = found.select_related("action", "by").only(*UPDATE_FIELDS)
    return found.order_by("-at", "-pk")[:limit]


UPDATE_FIELDS = (
    *("kind", "at", "note", "note_en", "obstacle_text", "status", "progress", "date_precision"),
    *("source", "confidence", "is_illustrative", "by__name"),
    *("action__code", "action__title", "action__title_en"),
)


def _of_update(update: StatusUpdate, *, inside: bool, language: str) -> Change:
    is_public = update.kind == UpdateKind.IMPORTED and not update.is_illustrative
    english = language == "en" and bool(update.note_en)
    note = (update.note_en if english else update.note) or update.obstacle_text
    return Change(
        day=jakarta_day(update.at),
        precision=update.date_precision,
        action=update.action,
        update=update,
        text=note if inside or is_public else "",
        text_language="en" if english else "id",
        person=update.by.name if inside and update.by else "",
        kind=str(UpdateKind(update.kind).label),
        status=str(Status(update.status).label),
        source=parts(update.source),
        is_illustrative=update.is_illustrative,
    )


def _slips(
    today: date, workstream: int | None, limit: int, *, inside: bool, language: str
) -> list[Change]:
    found = load(_latest_slips, today, limit, **_place(workstream))
    return [_of_slip(slip, inside=inside, language=language) for slip in found]


def _latest_slips(today: date, limit: int, **places: int) -> Any:
    found = DueDateChange.objects.filter(on__gte=today - WITHIN, on__lte=today, is_applied=True)
    for place in places.values():
        found = found.filter(Q(action__workstream=place) | Q(milestone__workstream=place))
    found = found.select_related("action", "milestone").only(*SLIP_FIELDS)
    return found.order_by("-on", "-pk")[:limit]


SLIP_FIELDS = (
    *("on", "old_date", "old_precision", "new_date", "new_precision"),
    *("reason", "reason_en", "source", "by_id"),
    *("action__code", "action__title", "action__title_en"),
    *("milestone__title", "milestone__title_en"),
)


def _of_slip(slip: DueDateChange, *, inside: bool, language: str) -> Change:
    """Give a move; what a member wrote as its reason is a note, and not for the public."""
    english = language == "en" and bool(slip.reason_en)
    reason = slip.reason_en if english else slip.reason
    return Change(
        day=slip.on,
        action=slip.action,
        milestone=slip.milestone,
        slip=slip,
        text=reason if inside or slip.by_id is None else "",
        text_language="en" if english else "id",
        source=parts(slip.source),
    )


def news_of(
    workstream: Any, limit: int, language: str, today: date, within: timedelta | None = None
) -> list[Change]:
    """List public facts, newest first; without a workstream those of the whole roadmap too."""
    place = _place(getattr(workstream, "pk", workstream))
    return [_of_news(item, language) for item in load(_news, today, limit, within, **place)]


def _news(today: date, limit: int, within: timedelta | None, **places: int) -> Any:
    found = News.objects.filter(date__lte=today).select_related("workstream").only(*NEWS_FIELDS)
    if within is not None:
        found = found.filter(date__gte=today - within)
    for place in places.values():
        found = found.filter(workstream=place)
    return found.order_by("-date", "-pk")[:limit]


NEWS_FIELDS = (
    *("date", "date_precision", "text", "text_en", "source", "confidence"),
    *("workstream__title", "workstream__title_en"),
)


def _of_news(news: News, language: str) -> Change:
    english = language == "en" and bool(news.text_en)
    return Change(
        day=news.date,
        precision=news.date_precision,
        workstream=news.workstream.local_title if news.workstream else "",
        text=news.text_en if english else news.text,
        text_language="en" if english else "id",
        source=parts(news.source),
        is_unsure=news.confidence == "low",
    )
