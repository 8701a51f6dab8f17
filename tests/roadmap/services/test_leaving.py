"""Somebody leaves: everything that hangs on them moves in one step, or nothing does."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from committee import services as committee
from committee.enums import Role, SeatKind
from committee.models import Member, Seat
from committee.services import Unlike
from roadmap.enums import UpdateKind
from roadmap.models import ActionItem, Reminder, StatusUpdate
from roadmap.rules.refusals import Refused
from roadmap.selectors.leaving import held, orphans
from roadmap.services import leaving
from roadmap.services.leaving import Handover
from tests import committee_factories, factories
from tests.factories import TODAY, days
from tests.roadmap.reminding import attempt, plan
from tests.unchanged import Fault, everything, failing_after, unchanged

pytestmark = pytest.mark.django_db
WHY = "Pindah ke kementerian lain."


@pytest.fixture
def place():
    return factories.workstream("LOG")


@pytest.fixture
def chief():
    return factories.member(Role.ADMIN)


@pytest.fixture
def heir():
    return factories.member(name="Pengganti")


@pytest.fixture
def leaver(place):
    """Give somebody on whom some of everything hangs."""
    member = factories.member(name="Yang pergi")
    own = {"workstream": place, "owner": member}
    for trait in ({}, {"submitted": True}, {"verified": True}, {"cancelled": True}):
        factories.action(**own, **trait)
    factories.action(workstream=place, contributors=[member])
    factories.seat(member, place)
    factories.seat(member, place, SeatKind.DEPUTY, until_date=days(-1))
    factories.seat(
        member, place, SeatKind.CONTRIBUTOR, from_date=days(5), until_date=days(50), is_acting=True
    )
    factories.member(deputy=member, name="Diwakili")
    return member


def leave(by, member, to, **changes):
    digest = held(Member.objects.get(pk=member.pk), TODAY).digest(to)
    handover = Handover(**{"successor": to, "note": WHY, "digest": digest} | changes)
    return leaving.leave(member=member, attempt=attempt(by), handover=handover)


def seats(of):
    rows = Seat.objects.filter(member=of).order_by("from_date", "kind")
    return list(rows.values_list("kind", "from_date", "until_date", "is_acting"))


def test_everything_open_moves_and_the_account_is_closed(chief, leaver, heir):
    leave(chief, leaver, heir)

    leaver.refresh_from_db()
    owners = set(ActionItem.objects.filter(owner=leaver).values_list("status", flat=True))
    assert not leaver.is_active
    assert owners == {"verified", "cancelled"}  # what is over keeps who did it
    assert heir.owned_actionitems.count() == 2
    assert heir.contributed_actions.count() == 1
    assert not leaver.contributed_actions.exists()
    assert Member.objects.get(name="Diwakili").deputy == heir
    assert held(leaver, TODAY).moves == 0


def test_seats_end_yesterday_go_on_from_today_or_move_whole(chief, leaver, heir):
    leave(chief, leaver, heir)

    assert seats(heir) == [
        ("lead", TODAY, None, False),
        ("contributor", days(5), days(50), True),
    ]
    assert seats(leaver) == [
        ("deputy", days(-365), days(-1), False),
        ("lead", days(-365), days(-1), False),
    ]


def test_each_move_is_in_the_history_and_the_heir_is_told(chief, leaver, heir):
    leave(chief, leaver, heir)

    moved = StatusUpdate.objects.filter(kind=UpdateKind.REASSIGNED)
    edited = StatusUpdate.objects.filter(kind=UpdateKind.EDITED)
    assert {(one.owner_id, one.by_id, one.note) for one in moved} == {(heir.pk, chief.pk, WHY)}
    assert (moved.count(), edited.count()) == (2, 1)
    told = Reminder.objects.filter(occasion__startswith="notice:", stage="assigned")
    assert set(told.values_list("recipient", flat=True)) == {heir.pk}


def test_without_an_heir_nobody_owns_it_and_its_reminders_reach_the_desk(chief, leaver, place):
    desk = factories.member(Role.SECRETARIAT)
    ActionItem.objects.filter(owner=leaver).update(due_date=days(3), first_due_date=days(3))
    shown = orphans(leaver, held(leaver, TODAY).owned, TODAY)

    leave(chief, leaver, None)
    plan()

    left = ActionItem.objects.filter(owner=None, status__in=("in_progress", "submitted"))
    assert left.count() == 3  # one had no owner before
    assert [one.told for one in shown] == [[desk]]
    due = Reminder.objects.filter(occasion__startswith="due:", cancelled_at=None)
    assert set(due.values_list("recipient", "is_orphan")) == {(desk.pk, True)}
    assert Member.objects.get(name="Diwakili").deputy is None
    assert not Seat.objects.held_on(TODAY).filter(member=leaver).exists()


def test_who_takes_over_is_no_deputy_of_their_own(chief, leaver, heir):
    Member.objects.filter(pk=heir.pk).update(deputy=leaver)

    leave(chief, leaver, heir)

    heir.refresh_from_db()
    assert heir.deputy is None


def test_a_seat_the_heir_holds_already_is_not_given_twice(chief, leaver, heir, place):
    factories.seat(heir, place, from_date=days(-9))

    leave(chief, leaver, heir)

    assert [row[0] for row in seats(heir)] == ["lead", "contributor"]


MAY = {
    Role.ADMIN: {*Role},
    Role.SECRETARIAT: {Role.VIEWER, Role.ADVISER, Role.MEMBER},
    Role.CHAIR: set(),
    Role.MEMBER: set(),
}


@pytest.mark.parametrize("doer", MAY)
@pytest.mark.parametrize("role", Role)
def test_who_may_invite_somebody_may_close_their_account(doer, role):
    by, member = factories.member(doer), factories.member(role)
    if role in MAY[doer]:
        assert not leave(by, member, None).is_active
        return
    with unchanged(PermissionDenied):
        leave(by, member, None)


def test_nobody_closes_their_own_account(chief):
    with unchanged(PermissionDenied):
        leave(chief, chief, None)
    with unchanged(PermissionDenied):
        committee.close_account(by=chief, member=chief, today=TODAY)
    with unchanged(PermissionDenied):
        committee.pass_on(by=chief, member=chief, to=None, today=TODAY)


def test_no_account_is_closed_past_the_handover(chief, leaver):
    with unchanged(PermissionDenied):
        committee.update_member(by=chief, member=leaver, changes={"is_active": False}, today=TODAY)


@pytest.mark.parametrize("note", ["", "  "])
def test_without_a_reason_nothing_moves(chief, leaver, heir, note):
    with unchanged(Refused):
        leave(chief, leaver, heir, note=note)


def test_nothing_moves_to_somebody_who_left_too(chief, leaver, heir):
    digest = held(leaver, TODAY).digest(heir)
    Member.objects.filter(pk=heir.pk).update(is_active=False)

    with unchanged(Refused):
        leave(chief, leaver, heir, digest=digest)


def test_what_was_not_shown_does_not_move(chief, leaver, heir, place):
    digest = held(leaver, TODAY).digest(heir)
    factories.action(workstream=place, owner=leaver)

    with unchanged(Unlike):
        leave(chief, leaver, heir, digest=digest)
    with unchanged(Unlike):
        leave(chief, leaver, None, digest=held(leaver, TODAY).digest(heir))


def test_sent_twice_it_happens_once(chief, leaver, heir):
    digest = held(leaver, TODAY).digest(heir)
    leave(chief, leaver, heir, digest=digest)
    before = everything()

    leave(chief, leaver, heir, digest=digest)

    assert everything() == before


def test_a_fault_after_any_write_moves_nothing(chief, leaver, heir):
    digest = held(leaver, TODAY).digest(heir)
    before, number, done = everything(), 1, False
    while not done:
        try:
            with failing_after(number):
                leave(chief, leaver, heir, digest=digest)
            done = True
        except Fault:
            assert everything() == before
            number += 1

    assert number > 15


def test_decisions_to_carry_out_are_named_and_stay_in_the_minutes(chief, heir):
    member = factories.member()
    meeting = committee_factories.meeting(number=1)
    decision = committee_factories.decision(
        meeting, number=1, responsible=member, effect="task", due_date=days(30)
    )

    assert held(member, TODAY).decisions == [decision]
    leave(chief, member, heir)
    decision.refresh_from_db()
    assert decision.responsible == member
