"""What is written of a try: the whole reason within its bounds, and a lease that is let go."""

from __future__ import annotations

import os
import re
import socket
from datetime import timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper as Postgres
from django.db.backends.sqlite3.base import DatabaseWrapper as Sqlite
from django.db.models.functions import Now
from django.utils import timezone

from committee import outbox, settling, statements
from committee.enums import LetterState
from committee.envelopes import Mail
from committee.models import Letter, Member
from committee.transport import Answer, Outcome
from tests.committee.test_outbox import MAIL, MINUTE, drain, letter, lose_lease
from tests.factories import TODAY, moment

SENT = Answer(Outcome.SENT, 250, "OK")
LONG = "x" * 300


def claimed(key="a"):
    """Queue a letter and lease it."""
    letter(key)
    [one] = outbox.claim()
    return one


def settled(answer, mail=MAIL):
    """Settle one try and read the letter again."""
    one = claimed()
    settling.settle(one, mail, answer, timezone.now())
    return Letter.objects.get(pk=one.pk)


def test_both_databases_have_their_times():
    assert set(statements.TIMES) == {Postgres.vendor, Sqlite.vendor}
    assert statements.TIMES[Postgres.vendor][0] == Now().as_postgresql(None, connection)[0]


@pytest.mark.django_db
class TestBounds:
    @pytest.mark.parametrize("outcome", [Outcome.SENT, Outcome.REFUSED, Outcome.TEMPORARY])
    def test_a_long_answer_is_kept_to_its_two_hundredth_sign(self, outcome):
        made = settled(Answer(outcome, 500, LONG))

        assert made.attempts.get().text == LONG[:200]
        wanted = {Outcome.SENT: "", Outcome.REFUSED: f"permanent: {LONG}"[:200]}
        assert made.last_error == wanted.get(outcome, LONG[:200])
        assert (made.last_code, made.lease_until, made.strikes) == (500, None, 0)

    def test_so_is_a_long_refusal_beside_the_member(self):
        made = settled(Answer(Outcome.REFUSED, 550, LONG))

        assert made.recipient.refused_why == f"550 {LONG}"[:200]

    def test_a_refusal_without_words_says_that_it_was_one(self):
        assert settled(Answer(Outcome.REFUSED)).recipient.refused_why == "refused"

    def test_a_long_reason_to_cancel_is_bounded(self):
        one = claimed()

        settling.withdraw(one, LONG)

        made = Letter.objects.get(pk=one.pk)
        assert (made.last_error, made.lease_until) == (LONG[:200], None)

    def test_a_refused_letter_keeps_what_it_would_have_told(self):
        mail = Mail(LONG + "y" * 9, "text", "<p></p>", moment(TODAY))
        made = settled(Answer(Outcome.REFUSED, 550, "no"), mail)

        assert (made.subject, made.text) == (LONG, "text")
        assert made.address == made.recipient.email

    def test_a_worker_of_a_long_name_is_kept_to_its_eightieth_sign(self, monkeypatch):
        monkeypatch.setattr(socket, "gethostname", lambda: "h" * 100)

        assert settled(SENT).attempts.get().worker == "h" * 80

    def test_a_try_says_who_made_it_and_when(self):
        one = claimed()
        began = timezone.now() - MINUTE

        settling.settle(one, MAIL, Answer(Outcome.TEMPORARY, 451, "later"), began)

        tried = one.attempts.get()
        assert tried.worker == f"{socket.gethostname()}:{os.getpid()}"
        assert (tried.number, tried.outcome, tried.code) == (1, "temporary", 451)
        assert (tried.started_at, tried.text) == (began, "later")
        assert MINUTE <= tried.ended_at - began < 2 * MINUTE

    def test_a_try_never_ends_before_it_began(self):
        one = claimed()
        ahead = timezone.now() + MINUTE

        settling.settle(one, MAIL, SENT, ahead)

        assert one.attempts.get().ended_at == ahead

    @pytest.mark.parametrize(
        ("tries", "minutes"), [(0, 1), (1, 2), (5, 32), (6, 60), (10, 60), (40, 60)]
    )
    def test_a_wait_is_spread_by_a_fifth_to_either_side(self, monkeypatch, tries, minutes):
        spread = []
        monkeypatch.setattr(settling.random, "uniform", lambda *ends: spread.append(ends) or 1)

        assert settling.backoff(tries) == minutes * MINUTE
        assert spread == [(0.8, 1.2)]

    def test_a_broken_session_costs_no_wait(self):
        made = settled(Answer(Outcome.BROKEN, text="reset"))

        assert made.state == LetterState.PENDING
        assert made.not_before <= timezone.now()


@pytest.mark.django_db
class TestFollowing:
    @pytest.fixture(params=[False, True], ids=["known", "refused before"])
    def pair(self, request):
        letter("a")
        letter("b")
        first, second = outbox.claim()
        if request.param:
            refused = {"refused_at": timezone.now(), "refused_why": "550 no"}
            Member.objects.filter(pk=first.recipient_id).update(**refused)
            first.recipient.refresh_from_db()
        return first, second

    def settle(self, pair, answer=SENT):
        first, second = pair
        return settling.settle(first, MAIL, answer, timezone.now(), second)

    def test_the_next_is_marked_in_the_same_commit_and_may_go(self, pair):
        assert self.settle(pair) is True

        assert Letter.objects.get(pk=pair[1].pk).on_wire_at is not None

    def test_a_next_whose_lease_is_lost_may_not(self, pair):
        Letter.objects.filter(pk=pair[1].pk).update(lease_until=Now() - MINUTE)

        assert self.settle(pair) is False
        assert Letter.objects.get(pk=pair[0].pk).state == LetterState.SENT

    @pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.SENT}, key=str))
    def test_after_anything_but_acceptance_nothing_follows(self, pair, outcome):
        assert self.settle(pair, Answer(outcome, 451, "later")) is False
        assert Letter.objects.get(pk=pair[1].pk).on_wire_at is None

    def test_without_a_next_there_is_none_to_go(self, pair):
        assert settling.settle(pair[0], MAIL, SENT, timezone.now()) is False

    def test_the_same_try_is_recorded_once(self, pair):
        self.settle(pair)
        self.settle(pair)

        assert pair[0].attempts.count() == 1


@pytest.mark.django_db
class TestGivenBack:
    def test_what_was_never_tried_is_as_it_was(self):
        letter("a", tries=3)
        one, *others = outbox.claim()

        settling.release([one, *others])

        made = Letter.objects.get()
        assert (made.state, made.tries, made.strikes) == (LetterState.PENDING, 3, 0)
        assert (made.lease_token, made.lease_until) == (None, None)

    def test_what_is_on_the_wire_or_of_another_lease_stays(self):
        one = claimed()
        settling.mark_on_wire(one)
        settling.release([one])
        assert Letter.objects.get().state == LetterState.SENDING

        Letter.objects.update(on_wire_at=None, lease_token="0" * 32)
        settling.release([one])
        assert Letter.objects.get().state == LetterState.SENDING

    def test_nothing_is_given_back_at_no_cost(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            settling.release([])


@pytest.mark.django_db
class TestFaults:
    def test_a_fault_names_its_trace_and_waits_five_minutes(self, caplog):
        one = claimed()
        before = timezone.now()

        settling.put_off(one, ZeroDivisionError("x"))

        made = Letter.objects.get()
        [trace] = re.findall(r"\AZeroDivisionError, trace ([0-9a-f]{12})\Z", made.last_error)
        assert trace in caplog.text
        assert (made.lease_until, made.strikes) == (None, 1)
        assert abs(made.not_before - before - 5 * MINUTE) < timedelta(seconds=20)

    @pytest.mark.parametrize(
        ("known", "told"),
        [
            ("", r"\Apoison: its drainer ended, trace [0-9a-f]{12}\Z"),
            ("KeyError, trace 0123456789ab", r"\Apoison: KeyError, trace 0123456789ab\Z"),
            ("later", r"\Apoison: its drainer ended, trace [0-9a-f]{12}\Z"),
        ],
    )
    def test_what_is_given_up_says_where_to_look(self, known, told):
        letter(strikes=5, last_error=known)

        settling.sweep()

        made = Letter.objects.get()
        assert made.state == LetterState.FAILED
        assert re.search(told, made.last_error)

    def test_four_strikes_are_not_enough(self):
        letter(strikes=4)

        settling.sweep()

        assert Letter.objects.get().state == LetterState.PENDING


@pytest.mark.django_db
class TestDoubt:
    def test_it_is_recorded_from_when_it_left_and_waits_two_minutes(self):
        one = claimed()
        settling.mark_on_wire(one)
        left = timezone.now() - 20 * MINUTE
        Letter.objects.update(on_wire_at=left)
        lose_lease()
        before = timezone.now()

        settling.sweep()

        made, tried = Letter.objects.get(), one.attempts.get()
        assert (tried.outcome, tried.text, tried.code) == (
            "in doubt",
            "no answer was recorded",
            None,
        )
        assert (tried.started_at, tried.number) == (left, 1)
        assert (made.state, made.in_doubt, made.lease_until) == (LetterState.PENDING, 1, None)
        assert abs(made.not_before - before - 2 * MINUTE) < timedelta(seconds=20)

    def test_a_second_time_it_is_given_up_and_let_go(self):
        one = claimed()
        settling.mark_on_wire(one)
        Letter.objects.update(in_doubt=1)
        lose_lease()

        settling.sweep()

        made = Letter.objects.get()
        assert (made.state, made.in_doubt) == (LetterState.FAILED, 2)
        assert (made.lease_token, made.lease_until) == (None, None)

    def test_a_living_lease_is_not_doubted(self):
        one = claimed()
        settling.mark_on_wire(one)

        settling.sweep()

        assert not one.attempts.exists()
        assert Letter.objects.get().in_doubt == 0


@pytest.mark.django_db
class TestExpiry:
    @pytest.mark.parametrize(
        ("minutes", "state"), [(-1, LetterState.FAILED), (1, LetterState.PENDING)]
    )
    def test_only_what_is_past_its_life_is_given_up(self, minutes, state):
        letter(expires_at=timezone.now() + minutes * MINUTE)

        settling.sweep()

        assert Letter.objects.get().state == state

    def test_acceptance_clears_what_was_written_of_earlier_tries(self):
        made = letter(last_error="later", strikes=0, last_code=451)
        before = timezone.now()
        drain()

        made.refresh_from_db()
        assert (made.last_error, made.last_code, made.lease_until) == ("", 250, None)
        assert abs(made.sent_at - before) < timedelta(seconds=20)
