"""The files of a roadmap, read and checked whole before anything is written."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from committee.enums import CommitteeRole, InstitutionKind
from roadmap.enums import DueBasis, Outlook, Precision, Status
from roadmap.seed.columns import (
    Column,
    choice,
    code,
    codes,
    day,
    number,
    text,
    texts,
    whole,
)
from umkm.enums import Confidence, Direction, Measure, ObservationKind

BUNDLED = Path(__file__).parent / "data"
MOST_COMPLAINTS = 20
# What indicators mean may be told; without it nothing is judged.
OPTIONAL = {"indicator_notes", "series"}
Row = dict[str, Any]
Record = Mapping[str, list[Row]]

PRECISION = choice(*Precision.values, blank=Precision.DAY)
CONFIDENCE = choice(*Confidence.values)
TITLES = {"title_id": text(300, required=True), "title_en": text(300)}
NAMES = {"name_id": text(300, required=True), "name_en": text(300)}
FILES: dict[str, tuple[tuple[str, ...], dict[str, Column]]] = {
    "institutions": (
        ("code",),
        {
            "code": code(),
            **NAMES,
            "kind": choice(*InstitutionKind.values),
            "committee_role": choice(*CommitteeRole.values, blank=CommitteeRole.NONE),
        },
    ),
    "workstreams": (
        ("code",),
        {
            "code": code(10),
            "order": whole(1, 1000),
            **NAMES,
            "lead_institution": code(of="institutions", required=False),
        },
    ),
    "challenges": (("code",), {"code": code(10), **NAMES}),
    "actions": (
        ("code",),
        {
            "code": code(16),
            "workstream": code(of="workstreams"),
            **TITLES,
            "output_id": text(),
            "output_en": text(),
            "lead_institution": code(of="institutions", required=False),
            "supporting_institutions": codes("institutions"),
            "start_date": day(),
            "due_date": day(),
            "due_basis": choice(*DueBasis.values, blank=DueBasis.DECIDED),
            "weight": whole(1, 100),
            "challenges": codes("challenges"),
            "source": text(),
            "confidence": choice(*Confidence.values, blank=""),
        },
    ),
    "initiatives": (
        ("code",),
        {
            "code": code(),
            **NAMES,
            "what_id": text(required=True),
            "what_en": text(),
            "actions": codes("actions"),
            "source": text(),
        },
    ),
    "milestones": (
        ("workstream", "title_id"),
        {
            "workstream": code(of="workstreams", required=False),
            **TITLES,
            "due_date": day(),
            "due_precision": PRECISION,
            "achieved_date": day(),
            "achieved_precision": PRECISION,
            "known_from": day(),
            "actions": codes("actions"),
            "source": text(),
            "confidence": choice(*Confidence.values, blank=""),
        },
    ),
    "due_changes": (
        ("action", "milestone", "announced_on"),
        {
            "action": code(of="actions", required=False),
            "milestone": text(300),
            "announced_on": day(required=True),
            "old_due_date": day(required=True),
            "new_due_date": day(required=True),
            "reason_id": text(required=True),
            "reason_en": text(),
            "source": text(required=True),
        },
    ),
    "events": (
        ("date", "action", "what_id"),
        {
            "date": day(required=True),
            "date_precision": PRECISION,
            "workstream": code(of="workstreams", required=False),
            "action": code(of="actions", required=False),
            "what_id": text(500, required=True),
            "what_en": text(),
            "status": choice(*Status.values, "returned", blank=""),
            "progress": whole(0, 100, required=False),
            "obstacle": choice("yes", blank=""),
            "source": text(required=True),
            "confidence": CONFIDENCE,
        },
    ),
    "indicators": (
        ("code", "year", "kind", "source"),
        {
            "code": code(40),
            **NAMES,
            "unit": text(40),
            "workstream_code": code(of="workstreams", required=False),
            "year": whole(1945, 2100),
            "value": number(),
            "kind": choice(*ObservationKind.values),
            "known_from": day(),
            "source": text(440, required=True),
            "confidence": CONFIDENCE,
        },
    ),
    "indicator_notes": (
        ("code",),
        {
            "code": code(40, of="indicators"),
            "direction": choice(*Direction.values),
            "measure": choice(*Measure.values),
            "unit_en": text(40),
            "headline": whole(1, 1000, required=False),
            "what_id": text(),
            "what_en": text(),
            "differs_id": text(),
            "differs_en": text(),
            "beside": codes("indicators"),
            "challenges": codes("challenges"),
            "initiatives": codes("initiatives"),
            "actions": codes("actions"),
            "milestones": texts(),
        },
    ),
    "series": (
        ("indicator", "code"),
        {
            "indicator": code(40, of="indicators"),
            "code": code(30),
            "name_id": text(300),
            "name_en": text(300),
            "definition_id": text(),
            "definition_en": text(),
            "sources": texts("|"),
        },
    ),
    "rehearsal_updates": (
        ("date", "action"),
        {
            "date": day(required=True),
            "action": code(of="actions"),
            "by": text(60, required=True),
            "kind": choice("reported", "confirmed", "submitted", "obstacle"),
            "status": choice(*Status.values, blank=""),
            "progress": whole(0, 100, required=False),
            "outlook": choice(*Outlook.values, blank=""),
            "expected_date": day(),
            "note_id": text(),
            "note_en": text(),
            "obstacle_id": text(),
            "obstacle_en": text(),
        },
    ),
}


class BadFiles(Exception):
    """The record is refused whole; `complaints` name file, line, column and reason."""

    def __init__(self, complaints: list[str]) -> None:
        super().__init__("\n".join(complaints[:MOST_COMPLAINTS]))
        self.complaints = complaints[:MOST_COMPLAINTS]


def read(folder: Path, *, rehearsal: bool) -> Record:
    """Read every file of a roadmap; the illustrative updates only for a rehearsal.

    :raises BadFiles: if anything in any of them is wrong.
    """
    complaints: list[str] = []
    record: dict[str, list[Row]] = {"rehearsal_updates": []}
    for name in FILES:
        if rehearsal or name != "rehearsal_updates":
            record[name] = _read_file(folder, name, complaints)
    if not complaints:
        _check_links(record, complaints)
    if complaints:
        raise BadFiles(complaints)
    return record


def key_of(name: str, row: Row) -> str:
    """Write the import key of a row: the columns by which it is known again."""
    return "|".join(str(row[column]) for column in FILES[name][0])


def _complain(complaints: list[str], name: str, line: int, column: str, reason: str) -> None:
    place = {"file": f"{name}.csv", "line": line, "column": column, "reason": reason}
    complaints.append(_("%(file)s, line %(line)d, column %(column)s: %(reason)s") % place)


def _read_file(folder: Path, name: str, complaints: list[str]) -> list[Row]:
    try:
        raw = (folder / f"{name}.csv").read_bytes()
    except OSError:
        if name in OPTIONAL:
            return []
        _complain(complaints, name, 1, "-", _("the file cannot be read"))
        return []
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        line = raw[: bad.start].count(b"\n") + 1
        _complain(complaints, name, line, "-", _("the text is not UTF-8"))
        return []
    if "\0" in content:
        line = content[: content.index("\0")].count("\n") + 1
        _complain(complaints, name, line, "-", _("there is a NUL character"))
        return []
    return _read_rows(name, content, complaints)


def _read_rows(name: str, content: str, complaints: list[str]) -> list[Row]:
    lines = csv.reader(io.StringIO(content, newline=""), strict=True)
    columns = FILES[name][1]
    rows: list[Row] = []
    try:
        header = next(lines, [])
        missing = [column for column in columns if column not in header]
        for column in missing:
            _complain(complaints, name, 1, column, _("the column is missing"))
        if missing:
            return []
        for cells in lines:
            if len(cells) != len(header):
                _complain(complaints, name, lines.line_num, "-", _("wrong number of cells"))
                continue
            cell_of = dict(zip(header, cells, strict=True))
            rows.append(_read_row(name, cell_of, lines.line_num, complaints))
    except csv.Error as bad:
        _complain(complaints, name, lines.line_num, "-", str(bad))
    return rows


def _read_row(name: str, cells: dict[str, str], line: int, complaints: list[str]) -> Row:
    row: Row = {"line": line}
    for column, how in FILES[name][1].items():
        try:
            row[column] = how.read(cells[column].strip())
        except ValueError as bad:
            row[column] = None
            _complain(complaints, name, line, column, str(bad))
    return row


def _check_links(record: Record, complaints: list[str]) -> None:
    """Check what one row cannot know: codes of other files, keys used twice, impossible rows."""
    known = {name: {row.get("code") for row in rows} for name, rows in record.items()}
    titles = {row["title_id"] for row in record["milestones"]}
    for name, rows in record.items():
        seen: set[str] = set()
        for row in rows:
            key = key_of(name, row)
            if key in seen:
                _complain(complaints, name, row["line"], FILES[name][0][-1], _("is there twice"))
            seen.add(key)
            for column, unknown in _unknown(name, row, known):
                reason = _("“%(cell)s” is not known") % {"cell": unknown}
                _complain(complaints, name, row["line"], column, reason)
    for row in record["indicator_notes"]:
        for unknown in set(row["milestones"]) - titles:
            reason = _("“%(cell)s” is not known") % {"cell": unknown}
            _complain(complaints, "indicator_notes", row["line"], "milestones", reason)
    for row in record["actions"]:
        head, dash, tail = row["code"].rpartition("-")
        if head != row["workstream"] or not dash or not re.fullmatch("[0-9]{1,4}", tail):
            reason = _("must be the workstream's code, a dash and a number")
            _complain(complaints, "actions", row["line"], "code", reason)
    for row in record["due_changes"]:
        _check_due_change(row, titles, complaints)
    for row in record["rehearsal_updates"]:
        if row["outlook"] == Outlook.WILL_BE_LATE and row["expected_date"] is None:
            reason = _("must not be empty")
            _complain(complaints, "rehearsal_updates", row["line"], "expected_date", reason)


def _unknown(name: str, row: Row, known: Mapping[str, set[Any]]) -> Iterator[tuple[str, str]]:
    for column, how in FILES[name][1].items():
        if how.of:
            cell = row[column]
            wanted = cell if isinstance(cell, tuple) else filter(None, (cell,))
            yield from ((column, one) for one in wanted if one not in known[how.of])


def _check_due_change(row: Row, titles: set[str], complaints: list[str]) -> None:
    line = row["line"]
    if bool(row["action"]) == bool(row["milestone"]):
        reason = _("name either an action or a milestone")
        _complain(complaints, "due_changes", line, "action", reason)
    if row["milestone"] and row["milestone"] not in titles:
        reason = _("“%(cell)s” is not known") % {"cell": row["milestone"]}
        _complain(complaints, "due_changes", line, "milestone", reason)
    if row["old_due_date"] == row["new_due_date"]:
        reason = _("is the date already in force")
        _complain(complaints, "due_changes", line, "new_due_date", reason)
