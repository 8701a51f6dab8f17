"""What holds of every answer of the site, whoever asks for whatever."""

from __future__ import annotations

import logging
from typing import ClassVar

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import models
from django.http import HttpResponse
from django.test import Client, TestCase, override_settings

from committee.models import AuditEntry, Institution, Member, Workstream
from tests import cast as casting
from tests.cast import address
from tests.cast_forms import form
from tests.test_permissions import QUICK, TABLE, cookies_of, read, undone, written
from tests.unchanged import everything

CSP = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
READERS = (None, "member", "secretariat", "admin")
NAMES = sorted({name for name, _method in TABLE})
# Following a one-time link proves whose address it is, and allauth notes that at once.
NOTED_BY_FOLLOWING = {"account_reset_password_from_key": {"account_emailaddress"}}


class OnStage(TestCase):
    @classmethod
    def setUpTestData(cls):
        with override_settings(PASSWORD_HASHERS=QUICK):
            cls.cast = casting.gather()
            cls.cookies = {name: cookies_of(person) for name, person in cls.cast.people.items()}
        cls.prepare()

    @classmethod
    def prepare(cls):
        """Add what a test needs beside the cast."""

    def setUp(self):
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)

    def client_of(self, name, **options):
        client = Client(raise_request_exception=False, **options)
        client.cookies.load(self.cookies.get(name, ""))
        return client

    def visits(self, **headers):
        """Read every address as nobody, a member, the secretariat and an admin."""
        for reader in READERS:
            client = self.client_of(reader, headers=headers)
            for name in NAMES:
                with undone():
                    answer = client.get(address(self.cast, name))
                    yield reader, name, answer, read(answer)


class TestHeaders(OnStage):
    seen: ClassVar[list[tuple[str | None, str, HttpResponse]]] = []

    def answers(self):
        """Visit every address once for all tests of this class: reading changes nothing."""
        if not self.seen:
            self.seen.extend((reader, name, answer) for reader, name, answer, _ in self.visits())
        return self.seen

    def test_every_answer_carries_the_policy_and_its_companions(self):
        lacking = {}
        for reader, name, answer in self.answers():
            if name != "roadmap:evidence" or reader is None:
                lacking[reader, name] = lacks(answer)

        assert {key: what for key, what in lacking.items() if what} == {}

    def test_refusals_and_fragments_carry_them_too(self):
        client, admin = self.client_of("viewer"), self.client_of("secretariat")
        within = {"headers": {"HX-Request": "true"}}
        answers = {
            404: [
                client.get("/nothing/"),
                client.get("/nothing/", **within),
                admin.get("/admin/x/"),
            ],
            403: [
                client.get(address(self.cast, "roadmap:action-edit")),
                client.get(address(self.cast, "roadmap:action-edit"), **within),
            ],
            401: [
                self.client_of(None).get(address(self.cast, "roadmap:my"), **within),
                self.client_of(None).post(address(self.cast, "roadmap:action-edit")),
            ],
            405: [client.post(address(self.cast, "roadmap:my"))],
            200: [admin.get(address(self.cast, "roadmap:clock"), **within)],
        }

        for status, found in answers.items():
            assert [(one.status_code, lacks(one)) for one in found] == [(status, set())] * len(
                found
            )

    def test_private_pages_stay_out_of_every_store(self):
        kept = {
            name
            for reader, name, answer in self.answers()
            if reader and "no-store" not in answer.headers.get("Cache-Control", "")
        }

        assert kept == set()

    def test_a_download_may_run_nothing(self):
        answer = self.client_of("viewer").get(address(self.cast, "roadmap:evidence"))

        read(answer)
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer["X-Content-Type-Options"] == "nosniff"


def lacks(answer):
    policy = set(answer.headers.get("Content-Security-Policy", "").split("; "))
    missing = {name for name, value in HEADERS.items() if answer.headers.get(name) != value}
    return missing | (policy ^ CSP)


class TestReading(OnStage):
    def test_reading_writes_nothing(self):
        before = everything()
        writers = set()
        for reader in READERS:
            client = self.client_of(reader)
            for name in NAMES:
                for method in (client.get, client.head, client.options):
                    with undone(), written() as tables:
                        read(method(address(self.cast, name)))
                    if tables - NOTED_BY_FOLLOWING.get(name, set()):
                        writers.add((name, *tables))

        assert writers == set()
        assert everything() == before

    def test_no_other_verb_writes(self):
        client = self.client_of("secretariat")
        writers = set()
        for name in NAMES:
            for verb in ("put", "patch", "delete", "trace"):
                with undone(), written() as tables:
                    read(getattr(client, verb)(address(self.cast, name)))
                if tables - NOTED_BY_FOLLOWING.get(name, set()):
                    writers.add((name, verb))

        assert writers == set()


EXTRA = {
    "id": "999",
    "pk": "999",
    "role": "admin",
    "is_staff": "1",
    "is_active": "",
    "is_superuser": "1",
    "status": "verified",
    "progress": "100",
    "due_date": "2030-01-01",
    "first_due_date": "2030-01-01",
    "code": "X-1",
    "number": "77",
    "created_on": "2000-01-01",
    "created_by": "1",
    "by": "1",
    "reported_on": "2018-09-24",
    "submitted_by": "1",
    "times_moved": "9",
    "date_generation": "9",
    "import_key": "x",
    "superseded_at": "2018-01-01",
}
# The steps whose form has a field of that name.
ASKS = {"action-report": {"status", "progress"}, "action-create": {"due_date"}}
ASKS |= {
    "action-move": {"due_date"},
    "milestone-move": {"due_date"},
    "milestone-create": {"due_date"},
    "advice-answer": {"due_date"},
    "decision-create": {"due_date"},
    "decision-edit": {"due_date"},
}


# Texts that hold such numbers, or are drawn by lot.
DRAWN = {"item", "occasion", "dedupe_key", "message_id", "password", "slug", "act"}


class TestExtraFields(OnStage):
    def test_what_a_form_does_not_ask_is_never_applied(self):
        wrong = {}
        for name, method in TABLE:
            plain = name.removeprefix("roadmap:")
            if (
                method != "POST"
                or not name.startswith("roadmap:")
                or TABLE[name, method]["secretariat"] != "302"
            ):
                continue
            extra = {key: value for key, value in EXTRA.items() if key not in ASKS.get(plain, ())}
            honest, sneaky = self.effect(name, {}), self.effect(name, extra)
            if honest != sneaky:
                wrong[name] = {table for table in honest if honest[table] != sneaky[table]}

        assert wrong == {}

    def effect(self, name, extra):
        client = self.client_of("secretariat")
        with undone():
            fields = form(self.cast, name) | {"token": "7b2d4f0e-5a1c-4c3e-9f00-1234567890ab"}
            place = address(self.cast, name)
            known = {
                model: set(model.objects.values_list("pk", flat=True))
                for model in (Member, Institution, Workstream)
            }
            answer = client.post(place, extra | fields)
            assert answer.status_code == 302, (name, extra)
            return {model.__name__: facts(model, known) for model in apps.get_models()}


def facts(model, known):
    """Give what the rows of a table say, without numbers that only the database gives out.

    Of people and places those `known` before are told apart; a new one is told by its own row.
    """
    kept = {
        field.attname: field.related_model
        for field in model._meta.concrete_fields
        if not isinstance(field, models.AutoField | models.DateTimeField)
        and (field.related_model in known or not field.is_relation)
        and field.name not in DRAWN
    }
    # They hold keys that are drawn anew; the rows they tell of are compared.
    if model in (AuditEntry, LogEntry):
        return []
    rows = model.objects.values_list(*kept)
    return sorted(
        repr([_told(value, known.get(of)) for value, of in zip(row, kept.values(), strict=True)])
        for row in rows
    )


def _told(value, known):
    return value if known is None or value is None or value in known else "new"
