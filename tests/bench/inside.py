"""What the bench asks from inside the product: a row to use, query counts, planning, letters."""

from __future__ import annotations

import logging
import resource
import smtplib
import sys
import time
from collections.abc import Callable
from copy import copy
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models.functions import Now  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from committee import clock, outbox  # noqa: E402
from committee.enums import LetterState  # noqa: E402
from committee.models import Heartbeat, Letter, Member  # noqa: E402
from committee.transport import Answer, Envelope, Meanwhile, SmtpTransport  # noqa: E402
from roadmap import packs  # noqa: E402
from roadmap.models import ActionItem, Reminder  # noqa: E402
from roadmap.selectors import pack as pack_facts  # noqa: E402
from roadmap.services import bundling, letters, planning  # noqa: E402
from tests.bench.pages import FIGURES  # noqa: E402

CHIEF = "sekretariat@demo.test"
LETTERS = 2000
LINES = 3
COPY = "SALIN-"
TURNS = 4


def pick() -> None:
    """Print the code and the owner's address of an open action."""
    action = ActionItem.objects.open().exclude(owner=None).order_by("pk").select_related("owner")[0]
    print(action.code, action.owner.email if action.owner else "")


def queries(code: str, owner: str) -> None:
    """Print how many queries each page takes."""
    pages = {
        "overview": ("/", CHIEF),
        "list": ("/actions/?workstream=LOG&sort=due", CHIEF),
        "action": (f"/actions/{code}/", CHIEF),
        "my": ("/my/", owner),
        "timeline": ("/timeline/?workstream=LOG", CHIEF),
        **{name: (path, CHIEF) for name, path in FIGURES.items()},
        "overview then": ("/as-of/2018-09-10/", CHIEF),
        "list then": ("/as-of/2018-09-10/actions/?workstream=LOG&sort=due", CHIEF),
        "action then": (f"/as-of/2018-09-10/actions/{code}/", CHIEF),
    }
    settings.ALLOWED_HOSTS = ["testserver"]
    for name, (path, email) in pages.items():
        client = Client()
        client.force_login(Member.objects.get(email=email), settings.AUTHENTICATION_BACKENDS[0])
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200, path
        print(name.replace(" ", "_"), len(captured))


def plan() -> None:
    """Time one planning of the day's reminders."""
    taken = seconds(lambda: planning.plan(now=clock.read().now))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    size = ActionItem.objects.count()
    print(f"{'plan a day':<16}{size:>8}{taken * 1000:>9.0f}   ms, peak {peak:.0f} MB")


def pack() -> None:
    """Time reading the steering pack of today, and drawing it as a PDF."""
    moment = clock.read()
    found: list[Any] = []
    day = moment.today
    read = seconds(lambda: found.append(packs.read(day, pack_facts.default_since(day), moment)))
    drawn = seconds(lambda: found.append(packs.pdf(found[0], "id")))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(
        f"{'pack':<16}{ActionItem.objects.count():>8}{(read + drawn) * 1000:>9.0f}   ms, "
        f"{read * 1000:.0f} of them reading; {len(found[1]) / 1000:.0f} kB, peak {peak:.0f} MB"
    )


class Recorder(SmtpTransport):
    """A transport that keeps what it sent, so that plain smtplib can send the same."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Envelope] = []

    def send(self, envelope: Envelope, meanwhile: Meanwhile) -> Answer:
        self.sent.append(envelope)
        return super().send(envelope, meanwhile)


def mail() -> None:
    """Time the draining of 2,000 letters beside smtplib sending the same ones, in turns."""
    readers = write_to_many()
    reverse("roadmap:my")  # a worker has read the addresses once, as smtplib is imported once
    bundling.bundle(now=clock.read().now)
    waiting = Letter.objects.filter(state=LetterState.PENDING)
    ids = list(waiting.filter(recipient__in=readers).values_list("pk", flat=True))
    waiting.update(not_before=Now() + timedelta(days=1))
    taken = plain = 0.0
    for first in range(0, len(ids), LETTERS // TURNS):
        due = Letter.objects.filter(pk__in=ids[first : first + LETTERS // TURNS])
        due.update(not_before=Now())
        session = Recorder()
        renderers = letters.renderers(clock.read)
        taken += seconds(lambda s=session, r=renderers: outbox.drain(renderers=r, session=s))
        assert len(session.sent) == LETTERS // TURNS, "not all letters left"
        plain += seconds(lambda sent=session.sent: send_plainly(sent))
    print(
        f"{'letters':<16}{LETTERS:>8}{LETTERS / taken:>9.0f}   a second; plain smtplib "
        f"{LETTERS / plain:.0f}: {plain / taken:.0%} (>= 60%)"
    )
    forget(readers)


def write_to_many() -> list[Member]:
    """Add members who own copies of late actions, and what the plan would tell them of each.

    No service writes them, so the ledger is right to complain, and is not listened to.
    """
    logging.getLogger("committee.ledger").setLevel(logging.CRITICAL)
    told = list(Reminder.objects.filter(letter=None, item__startswith="action:", is_orphan=False))
    told = [row for row in told if row.occasion.startswith("due:") and row.audience == "owner"]
    owned = ActionItem.objects.in_bulk([int(row.item.removeprefix("action:")) for row in told])
    readers = Member.objects.bulk_create(
        Member(email=f"reader{number}@demo.test", name=f"Pembaca {number}")
        for number in range(LETTERS)
    )
    rows = [told[number % len(told)] for number in range(LETTERS * LINES)]
    actions = [copy(owned[int(row.item.removeprefix("action:"))]) for row in rows]
    for number, action in enumerate(actions):
        action.pk, action.code, action.number = None, f"{COPY}{number}", 20_000 + number
        action.owner = readers[number // LINES]
    ActionItem.objects.bulk_create(actions)
    for row, action in zip(rows := [copy(row) for row in rows], actions, strict=True):
        row.pk, row.item, row.recipient = None, f"action:{action.pk}", action.owner
    Reminder.objects.bulk_create(rows)
    return readers


def forget(readers: list[Member]) -> None:
    """Leave the database as large as it was: other rows of the bench measure it."""
    Reminder.objects.filter(recipient__in=readers).delete()
    Letter.objects.filter(recipient__in=readers).delete()
    ActionItem.objects.filter(owner__in=readers).delete()
    Member.objects.filter(pk__in=[reader.pk for reader in readers]).delete()


def send_plainly(envelopes: list[Envelope]) -> None:
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as session:
        for envelope in envelopes:
            session.sendmail(envelope.sender, [envelope.recipient], envelope.content)


def beating() -> None:
    """Print whether a worker has done its round: the bench itself beats no plan."""
    print("yes" if Heartbeat.objects.filter(name="plan").exists() else "no")


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    QUESTIONS = {"pick": pick, "queries": queries, "plan": plan, "letters": mail, "pack": pack}
    {**QUESTIONS, "beating": beating}[sys.argv[1]](*sys.argv[2:])
