"""The obstacles page. Their addresses, forms, budgets, and what may not be stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from roadmap.models import Obstacle
from tests import committee_factories, factories
from tests.factories import days


def make(cast: Any) -> dict[str, Any]:
    """Make two things standing in the way, one of two actions, and where they are decided."""
    other = factories.action(workstream=cast.open.workstream, owner=cast.people["owner"])
    root = factories.obstacle(other, needed="Peraturan bersama", needed_by=days(-2))
    factories.obstacle(cast.open, needed="Peraturan yang sama", joined_to=root)
    alike = factories.obstacle(other, needed="Peraturan itu juga")
    meeting = committee_factories.meeting()
    return {"thing": root, "alike": alike, "thing_meeting": meeting}


def arguments(cast: Any) -> dict[str, list[Any]]:
    """Give the arguments of each address, by its name."""
    pk = [cast.more["thing"].pk]
    own = dict.fromkeys(("obstacle", "obstacle-join", "obstacle-decide"), pk)
    return own | {"obstacles": [], "obstacle-raise": [cast.open.code]}


def forms(cast: Any) -> dict[str, dict[str, Any]]:
    """Give what the right person would send to each address: it is accepted from them."""
    ruled = {"note": "Ditetapkan menteri.", "meeting": cast.more["thing_meeting"].pk}
    version = cast.open.version
    return {
        "obstacle-raise": {"version": version, "token": str(uuid4()), "needed": "Surat BI"},
        "obstacle-join": _new(others=cast.more["alike"].pk),
        "obstacle-decide": _new(**ruled),
    }


def _new(**fields: Any) -> dict[str, Any]:
    return {"version": 0, "token": str(uuid4())} | fields


def fill(cast: Any, number: int) -> None:
    """Grow the lists of this area by so many rows: behind one thing, and beside it."""
    owner, place = cast.people["owner"], cast.open.workstream
    made = factories.actions(number, workstream=place, owner=owner, blocked=True)
    common = {"needed": "Surat", "raised_on": days(-4), "raised_by": owner}
    Obstacle.objects.bulk_create(
        [Obstacle(action=one, joined_to=cast.more["thing"], **common) for one in made]
        + [Obstacle(action=one, **common) for one in made]
    )


# Queries of each page for whoever sees most; pages that answer GET with no page.
BUDGETS: dict[str, int] = {
    "roadmap:obstacle": 11,
    "roadmap:obstacle-decide": 13,
    "roadmap:obstacle-join": 9,
    "roadmap:obstacle-raise": 9,
    "roadmap:obstacles": 11,
}
NO_PAGE: set[str] = set()


def _to_itself() -> None:
    made = factories.obstacle(factories.action())
    Obstacle.objects.filter(pk=made.pk).update(joined_to=made)


# What each constraint refuses, by its name.
BREAKS: dict[str, list[Callable[[], Any]]] = {"obstacle_is_not_joined_to_itself": [_to_itself]}
