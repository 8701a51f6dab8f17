"""The health of the mail: a letter that failed and one that is held, and their addresses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from committee import outbox
from committee.enums import LetterKind
from committee.models import Letter
from tests.factories import TODAY


def letter(recipient: Any, key: str, **fields: Any) -> Letter:
    """Queue a letter, and bring it to where `fields` say."""
    made = outbox.enqueue(
        kind=LetterKind.REMINDERS, recipient=recipient, policy_date=TODAY, dedupe_key=f"uji:{key}"
    )
    Letter.objects.filter(pk=made.pk).update(**fields)
    made.refresh_from_db()
    return made


def make(cast: Any) -> dict[str, Any]:
    owner = cast.people["owner"]
    return {
        "failed_letter": letter(owner, "gagal", state="failed", last_error="poison"),
        "held_letter": letter(owner, "ditahan", state="held"),
    }


def arguments(cast: Any) -> dict[str, list[Any]]:
    """Give the arguments of each address, by its name."""
    none = ("audit", "letters-resend", "mail-health", "mail-release", "mail-discard", "metrics")
    return {"letter-resend": [cast.more["failed_letter"].pk]} | {name: [] for name in none}


def forms(cast: Any) -> dict[str, dict[str, Any]]:
    """Give what the right person would send to each address: it is accepted from them."""
    one = {"version": 1, "token": str(uuid4())}  # one has failed, one is held
    return {
        "letter-resend": one | {"version": 0},
        "letters-resend": one,
        "mail-release": one,
        "mail-discard": one,
    }


def fill(cast: Any, number: int) -> None:
    """Letters are added for all pages at once."""


# Queries of each page for whoever sees most; pages that answer GET with no page.
BUDGETS: dict[str, int] = {
    "roadmap:audit": 9,
    "roadmap:letter-resend": 7,
    "roadmap:letters-resend": 7,
    "roadmap:mail-discard": 7,
    "roadmap:mail-health": 12,
    "roadmap:mail-release": 7,
    "roadmap:metrics": 11,
}
NO_PAGE: set[str] = set()
# What each constraint refuses, by its name.
BREAKS: dict[str, list[Callable[[], Any]]] = {}


def sound() -> None:
    """Nothing here may be broken."""
