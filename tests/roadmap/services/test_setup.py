"""The first hour's services: all or nothing, nothing twice, and for the secretariat alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections

from committee.enums import LetterKind, Role, SeatKind
from committee.models import Institution, Letter, Member, Revision, Seat, Workstream
from committee.services import Invitation
from roadmap.enums import Refusal
from roadmap.models import ActionItem, Reminder, StatusUpdate
from roadmap.rules.refusals import Refused
from roadmap.services import setup
from roadmap.services.actions import ActionDraft
from roadmap.services.setup import WorkstreamDraft
from tests import factories
from tests.factories import TODAY, days
from tests.roadmap.services.verbs import attempt
from tests.unchanged import Fault, everything, failing_after, unchanged

pytestmark = pytest.mark.django_db


def institutions(by, *codes):
    rows = [Institution(code=code, title=f"Instansi {code}", kind="ministry") for code in codes]
    return setup.add_institutions(attempt=attempt(by), institutions=rows)


def members(by, *emails, role=Role.MEMBER):
    invitations = [Invitation(email=one, name=one, role=role) for one in emails]
    return setup.add_members(attempt=attempt(by), invitations=invitations)


def workstreams(by, *codes, lead=None):
    drafts = [WorkstreamDraft(Workstream(code=one, title=one), lead) for one in codes]
    return setup.add_workstreams(attempt=attempt(by), drafts=drafts)


def actions(by, place, *titles, **fields):
    plain = {"due_precision": "day", "owner": None, "due_date": None} | fields
    drafts = [ActionDraft({"workstream": place, "title": one} | plain) for one in titles]
    return setup.add_actions(attempt=attempt(by), drafts=drafts)


SERVICES = {
    "institutions": lambda by, place: institutions(by, "ZZ", "BI"),
    "members": lambda by, place: members(by, "sari@a.example", "budi@a.example"),
    "workstreams": lambda by, place: workstreams(by, "TAX", "EDU", lead=by),
    "actions": lambda by, place: actions(by, place, "Satu", "Dua"),
}
service = pytest.mark.parametrize("call", SERVICES.values(), ids=SERVICES)


@pytest.fixture
def secretariat():
    return factories.member(Role.SECRETARIAT)


@pytest.fixture
def place():
    return factories.workstream("LOG")


@service
@pytest.mark.parametrize("role", [one for one in Role if one != Role.SECRETARIAT])
def test_only_the_secretariat_sets_up(call, role, place):
    by = factories.member(role)
    factories.seat(by, place)

    with unchanged(PermissionDenied):
        call(by, place)


@service
def test_a_role_taken_a_moment_ago_counts(call, secretariat, place):
    Member.objects.filter(pk=secretariat.pk).update(role=Role.MEMBER)

    with unchanged(PermissionDenied):
        call(secretariat, place)


@service
def test_each_is_one_change(call, secretariat, place):
    before = Revision.objects.filter(pk=1).values_list("number", flat=True).first() or 0

    call(secretariat, place)

    assert Revision.objects.get(pk=1).number == before + 1


@service
def test_the_same_again_adds_nothing_and_says_what_was_there(call, secretariat, place):
    first = call(secretariat, place)
    before = everything()

    again = call(secretariat, place)

    assert again.made == []
    assert {one.pk for one in again.kept} == {one.pk for one in first.made}
    assert everything() == before


@service
def test_a_fault_after_any_write_leaves_nothing(call, secretariat, place):
    before = everything()
    for number in range(1, 100):
        try:
            with failing_after(number) as made:
                call(secretariat, place)
        except Fault:
            assert everything() == before
        else:
            break
    assert number - 1 == len(made) > 1


def test_controls_without_the_rule_or_the_comparison_it_would_happen(place, monkeypatch):
    """The tests above can fail: with the protection away, what they exclude is done."""
    monkeypatch.setattr(setup.permissions, "may_set_up", lambda actor: True)
    assert institutions(factories.member(Role.VIEWER), "BI").made

    monkeypatch.setattr(setup, "_name", lambda action: (action.pk, ""))
    by = factories.member(Role.SECRETARIAT)
    assert len([actions(by, place, "Satu").made for _ in range(2)]) == 2
    assert ActionItem.objects.filter(title="Satu").count() == 2


def test_invitations_leave_with_the_people(secretariat):
    added = members(secretariat, "sari@a.example", "budi@a.example")

    letters = Letter.objects.filter(kind=LetterKind.INVITATION)
    assert {one.recipient for one in letters} == set(added.made)
    assert not added.made[0].has_usable_password()


@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.CHAIR, Role.ADMIN])
def test_one_role_too_high_and_nobody_is_invited(secretariat, role):
    invitations = [
        Invitation(email="sari@a.example", name="Sari", role=Role.MEMBER),
        Invitation(email="budi@a.example", name="Budi", role=role),
    ]

    with unchanged(PermissionDenied):
        setup.add_members(attempt=attempt(secretariat), invitations=invitations)


def test_who_is_there_keeps_name_and_role_and_gets_no_second_letter(secretariat):
    sari = factories.member(Role.VIEWER, email="sari@a.example", name="Sari Lama")

    added = members(secretariat, "sari@a.example", "budi@a.example")

    sari.refresh_from_db()
    assert (sari.name, sari.role) == ("Sari Lama", Role.VIEWER)
    assert added.kept == [sari]
    assert Letter.objects.get().recipient.email == "budi@a.example"


def test_workstreams_come_after_the_last_in_the_order_written(secretariat):
    factories.workstream("CYB", order=40)
    lead = factories.member()

    workstreams(secretariat, "TAX", "EDU", lead=lead)

    orders = dict(Workstream.objects.values_list("code", "order"))
    assert orders == {"CYB": 40, "TAX": 41, "EDU": 42}
    seats = Seat.objects.values_list("member", "workstream__code", "kind", "from_date")
    assert set(seats) == {(lead.pk, code, SeatKind.LEAD, TODAY) for code in ("TAX", "EDU")}


def test_a_workstream_that_is_there_gets_no_other_lead(secretariat, place):
    added = workstreams(secretariat, "LOG", lead=factories.member())

    assert added.kept == [place]
    assert not Seat.objects.exists()


def test_actions_get_codes_a_history_and_tell_their_owners(secretariat, place):
    owner = factories.member()

    added = actions(secretariat, place, "Satu", "Dua", owner=owner, due_date=days(90))

    assert [one.code for one in added.made] == ["LOG-01", "LOG-02"]
    assert {one.first_due_date for one in added.made} == {days(90)}
    assert StatusUpdate.objects.count() == 2
    assert set(Reminder.objects.values_list("recipient", "stage")) == {(owner.pk, "assigned")}


def test_an_action_of_that_title_elsewhere_is_another(secretariat, place):
    factories.action("FUND-01", workstream=factories.workstream("FUND"), title="Satu")
    there = factories.action("LOG-07", workstream=place, title="DUA", number=7)

    added = actions(secretariat, place, "Satu", "Dua")

    assert [one.code for one in added.made] == ["LOG-08"]
    assert added.kept == [there]


def test_an_action_that_is_refused_takes_the_others_with_it(secretariat, place):
    with unchanged(Refused) as caught:
        actions(secretariat, place, "Satu", "Dua", start_date=days(9), due_date=days(1))
    assert caught.value.reason == Refusal.NOT_PLANNED_YET


@pytest.mark.django_db(transaction=True)
@service
def test_the_same_lines_twice_at_once_have_one_effect(call, place):
    if connection.vendor == "sqlite":
        pytest.skip("one connection in memory; PostgreSQL shows two transactions at once")
    people = [factories.member(Role.SECRETARIAT) for _ in range(2)]
    start = Barrier(2)

    def add(by):
        start.wait(timeout=30)
        try:
            return call(by, place)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(add, people))
    assert sorted(len(one.made) for one in both) == [0, 2]
    counts = (Institution, Workstream, ActionItem)
    assert all(model.objects.count() <= 3 for model in counts)
    assert Letter.objects.count() in (0, 2)
