"""Four hundred days lived through the services: each day looked back at is the day as it was.

What pages gave in the evening is kept as plain values, and their lists as the files a reader
saves; at the end the same, asked for that day, must be the same. Left out is what the pages say
is today's: titles.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import asdict, fields, is_dataclass
from datetime import date, timedelta
from io import BytesIO, StringIO
from typing import Any
from unittest.mock import patch

from django.db import models
from django.test import TestCase
from django.utils import translation

from committee.models import prepared
from committee.rules.days import PastDay, night_after
from roadmap import access
from roadmap.exports import csv_files
from roadmap.exports.items import ACTIONS, MILESTONES
from roadmap.exports.tables import Scope
from roadmap.models import STATE_FIELDS, then
from roadmap.selectors import (
    action_page,
    actions,
    milestones,
    obstacles,
    overview,
    progress,
    requests,
    since,
)
from roadmap.selectors.actions import ActionQuery
from roadmap.selectors.since_committee import Asked
from tests.four_hundred_days import FIRST, LENGTH, Rehearsal

EVERY = 7  # days between two that are kept
TITLES = {"title", "title_en", "output", "output_en"}
TITLED = {"Title (Indonesian)", "Title (English)", "Output (Indonesian)", "Output (English)"}


def shot(day: date, code: str) -> dict[str, Any]:
    """Keep what the pages of a day give to a reader inside."""
    return {
        "actions": _list(day),
        "cancelled": _list(day, status="cancelled"),
        "milestones": [_milestone(row) for row in _milestones(day)],
        "tallies": _tallies(day),
        "vitality": progress.vitality(today=day),
        "doors": _doors(day),
        "obstacles": _obstacles(day),
        "requests": _requests(day),
        "since": _since(day) if day.day % 2 else None,
        "action": _page(day, code),
        "file": _file(ACTIONS, _everything(day).page, day),
        "milestone file": _file(MILESTONES, milestones.listing(today=day).page, day),
    }


def _everything(day: date) -> Any:
    return actions.listing(query=ActionQuery(), today=day, inside=True)


def _file(table: Any, page: Any, day: date) -> list[dict[str, str]]:
    """Save a list as the file a reader downloads in the evening; its titles are today's."""
    scope, file = Scope(inside=True, today=day, language="en", site="http://testserver"), BytesIO()
    with translation.override("en"):
        rows = table.rows(page.paginator.object_list, scope)
        csv_files.write(file, table.shown(scope), rows, csv_files.PLAIN)
    saved = csv.DictReader(StringIO(file.getvalue().decode(), newline=""))
    return [{name: row[name] for name in row if name not in TITLED} for row in saved]


def _list(day: date, **asked: Any) -> dict[str, Any]:
    found = actions.listing(query=ActionQuery(**asked), today=day, inside=True)
    rows = [{name: row[name] for name in row if name not in TITLES} for row in found.rows]
    return {"rows": rows, "found": found.found, "cancelled": found.cancelled}


def _milestones(day: date) -> Iterator[Any]:
    for _stage, rows in milestones.listing(today=day).groups:
        yield from rows


def _milestone(row: Any) -> dict[str, Any]:
    names = [*then.MILESTONE_STATE, "first_due_date", "known_from", "workstream_id", "pk"]
    kept = {name: getattr(row.milestone, name) for name in names}
    # What is said of an end is said once there is one.
    kept["is_open"], kept["days"] = row.milestone.is_open, row.milestone.days_moved
    return kept | {"stage": row.stage, "mark": row.mark, "gates": (row.gates, row.verified)}


def _tallies(day: date) -> dict[int, Any]:
    """Keep the sums to six decimals: a database adds up in no certain order."""
    found = progress.tallies(today=day, inside=True)
    return {
        pk: {one.name: _sum(getattr(tally, one.name)) for one in fields(tally)}
        for pk, tally in found.items()
    }


def _sum(value: Any) -> Any:
    return round(value, 6) if isinstance(value, float) else value


def _doors(day: date) -> Any:
    board = overview.overview(today=day, inside=True, language="id")
    changed = [(one.day, one.status, one.text, one.person) for one in board.changes]
    seen = board.attention
    counts = [*seen.doors, seen.late, seen.late_days, seen.orphans]
    measured = board.streams, board.trend.points
    return counts, *([_sums(one) for one in all_] for all_ in measured), changed


def _sums(measured: Any) -> dict[str, Any]:
    return {name: _sum(value) for name, value in asdict(measured).items()}


def _obstacles(day: date) -> Any:
    """Keep the open ones: what is joined is today's, and nothing is joined here."""
    found = obstacles.listing(wanted=obstacles.Wanted(show=obstacles.Show.ALL), today=day, page=1)
    rows = [(_plain(row.obstacle), row.age, row.is_overdue, row.actions) for row in found.rows]
    return rows, found.summary


def _requests(day: date) -> Any:
    found = requests.listing(state=requests.EVERY, today=day, page=1)
    return [(one.pk, one.state, one.answered_on) for one in found.page], found.doors


def _since(day: date) -> Any:
    """Keep what had changed within a month; what edits say of titles is in the record for good."""
    found = since.everything(Asked(day - timedelta(days=30), day))
    return [(one.section, one.count, [row.pk for row in one.rows]) for one in found]


def _page(day: date, code: str) -> dict[str, Any]:
    action = access.action(code, day)
    page = action_page.action_page(action=action, today=day, page=1, inside=True, language="id")
    kept = {one.name: getattr(page, one.name) for one in fields(page)}
    for name in ("origin", "baseline", "challenges", "contributors", "action", "history_page"):
        del kept[name]
    state = {name: getattr(action, name) for name in (*STATE_FIELDS, "times_moved", "days_moved")}
    kept["milestones"] = [_milestone(row) for row in page.milestones]
    kept["entries"] = [_entry(one) for one in page.entries]
    return state | {name: _plain(value) for name, value in kept.items()}


def _entry(entry: Any) -> Any:
    deltas = [_plain(delta) for delta in entry.deltas]
    return entry.update.pk, entry.person, entry.note, entry.obstacle, deltas, entry.is_first


def _plain(value: Any) -> Any:
    """Give rows as their columns, and all else as it is."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, models.Model):
        return {
            field.attname: getattr(value, field.attname) for field in value._meta.concrete_fields
        }
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def lived() -> dict[date, tuple[str, dict[str, Any]]]:
    """Live the days, and keep what some of them gave in the evening."""
    rehearsal, kept = Rehearsal(seed=4), {}
    for day in rehearsal.days():
        if (day - FIRST).days % EVERY == 0:
            code = rehearsal.some().code
            kept[day] = (code, shot(day, code))
    return kept


def differing(kept: dict[date, tuple[str, dict[str, Any]]]) -> list[tuple[date, str, Any, Any]]:
    """Name what a day looked back at gives otherwise than it gave."""
    found = []
    for day, (code, before) in kept.items():
        after = shot(PastDay(day.year, day.month, day.day), code)
        wrong = [name for name in before if before[name] != after[name]]
        found += [(day, name, before[name], after[name]) for name in wrong]
    return found


class TestLookingBack(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.kept = lived()

    def test_each_day_looked_back_at_is_the_day_as_it_was(self):
        assert len(self.kept) == LENGTH // EVERY + 1

        assert differing(self.kept) == []

    def test_a_night_that_ends_a_day_later_is_found(self):
        """Without this the comparison could be of nothing."""

        def later(day):
            return night_after(day) + timedelta(days=1)

        some = dict(list(self.kept.items())[10:20])
        prepared.forget()  # what was made into SQL before holds the night of before
        with patch.object(then, "night_after", later):
            wrong = {name for _day, name, *_both in differing(some)}
        prepared.forget()

        assert {"actions", "tallies", "file"} <= wrong
