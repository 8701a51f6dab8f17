"""Asking to move a due date: the ask, what it would run past, and the one answer."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from committee.models import Decision
from roadmap.enums import Precision
from roadmap.models import DateRequest, DueDateChange, Reminder
from roadmap.rules.refusals import Refused
from roadmap.services import dates, decisions, requests
from roadmap.services.changes import Stale
from roadmap.services.dates import Move
from tests import committee_factories, factories
from tests.factories import TODAY, days
from tests.roadmap.services.verbs import attempt
from tests.unchanged import Fault, everything, failing_after, unchanged

pytestmark = pytest.mark.django_db
KINDS = pytest.mark.parametrize("kind", ["action", "milestone"])
OLD, NEW = days(100), days(200)
REASON = "Pengadaan diulang."
STRANGERS = ("viewer", "adviser", "member", "other_lead", "past_lead", "secretariat", "chair")


@pytest.fixture
def things(people):
    """Give an action due after 100 days that gates a milestone due after 120."""
    action = factories.action(
        workstream=people.place, owner=people.owner, contributors=[people.contributor]
    )
    milestone = factories.milestone(workstream=people.place, due_date=days(120), actions=[action])
    return {"action": action, "milestone": milestone}


@pytest.fixture
def asker(people):
    return {"action": people.contributor, "milestone": people.lead}


def ask(item, by, to=NEW, *, reason=REASON, precision=Precision.DAY, tried=None):
    move = Move(to=to, precision=precision, reason=reason)
    return requests.ask_move(item=item, attempt=tried or attempt(by, item), move=move)


def approve(request, by, *, tried=None, **more):
    return requests.approve_request(request=request, attempt=tried or attempt(by), **more)


def decline(request, by, answer="Cukup waktu.", **more):
    return requests.decline_request(request=request, attempt=attempt(by), answer=answer, **more)


def withdraw(request, by):
    return requests.withdraw_request(request=request, attempt=attempt(by))


class TestAsking:
    @KINDS
    def test_it_says_from_when_to_when_who_and_why(self, things, asker, kind):
        thing = things[kind]

        made = ask(thing, asker[kind])

        assert (made.item, made.asked_by, made.asked_on) == (thing, asker[kind], TODAY)
        assert (made.old_date, made.new_date, made.reason) == (thing.due_date, NEW, REASON)
        assert made.state == "pending"

    @KINDS
    def test_the_date_in_force_stays(self, things, asker, kind):
        before = things[kind].due_date

        ask(things[kind], asker[kind])

        things[kind].refresh_from_db()
        assert (things[kind].due_date, things[kind].version) == (before, 0)
        assert not DueDateChange.objects.exists()

    @pytest.mark.parametrize("who", ["owner", "contributor", "deputy", "lead", "deputy_seat"])
    def test_the_owners_side_and_the_lead_ask(self, people, things, who):
        assert ask(things["action"], getattr(people, who)).pk

    @pytest.mark.parametrize("who", STRANGERS)
    @KINDS
    def test_nobody_else_asks(self, people, things, kind, who):
        with unchanged(PermissionDenied):
            ask(things[kind], getattr(people, who))

    @pytest.mark.parametrize("who", ["owner", "contributor"])
    def test_owners_of_actions_do_not_ask_for_milestones(self, people, things, who):
        with unchanged(PermissionDenied):
            ask(things["milestone"], getattr(people, who))

    @pytest.mark.parametrize(
        ("wish", "reason"),
        [
            ({"reason": "  "}, "needs_reason"),
            ({"to": OLD}, "same_date"),
            ({"to": days(-101)}, "not_planned_yet"),
        ],
    )
    def test_an_ask_that_makes_no_sense_is_refused(self, people, things, wish, reason):
        with unchanged(Refused) as caught:
            ask(things["action"], people.owner, **wish)

        assert caught.value.reason == reason

    @KINDS
    def test_without_a_date_there_is_nothing_to_move_from(self, things, asker, kind):
        type(things[kind]).objects.update(due_date=None, first_due_date=None)

        with unchanged(Refused) as caught:
            ask(things[kind], asker[kind])

        assert caught.value.reason == "no_date_yet"

    @KINDS
    def test_one_at_a_time_waits(self, things, asker, kind):
        ask(things[kind], asker[kind])

        with unchanged(Refused) as caught:
            ask(things[kind], asker[kind], days(300))

        assert caught.value.reason == "request_waits"

    @KINDS
    def test_after_the_answer_one_may_ask_anew(self, people, things, asker, kind):
        decline(ask(things[kind], asker[kind]), people.secretariat)

        assert ask(things[kind], asker[kind]).state == "pending"

    @pytest.mark.parametrize(
        ("kind", "ended"),
        [("action", {"verified": True}), ("action", {"cancelled": True}), ("milestone", {})],
    )
    def test_what_is_closed_moves_no_more(self, people, kind, ended):
        made = (
            factories.action(workstream=people.place, owner=people.owner, **ended)
            if kind == "action"
            else factories.milestone(workstream=people.place, achieved=True)
        )

        with unchanged(Refused) as caught:
            ask(made, people.lead)

        assert caught.value.reason == "closed"

    @KINDS
    def test_a_stale_form_asks_nothing(self, people, things, asker, kind):
        mine = attempt(asker[kind], things[kind])
        wanted = {kind: things[kind], "attempt": attempt(people.secretariat, things[kind])}
        move = Move(to=days(150), precision=Precision.DAY, reason="Rapat.")
        getattr(dates, f"move_{kind}_date")(move=move, **wanted)

        with unchanged(Stale):
            ask(things[kind], None, tried=mine)

    @KINDS
    def test_a_form_sent_twice_asks_once(self, things, asker, kind):
        mine = attempt(asker[kind], things[kind])

        assert ask(things[kind], None, tried=mine) == ask(things[kind], None, tried=mine)
        assert DateRequest.objects.count() == 1

    def test_a_period_counts_from_its_last_day(self, people, things):
        made = ask(things["action"], people.owner, date(2019, 5, 2), precision=Precision.QUARTER)

        assert (made.new_date, made.new_precision) == (date(2019, 6, 30), "quarter")


class TestApproving:
    @KINDS
    def test_the_date_moves_and_the_ledger_says_who_asked(self, people, things, asker, kind):
        made = approve(ask(things[kind], asker[kind]), people.secretariat, answer="Setuju.")

        things[kind].refresh_from_db()
        slip = things[kind].slips.get()
        assert (things[kind].due_date, things[kind].times_moved) == (NEW, 1)
        assert (slip.asked_by, slip.by, slip.reason) == (
            str(asker[kind]),
            people.secretariat,
            REASON,
        )
        assert (made.state, made.slip, made.answer_reason) == ("approved", slip, "Setuju.")
        assert (made.answered_by, made.answered_on) == (people.secretariat, TODAY)

    @KINDS
    def test_the_decision_behind_it_is_on_the_record(self, people, things, asker, kind):
        decision = committee_factories.decision(effect="move")

        made = approve(ask(things[kind], asker[kind]), people.secretariat, decision=decision)

        assert (made.decision, made.slip.decision) == (decision, decision)

    @KINDS
    def test_a_decision_for_something_else_moves_nothing(self, people, things, asker, kind):
        decision, made = committee_factories.decision(), ask(things[kind], asker[kind])

        with unchanged(Refused) as caught:
            approve(made, people.secretariat, decision=decision)

        assert caught.value.reason == "not_this_effect"

    def test_whoever_asked_reads_the_answer_and_the_owner_the_move(self, people, things):
        made = approve(ask(things["action"], people.contributor), people.secretariat)

        told = {(one.recipient, one.stage, one.occasion) for one in Reminder.objects.all()}
        assert (people.contributor, "approved", f"request:{made.pk}") in told
        assert any(stage == "moved" for _who, stage, _why in told)

    def test_an_owner_who_asked_is_told_once(self, people, things):
        approve(ask(things["action"], people.owner), people.secretariat)

        assert [one.stage for one in Reminder.objects.all()] == ["approved"]

    @KINDS
    def test_a_date_moved_meanwhile_is_not_moved_again(self, people, things, asker, kind):
        made = ask(things[kind], asker[kind])
        move = Move(to=days(150), precision=Precision.DAY, reason="Rapat.")
        wanted = {kind: things[kind], "attempt": attempt(people.secretariat, things[kind])}
        getattr(dates, f"move_{kind}_date")(move=move, **wanted)

        with unchanged(Refused) as caught:
            approve(made, people.secretariat)

        assert caught.value.reason == "date_changed"

    @KINDS
    def test_what_was_closed_meanwhile_moves_no_more(self, people, things, asker, kind):
        made = ask(things[kind], asker[kind])
        ended = (
            {"status": "cancelled"}
            if kind == "action"
            else {"achieved_date": TODAY, "achieved_recorded_on": TODAY}
        )
        type(things[kind]).objects.update(**ended)

        with unchanged(Refused) as caught:
            approve(made, people.secretariat)

        assert caught.value.reason == "closed"

    @pytest.mark.parametrize("who", ["owner", "lead", "chair", "admin", "viewer", "adviser"])
    def test_only_the_secretariat_answers(self, people, things, who):
        made = ask(things["action"], people.owner)

        for answer in (approve, decline):
            with unchanged(PermissionDenied):
                answer(made, getattr(people, who))

    @KINDS
    def test_a_form_sent_twice_moves_once(self, people, things, asker, kind):
        made, mine = ask(things[kind], asker[kind]), attempt(people.secretariat)

        assert approve(made, None, tried=mine) == approve(made, None, tried=mine)
        assert DueDateChange.objects.count() == 1

    @KINDS
    def test_a_fault_after_any_write_leaves_nothing_behind(self, people, things, asker, kind):
        """Among the writes: the ledger, the state, the answer, and who is told."""
        made = ask(things[kind], asker[kind])
        before, number, done = everything(), 1, False
        while not done:
            try:
                with failing_after(number) as writes:
                    approve(made, people.secretariat)
                done = True
            except Fault:
                assert everything() == before, writes
                number += 1

        for table in ("roadmap_duedatechange", "roadmap_daterequest", "roadmap_reminder"):
            assert any(table in sql for sql in writes)


class TestOtherAnswers:
    @KINDS
    def test_declined_says_why_and_the_date_stays(self, people, things, asker, kind):
        before = things[kind].due_date

        made = decline(ask(things[kind], asker[kind]), people.secretariat)

        things[kind].refresh_from_db()
        assert (made.state, made.answer_reason, things[kind].due_date) == (
            "declined",
            "Cukup waktu.",
            before,
        )
        told = Reminder.objects.get()
        assert (told.item, told.stage, told.recipient) == (
            f"{kind}:{things[kind].pk}",
            "declined",
            asker[kind],
        )

    def test_a_meeting_declines_by_its_decision(self, people, things):
        decision = committee_factories.decision(effect=requests.DECLINING)

        made = decline(ask(things["action"], people.owner), people.secretariat, decision=decision)

        assert (made.state, made.decision) == ("declined", decision)
        assert decisions.has_effects(decision)

    @pytest.mark.parametrize("what", ["action", "move", "struck"])
    def test_a_decision_for_something_else_declines_nothing(self, people, things, what):
        effect = "move" if what == "move" else "action"
        decision = committee_factories.decision(effect=effect)
        made = ask(things["action"], people.owner)
        if what == "struck":
            Decision.objects.filter(pk=decision.pk).delete()

        with unchanged(Refused) as caught:
            decline(made, people.secretariat, decision=decision)

        assert caught.value.reason == "not_this_effect"

    def test_declining_without_a_reason_changes_nothing(self, people, things):
        made = ask(things["action"], people.owner)

        with unchanged(Refused) as caught:
            decline(made, people.secretariat, " ")

        assert caught.value.reason == "needs_reason"

    def test_whoever_asked_withdraws(self, people, things):
        made = withdraw(ask(things["action"], people.owner), people.owner)

        assert (made.state, made.answered_by) == ("withdrawn", people.owner)
        assert not Reminder.objects.exists()

    @pytest.mark.parametrize("who", ["contributor", "lead", "secretariat", "chair"])
    def test_nobody_withdraws_for_another(self, people, things, who):
        made = ask(things["action"], people.owner)

        with unchanged(PermissionDenied):
            withdraw(made, getattr(people, who))

    @pytest.mark.parametrize("first", ["approve", "decline", "withdraw"])
    def test_what_is_answered_is_answered(self, people, things, first):
        answers = {
            "approve": lambda made: approve(made, people.secretariat),
            "decline": lambda made: decline(made, people.secretariat),
            "withdraw": lambda made: withdraw(made, people.owner),
        }
        made = ask(things["action"], people.owner)
        answers[first](made)

        for again in answers.values():
            with unchanged(Refused) as caught:
                again(made)
            assert caught.value.reason == "already_answered"


def test_a_move_by_the_secretariat_names_its_decision(people, things):
    decision = committee_factories.decision(effect="move")
    move = Move(to=NEW, precision=Precision.DAY, reason="Rapat.", decision=decision)

    dates.move_action_date(
        action=things["action"], attempt=attempt(people.secretariat, things["action"]), move=move
    )

    assert things["action"].slips.get().decision == decision


@KINDS
def test_a_move_by_a_decision_for_something_else_is_refused(people, things, kind):
    move = Move(NEW, Precision.DAY, "Rapat.", decision=committee_factories.decision())

    with unchanged(Refused) as caught:
        getattr(dates, f"move_{kind}_date")(
            move=move, attempt=attempt(people.secretariat, things[kind]), **{kind: things[kind]}
        )

    assert caught.value.reason == "not_this_effect"
