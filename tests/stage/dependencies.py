"""What waits for what. Their addresses, forms, budgets, and what may not be stored."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any
from uuid import uuid4

from committee.models import Workstream
from roadmap.models import Dependency
from tests import factories
from tests.factories import TODAY, days, dependency


def make(cast: Any) -> dict[str, Any]:
    """Let the action everybody meets wait for one, and be needed by one of another workstream."""
    owner, place = cast.people["owner"], cast.open.workstream
    first = factories.action(workstream=place, owner=owner, due_date=days(-120))
    second = factories.action(workstream=place, owner=owner)
    elsewhere = factories.action(
        workstream=Workstream.objects.get(code="FUND"), start_date=days(400), due_date=days(500)
    )
    dependency(cast.open, elsewhere)
    return {"link": dependency(first, cast.open, lag_days=7), "to_link": second}


def arguments(cast: Any) -> dict[str, list[Any]]:
    """Give the arguments of each address, by its name."""
    own = [cast.open.code, cast.more["link"].pk]
    return {
        "dependencies": [cast.open.code],
        "dependency-add": [cast.open.code],
        "dependency-change": own,
        "dependency-remove": own,
    }


def forms(cast: Any) -> dict[str, dict[str, Any]]:
    """Give what the right person would send to each address: it is accepted from them."""
    return {
        "dependency-add": _new(predecessor=cast.more["to_link"].code, lag_days="3"),
        "dependency-change": _new(lag_days="30"),
        "dependency-remove": _new(),
    }


def _new(**fields: Any) -> dict[str, Any]:
    return {"version": 0, "token": str(uuid4())} | fields


def fill(cast: Any, number: int) -> None:
    """Grow what the action shown waits for, what needs it, and what lies behind both.

    What needs it can begin so late that no move of the tests reaches it.
    """
    by, place = cast.people["secretariat"], cast.open.workstream
    late = {"start_date": days(2000), "due_date": days(2100)}
    before = factories.actions(
        number, workstream=place, owner=by, start_date=days(-300), due_date=days(-200)
    )
    after = factories.actions(number, workstream=place, owner=by, **late)
    rows = [_row(one, cast.open, by) for one in before] + [
        _row(cast.open, one, by) for one in after
    ]
    rows += [_row(one, other, by) for one, other in pairwise(after)]
    Dependency.objects.bulk_create(rows)


def _row(before: Any, after: Any, by: Any) -> Dependency:
    return Dependency(predecessor=before, successor=after, created_on=days(-50), created_by=by)


# Queries of each page for whoever sees most; pages that answer GET with no page.
BUDGETS: dict[str, int] = {
    "roadmap:dependencies": 9,
    "roadmap:dependency-add": 7,
    "roadmap:dependency-change": 8,
    "roadmap:dependency-remove": 8,
}
NO_PAGE: set[str] = set()


def _two(**fields: Any) -> Dependency:
    return dependency(factories.action(), factories.action(), **fields)


def _of_itself() -> None:
    action = factories.action()
    dependency(action, action)


def _twice() -> None:
    first = _two()
    dependency(first.predecessor, first.successor)


# What each constraint refuses, by its name.
BREAKS: dict[str, list[Callable[[], Any]]] = {
    "dependency_is_between_two_actions": [_of_itself],
    "dependency_lag_is_within_ten_years": [lambda: _two(lag_days=3651)],
    "dependency_is_removed_by_somebody": [
        lambda: _two(removed_on=TODAY),
        lambda: _two(removed_by=factories.member()),
    ],
    "dependency_stands_once": [_twice],
}
