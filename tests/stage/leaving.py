"""Somebody who leaves: the address of their handover, its form and budget, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from committee.models import Institution, Member, RoleChange
from roadmap.selectors.leaving import held
from tests import factories
from tests.factories import TODAY, days, moment
from tests.roadmap.forms import sent


def make(cast: Any) -> dict[str, Any]:
    """Give a leaver some of everything that can hang on a person."""
    place = cast.open.workstream
    leaver = factories.member(institution=cast.institution)
    factories.action(workstream=place, owner=leaver)
    factories.action(workstream=place, owner=cast.people["owner"], contributors=[leaver])
    factories.seat(leaver, place, "contributor", is_acting=True, until_date=days(30))
    Member.objects.filter(pk=cast.people["member"].pk).update(deputy=leaver)
    return {"leaver": leaver}


def arguments(cast: Any) -> dict[str, list[Any]]:
    """Give the arguments of each address, by its name."""
    return {"handover": [cast.more["leaver"].pk]}


def forms(cast: Any) -> dict[str, dict[str, Any]]:
    """Give what the right person would send to each address: it is accepted from them."""
    to = cast.people["contributor"]
    digest = held(cast.more["leaver"], TODAY).digest(to)
    return {"handover": sent(None, successor=to.pk, digest=digest, note="Pindah tugas.")}


def fill(cast: Any, number: int) -> None:
    """Nothing more hangs on the leaver: the page lists all that moves."""


def _institution(**fields: Any) -> None:
    made = factories.institution()
    fields = {name: made.pk if value == "self" else value for name, value in fields.items()}
    Institution.objects.filter(pk=made.pk).update(**fields)


def _seat(**fields: Any) -> None:
    factories.seat(factories.member(), factories.workstream(), **fields)


def _role(**fields: Any) -> None:
    who = factories.member()
    values = {"member": who, "old": "member", "new": "chair", "at": moment(TODAY)}
    values |= {"by": who if fields.pop("own", False) else factories.member(), "act": uuid4()}
    RoleChange.objects.create(**values | fields)


BUDGETS: dict[str, int] = {"roadmap:handover": 13}
NO_PAGE: set[str] = set()
BREAKS: dict[str, list[Callable[[], Any]]] = {
    "institution_ends_after_it_begins": [
        lambda: _institution(valid_from=TODAY, valid_until=days(-1))
    ],
    "institution_became_another_when_it_ended": [
        lambda: _institution(successor=factories.institution().pk),
        lambda: _institution(successor="self", valid_until=TODAY),
    ],
    "seat_of_an_acting_official_has_an_end": [lambda: _seat(is_acting=True)],
    "role_change_changes_the_role": [lambda: _role(new="member")],
    "role_change_is_made_by_another": [lambda: _role(own=True)],
}
