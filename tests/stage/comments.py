"""Comments. Their addresses, forms, budgets, and what may not be stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from committee.clock import MORNING, start_of
from committee.models import Decision
from roadmap.models import Comment
from tests import committee_factories as made
from tests import factories
from tests.factories import TODAY
from tests.roadmap.forms import sent


def make(cast: Any) -> dict[str, Any]:
    """Make what the pages of this area are about: a fresh comment of the owner's."""
    # Dated later that day: the slowest suite does not outlive the quarter of an hour of an edit.
    at = datetime.combine(TODAY, MORNING, start_of(TODAY).tzinfo) + timedelta(hours=6)
    by = cast.people["owner"]
    return {"comment": made.comment(cast.open, by=by, at=at), "talked": made.decision()}


def arguments(cast: Any) -> dict[str, list[Any]]:
    """Give the arguments of each address, by its name."""
    return {
        "comment-add-action": [cast.open.code],
        "comment-add-advice": [cast.more["accepted"].pk],
        "comment-add-decision": [cast.more["talked"].pk],
        "comment-edit": [cast.more["comment"].pk],
        "comment-correct": [cast.more["comment"].pk],
    }


def forms(cast: Any) -> dict[str, dict[str, Any]]:
    """Give what the right person would send to each address: it is accepted from them."""
    said = {"text": "Setuju, @secretariat."}
    return {
        "comment-add-action": sent(None, **said),
        "comment-add-advice": sent(None, **said),
        "comment-add-decision": sent(None, **said),
        "comment-edit": sent(cast.more["comment"], **said),
        "comment-correct": sent(None, **said),
    }


def fill(cast: Any, number: int) -> None:
    """Grow what was said of each kind of thing by so many rows, some with a correction."""
    by = cast.people["secretariat"]
    decision = Decision.objects.get(pk=cast.more["talked"].pk)
    subjects = {"action": cast.open, "advice": cast.more["accepted"], "decision": decision}
    for kind, about in subjects.items():
        rows = Comment.objects.bulk_create(
            Comment(by=by, at=_before(n), text=f"Catatan {n}", **{kind: about})
            for n in range(number)
        )
        Comment.objects.bulk_create(
            Comment(by=by, at=_before(0), text="Ralat", corrects=one, **{kind: about})
            for one in rows[:number:2]
        )


def _before(minutes: int) -> datetime:
    return factories.moment(TODAY, 7) - timedelta(minutes=minutes)


# Queries of each page for whoever sees most; pages that answer GET with no page.
BUDGETS: dict[str, int] = {
    "roadmap:comment-add-action": 11,
    "roadmap:comment-add-advice": 11,
    "roadmap:comment-add-decision": 11,
    "roadmap:comment-correct": 7,
    "roadmap:comment-edit": 7,
}
NO_PAGE: set[str] = set()
READERS = {"roadmap:comment-edit": "owner", "roadmap:comment-correct": "owner"}


def _comment(**fields: Any) -> None:
    found = made.comment(factories.action())
    Comment.objects.filter(pk=found.pk).update(**fields)


# What each constraint refuses, by its name.
BREAKS: dict[str, list[Callable[[], Any]]] = {
    "comment_is_about_one_thing": [
        lambda: _comment(action=None),
        lambda: _comment(advice=made.advice()),
        lambda: _comment(decision=made.decision()),
    ],
    "comment_says_something": [lambda: _comment(text="")],
}
