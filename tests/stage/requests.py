"""Requests to move a due date. Their addresses, forms, budgets, and what may not be stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from roadmap.models import DateRequest
from tests import committee_factories, factories
from tests.committee_factories import date_request
from tests.factories import TODAY, days


def make(cast: Any) -> dict[str, Any]:
    """Make a request that waits, of an action that gates a milestone before the date wished."""
    owner, place = cast.people["owner"], cast.open.workstream
    action = factories.action(workstream=place, owner=owner)
    factories.milestone(workstream=place, due_date=days(120), actions=[action])
    return {"request": committee_factories.date_request(action)}


def arguments(cast: Any) -> dict[str, list[Any]]:
    """Give the arguments of each address, by its name."""
    names = ("request", "request-approve", "request-decline", "request-withdraw")
    return {name: [cast.more["request"].pk] for name in names} | {"requests": []}


def forms(cast: Any) -> dict[str, dict[str, Any]]:
    """Give what the right person would send to each address: it is accepted from them."""
    wish = {"due_date": "2019-06-30", "due_precision": "day", "note": "Pengadaan diulang."}
    return {
        "action-ask": _on(cast.open, **wish),
        "milestone-ask": _on(cast.milestone, **wish),
        "request-approve": _on(cast.more["request"]),
        "request-decline": _on(cast.more["request"], note="Cukup waktu."),
        "request-withdraw": _on(cast.more["request"]),
    }


def _on(thing: Any, **fields: Any) -> dict[str, Any]:
    return {"version": thing.version, "token": str(uuid4())} | fields


def fill(cast: Any, number: int) -> None:
    """Grow the lists of this area by so many rows: of other actions, and of the one shown."""
    owner, place = cast.people["owner"], cast.open.workstream
    made = factories.actions(number, workstream=place, owner=owner)
    rows = [_row(action, owner) for action in made]
    answered = {"state": "declined", "answered_by": owner, "answered_on": TODAY}
    rows += [_row(cast.open, owner, **answered, answer_reason="Tidak.") for _ in made]
    DateRequest.objects.bulk_create(rows)


def _row(action: Any, by: Any, **fields: Any) -> DateRequest:
    return DateRequest(
        action=action,
        asked_by=by,
        asked_on=days(-2),
        old_date=action.due_date,
        new_date=days(200),
        reason="Pengadaan diulang.",
        **fields,
    )


# Queries of each page for whoever sees most; pages that answer GET with no page.
BUDGETS: dict[str, int] = {
    "roadmap:action-ask": 11,
    "roadmap:milestone-ask": 7,
    "roadmap:request": 9,
    "roadmap:request-approve": 10,
    "roadmap:request-decline": 10,
    "roadmap:request-withdraw": 8,
    "roadmap:requests": 8,
}
NO_PAGE: set[str] = set()
# The secretariat moves dates and need not ask.
READERS = {
    "roadmap:action-ask": "owner",
    "roadmap:milestone-ask": "lead",
    "roadmap:request-withdraw": "owner",
}


def _request(**fields: Any) -> None:
    date_request(factories.action(), **fields)


def _of_both() -> None:
    made = date_request(factories.action())
    DateRequest.objects.filter(pk=made.pk).update(milestone=factories.milestone())


def _of_none() -> None:
    made = date_request(factories.action())
    DateRequest.objects.filter(pk=made.pk).update(action=None)


def _twice(of: Any) -> None:
    for _ in range(2):
        date_request(of, asked_by=factories.member())


def _moved_while_waiting() -> None:
    action = factories.action()
    date_request(action, slip=factories.slip(action))


def _answered(state: str, **fields: Any) -> None:
    by = factories.member("secretariat")
    _request(state=state, answered_by=by, answered_on=TODAY, **fields)


# What each constraint refuses, by its name.
BREAKS: dict[str, list[Callable[[], Any]]] = {
    "request_is_of_one_action_or_one_milestone": [_of_both, _of_none],
    "request_asks_for_another_date": [lambda: _request(old_date=TODAY, new_date=TODAY)],
    "request_has_a_reason": [lambda: _request(reason="")],
    "request_state_is_known": [lambda: _answered("maybe")],
    "request_is_answered_by_somebody": [
        lambda: _request(state="approved"),
        lambda: _request(answered_on=TODAY),
        lambda: _request(state="withdrawn", answered_on=TODAY),
    ],
    "request_declined_says_why": [lambda: _answered("declined")],
    "request_moves_a_date_only_when_approved": [_moved_while_waiting],
    "action_has_one_request_waiting": [lambda: _twice(factories.action())],
    "milestone_has_one_request_waiting": [lambda: _twice(factories.milestone())],
}
