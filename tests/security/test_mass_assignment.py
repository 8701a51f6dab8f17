"""What a form does not ask for is never applied; one's own work and a lost role give no right.

Fields that nobody offered are sent with every form. Roles are taken away between a page's check
and the service's, and two people answer the same thing at once.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier, Event
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from committee import clock
from committee.models import Institution, Member, Workstream
from roadmap import views
from roadmap.models import ActionItem, DueDateChange
from roadmap.services import rehearsal
from tests import committee_factories as committee
from tests import factories
from tests.cast import NOBODY, address
from tests.cast_forms import form
from tests.factories import days
from tests.security.test_access_only import ROOT
from tests.test_permissions import TABLE, OnStage, read, undone, written
from tests.test_security import EXTRA, facts

MORE = {
    "is_staff": "on",
    "is_superuser": "on",
    "password": "md5$a$b",
    "version": "0",
    "deadline": "2030-01-01",
    "published": "1",
    "last_login": "2000-01-01",
    "joined_at": "2000-01-01",
    "state": "sent",
    "kind": "deputy",
    "applied_at": "2000-01-01",
    "closed_on": "2000-01-01",
    "opened_on": "2000-01-01",
    "answered_on": "2000-01-01",
    "slug": "lain",
}
# What these forms do ask for, though the honest sender leaves it as it is.
ASKED = {
    "admin:committee_member_add": {"role"},
    "admin:committee_member_role": {"role"},
    "admin:committee_member_change": {"is_active"},
    "admin:committee_seat_add": {"kind"},
    "admin:committee_institution_add": {"code", "kind"},
    "admin:committee_institution_change": {"kind"},
    "admin:roadmap_reminderrule_add": {"is_active", "slug", "workstream"},
    "admin:roadmap_reminderrule_change": {"is_active", "workstream"},
    "admin:roadmap_periodrule_add": {"is_active"},
    "admin:roadmap_periodrule_change": {"is_active"},
    "admin:umkm_indicator_add": {"workstream"},
    "admin:umkm_indicator_change": {"workstream"},
    "admin:roadmap_actionitem_change": set(),
}
# What each of these holds is drawn by lot, or of the machine.
MACHINE = (Session,)
NOT_ASKED = ("account_", "mfa_", "socialaccount_", "usersessions_", "openid_connect_")


def senders(name):
    """Name who may send this form: everybody in Django admin, elsewhere the first of them."""
    row = TABLE[name, "POST"]
    allowed = [who for who, code in row.items() if code == "302" and who not in NOBODY]
    return allowed if name.startswith("admin:") else allowed[:1]


class TestNothingMore(OnStage):
    def test_what_a_form_does_not_ask_is_never_applied(self):
        wrong, asked = {}, 0
        for name, method in TABLE:
            if method != "POST" or name.startswith(NOT_ASKED):
                continue
            if name.startswith("roadmap:") and TABLE[name, method]["secretariat"] == "302":
                continue  # asked in test_security.py
            for who in senders(name):
                asked += 1
                if found := self.difference(who, name):
                    wrong[name, who] = found
        assert asked > 30
        assert wrong == {}

    def difference(self, who, name):
        """Name the tables in which the extra fields made a difference."""
        honest, sneaky = self.effect(who, name, {}), self.effect(who, name, self.extra(name))
        return {table for table in honest if honest[table] != sneaky[table]}

    def extra(self, name):
        """Gather what is sent besides: fields of every table, and other people's rows."""
        more = EXTRA | MORE | {"workstream": self.other_place(), "owner": self.viewer()}
        more |= {"member": self.viewer(), "recipient": self.viewer(), "author": self.viewer()}
        return {key: value for key, value in more.items() if key not in ASKED.get(name, ())}

    def other_place(self):
        return Workstream.objects.get(code="FUND").pk

    def viewer(self):
        return self.cast.people["viewer"].pk

    def effect(self, who, name, extra):
        client = Client(raise_request_exception=False)
        client.cookies.load(self.cookies[who])
        with undone():
            known = {
                model: set(model.objects.values_list("pk", flat=True))
                for model in (Member, Institution, Workstream)
            }
            sent = form(self.cast, name) | {"token": "7b2d4f0e-5a1c-4c3e-9f00-1234567890ab"}
            read(client.post(address(self.cast, name), extra | sent))
            tables = [model for model in apps.get_models() if model not in MACHINE]
            return {model.__name__: facts(model, known) for model in tables}

    def test_nobody_gives_oneself_a_role_on_the_own_page(self):
        """One's own profile and one's own row in Django admin: the short way up."""
        for who in ("viewer", "member", "secretariat", "admin"):
            client = Client(raise_request_exception=False)
            client.cookies.load(self.cookies[who])
            person = self.cast.people[who]
            raise_me = {"role": "chair" if who == "admin" else "admin", "is_staff": "on"}
            own = reverse("admin:committee_member_change", args=[person.pk])
            role = reverse("admin:committee_member_role", args=[person.pk])
            profile = form(self.cast, "committee:profile")
            seats = {"seats-TOTAL_FORMS": "0", "seats-INITIAL_FORMS": "0"}
            shown = {"name": who, "email": person.email, "language": "id", "letter_hour": "8"}
            shown |= {"time_zone": "Asia/Jakarta", "is_active": "on"}
            with undone():
                client.post(reverse("committee:profile"), profile | raise_me)
                client.post(own, seats | shown | raise_me)
                client.post(role, raise_me)
                person.refresh_from_db()
                assert person.role == who if who != "member" else "member"


def test_every_form_of_a_model_names_its_fields():
    """Neither all fields nor all but some: a field added later is in no form by itself."""
    found = []
    for app in ("committee", "umkm", "roadmap"):
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            found += [(path.name, line) for line in too_many(ast.parse(path.read_text()))]

    assert found == []


def too_many(tree):
    """Give the lines on which a form or an admin takes every field of a model, or of a request."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {getattr(target, "id", "") for target in targets}
            is_all = isinstance(node.value, ast.Constant) and node.value.value == "__all__"
            if "exclude" in names or ("fields" in names and is_all):
                yield node.lineno
        if isinstance(node, ast.Call):
            for word in node.keywords:
                sent = ast.unparse(word.value)
                if word.arg is None and sent.startswith(("request.POST", "request.GET")):
                    yield node.lineno
                if word.arg == "fields" and sent == "'__all__'":
                    yield node.lineno


@pytest.mark.parametrize(
    "code",
    [
        "class Meta:\n    fields = '__all__'",
        "class Meta:\n    exclude = ['role']",
        "Member.objects.filter(**request.GET.dict())",
        "modelform_factory(Member, fields='__all__')",
    ],
)
def test_such_a_form_would_be_seen(code):
    assert list(too_many(ast.parse(code)))


class TestOwnWork(OnStage):
    """Nobody verifies or returns what they had a part in, whatever their role."""

    def part(self, who, relation):
        """Give somebody a part in the submitted action."""
        person, action = self.cast.people[who], self.cast.submitted
        rows = ActionItem.objects.filter(pk=action.pk)
        if relation == "contributor":
            action.contributors.add(person)
        elif relation == "deputy":
            away = {"deputy": person, "paused_from": days(-1), "paused_until": days(1)}
            Member.objects.filter(pk=self.cast.people["owner"].pk).update(**away)
        elif relation:
            rows.update(**{relation: person})

    def answers(self, who, relation):
        """Tell what the two steps answer, and whether anything was written."""
        client = Client(raise_request_exception=False)
        client.cookies.load(self.cookies[who])
        for step in ("action-verify", "action-return"):
            name = f"roadmap:{step}"
            with undone():
                self.part(who, relation)
                with written() as tables:
                    sent = client.post(address(self.cast, name), form(self.cast, name))
                yield sent.status_code, bool(tables)

    def test_one_changed_thing_refuses_it(self):
        for who in ("secretariat", "chair"):
            assert set(self.answers(who, "")) == {(302, True)}
            for relation in ("owner", "submitted_by", "contributor", "deputy"):
                assert set(self.answers(who, relation)) == {(403, False)}, (who, relation)

    def test_who_asked_for_a_date_does_not_approve_it(self):
        """Only the secretariat approves, and it does not ask: the asker is always another."""
        name = "roadmap:request-approve"
        for who in ("owner", "lead", "contributor"):
            answer, tables = self.ask(who, name, "POST")
            assert (answer.status_code, tables) == (403, set())


class TestRevoked(OnStage):
    """A role that is taken away while a request runs is gone: the service asks once more."""

    def setUp(self):
        super().setUp()
        stack = ExitStack()
        self.addCleanup(stack.close)
        for module in pkgutil.iter_modules(views.__path__, "roadmap.views."):
            found = importlib.import_module(module.name)
            if hasattr(found, "ask"):
                stack.enter_context(patch.object(found, "ask", self.ask_then_revoke))

    def ask_then_revoke(self, allowed):
        assert allowed
        self.revoke()

    def revoke(self):
        Member.objects.filter(pk=self.cast.people["secretariat"].pk).update(role="viewer")

    def test_between_the_page_and_the_service(self):
        wrong, asked = {}, 0
        for (name, method), row in TABLE.items():
            may_not = (row["secretariat"], row["viewer"]) == ("302", "403")
            if method != "POST" or not name.startswith("roadmap:") or not may_not:
                continue
            if name == "roadmap:clock-step":  # its page asks nothing; asked below
                continue
            asked += 1
            answer, tables = self.ask("secretariat", name, method)
            if answer.status_code != 403 or tables - {"committee_member"}:
                wrong[name] = (answer.status_code, *tables)
        assert asked > 40
        assert wrong == {}

    def test_where_no_page_asks_the_service_does(self):
        secretary = self.cast.people["secretariat"]
        with undone():
            self.revoke()
            with pytest.raises(PermissionDenied):
                rehearsal.step(by=secretary, days=1, moment=clock.read())


needs_two = pytest.mark.skipif("connection.vendor == 'sqlite'", reason="one connection in memory")


def post(person, name, row, **fields):
    """Send a form from a thread of its own."""
    client = Client(raise_request_exception=False)
    client.force_login(person)
    try:
        sent = {"token": str(uuid4()), "version": row.version, **fields}
        key = getattr(row, "code", row.pk)
        return client.post(reverse(f"roadmap:{name}", args=[key]), sent).status_code
    finally:
        connections.close_all()


def at_once(*calls):
    """Begin everything at the same moment."""
    start = Barrier(len(calls))

    def begin(call):
        start.wait(timeout=30)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(begin, calls))


@needs_two
@pytest.mark.django_db(transaction=True)
def test_two_approvers_at_once_approve_once():
    people = [factories.member("secretariat") for _ in range(2)]
    for _round in range(10):
        request = committee.date_request(factories.action(owner=factories.member()))
        approve = [lambda who=who, row=request: post(who, "request-approve", row) for who in people]

        answers = at_once(*approve)

        assert sorted(answers)[0] == 302
        assert sorted(answers)[1] in (302, 409, 422)
        assert DueDateChange.objects.filter(action=request.action).count() == 1


@needs_two
@pytest.mark.django_db(transaction=True)
def test_two_who_verify_at_once_verify_once():
    people = [factories.member(role) for role in ("secretariat", "chair")]
    for _round in range(10):
        action = factories.action(owner=factories.member(), submitted=True)
        verify = [lambda who=who, row=action: post(who, "action-verify", row) for who in people]

        answers = at_once(*verify)

        assert sorted(answers) in ([302, 409], [302, 422])
        assert action.updates.filter(kind="verified").count() == 1


@needs_two
@pytest.mark.django_db(transaction=True)
def test_a_role_taken_away_while_fifty_requests_run_is_gone():
    """What began after the role was gone is refused; what was accepted is what was written."""
    person = factories.member("secretariat")
    action = factories.action(owner=factories.member())
    revoked = Event()

    def one(number):
        began_after = revoked.is_set()
        fields = {"due_date": days(200 + number).isoformat(), "due_precision": "day"}
        row = ActionItem.objects.get(pk=action.pk)
        code = post(person, "action-move", row, note="Diputuskan rapat.", **fields)
        if number == 10:
            Member.objects.filter(pk=person.pk).update(role="viewer")
            revoked.set()
        return began_after, code

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(one, range(50)))
    connection.close()

    late = {code for began_after, code in answers if began_after}
    accepted = [code for _late, code in answers].count(302)
    assert late == {401}  # another role ends the session
    assert 0 < accepted < 50
    assert action.updates.filter(kind="moved").count() == accepted
