"""Pages of institutions and people. Their addresses, budgets; they change nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from roadmap.models import ActionItem
from tests import factories
from tests.factories import days


def make(cast: Any) -> dict[str, Any]:
    """Make an institution that leads and supports, of whose work somebody is silent."""
    leading = factories.institution("KOMINFO")
    common = {"workstream": cast.open.workstream, "owner": cast.people["owner"]}
    factories.action(lead_institution=leading, due_date=days(4), **common)
    factories.action(supporting=f";{leading.code};", due_date=days(11), silent=True, **common)
    return {"leading": leading}


def arguments(cast: Any) -> dict[str, list[Any]]:
    """Give the arguments of each address, by its name."""
    return {
        "institutions": [],
        "institution": [cast.more["leading"].code],
        "people": [],
        "person": [cast.people["owner"].pk],
    }


def forms(cast: Any) -> dict[str, dict[str, Any]]:
    return {}


def fill(cast: Any, number: int) -> None:
    """Let the institution lead and support more, and more people own something."""
    leading, place = cast.more["leading"], cast.open.workstream
    common = {"workstream": place, "owner": cast.people["owner"]}
    led = factories.actions(number, lead_institution=leading, due_date=days(5), **common)
    factories.actions(number, supporting=f";{leading.code};", due_date=days(40), **common)
    if leading.member_set.exists():  # people do not grow with the roadmap
        return
    for action in led[:10]:
        owner = factories.member(institution=leading)
        ActionItem.objects.filter(pk=action.pk).update(owner=owner)


# Queries of each page for whoever sees most; pages that answer GET with no page.
BUDGETS: dict[str, int] = {
    "roadmap:institution": 24,
    "roadmap:institutions": 10,
    "roadmap:people": 11,
    "roadmap:person": 19,
}
NO_PAGE: set[str] = set()
BREAKS: dict[str, list[Callable[[], Any]]] = {}
