"""Half a save never exists: a fault after each write of a step leaves all of it, or nothing.

Each step is taken as a person takes it, over HTTP. After a fault every row and the folder of
evidence are what they were before the step; without one, the step is whole.
"""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from committee.models import RehearsalClock
from roadmap.services import evidence
from tests import factories
from tests.factories import TODAY, days, moment
from tests.roadmap.forms import report, sent, step
from tests.stage.reminders import reminder
from tests.unchanged import Fault, everything, failing_after

pytestmark = pytest.mark.django_db(transaction=True)
PDF = b"%PDF-1.4\n%%EOF"


@pytest.fixture
def cast():
    """Give an action in progress whose owner, secretariat and chair have reminders waiting."""
    RehearsalClock.objects.create(day=TODAY, target=TODAY, since=timezone.now())
    place = factories.workstream("LOG", title="Logistik")
    people = {role: factories.member(role) for role in ("member", "secretariat", "chair")}
    action = factories.action(
        "LOG-01", workstream=place, owner=people["member"], due_date=days(3), number=1
    )
    factories.evidence(action)
    for number, who in enumerate(people.values()):
        due = {"due_at": moment(TODAY)}
        reminder(who, f"action:{action.pk}", "-3wd", occasion=f"due:{number}", **due)
    people = {role: signed_in(who) for role, who in people.items()}
    return people | {"action": action, "other": factories.member()}


def signed_in(who):
    client = Client(raise_request_exception=False)
    client.force_login(who)
    return client


def report_with_obstacle(cast):
    fields = report(cast["action"], needed="Surat BI", needed_by="2018-10-05")
    return cast["member"].post(step("report", cast["action"]), fields)


def attach(cast):
    file = SimpleUploadedFile("surat.pdf", PDF, "application/pdf")
    url = reverse("roadmap:evidence-add", args=[cast["action"].code])
    return cast["member"].post(url, sent(cast["action"], title="Surat", file=file))


def submit(cast):
    return cast["member"].post(step("submit", cast["action"]), sent(cast["action"], note="Selesai"))


def move(cast):
    fields = sent(cast["action"], due_date="2019-06-30", due_precision="day", note="Rapat 12.")
    return cast["secretariat"].post(step("move", cast["action"]), fields)


def reassign(cast):
    fields = sent(cast["action"], owner=cast["other"].pk, note="Pindah tugas.")
    return cast["secretariat"].post(step("reassign", cast["action"]), fields)


def cancel(cast):
    fields = sent(cast["action"], note="Tidak lagi perlu.")
    return cast["secretariat"].post(step("cancel", cast["action"]), fields)


# What a person does, one after the other, and the least number of writes it takes.
STEPS = {
    "report with an obstacle": ([report_with_obstacle], 5),
    "evidence": ([attach], 2),
    "submit, which cancels reminders": ([submit], 5),
    "evidence, then submit": ([attach, submit], 7),
    "move, which cancels reminders": ([move], 6),
    "reassign, which tells somebody": ([reassign], 6),
    "cancel": ([cancel], 5),
}


def whole():
    """Give every row of every table, and every file."""
    root = settings.EVIDENCE_ROOT
    return everything(), sorted(root.iterdir()) if root.exists() else []


def take(act, cast, number):
    """Take a step with a fault after so many writes: what stood still stands; count its writes."""
    stood = whole()
    with failing_after(number) as writes:
        answer = act(cast)
    if len(writes) == number:
        assert answer.status_code == 500
        assert whole() == stood, f"half a save after {writes}"
    else:
        assert answer.status_code == 302, answer.content.decode()
        assert whole() != stood
    return len(writes)


@pytest.mark.parametrize(("acts", "least"), STEPS.values(), ids=list(STEPS))
def test_a_fault_after_any_write_leaves_what_stood_before(cast, acts, least):
    tried = 0
    for act in acts:
        number = 1
        while take(act, cast, number) == number:
            number += 1
        tried += number - 1

    assert tried >= least


@contextmanager
def no_transaction():
    """Stand in for the services' transaction: what was written before a fault stays."""
    try:
        yield
    except Fault:
        connection.set_rollback(False)
        raise


@pytest.mark.django_db
def test_control_without_the_transaction_half_a_save_is_found(
    cast, monkeypatch, every_request_is_sealed
):
    monkeypatch.setattr(transaction, "atomic", no_transaction)

    with pytest.raises(AssertionError, match="half a save"):
        take(submit, cast, 3)
    every_request_is_sealed.clear()  # the half that is there was never sealed


def test_control_without_clearing_up_a_file_is_found(cast, monkeypatch):
    monkeypatch.setattr(evidence, "_stored", careless)

    with pytest.raises(AssertionError, match="half a save"):
        take(attach, cast, 1)


@contextmanager
def careless(upload):
    path = settings.EVIDENCE_ROOT / "left-behind"
    yield path.name, evidence._store(upload, path)
