"""Decisions, adoption, changes: addresses, forms, budgets, and what may not be stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from committee.models import Decision
from roadmap.models import (
    STATE_FIELDS,
    ActionItem,
    Adoption,
    BaselineItem,
    DueDateChange,
    Milestone,
    Obstacle,
    StatusUpdate,
)
from tests import committee_factories, factories
from tests.factories import TODAY, days, moment


def make(cast: Any) -> dict[str, Any]:
    """Make decisions of the open meeting, and trace the open action to one and to its advice."""
    opened = cast.more["meeting"]
    advice = committee_factories.advice(cast.people["adviser"])
    numbers = {"decision": 50, "free_decision": 51}
    made = {
        name: committee_factories.decision(opened, number=number, advice=advice)
        for name, number in numbers.items()
    }
    effects = {"task": "task", "adopting": "adoption", "adopted": "adoption"}
    for number, (name, effect) in enumerate(effects.items(), 52):
        made[name] = committee_factories.decision(opened, number=number, effect=effect)
    committee_factories.adoption(made["adopted"], [cast.open])
    for thing in (cast.open, cast.milestone):
        thing.decision = made["decision"]
        thing.save(update_fields=["decision"])
    return made


def arguments(cast: Any) -> dict[str, list[Any]]:
    """Give the arguments of each address, by its name."""
    more = cast.more
    return {
        "decision": [more["decision"].pk],
        "decision-create": [more["meeting"].number],
        "decision-edit": [more["free_decision"].pk],
        "decision-delete": [more["free_decision"].pk],
        "decision-baseline": [more["adopted"].pk],
        "decision-done": [more["task"].pk],
        "decision-adopt": [more["adopting"].pk],
    }


def forms(cast: Any) -> dict[str, dict[str, Any]]:
    """Give what the right person would send to each address: it is accepted from them."""
    said = {"text": "Menyusun pedoman.", "effect": "action"}
    return {
        "decision-create": _sent(**said),
        "decision-edit": _sent(**said),
        "decision-delete": _sent(),
        "decision-done": _sent(done_on=TODAY.isoformat(), done_note="Surat terkirim."),
        "decision-adopt": _sent(),
    }


def _sent(**fields: Any) -> dict[str, Any]:
    return {"version": 0, "token": str(uuid4())} | fields


def fill(cast: Any, number: int) -> None:
    """Grow the lists of this area by so many rows: each kind of change, and what came of one."""
    by, place = cast.people["secretariat"], cast.open.workstream
    # A committee does not decide a thousand things at one sitting.
    _decide(cast.more["long_meeting"], cast.more["decision"], number)
    _adopt(cast.more["long_meeting"], by)
    common = {"workstream": place, "created_on": TODAY, "decision": cast.more["decision"]}
    made = factories.actions(number, owner=by, **common)
    ended = {"cancelled": factories.actions(number, cancelled=True, **common)}
    ended["verified"] = factories.actions(number, verified=True, **common)
    changed = dict.fromkeys(("reassigned", "reopened", "edited"), made)
    for kind, actions in {**changed, **ended}.items():
        StatusUpdate.objects.bulk_create([_update(one, kind, by) for one in actions])
    shared = {"by": by, "decision": cast.more["decision"]}
    DueDateChange.objects.bulk_create([_slip(shared, action=one) for one in made])
    Obstacle.objects.bulk_create([_solved(one, by, cast.more["decision"]) for one in made])
    gone = {"closing": "missed", "closed_on": TODAY, "closing_reason": "Terlewat."}
    milestones = factories.milestones(number, workstream=place, known_from=TODAY, **gone)
    Milestone.objects.filter(known_from=TODAY).update(decision=cast.more["decision"])
    DueDateChange.objects.bulk_create([_slip(shared, milestone=one) for one in milestones])


def _decide(meeting: Any, latest: Decision, number: int) -> None:
    first = 1000 + Decision.objects.count()
    Decision.objects.bulk_create(
        Decision(
            meeting=meeting,
            number=first + n,
            text="Menyurati instansi.",
            effect=("task", "action")[n % 2],
            due_date=days(n % 60 - 30),
            advice=latest.advice,
        )
        for n in range(number)
    )


def _adopt(meeting: Any, by: Any) -> None:
    adopting = meeting.decisions.filter(adoption=None)
    made = (Adoption(decision=one, on=TODAY, at=moment(TODAY), by=by) for one in adopting)
    Adoption.objects.bulk_create(made)


def _update(action: ActionItem, kind: str, by: Any) -> StatusUpdate:
    state = {name: getattr(action, name) for name in STATE_FIELDS}
    return StatusUpdate(
        action=action,
        kind=kind,
        by=by,
        at=moment(TODAY),
        superseded_at=moment(TODAY, 10),
        note="Diputuskan rapat.",
        changes={"output": ["Semula", "Kini"]} if kind == "edited" else {},
        **state,
    )


def _slip(shared: dict[str, Any], **of: Any) -> DueDateChange:
    dates = {"old_date": days(100), "new_date": days(130), "on": TODAY}
    return DueDateChange(reason="Pengadaan diulang.", **dates, **shared, **of)


def _solved(action: ActionItem, by: Any, decision: Decision) -> Obstacle:
    closed = {"closed_on": TODAY, "closed_by": by, "closing_note": "Surat diterima."}
    raised = {"needed": "Surat", "raised_on": TODAY, "raised_by": by}
    return Obstacle(action=action, decision=decision, **raised, **closed)


# Queries of each page for whoever sees most; pages that answer GET with no page.
BUDGETS: dict[str, int] = {
    "roadmap:changes": 27,
    "roadmap:decision": 16,
    "roadmap:decision-adopt": 8,
    "roadmap:decision-create": 11,
    "roadmap:decision-delete": 7,
    "roadmap:decision-baseline": 10,
    "roadmap:decision-done": 7,
    "roadmap:decision-edit": 11,
    "roadmap:decisions": 9,
}
NO_PAGE: set[str] = set()


def _decision(times: int = 1, **fields: Any) -> None:
    meeting = committee_factories.meeting()
    for _ in range(times):
        committee_factories.decision(meeting, **fields)


def _baseline_twice() -> None:
    action = factories.action()
    adoption = committee_factories.adoption(actions=[action])
    BaselineItem.objects.create(adoption=adoption, action=action, title=action.title)


# What each constraint refuses, by its name.
BREAKS: dict[str, list[Callable[[], Any]]] = {
    "decision_number_is_used_once": [lambda: _decision(2, number=1)],
    "decision_has_words": [lambda: _decision(text="")],
    "decision_effect_is_known": [lambda: _decision(effect="wish")],
    "decision_done_says_by_whom_and_how": [
        lambda: _decision(done_on=TODAY, done_note="Selesai."),
        lambda: _decision(done_by=factories.member(), done_note="Selesai."),
        lambda: _decision(done_on=TODAY, done_by=factories.member()),
    ],
    "baseline_holds_an_action_once": [_baseline_twice],
}
