"""Putting actions on the roadmap and editing what they say."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from roadmap.enums import DueBasis, Precision, Status, UpdateKind
from roadmap.models import STATE_FIELDS, ActionItem, Reminder
from roadmap.rules.refusals import Refused
from roadmap.services import actions
from roadmap.services.actions import ActionDraft
from tests import factories
from tests.factories import TODAY, days
from tests.roadmap.services.verbs import attempt
from tests.unchanged import Fault, everything, failing_after, unchanged

pytestmark = pytest.mark.django_db


def create(by, place, *, tried=None, supporting=(), **fields):
    named = {"workstream": place, "title": "Uji coba", "due_precision": Precision.DAY}
    draft = ActionDraft(named | fields, supporting=list(supporting))
    return actions.create_action(attempt=tried or attempt(by), draft=draft)


def edit(action, by, **fields):
    draft = ActionDraft({"title": "Judul baru"} | fields)
    return actions.edit_action(action=action, attempt=attempt(by, action), draft=draft)


@pytest.mark.parametrize("who", ["lead", "deputy_seat", "secretariat"])
def test_a_new_action_has_a_code_a_first_date_and_the_start_of_its_history(people, who):
    by, due = getattr(people, who), {"due_date": date(2019, 2, 1), "due_precision": "month"}

    made = create(by, people.place, owner=people.owner, **due)

    first = made.updates.get()
    assert (made.code, made.number, made.created_on) == ("LOG-01", 1, TODAY)
    assert (made.due_date, made.first_due_date) == (date(2019, 2, 28), date(2019, 2, 28))
    assert (made.status, made.reported_on, made.due_basis) == ("planned", None, DueBasis.DECIDED)
    assert (first.kind, first.by, first.superseded_at) == (UpdateKind.EDITED, by, None)
    assert first.changes == {"created": True}
    assert [getattr(first, name) for name in STATE_FIELDS] == [
        getattr(made, name) for name in STATE_FIELDS
    ]


def test_codes_go_on_after_the_highest_and_are_never_used_again(people):
    factories.action("LOG-07", workstream=people.place, number=7, cancelled=True)

    assert create(people.secretariat, people.place).code == "LOG-08"
    assert create(people.secretariat, people.place).code == "LOG-09"
    assert create(people.secretariat, people.other).code == "FUND-01"


def test_who_stands_in_for_the_owner_is_told_what_was_assigned(people):
    create(people.lead, people.place, owner=people.owner)

    told = Reminder.objects.get()
    assert (told.stage, told.recipient) == ("assigned", people.deputy)


@pytest.mark.parametrize(
    "who", ["other_lead", "past_lead", "owner", "member", "viewer", "adviser", "chair", "admin"]
)
def test_a_stranger_creates_nothing(people, who):
    with unchanged(PermissionDenied):
        create(getattr(people, who), people.place)


def test_a_closed_account_creates_nothing(people):
    mine = attempt(people.secretariat)
    type(mine.by).objects.filter(pk=mine.by.pk).update(is_active=False)

    with unchanged(PermissionDenied):
        create(None, people.place, tried=mine)


def test_a_form_sent_twice_creates_once(people):
    mine = attempt(people.secretariat)

    first = create(None, people.place, tried=mine)
    after = everything()

    assert create(None, people.place, tried=mine) == first
    assert everything() == after


def test_due_before_it_starts_creates_nothing(people):
    with unchanged(Refused) as caught:
        create(people.lead, people.place, start_date=days(9), due_date=days(8))

    assert caught.value.reason == "not_planned_yet"


def test_it_may_start_and_end_on_one_day(people):
    made = create(people.lead, people.place, start_date=days(9), due_date=days(9))

    assert made.start_date == made.due_date == days(9)


def test_a_fault_after_any_write_creates_nothing(people):
    before, number, done = everything(), 1, False
    while not done:
        try:
            with failing_after(number):
                create(people.lead, people.place, owner=people.owner)
            done = True
        except Fault:
            assert everything() == before
            number += 1

    assert number > 4
    assert ActionItem.objects.count() == 1


def test_an_edit_writes_what_was_and_what_is(people, action):
    bank = factories.institution("BI")
    draft = ActionDraft({"title": "Judul baru", "weight": 3}, supporting=[bank])
    old = action.title

    update = actions.edit_action(action=action, attempt=attempt(people.lead, action), draft=draft)

    assert update.changes == {
        "title": [old, "Judul baru"],
        "weight": [1, 3],
        "supporting": ["", ";BI;"],
    }
    assert (update.weight, update.supporting) == (3, ";BI;")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("due_date", days(300)),
        ("due_precision", Precision.YEAR),
        ("owner", None),
        ("workstream", None),
    ],
)
def test_what_is_set_once_is_not_edited(people, action, name, value):
    edit(action, people.lead, **{name: value})

    after = ActionItem.objects.get(pk=action.pk)
    assert getattr(after, name) == getattr(action, name)


def test_an_edit_cannot_start_it_after_its_due_date(people, action):
    with unchanged(Refused):
        edit(action, people.lead, start_date=days(101))


@pytest.mark.parametrize("status", [Status.VERIFIED, Status.CANCELLED])
def test_a_closed_action_can_still_be_described_better(people, status):
    fields = {"submitted_on": days(-3)} if status == Status.VERIFIED else {}
    action = factories.action(workstream=people.place, status=status, **fields)

    assert edit(action, people.lead).status == status


def test_lists_are_replaced_as_a_whole(people, action):
    need = factories.challenge()
    draft = ActionDraft({}, challenges=[need], contributors=[people.member])

    actions.edit_action(action=action, attempt=attempt(people.lead, action), draft=draft)

    assert list(action.challenges.all()) == [need]
    assert list(action.contributors.all()) == [people.member]


@pytest.mark.parametrize("who", ["other_lead", "past_lead", "member", "viewer", "adviser"])
def test_a_stranger_edits_nothing(people, action, who):
    with unchanged(PermissionDenied):
        edit(action, getattr(people, who))
