"""Saved views. Their addresses, forms, budgets, and what may not be stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from roadmap.models import SavedView
from roadmap.rules.views import MOST
from tests import factories
from tests.factories import TODAY


def saved(member: Any = None, **fields: Any) -> SavedView:
    """Make a view; by default the late actions of somebody."""
    key = uuid4().hex[:22]
    values = {"name": f"Tampilan {key}", "page": "actions", "query": "signal=late", "slug": key}
    values |= {"member": member or factories.member(), "created_on": TODAY}
    return SavedView.objects.create(**values | fields)


def make(cast: Any) -> dict[str, Any]:
    """Make a view of the owner's: others open it, and may do nothing else with it."""
    return {"view": saved(cast.people["owner"], name="Yang terlambat")}


def arguments(cast: Any) -> dict[str, list[Any]]:
    """Give the arguments of each address, by its name."""
    slug = cast.more["view"].slug
    of_one = ("saved-view", "view-rename", "view-start", "view-delete")
    return {name: [slug] for name in of_one} | {"views": [], "view-save": [], "start-page": []}


def forms(cast: Any) -> dict[str, dict[str, Any]]:
    """Give what the right person would send to each address: it is accepted from them."""
    made_from = {"version": 0, "token": str(uuid4())}
    kept = {"page": "actions", "query": "signal=late", "name": "Milik saya", "day": ""}
    return {
        "view-save": made_from | kept,
        "view-rename": made_from | {"name": "Yang lewat tenggat"},
        "view-start": {"start": "yes"},
        "view-delete": made_from,
    }


def fill(cast: Any, number: int) -> None:
    """Fill the list to its limit: it grows no further with the roadmap."""
    member = cast.people["secretariat"]
    room = MOST - member.saved_views.count()
    for _number in range(min(number, room)):
        saved(member)


# Queries of each page for whoever sees most; pages that answer GET with no page.
BUDGETS: dict[str, int] = {
    "roadmap:view-delete": 6,
    "roadmap:view-rename": 6,
    "roadmap:view-save": 6,
    "roadmap:views": 7,
}
NO_PAGE: set[str] = {"roadmap:saved-view", "roadmap:start-page", "roadmap:view-start"}
READERS = {"roadmap:view-delete": "owner", "roadmap:view-rename": "owner"}


def _same_name_twice() -> None:
    member = factories.member()
    for _ in range(2):
        saved(member, name="Sama")


def _two_beginnings() -> None:
    member = factories.member()
    for _ in range(2):
        saved(member, is_start=True)


# What each constraint refuses, by its name.
BREAKS: dict[str, list[Callable[[], Any]]] = {
    "saved_view_has_a_name": [lambda: saved(name="")],
    "saved_view_page_is_known": [lambda: saved(page="banana")],
    "saved_view_name_is_used_once": [_same_name_twice],
    "saved_view_starts_for_a_member_once": [_two_beginnings],
}
