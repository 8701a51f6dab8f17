"""Objects are fetched through access functions alone, and lists show exactly what those give.

A view or form that asks the database for one row by a key from the address could forget the
rule; so none does, except where the row is nobody's to hide: each such place has its reason.
"""

from __future__ import annotations

import ast
import random
import re
from pathlib import Path

import pytest
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from committee import access as committee_access
from committee import outbox
from committee.enums import LetterKind, Role
from committee.models import Letter, Meeting, RehearsalClock
from committee.rules.days import PastDay
from roadmap import access
from roadmap.models import ActionItem, Milestone, Reminder, SavedView
from tests import committee_factories as committee
from tests import factories
from tests.factories import TODAY, days
from tests.stage.notices import notice
from tests.stage.views import saved

ROOT = Path(__file__).resolve().parents[2]
BY_KEY = {"pk", "id", "slug", "code", "number", "pk__in", "id__in"}
SHORTCUTS = {"get_object_or_404", "aget_object_or_404", "get_list_or_404"}
# Where a row is asked for by its key outside the access functions, and why that hides nothing.
KNOWN = {
    ("committee/admin/__init__.py", "role"): "Django admin: no address of it is there for others",
    ("committee/admin/__init__.py", "invite_again"): "Django admin: not there for others",
    ("committee/admin/__init__.py", "reset_second_factor"): "Django admin: not there for others",
    ("committee/admin/__init__.py", "erase"): "Django admin: not there for others",
    ("committee/http.py", "_number"): "the counter of changes",
    ("committee/views/profile.py", "edit"): "one's own row, by the session",
    ("roadmap/forms/actions.py", "offer"): "the workstreams one leads oneself",
    ("roadmap/forms/milestones.py", "offer"): "the workstreams one leads oneself",
    ("roadmap/forms/meetings.py", "compare"): "a point of the meeting that was fetched",
    ("roadmap/forms/setup.py", "clean"): "whether a code is taken: codes are public",
    ("roadmap/views/packs.py", "_order"): "the counter of changes",
}


STEMS = ("forms", "admin", "http", "past")


def modules():
    """Give every module that meets what a reader sent."""
    for app in ("committee", "umkm", "roadmap"):
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = path.relative_to(ROOT).parts
            if {"views", "forms", "admin"} & set(parts) or path.stem in (
                "forms",
                "admin",
                "http",
                "past",
            ):
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def fetches(tree):
    """Name the functions that ask for rows by a key, however they say it."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and is_fetch(call):
                    yield function.name


def is_fetch(call):
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    asked = {word.arg for word in call.keywords}
    if name in SHORTCUTS:
        return True
    return name in ("get", "aget", "filter", "get_or_create") and bool(asked & BY_KEY)


def test_views_and_forms_fetch_nothing_by_a_key_themselves():
    found = {(place, name) for place, tree in modules() for name in fetches(tree)}

    assert found - set(KNOWN) == set()


def test_what_is_excepted_is_still_there():
    found = {(place, name) for place, tree in modules() for name in fetches(tree)}

    assert set(KNOWN) - found == set()


@pytest.mark.parametrize(
    "line",
    [
        "Letter.objects.get(pk=pk)",
        "get_object_or_404(Letter, pk=pk)",
        "Letter.objects.select_related('recipient').filter(pk=pk).first()",
        "action.evidence.get(id=request.POST['id'])",
    ],
)
def test_a_fetch_would_be_seen(line):
    assert list(fetches(ast.parse(f"def view(request, pk):\n    return {line}"))) == ["view"]


ROLES = (*Role.values,)
DICE = 20180924


@pytest.fixture
def stage(db):
    """Scatter rows over people and days, some of which have not come."""
    RehearsalClock.objects.create(day=TODAY, target=TODAY, since=timezone.now())
    dice = random.Random(DICE)
    place = factories.workstream("LOG")
    people = [factories.member(role, language="en") for role in ROLES for _ in range(2)]
    for number in range(24):
        outbox.enqueue(
            kind=LetterKind.REMINDERS,
            recipient=dice.choice(people),
            policy_date=days(-number),
            dedupe_key=f"uji:{number}",
        )
        known = days(dice.randint(-40, 40))
        made = factories.action(workstream=place, created_on=known, start_date=None)
        factories.milestone(workstream=place, known_from=known, due_date=days(60))
        notice(dice.choice(people), f"action:{made.pk}", f"notice:{number}")
        saved(dice.choice(people))
    for number in range(1, 7):
        opened = days(dice.randint(-40, 0))
        committee.meeting(number=number, date=opened, opened_on=opened, status="open")
    committee.meeting(number=7, date=days(5), status="draft")
    return people


def given(rows, fetch):
    """Say which of the rows an access function gives."""
    found = set()
    for key in rows:
        try:
            fetch(key)
        except Http404:
            continue
        found.add(key)
    return found


def listed(client, name, pattern, **asked):
    """Say which rows a list shows, all its pages together."""
    found, page = set(), 1
    while True:
        answer = client.get(reverse(f"roadmap:{name}"), asked | {"page": page})
        assert answer.status_code == 200
        found |= set(re.findall(pattern, answer.content.decode()))
        shown = answer.context.get("page_obj")
        if shown is None or not shown.has_next():
            return found
        page += 1


def numbers(found):
    return {int(one) for one in found}


@pytest.mark.parametrize("role", ROLES)
def test_lists_show_exactly_what_pages_allow(client, stage, role):
    person = next(one for one in stage if one.role == role)
    actor = committee_access.actor_of(person, TODAY)
    client.force_login(person)

    letters = given(
        Letter.objects.values_list("pk", flat=True), lambda pk: committee_access.letter(actor, pk)
    )
    notices = given(
        Reminder.objects.values_list("pk", flat=True), lambda pk: access.notice(actor, pk)
    )
    own = set(SavedView.objects.filter(member=person).values_list("slug", flat=True))

    assert letters
    assert numbers(listed(client, "letters", r'href="/letters/(\d+)/"')) == letters
    assert numbers(listed(client, "notices", r"/notices/(\d+)/seen/")) == notices
    assert listed(client, "views", r"/views/([\w-]{22})/rename/") == own
    for slug in SavedView.objects.values_list("slug", flat=True):
        answer = client.get(reverse("roadmap:view-rename", args=[slug]))
        assert answer.status_code == (200 if slug in own else 403)


@pytest.mark.parametrize("role", [None, *ROLES])
@pytest.mark.parametrize("ago", [0, 7, 30])
def test_lists_show_what_was_known_on_their_day(client, stage, role, ago):
    """Actions, milestones and meetings are hidden from nobody inside: their day has to come."""
    day = PastDay.fromordinal(days(-ago).toordinal()) if ago else TODAY
    if role:
        client.force_login(next(one for one in stage if one.role == role))
    asked = {"as_of": day.isoformat()} if ago else {}
    at = rf"(?:/as-of/{day.isoformat()})?" if ago else ""

    actions = given(
        ActionItem.objects.values_list("code", flat=True), lambda code: access.action(code, day)
    )
    milestones = given(
        Milestone.objects.values_list("pk", flat=True), lambda pk: access.milestone(pk, day)
    )

    shown = listed(client, "actions", rf'href="{at}/actions/([A-Z]+-\d+)/"', **asked)
    assert shown == actions
    assert len(shown) < ActionItem.objects.count()
    found = listed(client, "milestones", rf'href="{at}/milestones/(\d+)/"', **asked)
    assert numbers(found) == milestones
    if role:
        meetings = given(
            Meeting.objects.values_list("number", flat=True),
            lambda number: access.meeting(number, day),
        )
        found = listed(client, "meetings", rf'href="{at}/meetings/(\d+)/"', **asked)
        assert numbers(found) == meetings


def test_the_public_finds_nobody_by_searching(client, db):
    """What the public may not read it may not ask for either: a hit would tell."""
    owner = factories.member(name="Ibu Rahasia")
    action = factories.action("LOG-01", owner=owner, title="Gudang")
    factories.obstacle(action, needed="Kata Rahasia")
    factories.update(action, note="Catatan rahasia")

    for name in ("actions", "milestones", "slips", "institutions"):
        assert (
            "LOG-01"
            not in client.get(reverse(f"roadmap:{name}"), {"q": "rahasia"}).content.decode()
        )
    assert "LOG-01" in client.get(reverse("roadmap:actions"), {"q": "gudang"}).content.decode()
