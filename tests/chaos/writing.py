"""Who writes the ledger in a case: members who save through the services of two apps.

Runs inside the product, in a forked process.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import DatabaseError

from committee import clock, services
from committee.clock import Moment
from committee.enums import InstitutionKind, Role
from committee.models import Institution, Member
from roadmap.enums import Status
from roadmap.models import ActionItem
from roadmap.services import reports
from roadmap.services.changes import Attempt, Words
from tests import factories as make

Order = dict[str, Any]
# One save, and how many entries of the ledger it is.
Save = tuple[Callable[[], Any], int]


def writers(size: int) -> None:
    """Make so many of the secretariat, each the owner of one action."""
    place = make.workstream("CYB", title="Keamanan siber")
    for number in range(1, size + 1):
        owner = make.member(Role.SECRETARIAT, name=f"W{number}", email=address(number))
        make.action(f"CYB-{number}", workstream=place, number=number, owner=owner)


def address(number: int) -> str:
    return f"w{number}@demo.test"


def write(order: Order) -> None:
    """Try so many entries; leave beside the log what was refused, line by line."""
    by, moment = Member.objects.get(email=address(order["writer"])), clock.read()
    refused, tried = [], 0
    for save, entries in saves(by, moment):
        try:
            save()
        except DatabaseError as error:
            refused.append(repr(error).partition("\n")[0])
        tried += entries
        if tried >= order["rows"]:
            break
    Path(order["folder"], f"refused{order['writer']}").write_text("\n".join(refused))


def saves(by: Member, moment: Moment) -> Iterator[Save]:
    """Report on the own action, add an institution, and give it another name; and so on.

    Each report claims another progress than stands, or the action's row would tell of no change.
    """
    action = ActionItem.objects.get(owner=by)
    for turn in count(action.progress + 1):
        yield partial(_report, action, by, moment, turn), 2  # the action and its status update
        one = Institution(
            code=f"W{os.getpid()}_{turn}", title="Badan", kind=InstitutionKind.MINISTRY
        )
        keep = partial(services.save_institution, by=by, institution=one, today=moment.today)
        yield keep, 1
        one.title = f"Badan {turn}"
        yield keep, 1


def _report(action: ActionItem, by: Member, moment: Moment, turn: int) -> None:
    attempt = Attempt(by=by, at=moment, token=uuid4())
    claim = reports.Report(Status.IN_PROGRESS, progress=turn % 100)
    reports.report(action=action, attempt=attempt, claim=claim, words=Words(note=f"Ke-{turn}"))


ROWS = {"writers": writers}
ROLES = {"write": write}
