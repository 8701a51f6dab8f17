"""What the bench asks from inside the product: a row to use, query counts, planning, letters."""

from __future__ import annotations

import resource
import smtplib
import sys
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from committee import clock, outbox  # noqa: E402
from committee.models import Heartbeat, Member  # noqa: E402
from committee.transport import Answer, Envelope, SmtpTransport  # noqa: E402
from roadmap import packs  # noqa: E402
from roadmap.models import ActionItem  # noqa: E402
from roadmap.selectors import pack as pack_facts  # noqa: E402
from roadmap.services import bundling, letters, planning  # noqa: E402

CHIEF = "sekretariat@demo.test"


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

    def send(self, envelope: Envelope) -> Answer:
        self.sent.append(envelope)
        return super().send(envelope)


def mail() -> None:
    """Time the draining of the day's letters beside smtplib sending the same ones."""
    bundling.bundle(now=clock.read().now)
    session, renderers = Recorder(), letters.renderers(clock.read)
    taken = seconds(lambda: outbox.drain(renderers=renderers, session=session))
    plain = seconds(lambda: send_plainly(session.sent))
    number = len(session.sent)
    print(
        f"{'letters':<16}{number:>8}{number / taken:>9.0f}   a second; plain smtplib "
        f"{number / plain:.0f}: {plain / taken:.0%} (>= 60%)"
    )


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
