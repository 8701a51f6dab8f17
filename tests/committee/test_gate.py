"""The gate: nothing leaves while letters are held, and a server that refuses is left in peace."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db.models.functions import Now
from django.utils import timezone

from committee import gate, heartbeats, outbox
from committee.enums import HoldReason, LetterKind, LetterState, Role
from committee.models import Heartbeat, Letter, MailGate
from committee.transport import Answer, Outcome, Unreachable
from roadmap import tasks
from tests import factories
from tests.committee.test_outbox import MAIL, MINUTE, Postbox, drain, letter
from tests.factories import TODAY

pytestmark = pytest.mark.django_db
REFUSAL = Answer(Outcome.TEMPORARY, 554, "5.7.1 relay access denied")


def states():
    return sorted(Letter.objects.values_list("state", flat=True))


class TestHold:
    def test_nothing_leaves_and_what_is_queued_later_is_held_too(self):
        letter("a")
        letter("b", LetterKind.PASSWORD_RESET)
        letter("c", not_before=timezone.now() + MINUTE)
        gate.hold(HoldReason.RESTORED)
        letter("d")
        box = Postbox()

        assert drain(box) == 0
        assert box.accepted == []
        assert states() == [LetterState.HELD] * 4
        assert gate.look().held_because == HoldReason.RESTORED

    def test_a_hold_is_not_forgotten_for_another(self):
        gate.hold(HoldReason.RESTORED)
        first = gate.look().held_at

        gate.hold(HoldReason.CLOCK_WENT_BACK)

        assert (gate.look().held_at, gate.look().held_because) == (first, HoldReason.RESTORED)

    def test_a_drain_under_way_stops_at_its_next_claim(self, monkeypatch):
        monkeypatch.setattr(outbox, "BATCH", 1)
        letter("a")
        letter("b")

        class Restorer(Postbox):
            def send(self, envelope, meanwhile):
                gate.hold(HoldReason.RESTORED)
                return super().send(envelope, meanwhile)

        assert drain(Restorer()) == 1
        assert states() == [LetterState.HELD, LetterState.SENT]

    def test_released_letters_leave_under_the_same_identifier(self):
        made = letter()
        gate.hold(HoldReason.RESTORED)
        by = factories.member(Role.SECRETARIAT)

        assert gate.release(by=by, today=TODAY) == 1
        assert not gate.look().is_held

        box = Postbox()
        assert drain(box) == 1
        assert made.message_id.encode() in box.accepted[0].content

    def test_discarded_letters_never_leave_and_later_ones_do(self):
        made = letter("a")
        gate.hold(HoldReason.RESTORED)

        assert gate.discard(by=factories.member(Role.SECRETARIAT), today=TODAY) == 1
        letter("b")

        assert drain() == 1
        made.refresh_from_db()
        assert (made.state, made.last_error) == (LetterState.CANCELLED, gate.DISCARDED)

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.SECRETARIAT}))
    @pytest.mark.parametrize("decide", [gate.release, gate.discard])
    def test_nobody_but_the_secretariat_decides(self, decide, role):
        letter()
        gate.hold(HoldReason.RESTORED)

        with pytest.raises(PermissionDenied):
            decide(by=factories.member(role), today=TODAY)

        assert gate.look().is_held
        assert states() == [LetterState.HELD]

    def test_a_role_taken_meanwhile_decides_nothing(self):
        by = factories.member(Role.SECRETARIAT)
        type(by).objects.filter(pk=by.pk).update(role=Role.VIEWER)

        with pytest.raises(PermissionDenied):
            gate.release(by=by, today=TODAY)

    def test_account_mail_past_its_life_is_given_up_while_held(self):
        made = letter(kind=LetterKind.PASSWORD_RESET, expires_at=timezone.now() - MINUTE)
        gate.hold(HoldReason.RESTORED)

        drain()

        made.refresh_from_db()
        assert (made.state, made.last_error) == (LetterState.FAILED, "expired")

    def test_the_command_says_what_it_did(self, capsys):
        letter()

        call_command("hold")

        assert capsys.readouterr().out == (
            "Letters are held until the secretariat sends or discards them.\n"
        )
        assert states() == [LetterState.HELD]


def clock_goes_back(by):
    """Date every sign of life later, as if the clock had been set back since."""
    Heartbeat.objects.update(at=Now() + by)


class TestClockWentBack:
    @pytest.fixture(autouse=True)
    def signs_of_life(self):
        drain()

    def test_everything_is_held_until_released_and_then_not_again(self):
        letter()
        clock_goes_back(timedelta(hours=26))

        assert drain() == 0
        assert gate.look().held_because == HoldReason.CLOCK_WENT_BACK

        gate.release(by=factories.member(Role.SECRETARIAT), today=TODAY)
        assert drain() == 1

    def test_a_clock_set_by_a_minute_holds_nothing(self):
        letter()
        clock_goes_back(MINUTE)

        assert drain() == 1

    def test_a_long_outage_holds_nothing(self):
        letter()
        clock_goes_back(timedelta(days=-30))

        assert drain() == 1

    def test_control_without_the_guard_the_letter_leaves(self, monkeypatch):
        monkeypatch.setattr(gate, "guard", lambda: None)
        letter()
        clock_goes_back(timedelta(hours=26))

        assert drain() == 1

    def test_a_beat_of_the_future_does_not_silence_the_bell(self):
        """Or nothing would be told, and nobody warned, until the clock is there again."""
        clock_goes_back(timedelta(hours=26))

        assert not heartbeats.has_beaten_within("drain", tasks.BETWEEN_ROUNDS)
        tasks.drain()

        assert gate.look().is_held


def refuse(times):
    """Let so many letters be refused, one after another."""
    for number in range(times):
        letter(f"refused:{number}")
    drain(Postbox(*[REFUSAL] * times))


class TestBreaker:
    def test_ten_refusals_in_a_row_end_the_run_and_fail_no_letter(self):
        for number in range(15):
            letter(f"{number}")
        box = Postbox(*[REFUSAL] * 15)

        assert drain(box) == 0

        assert len(box.answers) == 5
        assert gate.look().is_shut
        assert states() == [LetterState.PENDING] * 15

    def test_nine_are_not_enough(self):
        refuse(9)

        assert not gate.look().is_shut

    def test_a_letter_accepted_between_begins_the_count_anew(self):
        refuse(9)
        letter("good")
        drain()

        assert gate.look().refusals == 0

    def test_addresses_refused_for_good_do_not_count(self):
        for number in range(12):
            letter(f"{number}")
        drain(Postbox(*[Answer(Outcome.REFUSED, 550, "5.1.1 no such user")] * 12))

        assert (gate.look().refusals, gate.look().is_shut) == (0, False)

    def test_while_shut_one_letter_a_minute_is_tried_whoever_drains(self):
        refuse(10)
        for number in range(3):
            letter(f"{number}")

        assert drain() == 0
        MailGate.objects.update(probe_at=Now() - MINUTE)
        box = Postbox(*[REFUSAL] * 3)
        drain(box)
        drain(box)
        assert len(box.answers) == 2
        assert gate.look().is_shut

    def test_one_accepted_opens_it_and_the_others_follow(self):
        refuse(10)
        for number in range(3):
            letter(f"{number}")
        MailGate.objects.update(probe_at=Now() - MINUTE)

        assert drain() == 3
        assert (gate.look().refusals, gate.look().is_shut) == (0, False)

    def test_control_with_no_limit_every_letter_is_tried(self, monkeypatch):
        monkeypatch.setattr(gate, "MOST_REFUSALS", 10_000)
        for number in range(15):
            letter(f"{number}")
        box = Postbox(*[REFUSAL] * 15)
        drain(box)

        assert box.answers == []

    def test_a_password_that_is_refused_counts_and_is_tried_once_a_minute(self):
        letter()

        class Closed(Postbox):
            calls = 0

            def open(self):
                self.calls += 1
                raise Unreachable("SMTPAuthenticationError: 535", is_refusal=True)

        box = Closed()
        for _ in range(15):
            drain(box)

        assert box.calls == 10
        assert states() == [LetterState.PENDING]
        assert Letter.objects.get().tries == 0

    def test_silence_is_no_refusal(self):
        letter()
        for _ in range(15):
            drain(Postbox(is_down=True))

        assert gate.look().refusals == 0
        assert drain() == 1


class TestTryingAgain:
    @pytest.fixture
    def failed(self):
        made = letter()
        Letter.objects.filter(pk=made.pk).update(
            state=LetterState.FAILED, last_error="in doubt twice", in_doubt=2, strikes=3, tries=2
        )
        return made

    def resend(self, made, role=Role.SECRETARIAT):
        outbox.resend(by=factories.member(role), letter=made, today=TODAY)

    def test_it_leaves_and_what_was_in_doubt_stays_so(self, failed):
        self.resend(failed)

        failed.refresh_from_db()
        assert (failed.state, failed.strikes, failed.in_doubt) == (LetterState.PENDING, 0, 2)
        assert drain() == 1

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.SECRETARIAT}))
    def test_nobody_else_may(self, failed, role):
        with pytest.raises(PermissionDenied):
            self.resend(failed, role)

        failed.refresh_from_db()
        assert failed.state == LetterState.FAILED

    def test_a_link_that_would_be_too_old_is_refused(self, failed):
        Letter.objects.update(expires_at=Now() - MINUTE)

        with pytest.raises(outbox.TooLate):
            self.resend(failed)

        failed.refresh_from_db()
        assert failed.state == LetterState.FAILED

    def test_a_letter_that_was_sent_is_not_sent_again(self):
        made = letter()
        drain()

        self.resend(made)

        assert drain() == 0

    def test_while_held_it_is_held(self, failed):
        gate.hold(HoldReason.RESTORED)
        self.resend(failed)

        assert drain() == 0
        assert states() == [LetterState.HELD]


class TestPoison:
    def test_a_drain_that_dies_takes_its_batch_along_once(self):
        """Whatever was on hand is then tried alone, after those that were not."""
        for number in range(3):
            letter(f"{number}")
        Letter.objects.filter(pk__in=[each.pk for each in outbox.claim()]).update(
            lease_until=Now() - MINUTE
        )
        drain_box = Postbox()
        letter("fresh")
        outbox.settling.sweep()

        claimed = outbox.claim()
        assert [each.dedupe_key for each in claimed] == ["fresh"]
        outbox.settling.release(claimed)
        Letter.objects.filter(dedupe_key="fresh").delete()
        assert len(outbox.claim()) == 1
        assert drain(drain_box) == 2

    @pytest.mark.parametrize("fault", [ZeroDivisionError, MemoryError, ValueError, KeyError])
    def test_one_that_cannot_be_made_ends_after_five_tries_and_stops_no_other(self, fault):
        bad, good = letter("bad"), letter("good")

        class Words(dict):
            def __getitem__(self, pk):
                if pk == bad.pk:
                    raise fault
                return MAIL

        renderers = dict.fromkeys(LetterKind, lambda batch: Words())
        for _ in range(6):
            outbox.drain(renderers=renderers, session=Postbox())
            Letter.objects.filter(state=LetterState.PENDING).update(not_before=Now() - MINUTE)
        bad.refresh_from_db()
        good.refresh_from_db()
        assert good.state == LetterState.SENT
        assert (bad.state, bad.strikes) == (LetterState.FAILED, 5)
        assert bad.last_error.startswith(f"poison: {fault.__name__}, trace ")
