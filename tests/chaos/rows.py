"""What a site holds before a case begins. Runs inside the product, in a forked process."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from committee.models import RehearsalClock
from tests import factories as make
from tests.chaos import cast, writing

HERE = Path(__file__).parent


def build(order: dict[str, Any]) -> None:
    """Fill an empty database; a rehearsal stands on Monday, 24 September 2018, 08:05."""
    if order["is_rehearsal"]:
        RehearsalClock.objects.create(day=make.TODAY, target=make.TODAY, since=timezone.now())
    ROWS[order["rows"]](order["size"])


def one_each(size: int) -> None:
    """Give each of `size` members one action; tests/chaos/one_each.csv says what each is told.

    Member 1 owns CYB-1 and so on; the lines of the table repeat.
    """
    lines = list(csv.DictReader((HERE / "one_each.csv").open()))
    place = make.workstream("CYB", title="Keamanan siber", title_en="Cyber security")
    for number in range(1, size + 1):
        owner = make.member(name=f"M{number}", email=f"m{number}@demo.test", language="en")
        due = make.days(int(lines[(number - 1) % len(lines)]["due_in"]))
        make.action(
            f"CYB-{number}", workstream=place, number=number, owner=owner, due_date=due,
            title=f"Peraturan {number}", title_en=f"Rule {number}", history=False,
        )  # fmt: skip


def opening_day(_size: int) -> None:
    """Give the real rehearsal as it opens; it brings its own clock."""
    call_command("seed", "--rehearsal", "--as-of", make.TODAY.isoformat())


ROWS: dict[str, Callable[[int], None]] = {
    "one_each": one_each,
    "opening_day": opening_day,
    **cast.ROWS,
    **writing.ROWS,
}
