"""The permission file for what changes under somebody: their account, their role, their seat.

Each denied case is the allowed one with one thing changed, between two requests of one session.
What somebody becomes is a column of the file; what stays theirs by name is written down here.
"""

from __future__ import annotations

import importlib
import pkgutil
from contextlib import ExitStack
from unittest.mock import patch

from django.contrib import admin
from django.test import Client
from django.urls import reverse

from committee.models import Member, Seat
from roadmap import views
from roadmap.models import ActionItem
from tests.cast import NOBODY, address
from tests.cast_forms import form
from tests.factories import days
from tests.test_permissions import (
    LOGIN,
    TABLE,
    WITHIN_HTMX,
    OnStage,
    read,
    seen,
    undone,
    written,
)

OTHER_VERBS = ("OPTIONS", "PUT", "PATCH", "DELETE", "TRACE")
ASKING = ("anonymous_private", "viewer", "secretariat")
DENIED = ("viewer", "owner", "lead", "other_lead", "chair", "admin")
# Django admin and the account's own pages answer a verb they do not know as they answer GET.
# They write nothing then: test_security.py asks everything of every verb.
OF_LIBRARIES = ("admin", "account_", "mfa_", "socialaccount_", "usersessions_", "openid_connect_")


def to_viewer(person):
    Member.objects.filter(pk=person.pk).update(role="viewer")


def to_member(person):
    Member.objects.filter(pk=person.pk).update(role="member")


def closed(person):
    Member.objects.filter(pk=person.pk).update(is_active=False)


def seat_ended(person):
    Seat.objects.filter(member=person).update(until_date=days(-1))


def owns_nothing(person):
    ActionItem.objects.filter(owner=person).update(owner=None)


def contributes_no_more(person):
    for action in ActionItem.objects.filter(contributors=person):
        action.contributors.remove(person)


# Somebody, what happens to them, and whom they are like from then on.
CHANGES = {
    "secretariat loses the role": ("secretariat", to_viewer, "viewer"),
    "secretariat becomes a member": ("secretariat", to_member, "member"),
    "chair loses the role": ("chair", to_viewer, "viewer"),
    "admin loses the role": ("admin", to_viewer, "viewer"),
    "adviser loses the role": ("adviser", to_viewer, "viewer"),
    "owner becomes a viewer": ("owner", to_viewer, "viewer"),
    "lead's seat ends": ("lead", seat_ended, "member"),
    "lead of another workstream's seat ends": ("other_lead", seat_ended, "member"),
    "owner is no longer the owner": ("owner", owns_nothing, "member"),
    "contributor no longer contributes": ("contributor", contributes_no_more, "member"),
    "secretariat is shut out": ("secretariat", closed, "deactivated"),
    "owner is shut out": ("owner", closed, "deactivated"),
}
# What stays one's own whatever one's role: letters, notices, comments, requests, views, files.
OWN = {
    "owner": {
        "letter",
        "letter-resend",
        "notice-seen",
        "comment-edit",
        "comment-correct",
        "request-withdraw",
        "view-rename",
        "view-start",
        "view-delete",
    },
    "lead": {"figures-preview", "figures-notation", "figures-apply"},
}


class TestStates(OnStage):
    def changed(self, title, **headers):
        """Ask for all that differs by then, in the session of before; that the rest was allowed
        until then is what test_permissions.py asks."""
        who, change, like = CHANGES[title]
        self.roles = {name: person.role for name, person in self.cast.people.items()}
        wrong, asked = {}, 0
        kept = OWN.get(who, set()) if like not in NOBODY else set()
        for (name, method), row in TABLE.items():
            if row[who] == row[like] or name.rpartition(":")[2] in kept or is_machine(name):
                continue
            asked += 1
            after, tables = self.then(who, change, name, method, headers)
            expected = worded(row[like], name, method, headers)
            if after != expected or (tables and expected != "302"):
                wrong[name, method] = (expected, after, *tables)
        assert asked
        assert wrong == {}

    def then(self, who, change, name, method, headers):
        client = Client(raise_request_exception=False, headers=headers)
        client.cookies.load(self.cookies[who])
        place, sent = address(self.cast, name), form(self.cast, name)
        with undone():
            change(self.cast.people[who])
            self.sign_in_again(client, who)
            with written() as tables:
                answer = client.get(place) if method == "GET" else client.post(place, sent)
            read(answer)
        return seen(answer), tables

    def sign_in_again(self, client, who):
        """Another role ends the session: whoever has one by then signs in anew."""
        member = Member.objects.get(pk=self.cast.people[who].pk)
        if member.is_active and member.role != self.roles[who]:
            assert client.get(reverse("committee:profile")).status_code in (302, 401)
            client.force_login(member)


def worded(code, name, method, headers):
    if not headers:
        return code
    return "401" if code == LOGIN else WITHIN_HTMX.get((name, method), code)


def is_machine(name):
    """Leave out signing in and out: what they answer is asked in test_accounts.py."""
    return name.startswith(OF_LIBRARIES[1:])


def _make(title):
    def test(self):
        self.changed(title)

    return test


for _title in CHANGES:
    setattr(TestStates, f"test_from_the_next_request_on: {_title}", _make(_title))


class TestVerbs(OnStage):
    """HEAD answers as GET does, without a body; no other verb than GET and POST opens a door."""

    def visits(self, columns):
        for name in sorted({name for name, _method in TABLE}):
            for column in columns:
                client = Client(raise_request_exception=False)
                client.cookies.load(self.cookies.get(column, ""))
                with self.settings(PUBLIC_SITE=column != "anonymous_private"):
                    yield name, column, client, address(self.cast, name)

    def test_head_is_get_without_a_body(self):
        wrong = {}
        for name, column, client, place in self.visits(ASKING):
            with undone():
                answer = client.head(place)
            expected = TABLE[name, "GET"][column]
            if seen(answer) != expected or read(answer):
                wrong[name, column] = f"expected {expected}, got {seen(answer)}"
        assert wrong == {}

    def test_no_other_verb_opens_a_door(self):
        wrong = {}
        for name, column, client, place in self.visits(ASKING):
            for verb in OTHER_VERBS[:2] if name.startswith(OF_LIBRARIES) else OTHER_VERBS:
                with undone(), written() as tables:
                    answer = client.generic(verb, place)
                if tables or seen(answer) not in allowed(name, column, verb):
                    wrong[name, column, verb] = (seen(answer), *tables)
        assert wrong == {}


# Without a provider in the settings nothing of single sign-on is there.
NOT_THERE = {"committee:single-sign-on", "committee:single-sign-on-return"}


def allowed(name, column, verb):
    """Say what such a verb may answer: the wall, a refusal, or what a library answers to GET."""
    got = TABLE[name, "GET"][column]
    if got == LOGIN:
        return {LOGIN}
    if name.startswith(OF_LIBRARIES):
        return {got, "405"} | ({"200"} if verb == "OPTIONS" and got != "404" else set())
    return {"404"} if got == "404" and name in NOT_THERE else {"405"}


# A service of its own for each row; on stage there is none to be done.
ASK_FOR_EACH = {"roadmap:letters-resend"}


class TestServices(OnStage):
    """A service refuses by itself what the page before it refuses: pages may be forgotten."""

    def setUp(self):
        super().setUp()
        stack = ExitStack()
        self.addCleanup(stack.close)
        for module in pkgutil.iter_modules(views.__path__, "roadmap.views."):
            found = importlib.import_module(module.name)
            if hasattr(found, "ask"):
                stack.enter_context(patch.object(found, "ask", lambda allowed: None))

    def test_with_the_pages_asking_nothing_nobody_gets_further(self):
        wrong, asked = {}, 0
        for (name, method), row in TABLE.items():
            if method != "POST" or not name.startswith("roadmap:"):
                continue
            for column in DENIED:
                if row[column] != "403":
                    continue
                asked += 1
                answer, tables = self.ask(column, name, method)
                is_refused = answer.status_code in (403, 422) or name in ASK_FOR_EACH
                if not is_refused or tables:
                    wrong[name] = [*wrong.get(name, []), (column, answer.status_code, *tables)]
        assert asked > 200
        assert wrong == {}


class TestAdminDoors(OnStage):
    """Doors of Django admin that have no address of their own."""

    def staff(self):
        for column in ("secretariat", "admin"):
            client = Client(raise_request_exception=False)
            client.cookies.load(self.cookies[column])
            reverse("admin:index")  # the addresses are made, and what is not ours is gone
            for model in list(admin.site._registry):
                place = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
                yield client, model, reverse(place)

    def test_nothing_is_done_to_many_rows_at_once(self):
        done = []
        for client, model, place in self.staff():
            chosen = list(model.objects.values_list("pk", flat=True)[:3])
            for action in ("delete_selected", "make_admin", ""):
                sent = {"action": action, "_selected_action": chosen, "index": "0", "post": "yes"}
                with undone(), written() as tables:
                    read(client.post(place, sent))
                if tables:
                    done.append((model.__name__, action, *tables))
        assert done == []

    def test_no_row_is_edited_in_a_list(self):
        done = []
        for client, model, place in self.staff():
            count = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "_save": "Save"}
            row = {"form-0-id": "1", "form-0-role": "admin", "form-0-is_active": "on"}
            with undone(), written() as tables:
                read(client.post(place, count | row))
            if tables:
                done.append((model.__name__, *tables))
        assert done == []

    def test_no_list_can_be_asked_for_what_it_does_not_show(self):
        """A filter over a password's first letters would tell it letter by letter."""
        told = []
        for client, model, place in self.staff():
            for query in (
                "password__startswith=a",
                "recipient__password__startswith=a",
                "member__password__startswith=a",
                "owner__password__startswith=a",
                "_to_field=password",
            ):
                answer = client.get(f"{place}?{query}")
                if answer.status_code == 200:
                    told.append((model.__name__, query))
        assert told == []

    def test_autocomplete_serves_no_model(self):
        answers = {}
        for client, model, _place in self.staff():
            of = {"app_label": model._meta.app_label, "model_name": model._meta.model_name}
            for field in ("member", "owner", "deputy", "recipient", "institution", "workstream"):
                query = of | {"field_name": field, "term": ""}
                code = client.get(reverse("admin:autocomplete"), query).status_code
                answers[model.__name__, field] = code
        assert {key: code for key, code in answers.items() if code != 403} == {}
