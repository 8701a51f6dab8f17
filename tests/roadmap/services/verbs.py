"""Every verb of an action's services as a row: from where, by whom, and what it leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from committee.clock import Moment
from roadmap.enums import Precision, Status, UpdateKind
from roadmap.services import actions, dates, obstacles, reports
from roadmap.services.changes import Attempt, Words
from roadmap.services.obstacles import Need
from tests import factories
from tests.factories import TODAY, days, moment

REASON = Words(note="Diputuskan rapat.")
OPEN = frozenset({Status.PLANNED, Status.IN_PROGRESS})
OWN = frozenset({"owner", "contributor", "deputy", "lead", "deputy_seat", "secretariat"})
EDITORS = frozenset({"lead", "deputy_seat", "secretariat"})
VERIFIERS = frozenset({"secretariat", "chair"})
SECRETARIAT = frozenset({"secretariat"})
MOVE = dates.Move(to=date(2019, 6, 30), precision=Precision.DAY, reason="Rapat 12.")


@dataclass(frozen=True)
class Verb:
    """`starts`: the statuses it may begin from; `ends`: the one it leaves, None for the same."""

    call: Callable[..., Any]
    kind: UpdateKind
    who: frozenset[str]
    starts: frozenset[Status] = OPEN
    ends: Status | None = None
    is_report: bool = False
    needs: dict[str, Any] = field(default_factory=dict)


def _report(action, attempt, **more):
    claim = reports.Report(Status.IN_PROGRESS, progress=70)
    return reports.report(action=action, attempt=attempt, claim=claim, words=Words(), **more)


def _report_with_obstacle(action, attempt):
    return _report(action, attempt, need=Need("Surat BI"))


def _with_words(service):
    return lambda action, attempt: service(action=action, attempt=attempt, words=REASON)


def _raise(action, attempt):
    return obstacles.raise_obstacle(action=action, attempt=attempt, need=Need("Surat BI"))


def _close(action, attempt):
    found = action.obstacles.filter(closed_on=None).first()
    return obstacles.close_obstacle(
        action=action, attempt=attempt, obstacle=found, closing_note="Surat diterima."
    )


def _reassign(action, attempt):
    new = factories.Member.objects.get(email="baru@demo.test")
    return reports.reassign(action=action, attempt=attempt, owner=new, words=REASON)


def _edit(action, attempt):
    draft = actions.ActionDraft({"title": "Judul baru", "weight": 3, "start_date": days(-50)})
    return actions.edit_action(action=action, attempt=attempt, draft=draft)


def _move(action, attempt):
    return dates.move_action_date(action=action, attempt=attempt, move=MOVE)


def _confirm(action, attempt):
    return reports.confirm(action=action, attempt=attempt)


ANY = frozenset(Status)
IN_PROGRESS, SUBMITTED = frozenset({Status.IN_PROGRESS}), frozenset({Status.SUBMITTED})
CLOSED = frozenset({Status.VERIFIED, Status.CANCELLED})
VERBS = {
    "report": Verb(_report, UpdateKind.REPORTED, OWN, OPEN, Status.IN_PROGRESS, True),
    "report with obstacle": Verb(
        _report_with_obstacle, UpdateKind.REPORTED, OWN, OPEN, Status.IN_PROGRESS, True
    ),
    "confirm": Verb(_confirm, UpdateKind.CONFIRMED, OWN, is_report=True),
    "submit": Verb(
        _with_words(reports.submit),
        UpdateKind.SUBMITTED,
        OWN,
        IN_PROGRESS,
        Status.SUBMITTED,
        True,
    ),
    "verify": Verb(
        _with_words(reports.verify), UpdateKind.VERIFIED, VERIFIERS, SUBMITTED, Status.VERIFIED
    ),
    "return": Verb(
        _with_words(reports.return_submission),
        UpdateKind.RETURNED,
        VERIFIERS,
        SUBMITTED,
        Status.IN_PROGRESS,
    ),
    "cancel": Verb(
        _with_words(reports.cancel),
        UpdateKind.CANCELLED,
        SECRETARIAT,
        OPEN | SUBMITTED,
        Status.CANCELLED,
    ),
    "reopen": Verb(
        _with_words(reports.reopen), UpdateKind.REOPENED, SECRETARIAT, CLOSED, Status.IN_PROGRESS
    ),
    "reassign": Verb(_reassign, UpdateKind.REASSIGNED, EDITORS, ANY),
    "raise obstacle": Verb(_raise, UpdateKind.OBSTACLE, OWN, is_report=True),
    "close obstacle": Verb(_close, UpdateKind.OBSTACLE, OWN, ANY),
    "move": Verb(_move, UpdateKind.MOVED, SECRETARIAT),
    "edit": Verb(_edit, UpdateKind.EDITED, EDITORS, ANY),
}


def at(day=TODAY, hour=10):
    return Moment(moment(day, hour), day, None)


def attempt(by, thing=None, *, day=TODAY, token=None):
    """Give an attempt on top of the version that stands."""
    version = None
    if thing is not None:
        version = type(thing).objects.values_list("version", flat=True).get(pk=thing.pk)
    return Attempt(by=by, at=at(day), version=version, token=token or uuid4())


def traits(status):
    """Give the fields of an action in a status."""
    handed_in = status in (Status.SUBMITTED, Status.VERIFIED)
    return {"status": status} | ({"submitted_on": days(-3)} if handed_in else {})
