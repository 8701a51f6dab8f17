"""What the record says of actions: that they exist, and what became of them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q

from committee.clock import JAKARTA
from committee.models import Institution, Member, Workstream
from roadmap.enums import Precision, Status, UpdateKind
from roadmap.models import (
    STATE_FIELDS,
    ActionItem,
    DueDateChange,
    Milestone,
    Obstacle,
    StatusUpdate,
)
from roadmap.rules import dates, transitions
from roadmap.seed import demo
from roadmap.seed.files import Row, key_of
from roadmap.services import reminders
from roadmap.services.changes import append
from umkm.models import Challenge

# Before the rehearsal's morning: what a day brings is known when the day begins. Midnight in
# UTC, so the day is the same one in either zone.
DAWN = time(7, 0)


def dawn(day: date) -> datetime:
    return datetime.combine(day, DAWN, JAKARTA)


def add_action(row: Row, day: date) -> str | None:
    """Put an action on the roadmap as planned; a code that a person has used stays theirs."""
    if ActionItem.objects.filter(code=row["code"]).exists():
        return None
    lead = Institution.objects.filter(code=row["lead_institution"]).first()
    action = ActionItem.objects.create(
        code=row["code"],
        number=int(row["code"].rpartition("-")[2]),
        workstream=Workstream.objects.get(code=row["workstream"]),
        title=row["title_id"],
        title_en=row["title_en"],
        output=row["output_id"],
        output_en=row["output_en"],
        lead_institution=lead,
        owner=_representative(lead),
        supporting=_wrapped(row["supporting_institutions"]),
        start_date=row["start_date"],
        due_date=row["due_date"],
        first_due_date=row["due_date"],
        due_basis=row["due_basis"],
        weight=row["weight"],
        created_on=day,
        source=row["source"],
        confidence=row["confidence"],
        import_key=row["code"],
    )
    action.challenges.set(Challenge.objects.filter(code__in=row["challenges"]))
    append(action, UpdateKind.IMPORTED, at=dawn(day), import_key=f"action|{row['code']}")
    return f"action {row['code']}"


def _representative(lead: Institution | None) -> Member | None:
    """Name the demo member of an institution; on a real roadmap there is none."""
    if lead is None:
        return None
    return Member.objects.filter(is_demo=True, email=demo.address(lead.code)).first()


def _wrapped(codes: tuple[str, ...]) -> str:
    return f";{';'.join(codes)};" if codes else ""


def apply_event(row: Row, day: date) -> str | None:
    """Write a public fact into its action's history, or beside it."""
    action = _imported_action(row["action"])
    if action is None:
        return None
    at = dawn(day)
    facts = {
        "note": row["what_id"],
        "note_en": row["what_en"],
        "source": row["source"],
        "confidence": row["confidence"],
        "date_precision": row["date_precision"],
        "is_setback": row["obstacle"] == "yes",
        "import_key": key_of("events", row),
    }
    counts = row["status"] and transitions.may_import(Status(action.status), row["status"])
    if not counts or _is_overtaken(action, at):
        _note(action, at, **facts)
        return f"note {row['action']} {day}"
    _claim(action, row["status"], row["progress"], day)
    _save(action, UpdateKind.IMPORTED, at, **facts)
    return f"update {row['action']} {day}: {row['status']}"


def _imported_action(code: str) -> ActionItem | None:
    return ActionItem.objects.select_for_update(of=("self",)).filter(import_key=code).first()


def _is_overtaken(action: ActionItem, at: datetime) -> bool:
    """Say whether what stands is newer: of a later day, or a person's of the same one."""
    newer = Q(at__gte=at + timedelta(days=1)) | Q(at__gt=at, by__isnull=False)
    return StatusUpdate.objects.filter(newer, action=action, superseded_at=None).exists()


def _note(action: ActionItem, at: datetime, **facts: Any) -> None:
    """Write beside the chain: in force at no time, so it changes nothing."""
    state = {name: getattr(action, name) for name in STATE_FIELDS}
    StatusUpdate.objects.create(
        action=action, kind=UpdateKind.IMPORTED, at=at, superseded_at=at, **state, **facts
    )


def _claim(action: ActionItem, status: str, progress: int | None, day: date) -> None:
    """Let an action take on a status that was reported on a day; blank progress keeps the last."""
    if status == "returned":
        status, action.submitted_on, action.is_submitted_late = Status.IN_PROGRESS, None, False
        action.submitted_by = None
    submits = status == Status.SUBMITTED and action.status != Status.SUBMITTED
    if submits or (status == Status.VERIFIED and action.submitted_on is None):
        action.submitted_on = day
        action.is_submitted_late = action.due_date is not None and day > action.due_date
    action.status = status
    action.progress = action.progress if progress is None else progress
    action.reported_on = day


def _save(action: ActionItem, kind: UpdateKind, at: datetime, **facts: Any) -> None:
    action.version += 1
    action.save()
    append(action, kind, at=at, **facts)
    if action.status not in transitions.OPEN:
        reminders.cancel(item=f"action:{action.pk}", why=str(action.status))


def apply_due_change(row: Row, day: date) -> str | None:
    """Move a date that the public record moved, while the old one is in force; else note it."""
    item: ActionItem | Milestone | None
    if row["action"]:
        item = _imported_action(row["action"])
    else:
        keyed = Milestone.objects.filter(import_key__endswith=f"|{row['milestone']}")
        item = keyed.select_for_update(of=("self",)).first()
    if item is None:
        return None
    applies = item.is_open and item.due_date == row["old_due_date"]
    new = row["new_due_date"]
    precision = item.due_precision
    if dates.period_end(new, precision) != new:
        precision = Precision.DAY
    DueDateChange.objects.create(
        action=item if isinstance(item, ActionItem) else None,
        milestone=item if isinstance(item, Milestone) else None,
        old_date=row["old_due_date"],
        new_date=new,
        old_precision=item.due_precision,
        new_precision=precision,
        on=day,
        reason=row["reason_id"],
        reason_en=row["reason_en"],
        source=row["source"],
        is_applied=applies,
        import_key=key_of("due_changes", row),
    )
    if applies:
        _move(item, row, day, precision)
    return f"due date {row['action'] or row['milestone']}: {row['old_due_date']} → {new}"


def _move(item: ActionItem | Milestone, row: Row, day: date, precision: str) -> None:
    new = row["new_due_date"]
    item.due_date, item.due_precision = new, precision
    item.times_moved += 1
    item.date_generation += 1
    item.version += 1
    item.save()
    if isinstance(item, ActionItem):
        append(
            item,
            UpdateKind.IMPORTED,
            at=dawn(day),
            note=row["reason_id"],
            note_en=row["reason_en"],
            source=row["source"],
            changes={"due_date": [str(row["old_due_date"]), str(new)]},
        )
    kind = "action" if isinstance(item, ActionItem) else "milestone"
    reminders.cancel(item=f"{kind}:{item.pk}", why="due date moved")


def apply_rehearsal_update(row: Row, day: date) -> str | None:
    """Let a demo member report, as an example; evidence is not asked for."""
    action = _imported_action(row["action"])
    by = Member.objects.filter(is_demo=True, email=demo.address(row["by"])).first()
    at = dawn(day)
    if action is None or by is None or not action.is_open or _is_overtaken(action, at):
        return None
    if row["kind"] == UpdateKind.CONFIRMED:
        action.reported_on = day
    else:
        _claim(action, row["status"] or action.status, row["progress"], day)
        action.outlook, action.expected_date = row["outlook"], row["expected_date"]
    if row["status"] == Status.SUBMITTED:
        action.submitted_by = by
    if row["obstacle_id"]:
        _open_obstacle(action, row, by, day)
    _save(
        action,
        UpdateKind(row["kind"]),
        at,
        by=by,
        note=row["note_id"],
        note_en=row["note_en"],
        obstacle_text=row["obstacle_id"],
        is_illustrative=True,
        import_key=f"rehearsal|{key_of('rehearsal_updates', row)}",
    )
    return f"example {row['action']} {day}"


def _open_obstacle(action: ActionItem, row: Row, by: Member, day: date) -> None:
    action.is_blocked = True
    Obstacle.objects.create(
        action=action,
        needed=row["obstacle_id"],
        needed_en=row["obstacle_en"],
        raised_on=day,
        raised_by=by,
        is_illustrative=True,
    )


def add_milestone(row: Row, day: date) -> str | None:
    """Put a milestone on the roadmap from the day it was known."""
    last = dates.period_end(row["due_date"], row["due_precision"]) if row["due_date"] else None
    milestone = Milestone.objects.create(
        workstream=Workstream.objects.filter(code=row["workstream"]).first(),
        title=row["title_id"],
        title_en=row["title_en"],
        due_date=last,
        first_due_date=last,
        due_precision=row["due_precision"],
        known_from=day,
        source=row["source"],
        confidence=row["confidence"],
        import_key=key_of("milestones", row),
    )
    milestone.actions.set(ActionItem.objects.filter(import_key__in=row["actions"]))
    return f"milestone {row['title_id']}"


def achieve_milestone(row: Row, day: date) -> str | None:
    """Record that a milestone was achieved, unless it has ended already."""
    keyed = Milestone.objects.select_for_update(of=("self",))
    milestone = keyed.filter(import_key=key_of("milestones", row)).first()
    if milestone is None or not milestone.is_open:
        return None
    milestone.achieved_date = row["achieved_date"]
    milestone.achieved_precision = row["achieved_precision"]
    milestone.achieved_recorded_on = day
    milestone.version += 1
    milestone.save()
    reminders.cancel(item=f"milestone:{milestone.pk}", why="achieved")
    return f"achieved {row['title_id']}"
