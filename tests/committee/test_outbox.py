"""The outbox: what becomes of a letter, whatever happens to its try.

The table of outcomes is asked through a transport that answers as told; test_transport.py asks
real servers on loopback.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from committee import outbox, settling
from committee.enums import LetterKind, LetterState
from committee.envelopes import Mail, NothingToSay
from committee.models import Heartbeat, Letter, Member
from committee.transport import Answer, Outcome, Unreachable
from tests import factories
from tests.factories import TODAY, moment

MINUTE = timedelta(minutes=1)
MAIL = Mail("1 late", "CYB-01", "<p>CYB-01</p>", moment(TODAY))


class Postbox:
    """A transport that answers as told (else accepts), and keeps what it accepted."""

    def __init__(self, *answers, is_down=False):
        self.answers = list(answers)
        self.is_down = is_down
        self.accepted = []

    def open(self):
        if self.is_down:
            raise Unreachable("ConnectionRefusedError: nobody listens")

    def announce(self, envelope):
        pass

    def send(self, envelope, meanwhile):
        meanwhile()
        answer = self.answers.pop(0) if self.answers else Answer(Outcome.SENT, 250, "OK")
        if answer.outcome is Outcome.SENT:
            self.accepted.append(envelope)
        return answer

    def close(self):
        pass


def letter(key="digest:1:2018-09-24", kind=LetterKind.REMINDERS, **fields):
    made = outbox.enqueue(
        kind=kind, recipient=factories.member(), policy_date=TODAY, dedupe_key=key
    )
    if fields:
        Letter.objects.filter(pk=made.pk).update(**fields)
        made.refresh_from_db()
    return made


def again(earlier, key):
    """Queue one more letter to the same person."""
    return outbox.enqueue(
        kind=LetterKind.REMINDERS,
        recipient=earlier.recipient,
        policy_date=TODAY,
        dedupe_key=key,
    )


def drain(box=None, mail=MAIL):
    def render(batch):
        return {each.pk: mail for each in batch}

    return outbox.drain(renderers=dict.fromkeys(LetterKind, render), session=box or Postbox())


def lose_lease():
    """Let every lease run out, as when its drainer was killed."""
    Letter.objects.filter(state=LetterState.SENDING).update(lease_until=Now() - MINUTE)


def let_time_pass():
    Letter.objects.filter(state=LetterState.PENDING).update(not_before=Now() - MINUTE)


@pytest.mark.django_db
class TestQueue:
    def test_a_key_is_queued_once(self):
        letter()

        assert letter() is None
        assert Letter.objects.count() == 1

    def test_the_message_id_follows_from_the_key_alone(self):
        first = letter().message_id
        Letter.objects.all().delete()

        assert letter().message_id == first
        assert first.endswith("@testserver>")

    def test_account_mail_goes_first(self):
        letter("a")
        letter("b", LetterKind.PASSWORD_RESET)

        claimed = outbox.claim()

        assert [each.kind for each in claimed] == ["password_reset", "reminders"]

    def test_what_is_not_due_waits(self):
        letter(not_before=timezone.now() + MINUTE)

        assert drain() == 0

    def test_a_claim_is_a_lease_for_one(self):
        letter()

        assert len(outbox.claim()) == 1
        assert outbox.claim() == []


@pytest.mark.django_db
class TestOutcomes:
    def test_accepted_is_recorded_with_what_was_told(self):
        made = letter()

        assert drain() == 1

        made.refresh_from_db()
        assert made.state == LetterState.SENT
        assert (made.subject, made.text) == ("1 late", "CYB-01")
        assert made.address == made.recipient.email
        assert (made.lease_token, made.strikes, made.tries) == (None, 0, 1)
        assert made.attempts.get().outcome == "sent"

    def test_accepted_mail_with_a_token_keeps_no_text(self):
        made = letter()

        drain(mail=Mail("Link", "https://secret", "<p></p>", moment(TODAY), is_kept=False))

        made.refresh_from_db()
        assert (made.subject, made.text) == ("", "")
        assert made.address == made.recipient.email

    def test_a_sent_letter_is_never_sent_again(self):
        letter()
        box = Postbox()
        drain(box)
        let_time_pass()

        assert drain(box) == 0
        assert len(box.accepted) == 1

    def test_a_refused_address_ends_it_with_the_reason(self):
        made = letter()

        drain(Postbox(Answer(Outcome.REFUSED, 550, "5.1.1 no such user")))

        made.refresh_from_db()
        assert made.state == LetterState.FAILED
        assert made.last_error == "permanent: 5.1.1 no such user"
        assert made.last_code == 550

    def test_an_address_that_cannot_be_written_ends_it_too(self):
        made = letter()
        Member.objects.filter(pk=made.recipient_id).update(email="a b\n@x")

        drain()

        made.refresh_from_db()
        assert made.state == LetterState.FAILED
        assert made.last_error.startswith("permanent: address")
        assert made.recipient.refused_why.startswith("address: ")

    def test_a_refused_address_is_written_beside_the_member_until_a_letter_arrives(self):
        made = letter("a")
        drain(Postbox(Answer(Outcome.REFUSED, 550, "5.1.1 no such user")))
        made.recipient.refresh_from_db()
        assert made.recipient.refused_why == "550 5.1.1 no such user"
        first = made.recipient.refused_at

        again(made, "b")
        drain(Postbox(Answer(Outcome.REFUSED, 550, "5.2.2 mailbox full")))
        made.recipient.refresh_from_db()
        assert made.recipient.refused_at == first
        assert made.recipient.refused_why == "550 5.2.2 mailbox full"

        again(made, "c")
        drain()
        made.recipient.refresh_from_db()
        assert (made.recipient.refused_at, made.recipient.refused_why) == (None, "")

    def test_a_refusal_of_an_address_left_meanwhile_says_nothing_of_the_new_one(self):
        made = letter()
        [claimed] = outbox.claim()
        Member.objects.filter(pk=made.recipient_id).update(email="baru@demo.test")

        answer = Answer(Outcome.REFUSED, 550, "5.1.1 no such user")
        settling.settle(claimed, MAIL, answer, timezone.now())

        made.recipient.refresh_from_db()
        assert made.recipient.refused_at is None

    @pytest.mark.parametrize(("tries", "minutes"), [(0, 2), (1, 4), (4, 32), (5, 60), (20, 60)])
    def test_a_temporary_refusal_waits_twice_as_long_each_time(self, tries, minutes):
        made = letter(tries=tries)
        before = timezone.now()

        drain(Postbox(Answer(Outcome.TEMPORARY, 451, "later")))

        made.refresh_from_db()
        wait = made.not_before - before
        assert (made.state, made.strikes) == (LetterState.PENDING, 0)
        assert 0.8 * minutes * MINUTE <= wait <= 1.2 * minutes * MINUTE + MINUTE / 2

    def test_a_session_broken_before_the_body_ends_the_run_and_costs_the_others_nothing(self):
        first, second = letter("a"), letter("b")
        box = Postbox(Answer(Outcome.BROKEN, text="reset", ends_session=True))

        assert drain(box) == 0

        for made in (first, second):
            made.refresh_from_db()
            assert (made.state, made.strikes) == (LetterState.PENDING, 0)
        assert (first.tries, second.tries) == (1, 0)
        assert drain(box) == 2

    def test_no_answer_after_the_body_is_doubt_and_stays_leased(self):
        made = letter()

        drain(Postbox(Answer(Outcome.UNKNOWN, text="timeout", ends_session=True)))

        made.refresh_from_db()
        assert made.state == LetterState.SENDING
        assert made.on_wire_at is not None
        assert drain() == 0

    def test_a_fault_of_ours_waits_five_minutes_and_keeps_its_strike(self):
        bad, good = letter("a"), letter("b")

        def render(batch):
            if any(each.pk == bad.pk for each in batch):
                raise ZeroDivisionError
            return {each.pk: MAIL for each in batch}

        before = timezone.now()
        sent = outbox.drain(renderers={LetterKind.REMINDERS: render}, session=Postbox())

        bad.refresh_from_db()
        good.refresh_from_db()
        assert (sent, good.state) == (1, LetterState.SENT)
        assert (bad.state, bad.strikes) == (LetterState.PENDING, 1)
        assert bad.not_before - before >= 4.9 * MINUTE
        assert bad.last_error.startswith("ZeroDivisionError, trace ")

    def test_a_letter_with_nothing_to_say_is_cancelled_with_the_reason(self):
        made = letter()

        drain(mail=NothingToSay("submitted"))

        made.refresh_from_db()
        assert (made.state, made.last_error) == (LetterState.CANCELLED, "submitted")

    def test_acceptance_wins_from_any_state(self):
        made = letter()
        [claimed] = outbox.claim()
        Letter.objects.update(
            state=LetterState.CANCELLED, last_error="moved", lease_token=None, lease_until=None
        )

        settling.settle(claimed, MAIL, Answer(Outcome.SENT, 250, "OK"), timezone.now())

        made.refresh_from_db()
        assert made.state == LetterState.SENT

    def test_any_other_outcome_needs_the_lease(self):
        made = letter()
        [claimed] = outbox.claim()
        lose_lease()
        settling.sweep()
        outbox.claim()

        settling.settle(claimed, MAIL, Answer(Outcome.TEMPORARY, 451, "x"), timezone.now())

        made.refresh_from_db()
        assert made.state == LetterState.SENDING


@pytest.mark.django_db
class TestConnectBeforeClaim:
    def test_an_outage_costs_no_letter_a_try(self):
        made = letter()
        for _ in range(50):
            drain(Postbox(is_down=True))

        made.refresh_from_db()
        assert (made.state, made.tries, made.strikes) == (LetterState.PENDING, 0, 0)
        assert "nobody listens" in Heartbeat.objects.get(name="smtp").note
        assert drain() == 1
        assert Heartbeat.objects.get(name="smtp").note == ""

    def test_without_letters_nobody_is_called(self):
        assert drain(Postbox(is_down=True)) == 0
        assert not Heartbeat.objects.filter(name="smtp").exists()


@pytest.mark.django_db
class TestSweep:
    def test_a_letter_that_never_reached_the_wire_simply_goes_back(self):
        made = letter()
        outbox.claim()
        lose_lease()

        settling.sweep()

        made.refresh_from_db()
        assert (made.state, made.in_doubt) == (LetterState.PENDING, 0)

    def test_a_living_lease_is_left_alone(self):
        made = letter()
        outbox.claim()

        settling.sweep()

        made.refresh_from_db()
        assert made.state == LetterState.SENDING

    def test_a_lost_lease_does_not_reach_the_wire(self):
        letter()
        [claimed] = outbox.claim()
        lose_lease()

        assert not outbox.mark_on_wire(claimed)

    def test_in_doubt_once_it_is_sent_again_twice_a_person_decides(self):
        made = letter()
        doubt = Answer(Outcome.UNKNOWN, text="timeout", ends_session=True)
        before = timezone.now()

        drain(Postbox(doubt))
        lose_lease()
        settling.sweep()
        made.refresh_from_db()
        assert (made.state, made.in_doubt) == (LetterState.PENDING, 1)
        assert made.not_before - before >= 1.9 * MINUTE

        let_time_pass()
        drain(Postbox(doubt))
        lose_lease()
        settling.sweep()
        made.refresh_from_db()
        assert (made.state, made.in_doubt) == (LetterState.FAILED, 2)
        assert made.last_error == "in doubt twice"

    def test_a_letter_that_kills_its_drainer_is_given_up_after_five(self):
        made = letter()
        for _ in range(5):
            assert len(outbox.claim()) == 1
            lose_lease()
            settling.sweep()

        made.refresh_from_db()
        assert made.state == LetterState.FAILED
        assert made.last_error.startswith("poison: its drainer ended, trace ")

    def test_any_answer_of_the_mail_server_forgives_the_strikes(self):
        made = letter(strikes=3)

        drain(Postbox(Answer(Outcome.TEMPORARY, 451, "later")))

        made.refresh_from_db()
        assert made.strikes == 0

    def test_account_mail_past_its_life_is_given_up(self):
        made = letter(kind=LetterKind.PASSWORD_RESET, expires_at=timezone.now() - MINUTE)

        assert drain() == 0
        made.refresh_from_db()
        assert (made.state, made.last_error) == (LetterState.FAILED, "expired")
