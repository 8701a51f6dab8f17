"""Bring the public record into the roadmap, day by day, as it became known.

Every row keeps its import key in a column of its own, so what is there is never imported
twice and never overwritten: somebody may have edited it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.db import transaction

from committee.models import Institution
from committee.services import bump_revision
from roadmap.models import ActionItem, DueDateChange, Milestone, News, StatusUpdate
from roadmap.seed import demo, figures, files, histories, records
from roadmap.seed.files import Record, Row, key_of
from umkm.models import Observation

Apply = Callable[[Row, date], str | None]
# Within a day: what becomes known, due changes, events, rehearsal updates.
KNOWN, ACHIEVED, MOVES, EVENTS, EXAMPLES = range(5)


@dataclass(frozen=True, slots=True)
class Step:
    """One row whose day has come."""

    day: date
    phase: int
    place: int
    row: Row
    apply: Apply


def learn(day: date) -> int:
    """Add the rows of the bundled record whose day has come; give their number.

    A rehearsal that did not begin with the record, as the synthetic one, learns nothing.
    """
    if not ActionItem.objects.exclude(import_key=None).exists():
        return 0
    return len(load(_bundled(), until=day))


@cache
def _bundled() -> Record:
    return files.read(files.BUNDLED, rehearsal=True)


def rehearse(record: Record, *, day: date) -> list[str]:
    """Fill an empty database with a rehearsal that opens on a day."""
    with transaction.atomic():
        demo.begin(day)
        return prepare(record) + load(record, until=day)


def prepare(record: Record) -> list[str]:
    """Add the frame of a rehearsal and the people in it."""
    lines = records.add_frame(record)
    rows = (*record["actions"], *record["workstreams"])
    leads = {row["lead_institution"] for row in rows if row["lead_institution"]}
    demo.make_staff()
    demo.make_leads(Institution.objects.filter(code__in=leads).order_by("code"))
    demo.seat_leads()
    return lines


@transaction.atomic
def load(record: Record, *, until: date, whole: bool = False) -> list[str]:
    """Add every row not imported yet whose day has come; give a line for each.

    `whole` is a real roadmap as of today: what has no day yet, or starts later, belongs to it.
    """
    steps = sorted(
        (step for step in _steps(record, until, whole) if step.day <= until),
        key=lambda step: (step.day, step.phase, step.place),
    )
    done = (step.apply(step.row, step.day) for step in steps)
    lines = [line for line in done if line]
    if lines:
        bump_revision()
    return lines


def _steps(record: Record, until: date, whole: bool) -> Iterator[Step]:
    yield from _new_actions(record, until, whole)
    yield from _new_milestones(record, until, whole)
    yield from _new_observations(record)
    yield from _new_moves(record)
    yield from _new_events(record)
    yield from _new_examples(record)


def _new_actions(record: Record, until: date, whole: bool) -> Iterator[Step]:
    there = set(ActionItem.objects.values_list("import_key", flat=True))
    links = figures.Links(record)
    for place, row in enumerate(record["actions"]):
        start = row["start_date"] or until
        day = min(start, until) if whole else start
        if row["code"] not in there:
            yield Step(day, KNOWN, place, row, links.add_action)


def _new_milestones(record: Record, until: date, whole: bool) -> Iterator[Step]:
    links = figures.Links(record)
    ended = dict(Milestone.objects.values_list("import_key", "achieved_date"))
    # After the actions of the same day, which may gate them.
    for place, row in enumerate(record["milestones"], start=len(record["actions"])):
        key, achieved = key_of("milestones", row), row["achieved_date"]
        known = row["known_from"] or achieved or (until if whole else None)
        if known is None:
            continue
        if key not in ended:
            yield Step(known, KNOWN, place, row, links.add_milestone)
        if achieved and ended.get(key) is None:
            yield Step(max(achieved, known), ACHIEVED, place, row, histories.achieve_milestone)


def _new_observations(record: Record) -> Iterator[Step]:
    there = set(Observation.objects.values_list("import_key", flat=True))
    lines = figures.Lines(record)
    for place, row in enumerate(record["indicators"]):
        day = row["known_from"] or date(row["year"] + 1, 1, 1)
        if key_of("indicators", row) not in there:
            yield Step(day, KNOWN, place, row, lines.add_observation)


def _new_moves(record: Record) -> Iterator[Step]:
    there = set(DueDateChange.objects.values_list("import_key", flat=True))
    for place, row in enumerate(record["due_changes"]):
        if key_of("due_changes", row) not in there:
            yield Step(row["announced_on"], MOVES, place, row, histories.apply_due_change)


def _new_events(record: Record) -> Iterator[Step]:
    there = _keys_of_updates() | set(News.objects.values_list("import_key", flat=True))
    for place, row in enumerate(record["events"]):
        if key_of("events", row) not in there:
            apply = histories.apply_event if row["action"] else records.add_news
            yield Step(row["date"], EVENTS, place, row, apply)


def _new_examples(record: Record) -> Iterator[Step]:
    there = _keys_of_updates()
    for place, row in enumerate(record["rehearsal_updates"]):
        if f"rehearsal|{key_of('rehearsal_updates', row)}" not in there:
            yield Step(row["date"], EXAMPLES, place, row, histories.apply_rehearsal_update)


def _keys_of_updates() -> set[str | None]:
    return set(StatusUpdate.objects.exclude(import_key=None).values_list("import_key", flat=True))
