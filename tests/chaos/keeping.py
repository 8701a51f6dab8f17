"""What is done inside a site that is backed up: it is lived in, damaged, and told apart."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from committee import clock, outbox
from committee.enums import LetterKind
from committee.models import Member
from roadmap.enums import Status
from roadmap.models import ActionItem, Evidence
from roadmap.services import archive_tables, evidence, reports
from roadmap.services.changes import Attempt, Words
from tests import committee_factories
from tests import factories as make
from tests.unchanged import everything

Order = dict[str, Any]
FILES = 4
PDF = b"%PDF-1.4\n%%EOF"


def somebodys() -> ActionItem:
    """Give an action in progress that somebody owns."""
    found = ActionItem.objects.exclude(owner=None).filter(status=Status.IN_PROGRESS)
    return found.order_by("pk")[0]


def live_in(_order: Order) -> None:
    """Spend some days in a rehearsal: letters, reports, evidence, a closed meeting, a session."""
    call_command("clock", "+3d", wait=True)
    moment, action = clock.read(), somebodys()

    def attempt() -> Attempt:
        return Attempt(by=action.owner, at=moment, token=uuid4())

    claim = reports.Report(Status.IN_PROGRESS, progress=55)
    words = Words(note='Rancangan "é" dikirim\nke Setneg; 100 % 🙂')
    reports.report(action=action, attempt=attempt(), claim=claim, words=words)
    for number in range(FILES):
        upload = SimpleUploadedFile(f"surat {number}.pdf", b"%PDF-1.4\n" + os.urandom(70_000))
        evidence.add_file(
            action=action, attempt=attempt(), title=f"Surat {number}", upload=upload,
            content_type="application/pdf",
        )  # fmt: skip
    evidence.add_link(action=action, attempt=attempt(), title="Laman", url="https://a.example/")
    committee_factories.meeting(closed=True)
    make.institution("FANA").delete()  # its number is never given again
    Client().force_login(action.owner)
    for member in Member.objects.order_by("pk")[:3]:
        outbox.enqueue(
            kind=LetterKind.PASSWORD_RESET, recipient=member, policy_date=moment.today,
            dedupe_key=f"reset:{member.pk}", expires_at=timezone.now(),
        )  # fmt: skip


def tell(order: Order) -> None:
    """Write down every row of every table, the numbers last given, and the locks that stand."""
    models = archive_tables.kept()
    found = {
        "rows": everything(),
        "last": {name: archive_tables.last_id(model) for name, model in models.items()},
        "locks": locks(),
    }
    Path(order["folder"], "told.json").write_text(json.dumps(found))


def locks() -> list[Any]:
    """Give every trigger as the database knows it, and whether it is on."""
    on_postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"
            if on_postgres
            else "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        )
        return [list(row) for row in cursor.fetchall()]


def damage(order: Order) -> None:
    """Lose one file of evidence and change another, as a bad disk would."""
    first, second = Evidence.objects.exclude(stored_name="").order_by("pk")[:2]
    (settings.EVIDENCE_ROOT / first.stored_name).unlink()
    (settings.EVIDENCE_ROOT / second.stored_name).write_bytes(b"%PDF-1.4 other")


def attach(order: Order) -> None:
    """Send the form with a file, as its owner does."""
    action, client = somebodys(), Client(SERVER_NAME="127.0.0.1")
    client.force_login(action.owner)
    fields = {
        "title": "Surat", "version": action.version, "token": str(uuid4()),
        "file": SimpleUploadedFile("surat.pdf", PDF, "application/pdf"),
    }  # fmt: skip
    answer = client.post(reverse("roadmap:evidence-add", args=[action.code]), fields)
    assert answer.status_code == 302, answer.content.decode()


def add_one(_order: Order) -> None:
    """Make a row, as the site would."""
    make.institution("BARU")


ROLES = {"live in": live_in, "tell": tell, "damage": damage, "add one": add_one, "attach": attach}
