"""What was told and what comes: rows of a reminder's whole life, and their budgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from committee import outbox
from committee.enums import LetterKind
from committee.models import Letter
from roadmap.models import Reminder
from tests.factories import TODAY, days, moment


def make(cast: Any) -> dict[str, Any]:
    """Tell the action's owner and lead something: one waits, one was withdrawn."""
    owner, lead = cast.people["owner"], cast.people["lead"]
    told = reminder(owner, f"action:{cast.open.pk}", "-7d")
    reminder(lead, told.item, "lead:+3wd", cancelled_at=moment(TODAY, 9), cancel_reason="reported")
    return {"reminder": told}


def reminder(to: Any, item: str, stage: str, **fields: Any) -> Reminder:
    """Make a fact that was told to somebody, or is to be."""
    values = {"occasion": "due:0", "due_at": moment(TODAY, 0)} | fields
    return Reminder.objects.create(item=item, recipient=to, stage=stage, **values)


def arguments(cast: Any) -> dict[str, list[Any]]:
    """Give the arguments of each address, by its name."""
    return {
        "forecast": [],
        "action-reminders": [cast.open.code],
        "milestone-reminders": [cast.milestone.pk],
    }


def forms(cast: Any) -> dict[str, dict[str, Any]]:
    """Nothing is sent: these pages are read."""
    return {}


def fill(cast: Any, number: int) -> None:
    """Grow what was told of the action and of the milestone shown, in letters of their own."""
    reader = cast.people["secretariat"]
    first = Reminder.objects.count()
    for item in (f"action:{cast.open.pk}", f"milestone:{cast.milestone.pk}"):
        letter = outbox.enqueue(
            kind=LetterKind.REMINDERS,
            recipient=reader,
            policy_date=days(-first % 300 - 400),
            dedupe_key=f"uji:{item}:{first}",
        )
        Letter.objects.filter(pk=letter.pk).update(state="sent", sent_at=moment(TODAY))
        Reminder.objects.bulk_create(
            Reminder(
                item=item,
                occasion=f"due:{first + n}",
                stage="+1d",
                recipient=reader,
                due_at=moment(TODAY, 23),  # the newest, so that the first page is of these
                letter=letter,
            )
            for n in range(number)
        )


# Queries of each page for whoever sees most; pages that answer GET with no page.
BUDGETS: dict[str, int] = {
    "roadmap:action-reminders": 21,
    "roadmap:forecast": 22,
    "roadmap:milestone-reminders": 18,
}
NO_PAGE: set[str] = set()

# What each constraint refuses, by its name.
BREAKS: dict[str, list[Callable[[], Any]]] = {}
