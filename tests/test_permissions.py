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
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from committee.models import Member
from tests import cast as casting
from tests.cast import COLUMNS, NOBODY, address
from tests.cast_forms import form
from tests.factories import days

FILE = Path(__file__).with_name("permissions.csv")
METHODS = ("GET", "POST")
LOGIN = "login"  # the wall: a redirect to the sign-in page, for htmx a fragment with 401
# Sessions and counters of tries are not the roadmap's content.
KEPT_BY_THE_MACHINE = {"django_session", "cache"}
WRITE = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
# Signing in, out or proving who one is changes only the own account and its session.
OWN_ACCOUNT = {"account_login", "account_logout", "account_reset_password"}
CHANGES = re.compile(r"(_add|_change|_role|_invite)\Z")
# Within htmx the clock's strip is asked for by itself.
WITHIN_HTMX = {("roadmap:clock", "GET"): 200}


def table():
    with FILE.open(newline="") as file:
        return {(row["name"], row["method"]): row for row in csv.DictReader(file)}


TABLE = table()


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker):
    """Gather the cast once; every request is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast = casting.gather()
        yield cast, {name: _signed_in(person) for name, person in cast.people.items()}
        transaction.set_rollback(True)
    connection.close()


def _signed_in(person):
    client = Client(raise_request_exception=False)
    client.force_login(Member.objects.get(pk=person.pk))
    return client.cookies.output(header="", sep=";")


@pytest.fixture
def ask(stage, settings):
    """Send one request as somebody, undo it, and say what it answered and wrote."""
    cast, cookies = stage

    def send(column, name, method, **headers):
        settings.PUBLIC_SITE = column != "anonymous_private"
        client = Client(raise_request_exception=False)
        client.cookies.load(cookies.get(column, ""))
        with undone():
            if column == "deputy":
                away = {"paused_from": days(-1), "paused_until": days(1)}
                Member.objects.filter(pk=cast.people["owner"].pk).update(**away)
            place, sent = address(cast, name), form(cast, name)
            with written() as tables:
                if method == "GET":
                    answer = client.get(place, headers=headers)
                else:
                    answer = client.post(place, sent, headers=headers)
        answer.close()
        return answer, tables

    return send


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
    where = answer.headers.get("Location", "")
    is_wall = answer.status_code == 302 and where.startswith(reverse("account_login") + "?next=")
    return LOGIN if is_wall else str(answer.status_code)


def may_write(name, method, column, code):
    """Say whether this answer must have changed something, must not, or either (None)."""
    if method == "GET" or code != "302" or (column in NOBODY and name not in OWN_ACCOUNT):
        return False
    if name in OWN_ACCOUNT or name.startswith("account_"):
        return None
    if name.startswith("admin"):
        return bool(CHANGES.search(name))
    return True


@pytest.mark.parametrize(("name", "method"), TABLE, ids="-".join)
def test_everybody_gets_the_answer_written_down(ask, name, method, caplog):
    caplog.set_level(logging.CRITICAL)
    wrong = {}
    for column in COLUMNS:
        expected = TABLE[name, method][column]
        answer, tables = ask(column, name, method)
        if seen(answer) != expected:
            wrong[column] = f"expected {expected}, got {seen(answer)}"
        elif (must := may_write(name, method, column, expected)) is not None and must != bool(
            tables
        ):
            wrong[column] = f"{expected}, but wrote {sorted(tables) or 'nothing'}"

    assert wrong == {}


@pytest.mark.parametrize(
    ("name", "method"), [key for key in TABLE if not key[0].startswith("a")], ids="-".join
)
def test_htmx_opens_no_other_door(ask, name, method, caplog):
    caplog.set_level(logging.CRITICAL)
    wrong = {}
    for column in COLUMNS:
        expected = TABLE[name, method][column]
        expected = "401" if expected == LOGIN else str(WITHIN_HTMX.get((name, method), expected))
        answer, tables = ask(column, name, method, **{"HX-Request": "true"})
        if seen(answer) != expected:
            wrong[column] = f"expected {expected}, got {seen(answer)}"
        elif expected == "401" and (b"<html" in answer.content or tables):
            wrong[column] = "the fragment is a page, or something was written"

    assert wrong == {}


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


def test_a_deputy_of_somebody_who_is_here_is_a_stranger(stage):
    cast, cookies = stage
    client = Client()
    client.cookies.load(cookies["deputy"])
    place = address(cast, "roadmap:action-report")

    assert client.get(place).status_code == 403
