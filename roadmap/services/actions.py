"""Creating action items and editing what they say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from committee.enums import DecisionEffect
from committee.models import Decision, Institution, Member, Workstream
from committee.services import bump_revision
from roadmap.enums import Refusal, UpdateKind
from roadmap.models import ActionItem, StatusUpdate
from roadmap.rules import dates, permissions
from roadmap.rules.refusals import Refused
from roadmap.services import notices
from roadmap.services.changes import (
    Attempt,
    Repeated,
    Words,
    actor_now,
    append,
    begin,
    one_change,
    record,
    require,
)
from roadmap.services.decisions import lock_for
from roadmap.services.links import set_links
from umkm.models import Challenge, Indicator, Initiative


@dataclass(frozen=True, slots=True)
class ActionDraft:
    """What a person says of an action: plain fields, and the lists beside them."""

    fields: dict[str, Any]
    supporting: list[Institution] = field(default_factory=list)
    challenges: list[Challenge] = field(default_factory=list)
    contributors: list[Member] = field(default_factory=list)
    # None: not said, and so they stay as they are.
    initiatives: list[Initiative] | None = None
    indicators: list[Indicator] | None = None

    @property
    def links(self) -> dict[str, list[Any]]:
        """Give what it serves, each list that was said."""
        lists = {name: getattr(self, name) for name in ("initiatives", "indicators")}
        said = {name: rows for name, rows in lists.items() if rows is not None}
        return {"challenges": self.challenges, **said}


# A due date moves only on the slip ledger, an owner changes only by reassigning.
SET_ONCE = ("workstream", "due_date", "due_precision", "owner")


@one_change
def create_action(*, attempt: Attempt, draft: ActionDraft) -> ActionItem:
    """Put an action on the roadmap, under its workstream's next free code.

    :raises PermissionDenied: if this person may not in that workstream.
    :raises Refused: if it would be due before it starts, or its decision is for something else.
    """
    first = StatusUpdate.objects.filter(token=attempt.token).first() if attempt.token else None
    if first is not None:
        raise Repeated(first.action)
    action = put_action(attempt, draft)
    bump_revision()
    return action


def put_action(attempt: Attempt, draft: ActionDraft) -> ActionItem:
    """Make one action within a change of the caller's, who counts it.

    :raises PermissionDenied: if this person may not in that workstream.
    :raises Refused: if it would be due before it starts, or its decision is for something else.
    """
    # Locking the workstream gives two people creating at once two different numbers.
    workstream = Workstream.objects.select_for_update().get(pk=draft.fields["workstream"].pk)
    actor = actor_now(attempt)
    require(permissions.may_create_action(actor, workstream.pk))
    action = _new_action(workstream, attempt, draft)
    append(
        action,
        UpdateKind.EDITED,
        at=attempt.at.now,
        by=attempt.by,
        token=attempt.token,
        changes={"created": True},
    )
    notices.tell_owner(action, action.updates.get(), "assigned")
    return action


def _new_action(workstream: Workstream, attempt: Attempt, draft: ActionDraft) -> ActionItem:
    used = workstream.actions.values_list("number", flat=True)
    number = dates.next_number(used)
    fields = {**_linked(draft.fields), "workstream": workstream}
    due = fields.pop("due_date", None)
    last_day = dates.period_end(due, fields["due_precision"]) if due else None
    _check_order(fields.get("start_date"), last_day)
    action = ActionItem.objects.create(
        **fields,
        number=number,
        code=dates.action_code(workstream.code, number),
        due_date=last_day,
        first_due_date=last_day,
        supporting=joined_codes(draft.supporting),
        created_on=attempt.at.today,
    )
    set_links(action, draft.links)
    action.contributors.set(draft.contributors)
    return action


@one_change
def edit_action(*, action: ActionItem, attempt: Attempt, draft: ActionDraft) -> StatusUpdate:
    """Change what an action says; this is not a report and ends no silence.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if it would be due before it starts, or its decision is for something else.
    """
    action, actor, facts = begin(action, attempt)
    require(permissions.may_edit_action(actor, facts))
    said = _linked(draft.fields, action)
    fields = {name: value for name, value in said.items() if name not in SET_ONCE}
    fields["supporting"] = joined_codes(draft.supporting)
    changes = {
        name: [_plain(getattr(action, name)), _plain(value)]
        for name, value in fields.items()
        if getattr(action, name) != value
    }
    for name, value in fields.items():
        setattr(action, name, value)
    _check_order(action.start_date, action.due_date)
    changes |= set_links(action, draft.links)
    action.contributors.set(draft.contributors)
    return record(action, UpdateKind.EDITED, attempt, Words(changes=changes))


def _linked(fields: dict[str, Any], action: ActionItem | None = None) -> dict[str, Any]:
    """Trace an action to the decision named for it, and so to the advice behind that."""
    decision = fields.get("decision")
    if decision is None or (action is not None and decision.pk == action.decision_id):
        return fields
    decision = lock_for(decision, DecisionEffect.ACTION)
    traced = {**fields, "decision": decision}
    has_advice = action is not None and action.advice_id is not None
    return traced if has_advice else {**traced, "advice": decision.advice}


def joined_codes(institutions: list[Institution]) -> str:
    """Write institutions as the history keeps them: `;BI;OJK;`."""
    codes = [institution.code for institution in institutions]
    return f";{';'.join(codes)};" if codes else ""


def _check_order(start: Any, due: Any) -> None:
    if start and due and due < start:
        raise Refused(Refusal.NOT_PLANNED_YET)


def _plain(value: Any) -> Any:
    """Give a value as JSON can keep it, in no reader's language."""
    if isinstance(value, Decision):
        return value.code
    return value if isinstance(value, (int, str, bool, type(None))) else str(value)
