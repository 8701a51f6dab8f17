"""Who is told what somebody did: the person meant, or who answers for the action by then."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from committee.enums import LetterState, SeatKind
from committee.models import Letter, Member
from roadmap.enums import Precision
from roadmap.models import ActionItem, Reminder, StatusUpdate
from roadmap.services import (
    dates,
    letters,
    notices,
    planning,
    reminders,
    reports,
)
from roadmap.services.changes import Words
from tests import committee_factories as committee
from tests import factories
from tests.factories import TODAY, days, moment
from tests.roadmap.noticing import TOMORROW, decide, mention, tell_answer
from tests.roadmap.reminding import a_day, action, attempt, plan, post, prepare

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return factories.workstream("CYB", title="Keamanan siber", title_en="Cyber security")


@pytest.fixture
def owner():
    return factories.member(name="Sari", language="en")


@pytest.fixture
def reader():
    """Make somebody with no part in the work."""
    return factories.member("viewer", name="Dewi", language="en")


@pytest.fixture
def secretariat():
    return factories.member("secretariat", name="Rina", language="en")


class TestWhoIsToldInsteadOfAnOwner:
    """The owner, their deputy while they are away, else lead, deputy, secretariat."""

    def moved(self, made, by, day=TODAY):
        fresh = ActionItem.objects.get(pk=made.pk)
        move = dates.Move(to=days(90), precision=Precision.DAY, reason="Keputusan rapat.")
        return dates.move_action_date(action=fresh, attempt=attempt(by, day), move=move)

    def away(self, member, deputy=None, until=9):
        values = {"paused_from": TODAY, "paused_until": days(until), "deputy": deputy}
        Member.objects.filter(pk=member.pk).update(**values)

    def test_the_deputy_during_a_pause(self, place, owner, reader, secretariat):
        made = action(place, owner, days(60))
        self.away(owner, reader)
        self.moved(made, secretariat)

        told = a_day(TOMORROW)

        assert list(told) == [reader]
        assert "Rina moved the due date: Keputusan rapat." in told[reader].text
        assert "You stand in for Sari, who is away." in told[reader].text
        assert not Reminder.objects.get().is_orphan

    def test_the_lead_of_an_orphan(self, place, reader, secretariat):
        factories.seat(reader, place)
        self.moved(action(place, None, days(60)), secretariat)

        text = a_day(TOMORROW)[reader].text

        assert "Rina moved the due date: Keputusan rapat." in text
        assert "This action has no owner." in text

    @pytest.mark.parametrize("change", [{"is_active": False}, {"email": ""}])
    def test_the_lead_when_the_owner_cannot_be_reached(
        self, place, owner, reader, secretariat, change
    ):
        factories.seat(reader, place, SeatKind.DEPUTY)
        Member.objects.filter(pk=owner.pk).update(**change)
        self.moved(action(place, owner, days(60)), secretariat)

        assert "Its owner, Sari, cannot be reached." in a_day(TOMORROW)[reader].text

    def test_the_whole_secretariat_but_who_did_it(self, place, secretariat):
        others = [factories.member("secretariat") for _ in range(2)]
        self.moved(action(place, None, days(60)), secretariat)

        assert set(a_day(TOMORROW)) == set(others)

    def test_nobody_is_told_that_an_action_was_given_to_nobody(self, place, owner, secretariat):
        made = action(place, owner, days(60))
        reports.reassign(
            action=made, attempt=attempt(secretariat), owner=None, words=Words(note="Mutasi.")
        )

        assert not Reminder.objects.exists()

    def test_who_goes_away_before_the_letter_hands_over_to_the_deputy(
        self, place, owner, reader, secretariat
    ):
        made = action(place, owner, days(60))
        self.moved(made, secretariat)
        self.away(owner, reader)

        told = a_day(TOMORROW)

        assert list(told) == [reader]
        first, second = Reminder.objects.order_by("pk")
        assert (first.recipient, first.cancel_reason) == (owner, "member away")
        assert (second.recipient, second.due_at) == (reader, moment(TODAY, 10))

    def test_who_is_back_before_the_letter_is_told_after_all(
        self, place, owner, reader, secretariat
    ):
        made = action(place, owner, days(60))
        self.moved(made, secretariat)
        self.away(owner, reader, until=0)
        plan(hour=11)
        assert Reminder.objects.get(cancelled_at=None).recipient == reader

        told = a_day(TOMORROW)

        assert list(told) == [owner]
        assert Reminder.objects.get(recipient=reader).cancel_reason == "owner is back"
        assert Reminder.objects.count() == 2

    def test_an_account_closed_before_the_letter_gives_it_to_the_lead(
        self, place, owner, reader, secretariat
    ):
        factories.seat(reader, place)
        made = action(place, owner, days(60))
        self.moved(made, secretariat)
        Member.objects.filter(pk=owner.pk).update(is_active=False)

        assert list(a_day(TOMORROW)) == [reader]
        assert Reminder.objects.get(recipient=owner).cancel_reason == "member inactive"
        assert Reminder.objects.get(recipient=reader).is_orphan

    def test_a_deputy_is_not_told_of_their_own_doing(self, place, owner, secretariat):
        made = action(place, owner, days(60))
        self.moved(made, secretariat)
        self.away(owner, secretariat)

        plan(hour=11)

        assert Reminder.objects.get(cancelled_at=None).recipient == owner

    def test_a_second_plan_changes_nothing(self, place, owner, reader, secretariat):
        self.moved(action(place, owner, days(60)), secretariat)
        self.away(owner, reader)

        assert planning.plan(now=moment(TODAY, 11)) == 1
        assert planning.plan(now=moment(TODAY, 12)) == 0

    def test_control_without_the_handover_the_letter_waits_for_the_owner(
        self, place, owner, reader, secretariat, monkeypatch
    ):
        self.moved(action(place, owner, days(60)), secretariat)
        self.away(owner, reader)
        monkeypatch.setattr(
            planning.handovers, "hand_on", lambda _staff: planning.handovers.Handed()
        )

        assert a_day(TOMORROW) == {}

    def test_a_decided_obstacle_reaches_the_deputy_and_the_one_who_raised_it(
        self, place, owner, reader, secretariat
    ):
        raiser = factories.member(name="Budi", language="en")
        decide(action(place, owner, days(60)), [owner, raiser], secretariat)
        self.away(owner, reader)

        assert set(a_day(TOMORROW)) == {reader, raiser}


class TestAnOwnersNoticeInALetterThatDoesNotLeave:
    """Between the making of a letter and its leaving its reader goes, or the owner returns."""

    @pytest.fixture
    def told(self, place, owner, secretariat):
        made = action(place, owner, days(60))
        notices.tell_owner(made, factories.update(made, by=secretariat), "moved")

    def test_goes_to_the_lead_when_the_account_was_closed(self, told, place, owner, reader):
        factories.seat(reader, place)
        prepare(TOMORROW)
        Member.objects.filter(pk=owner.pk).update(is_active=False)
        post(TOMORROW)
        assert Letter.objects.get().last_error == "member inactive"

        assert list(a_day(days(2))) == [reader]

    def test_goes_to_the_owner_who_is_back(self, told, owner, reader):
        away = {"paused_from": TODAY, "paused_until": days(9), "deputy": reader}
        Member.objects.filter(pk=owner.pk).update(**away)
        prepare(TOMORROW)
        Member.objects.filter(pk=owner.pk).update(paused_from=None, paused_until=None)
        post(TOMORROW)
        assert Letter.objects.get().last_error == "owner is back"

        assert list(a_day(days(2))) == [owner]

    def test_is_nobodys_once_the_action_was_given_to_another(self, told, owner):
        prepare(TOMORROW)
        ActionItem.objects.update(owner=factories.member())
        post(TOMORROW)

        assert Reminder.objects.get().cancel_reason == "reassigned"
        assert a_day(days(2)) == {}

    def test_control_without_putting_it_back_nobody_is_told(
        self, told, place, owner, reader, monkeypatch
    ):
        factories.seat(reader, place)
        monkeypatch.setattr(letters, "_may_wait", lambda _reminder, _broken: False)
        prepare(TOMORROW)
        Member.objects.filter(pk=owner.pk).update(is_active=False)
        post(TOMORROW)

        assert a_day(days(2)) == {}


class TestAPersonalNotice:
    def test_waits_for_somebody_who_is_away(self, place, owner, reader):
        mention(action(place, owner, days(60)), reader, owner)
        pause = {"paused_from": TODAY, "paused_until": days(2)}
        Member.objects.filter(pk=reader.pk).update(**pause)

        assert a_day(TOMORROW) == {}
        assert list(a_day(days(3))) == [reader]

    def test_is_taken_out_of_a_letter_whose_reader_went_away_and_waits(self, place, owner, reader):
        mention(action(place, owner, days(60)), reader, owner)
        prepare(TOMORROW)
        pause = {"paused_from": TODAY, "paused_until": TOMORROW}
        Member.objects.filter(pk=reader.pk).update(**pause)
        post(TOMORROW)
        letter = Letter.objects.get()
        assert (letter.state, letter.last_error) == (LetterState.CANCELLED, "member away")

        assert list(a_day(days(2))) == [reader]

    def test_of_a_closed_account_is_withdrawn(self, place, owner, reader):
        mention(action(place, owner, days(60)), reader, owner)
        Member.objects.filter(pk=reader.pk).update(is_active=False)

        plan(hour=11)

        assert Reminder.objects.get().cancel_reason == "member inactive"

    def test_is_not_withdrawn_by_a_plan(self, place, owner, reader, secretariat):
        adviser = factories.member("adviser")
        mention(action(place, owner, days(60)), reader, owner)
        tell_answer(committee.advice(adviser, answered=True))

        plan(hour=11)
        plan(hour=12)

        assert not Reminder.objects.exclude(cancelled_at=None).exists()

    def test_cancelling_an_item_leaves_it(self, place, owner, reader):
        made = action(place, owner, days(60))
        mention(made, reader, owner)

        assert reminders.cancel(item=f"action:{made.pk}", why="reassigned") == 0


def test_telling_an_owner_who_is_there_asks_who_stands_where_of_nobody(place, owner, secretariat):
    made = action(place, owner, days(60))
    update = StatusUpdate.objects.get()
    update.by = secretariat

    with CaptureQueriesContext(connection) as queries:
        notices.tell_owner(made, update, "moved")

    assert not [query for query in queries if "committee_seat" in query["sql"]]
