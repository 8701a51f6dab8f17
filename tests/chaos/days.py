"""What cases run inside the product, in a forked process: days of a policy clock, and load.

Services take `now`; so the days of a case are given to them, and no clock of the machine is
touched. Letters still leave over SMTP, in real time.
"""

from __future__ import annotations

import json
import resource
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from committee import gate, outbox
from committee.clock import JAKARTA, Moment
from committee.enums import LetterKind, Role
from committee.models import Member
from roadmap import tasks
from roadmap.services import bundling, letters, planning, reconciliation
from tests import factories as make

Order = dict[str, Any]


def live(order: Order) -> None:
    """Plan, bundle and send at each moment given, in that order."""
    for text in order["moments"]:
        now = datetime.fromisoformat(text)
        prepare(now)
        send(now)


def prepare_only(order: Order) -> None:
    """Plan and bundle at each moment given; nothing leaves."""
    for text in order["moments"]:
        prepare(datetime.fromisoformat(text))


def send_only(order: Order) -> None:
    """Send at each moment given; nothing new is planned."""
    for text in order["moments"]:
        send(datetime.fromisoformat(text))


def prepare(now: datetime) -> None:
    planning.plan(now=now)
    bundling.bundle(now=now)


def send(now: datetime) -> int:
    moment = Moment(now, now.astimezone(JAKARTA).date(), None)
    return outbox.drain(renderers=letters.renderers(lambda: moment))


def weigh(order: Order) -> None:
    """Plan and bundle once, and leave what it cost beside the log."""
    before = peak_mb()
    began = time.monotonic()
    planned = planning.plan(now=datetime.fromisoformat(order["moments"][0]))
    planning_took = time.monotonic() - began
    bundled = bundling.bundle(now=datetime.fromisoformat(order["moments"][0]))
    found = {
        "planned": planned,
        "letters": bundled,
        "plan_seconds": round(planning_took, 2),
        "bundle_seconds": round(time.monotonic() - began - planning_took, 2),
        "peak_mb": round(peak_mb()),
        "grown_mb": round(peak_mb() - before),
    }
    Path(order["folder"], "cost.json").write_text(json.dumps(found))


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def command(order: Order) -> None:
    """Run a command of manage.py."""
    call_command(*order["words"])


def release(_order: Order) -> None:
    """Let held letters go, as the secretariat does on the page."""
    gate.release(by=_secretary(), today=make.TODAY)


def invite(_order: Order) -> None:
    """Queue account mail to member 1 whose link lives for an hour."""
    outbox.enqueue(
        kind=LetterKind.PASSWORD_RESET,
        recipient=Member.objects.get(email="m1@demo.test"),
        policy_date=make.TODAY,
        dedupe_key="reset:chaos",
        expires_at=timezone.now() + timedelta(hours=1),
    )


def ring(order: Order) -> None:
    """Ring one bell again and again for some seconds, as fast as it answers."""
    bell = {"plan": tasks.plan, "drain": tasks.drain}[order["bell"]]
    ends = time.monotonic() + order["seconds"]
    while time.monotonic() < ends:
        bell()


def reconcile(order: Order) -> None:
    """Compare what was to be told by a moment with what was; the line stays in the database."""
    reconciliation.reconcile(now=datetime.fromisoformat(order["moments"][0]))


def _secretary() -> Member:
    found = Member.objects.filter(role=Role.SECRETARIAT).first()
    return found or make.member(Role.SECRETARIAT)


ROLES = {
    "live": live,
    "prepare": prepare_only,
    "send": send_only,
    "weigh": weigh,
    "command": command,
    "release": release,
    "invite": invite,
    "ring": ring,
    "reconcile": reconcile,
}
