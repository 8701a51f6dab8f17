"""Notices under the bell. Their addresses, forms and budgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from roadmap.models import Reminder
from tests import committee_factories as committee
from tests import factories
from tests.factories import TODAY, days, moment


def notice(to: Any, item: str, occasion: str, stage: str = "moved", **fields: Any) -> Reminder:
    """Make a notice that stands under somebody's bell."""
    values = {"due_at": moment(TODAY, 7), "under_bell": True} | fields
    return Reminder.objects.create(
        item=item, occasion=occasion, stage=stage, recipient=to, **values
    )


def make(cast: Any) -> dict[str, Any]:
    """Make a notice of the owner's: for others it is not there."""
    update = factories.update(cast.open, kind="edited", by=cast.people["secretariat"])
    item = f"action:{cast.open.pk}"
    return {"notice": notice(cast.people["owner"], item, f"notice:{update.pk}", "assigned")}


def arguments(cast: Any) -> dict[str, list[Any]]:
    """Give the arguments of each address, by its name."""
    of_one = {"notice-seen": [cast.more["notice"].pk]}
    return of_one | {"notices": [], "notices-seen": []}


def forms(cast: Any) -> dict[str, dict[str, Any]]:
    """Give what the right person would send to each address: it is accepted from them."""
    return {"notice-seen": {}, "notices-seen": {"until": cast.more["notice"].pk}}


def fill(cast: Any, number: int) -> None:
    """Grow the list with every kind of notice, about actions and about milestones."""
    reader, by = cast.people["secretariat"], cast.people["lead"]
    comment = committee.comment(cast.open, by=by)
    slip = factories.slip(factories.milestone(), by=by)
    update = factories.update(cast.open, kind="edited", by=by)
    action, milestone = f"action:{cast.open.pk}", f"milestone:{slip.milestone_id}"
    told = [
        (action, f"comment:{comment.pk}", "mentioned"),
        (milestone, f"slip:{slip.pk}", "moved"),
        (action, f"notice:{update.pk}", "returned"),
    ]
    for n in range(number):
        item, occasion, stage = told[n % len(told)]
        # The stage is part of the key, so each is a row of its own.
        again = f"{stage}:{n}:{slip.pk}"
        notice(reader, item, occasion, again, due_at=moment(days(-(n % 300))))


# Queries of each page for whoever sees most; pages that answer GET with no page.
BUDGETS: dict[str, int] = {"roadmap:notices": 14}
NO_PAGE: set[str] = {"roadmap:notice-seen", "roadmap:notices-seen"}

# What each constraint refuses, by its name.
BREAKS: dict[str, list[Callable[[], Any]]] = {}
