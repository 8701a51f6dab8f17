"""Advice and its answers. Their addresses, forms, budgets, and what may not be stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from committee.models import Advice
from tests import committee_factories as made
from tests import factories
from tests.factories import TODAY, days
from tests.roadmap.forms import sent


def make(cast: Any) -> dict[str, Any]:
    """Make what the pages of this area are about: one that waits, one that was accepted."""
    author, place = cast.people["adviser"], cast.open.workstream
    accepted = made.advice(author, workstreams=[place], **_answered(cast))
    decision = made.decision(accepted.answered_at, advice=accepted)
    waiting = made.advice(author, workstreams=[place])
    return {"advice": waiting, "accepted": accepted, "advised": decision}


def _answered(cast: Any) -> dict[str, Any]:
    answer = {"answer": "accepted", "answer_reason": "Sejalan.", "answered_on": TODAY}
    return answer | {"answered_at": made.meeting(), "answered_by": cast.people["secretariat"]}


def arguments(cast: Any) -> dict[str, list[Any]]:
    """Give the arguments of each address, by its name."""
    waiting, accepted = [cast.more["advice"].pk], [cast.more["accepted"].pk]
    return {
        "advice-list": [],
        "advice": accepted,
        "advice-edit": waiting,
        "advice-answer": waiting,
        "advice-link": accepted,
    }


def forms(cast: Any) -> dict[str, dict[str, Any]]:
    """Give what the right person would send to each address: it is accepted from them."""
    waiting, accepted = cast.more["advice"], cast.more["accepted"]
    said = {"subject": "Satu gerbang", "reasoning": "Data tersebar."}
    answer = {"meeting": accepted.answered_at_id, "verdict": "accepted", "reason": "Sejalan."}
    return {
        "advice-create": sent(None, **said),
        "advice-edit": sent(waiting, **said),
        "advice-answer": sent(waiting, **answer),
        "advice-link": sent(accepted, actions=cast.open.code),
    }


def fill(cast: Any, number: int) -> None:
    """Grow the lists of this area by so many rows."""
    author, place = cast.people["adviser"], cast.open.workstream
    common = {"author": author, "reasoning": "Data tersebar."}
    answer = {"answer": "accepted", "answer_reason": "Sejalan.", "answered_on": TODAY}
    answer |= {"answered_at": made.meeting(), "answered_by": cast.people["secretariat"]}
    rows = Advice.objects.bulk_create(
        Advice(
            subject=f"Saran {n}",
            given_on=days(-(n % 300)),
            **common,
            **(answer if n % 2 else {}),
        )
        for n in range(number)
    )
    through = Advice.workstreams.through
    through.objects.bulk_create(through(advice=one, workstream=place) for one in rows)
    factories.actions(number, workstream=place, decision=cast.more["advised"])


# Queries of each page for whoever sees most; pages that answer GET with no page.
BUDGETS: dict[str, int] = {
    "roadmap:advice": 13,
    "roadmap:advice-answer": 12,
    "roadmap:advice-create": 6,
    "roadmap:advice-edit": 8,
    "roadmap:advice-link": 8,
    "roadmap:advice-list": 9,
}
NO_PAGE: set[str] = set()
READERS = {"roadmap:advice-create": "adviser", "roadmap:advice-edit": "adviser"}


def _advice(**fields: Any) -> None:
    found = made.advice()
    Advice.objects.filter(pk=found.pk).update(**fields)


def _answered_without(name: str, empty: Any) -> Callable[[], Any]:
    def break_it() -> None:
        found = made.advice(answered=True)
        Advice.objects.filter(pk=found.pk).update(**{name: empty})

    return break_it


# What each constraint refuses, by its name.
BREAKS: dict[str, list[Callable[[], Any]]] = {
    "advice_is_answered_at_a_meeting_with_a_reason": [
        lambda: _advice(answer="accepted"),
        lambda: _advice(answer_reason="Sejalan."),
        lambda: _advice(answered_on=TODAY),
        _answered_without("answer", "maybe"),
        _answered_without("answer", ""),
        _answered_without("answer_reason", ""),
        _answered_without("answered_at", None),
        _answered_without("answered_on", None),
        _answered_without("answered_by", None),
    ],
    "advice_says_what_and_why": [lambda: _advice(subject=""), lambda: _advice(reasoning="")],
}
