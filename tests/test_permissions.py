"""Who may ask what of every address: permissions.csv says it, the site must answer so.

The file is written by hand from the design and never read by the application. Each denied
case is the allowed one with another person; an allowed form really changes something, a denied
one writes nothing at all.
"""

from __future__ import annotations

import csv
import logging
import re
from contextlib import contextmanager
from functools import partialmethod
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.test import Client, TestCase, override_settings
from django.urls import reverse

from committee.models import Member
from tests import cast as casting
from tests.cast import COLUMNS, NOBODY, address
from tests.cast_forms import form
from tests.factories import days

FILE = Path(__file__).with_name("permissions.csv")
METHODS = ("GET", "POST")
LOGIN = "login"  # the wall: a redirect to the sign-in page, for htmx a fragment with 401;
# a form sent by nobody gets a page with 401 that leads there, with what was typed.
# Sessions and counters of tries are not the roadmap's content.
KEPT_BY_THE_MACHINE = {"django_session", "cache"}
WRITE = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
# Signing in, out or proving who one is changes only the own account and its session.
OWN_ACCOUNT = {
    *("account_login", "account_logout", "account_reset_password"),
    "committee:sessions",
}
CHANGES = re.compile(r"_\w+_(add|change|role|invite|enrol|reset)\Z")
# Within htmx the clock's strip is asked for by itself.
WITHIN_HTMX = {("roadmap:clock", "GET"): "200"}
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def table():
    with FILE.open(newline="") as file:
        return {(row["name"], row["method"]): row for row in csv.DictReader(file)}


TABLE = table()


class OnStage(TestCase):
    """The cast is gathered once; every request is undone."""

    @classmethod
    def setUpTestData(cls):
        with override_settings(PASSWORD_HASHERS=QUICK):
            cls.cast = casting.gather()
            cls.cookies = {name: cookies_of(person) for name, person in cls.cast.people.items()}

    def setUp(self):
        logging.disable(logging.CRITICAL)  # a refusal is told there, too
        self.addCleanup(logging.disable, logging.NOTSET)

    def ask(self, column, name, method, **headers):
        """Send one request as somebody, undo it, and say what it answered and wrote."""
        client = Client(raise_request_exception=False, headers=headers)
        client.cookies.load(self.cookies.get(column, ""))
        public = self.settings(PUBLIC_SITE=column != "anonymous_private")
        with public, undone():
            if column == "deputy":
                self.send_owner_away()
            place, sent = address(self.cast, name), form(self.cast, name)
            with written() as tables:
                answer = client.get(place) if method == "GET" else client.post(place, sent)
            read(answer)
        return answer, tables

    def send_owner_away(self):
        owner = Member.objects.filter(pk=self.cast.people["owner"].pk)
        owner.update(paused_from=days(-1), paused_until=days(1))


def read(answer):
    """Read an answer to its end: only then does the client keep the connection open."""
    return b"".join(answer) if answer.streaming else answer.content


def cookies_of(person):
    client = Client()
    client.force_login(Member.objects.get(pk=person.pk))
    return {name: cookie.value for name, cookie in client.cookies.items()}


@contextmanager
def undone():
    mark = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(mark)


@contextmanager
def written():
    """Collect the tables that are written to."""
    tables = set()

    def watch(execute, sql, params, many, context):
        if found := WRITE.match(sql):
            tables.add(found.group(1))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield tables
    tables -= KEPT_BY_THE_MACHINE


def seen(answer):
    """Name an answer as the file does."""
    way_in = reverse("account_login") + "?next="
    if answer.status_code == 401:
        is_wall = f'href="{way_in}'.encode() in answer.content
    else:
        where = answer.headers.get("Location", "")
        is_wall = answer.status_code == 302 and where.startswith(way_in)
    return LOGIN if is_wall else str(answer.status_code)


def may_write(name, method, column, code):
    """Say whether this answer must have changed something, must not, or either (None)."""
    if method == "GET" or code != "302" or (column in NOBODY and name not in OWN_ACCOUNT):
        return False
    if name in OWN_ACCOUNT or name.startswith(("account_", "mfa_")):
        return None
    if name.startswith("admin"):
        return bool(CHANGES.search(name))
    return True


LEDGER = "committee_auditentry"
# What a person does that changes nothing of the record.
IN_NO_LEDGER = {
    # One's own shelf: views, notices seen, packs ordered, files not yet applied.
    *("roadmap:view-save", "roadmap:view-delete", "roadmap:view-rename", "roadmap:view-start"),
    *("roadmap:notice-seen", "roadmap:notices-seen", "roadmap:packs"),
    *("roadmap:figures-import", "roadmap:figures-notation"),
    "roadmap:clock-step",  # the rehearsal's clock; what its days bring is recorded
}


class TestAnswers(OnStage):
    def everybody_gets_the_answer_written_down(self, name, method):
        wrong = {}
        for column in COLUMNS:
            expected = TABLE[name, method][column]
            answer, tables = self.ask(column, name, method)
            must = may_write(name, method, column, expected)
            if seen(answer) != expected:
                wrong[column] = f"expected {expected}, got {seen(answer)}"
            elif must is not None and must != bool(tables):
                wrong[column] = f"{expected}, but wrote {sorted(tables) or 'nothing'}"
            elif must and name not in IN_NO_LEDGER and LEDGER not in tables:
                wrong[column] = f"wrote {sorted(tables)}, and is in no ledger"
        assert wrong == {}

    def test_a_deputy_of_somebody_who_is_here_is_a_stranger(self):
        client = Client()
        client.cookies.load(self.cookies["deputy"])

        assert client.get(address(self.cast, "roadmap:action-report")).status_code == 403

    def test_a_hole_would_be_seen(self):
        """The harness itself can fail: with one rule away, it does."""
        for rule, name in (("may_verify", "action-verify"), ("may_edit_action", "action-edit")):
            with (
                patch(f"roadmap.rules.permissions.{rule}", lambda actor, action: True),
                pytest.raises(AssertionError, match="expected 403, got 302"),
            ):
                self.everybody_gets_the_answer_written_down(f"roadmap:{name}", "POST")


class TestWithinHtmx(OnStage):
    def htmx_opens_no_other_door(self, name, method):
        wrong = {}
        for column in COLUMNS:
            expected = TABLE[name, method][column]
            expected = "401" if expected == LOGIN else WITHIN_HTMX.get((name, method), expected)
            answer, tables = self.ask(column, name, method, **{"HX-Request": "true"})
            if seen(answer) != expected:
                wrong[column] = f"expected {expected}, got {seen(answer)}"
            elif expected == "401" and (b"<html" in answer.content or tables):
                wrong[column] = "the fragment is a page, or something was written"
        assert wrong == {}


def generate(place, check, keys):
    """Make one test of each row of the table."""
    for name, method in keys:
        title = f"test_{check.__name__}: {method} {name}"
        setattr(place, title, partialmethod(check, name, method))


generate(TestAnswers, TestAnswers.everybody_gets_the_answer_written_down, TABLE)
generate(
    TestWithinHtmx,
    TestWithinHtmx.htmx_opens_no_other_door,
    [key for key in TABLE if key[0].startswith(("roadmap:", "committee:"))],
)


def test_no_address_escapes_the_table():
    reachable = {(name, method) for name, _route in casting.names() for method in METHODS}

    assert set(TABLE) == reachable


def test_every_column_is_filled_in():
    assert all(set(row) == {"name", "method", *COLUMNS} for row in TABLE.values())
    assert all(value for row in TABLE.values() for value in row.values())


def test_the_application_never_reads_the_table():
    root = FILE.parents[1]
    sources = [path for app in ("committee", "umkm", "roadmap") for path in (root / app).rglob("*")]
    found = [p for p in sources if p.suffix in (".py", ".html") and FILE.name in p.read_text()]

    assert [path.name for path in found] == ["urls.py"]  # which names it in its docstring
