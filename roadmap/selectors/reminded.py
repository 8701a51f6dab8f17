"""Was she reminded? Everything told of one item, to whom, and why somebody was not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from committee.enums import LetterState
from committee.rules import permissions
from committee.rules.permissions import Actor
from roadmap.enums import Audience, RuleSubject
from roadmap.models import Reminder
from roadmap.rules.weighing import Countdown, Day, Ladder, Ladders, Line
from roadmap.selectors import forecast_page
from roadmap.selectors.forecast import Forecast
from roadmap.selectors.letters import reason_words, stage_words
from roadmap.selectors.why_words import why_words

PER_PAGE = 50
AHEAD = 35  # a month and its weekly repeat
MOST_COMING = 20
LADDER = timedelta(days=370)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody on a ladder, and why it is they."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Rung:
    """Where one ladder stands: who is told of it, and what holds it back."""

    subject: str
    audience: str
    readers: list[Reader]
    stage: str
    since: date | None
    coming: str
    coming_on: date | None
    calm_until: date | None
    is_answered_for: bool


@dataclass(frozen=True, slots=True)
class Reminded:
    """The whole answer for one item, or a reader's own part of it."""

    rungs: list[Rung]
    coming: list[forecast_page.Letter]
    page: Page[Reminder]
    sees_all: bool


def reminded(*, item: str, actor: Actor, now: datetime, page: str | None) -> Reminded:
    """Gather what was told, what waits and what comes of an item, as far as a reader may see."""
    sees_all = permissions.may_see_all_letters(actor)
    ahead = Forecast(now, AHEAD, item)
    rungs = list(_rungs(ahead)) if sees_all else []
    own = forecast_page.Wanted(person=None if sees_all else actor.id)
    coming = forecast_page.chosen(ahead.letters(), own)[:MOST_COMING]
    return Reminded(
        rungs=rungs,
        coming=forecast_page.in_words(coming, ahead.names),
        page=_worded(Paginator(_told(item, None if sees_all else actor.id), PER_PAGE), page),
        sees_all=sees_all,
    )


def _told(item: str, reader: int | None) -> QuerySet[Reminder]:
    rows = Reminder.objects.filter(item=item).select_related("recipient", "letter")
    if reader is not None:
        rows = rows.filter(recipient=reader)
    return rows.defer("letter__text").order_by("-due_at", "-pk")


def _worded(pages: Paginator[Reminder], number: str | None) -> Page[Reminder]:
    found = pages.get_page(number)
    for row in found.object_list:
        row.stage_words = stage_words(row.occasion, row.stage)  # type: ignore[attr-defined]
        row.fell_away = _fell_away(row)  # type: ignore[attr-defined]
        row.reason = reason_words(_reason(row))  # type: ignore[attr-defined]
    return found


def _fell_away(row: Reminder) -> str:
    """Name the first stage this one stands for as well."""
    return stage_words(row.occasion, row.supersedes) if row.supersedes else ""


def _reason(row: Reminder) -> str:
    """Give why a line was not told: its own reason, else that of its letter."""
    if row.cancel_reason:
        return row.cancel_reason
    letter = row.letter
    return letter.last_error if letter is not None and letter.state != LetterState.SENT else ""


def _rungs(ahead: Forecast) -> Iterator[Rung]:
    """Give every ladder that counts for an item now, and who stands on it."""
    ladders = Ladders(ahead.rules, until=ahead.today + LADDER)
    weighing = Day(ahead.today, ladders, ahead.roster.on(ahead.today))
    for countdown in ahead.counting.values():
        if not countdown.counts_on(ahead.today):
            continue
        for audience, ladder in ladders.of(countdown.subject, countdown.place, countdown.anchor):
            yield _rung(weighing, countdown, audience, ladder, ahead.names)


def _rung(
    weighing: Day, countdown: Countdown, audience: str, ladder: Ladder, names: Mapping[int, str]
) -> Rung:
    today = weighing.day
    last = next((stage for stage in reversed(ladder) if stage.day <= today), None)
    ahead = [stage for stage in ladder if stage.day > today]
    coming = min(ahead, key=lambda stage: stage.day, default=None)
    readers = _readers(weighing, countdown, audience, names)
    is_held = audience != Audience.OWNER and countdown.is_calm(today)
    return Rung(
        subject=str(RuleSubject(countdown.subject).label),
        audience=str(Audience(audience).label),
        readers=readers,
        stage=stage_words(countdown.occasion, last.name) if last else "",
        since=last.day if last else None,
        coming=stage_words(countdown.occasion, coming.name) if coming else "",
        coming_on=coming.day if coming else None,
        calm_until=countdown.calm_until if is_held else None,
        is_answered_for=not readers and bool(weighing.superiors(countdown, audience)),
    )


def _readers(
    weighing: Day, countdown: Countdown, audience: str, names: Mapping[int, str]
) -> list[Reader]:
    found = []
    for person in weighing.readers(countdown, audience):
        line = Line(countdown.item, countdown.occasion, audience, person)
        found.append(Reader(names[person], why_words(weighing.why(line, countdown), names)))
    return found
