"""The bounds of the outbox: how many, how long, how often, and what it writes of itself."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from committee import gate, outbox
from committee.enums import LetterKind, LetterState, Role
from committee.models import AuditEntry, Heartbeat, Letter
from committee.outbox import Round
from committee.transport import Answer, Outcome
from tests import factories
from tests.committee.test_outbox import MAIL, MINUTE, Postbox, drain, let_time_pass, letter
from tests.factories import TODAY

LATER = Answer(Outcome.TEMPORARY, 451, "later")


class Clock:
    """A clock of seconds that stands still until it is told."""

    def __init__(self, monkeypatch):
        self.now = 1000.0
        monkeypatch.setattr(outbox, "monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


class Slow(Postbox):
    """A mail server that takes so many seconds over each letter."""

    def __init__(self, clock, seconds):
        super().__init__()
        self.clock, self.seconds = clock, seconds

    def send(self, envelope, meanwhile):
        self.clock.now += self.seconds
        return super().send(envelope, meanwhile)


class TestRound:
    def test_it_goes_on_until_its_deadline_and_not_at_it(self, clock):
        work = Round(Postbox(), {}, deadline=1000.5)
        assert work.goes_on

        clock.now = 1000.5
        assert not work.goes_on

    def test_it_may_send_until_its_facts_are_stale_and_not_then(self, clock):
        work = Round(Postbox(), {}, deadline=2000, fresh_until=1000.5)
        assert work.may_send

        clock.now = 1000.5
        assert work.goes_on
        assert not work.may_send

    def test_what_is_over_neither_goes_on_nor_sends(self, clock):
        work = Round(Postbox(), {}, deadline=2000, fresh_until=2000, is_over=True)

        assert (work.goes_on, work.may_send) == (False, False)


def many(number):
    """Queue so many letters."""
    return [letter(f"many:{each}") for each in range(number)]


@pytest.mark.django_db
class TestTime:
    @pytest.mark.parametrize(("seconds", "sent"), [(20, 2), (19.9, 3), (40, 1), (39.9, 2), (1, 4)])
    def test_a_drain_begins_no_letter_after_forty_seconds(self, clock, seconds, sent):
        many(4)

        assert drain(Slow(clock, seconds)) == sent
        left = Letter.objects.filter(state=LetterState.PENDING)
        assert set(left.values_list("tries", "strikes", "lease_until")) <= {(0, 0, None)}
        assert left.count() == 4 - sent

    @pytest.mark.parametrize(("seconds", "readings"), [(5, 3), (4.9, 2), (2.5, 2), (2.4, 1)])
    def test_facts_are_read_again_after_five_seconds(self, clock, seconds, readings):
        many(3)
        read = []

        def render(batch):
            read.append(len(batch))
            return {each.pk: MAIL for each in batch}

        box = Slow(clock, seconds)
        assert outbox.drain(renderers={LetterKind.REMINDERS: render}, session=box) == 3
        assert len(read) == readings

    def test_a_session_is_closed_whatever_happens(self):
        letter()

        class Kept(Postbox):
            closed = 0

            def close(self):
                self.closed += 1

        class Breaking(Kept):
            def send(self, envelope, meanwhile):
                raise ZeroDivisionError

        good, bad = Kept(), Breaking()
        drain(good)
        letter("b")
        with pytest.raises(ZeroDivisionError):
            drain(bad)

        assert (good.closed, bad.closed) == (1, 1)


@pytest.mark.django_db
class TestQueue:
    def test_a_claim_takes_twenty(self):
        many(21)

        assert len(outbox.claim()) == 20
        assert len(outbox.claim()) == 1

    def test_a_batch_of_a_drain_is_twenty(self):
        many(21)
        sizes = []

        def render(batch):
            sizes.append(len(batch))
            return {each.pk: MAIL for each in batch}

        outbox.drain(renderers={LetterKind.REMINDERS: render}, session=Postbox())

        assert sizes == [20, 1]

    def test_a_claim_is_leased_for_ten_minutes(self):
        letter()
        before = timezone.now()

        [claimed] = outbox.claim()

        assert abs(claimed.lease_until - before - 10 * MINUTE) < timedelta(seconds=20)
        assert claimed.on_wire_at is None
        assert (claimed.tries, claimed.strikes) == (1, 1)

    def test_a_letter_on_the_wire_is_leased_for_ten_minutes_from_then(self):
        made = letter()
        [claimed] = outbox.claim()
        Letter.objects.update(lease_until=Now() + MINUTE)
        before = timezone.now()

        assert outbox.mark_on_wire(claimed)

        made.refresh_from_db()
        assert abs(made.lease_until - before - 10 * MINUTE) < timedelta(seconds=20)
        assert abs(made.on_wire_at - before) < timedelta(seconds=20)

    def test_the_longest_waiting_goes_first_and_then_the_first_queued(self):
        a, b, c = many(3)
        same = timezone.now() - MINUTE
        Letter.objects.filter(pk__in=[a.pk, b.pk]).update(not_before=same)
        Letter.objects.filter(pk=c.pk).update(not_before=same - MINUTE)

        assert [each.pk for each in outbox.claim(2)] == [c.pk, a.pk]

    def test_one_that_was_on_hand_is_leased_alone_and_last(self):
        struck, also, fresh = many(3)
        Letter.objects.filter(pk__in=[struck.pk, also.pk]).update(strikes=1)

        claims = [[each.pk for each in outbox.claim()] for _ in range(3)]

        assert claims == [[fresh.pk], [struck.pk], [also.pk]]

    def test_what_is_queued_says_when_and_for_how_long(self):
        end = timezone.now() + MINUTE
        to = factories.member()
        made = outbox.enqueue(
            kind=LetterKind.PASSWORD_RESET, recipient=to, policy_date=TODAY, dedupe_key="k",
            expires_at=end,
        )  # fmt: skip
        made.refresh_from_db()

        assert (made.priority, made.expires_at, made.policy_date) == (1, end, TODAY)
        assert made.recipient == to
        assert letter().priority == 5

    @pytest.mark.parametrize(
        ("site", "host"), [("https://jalan.example:8443", "jalan.example"), ("", "localhost")]
    )
    def test_an_identifier_names_the_site_and_half_a_digest(self, settings, site, host):
        settings.SITE_URL = site

        digest, _at, name = outbox.message_id("key").strip("<>").partition("@")

        assert (len(digest), name) == (32, host)


@pytest.mark.django_db
class TestSigns:
    def test_a_drain_tells_that_it_and_its_sweep_were_there(self):
        drain()

        assert set(Heartbeat.objects.values_list("name", flat=True)) == {"drain", "sweep"}

    def test_one_that_sent_tells_of_the_mail_server_too(self):
        letter()
        drain()

        assert Heartbeat.objects.filter(name="smtp", note="").exists()

    def test_the_gate_is_told_of_acceptance_once_a_batch(self):
        many(3)

        with CaptureQueriesContext(
            connection,
        ) as told:
            drain()

        opened = [one for one in told if one["sql"].startswith('UPDATE "committee_mailgate"')]
        assert len(opened) == 1

    def test_acceptance_after_a_refusal_in_the_same_batch_forgets_it(self):
        many(3)
        sent = Answer(Outcome.SENT, 250, "OK")

        assert drain(Postbox(sent, LATER, sent)) == 2
        assert gate.look().refusals == 0

    def test_what_another_drainer_met_meanwhile_is_forgotten_too(self, monkeypatch):
        monkeypatch.setattr(outbox, "BATCH", 1)
        many(2)

        class Beside(Postbox):
            def send(self, envelope, meanwhile):
                if self.accepted:
                    gate.refused()
                return super().send(envelope, meanwhile)

        assert drain(Beside()) == 2
        assert gate.look().refusals == 0

    def test_control_a_refusal_at_the_end_is_counted(self):
        many(2)

        drain(Postbox(Answer(Outcome.SENT, 250, "OK"), LATER))

        assert gate.look().refusals == 1

    def test_an_outage_sends_none(self):
        letter()

        assert drain(Postbox(is_down=True)) == 0

    def test_a_kind_that_nobody_words_is_cancelled_and_says_so(self):
        made = letter()

        assert outbox.drain(renderers={}, session=Postbox()) == 0

        made.refresh_from_db()
        assert (made.state, made.last_error) == (
            LetterState.CANCELLED,
            "no renderer for reminders",
        )


class Heard(Postbox):
    """A mail server that keeps in which order it was told of letters and given them."""

    def __init__(self, *answers):
        super().__init__(*answers)
        self.heard = []

    def announce(self, envelope):
        self.heard.append(("announced", envelope.name.rsplit("-", 1)[1]))

    def send(self, envelope, meanwhile):
        self.heard.append(("given", envelope.name.rsplit("-", 1)[1]))
        return super().send(envelope, meanwhile)


@pytest.mark.django_db
class TestAnnouncing:
    def test_each_letter_but_the_first_is_announced_before_it_is_given(self):
        first, second, third = (str(one.pk) for one in many(3))
        box = Heard()

        assert drain(box) == 3
        following = [(word, pk) for pk in (second, third) for word in ("announced", "given")]
        assert box.heard == [("given", first), *following]

    def test_after_a_refusal_none_is_announced(self):
        many(2)
        box = Heard(LATER)

        assert drain(box) == 1
        assert [word for word, _pk in box.heard] == ["given", "given"]

    def test_a_letter_lost_while_it_was_announced_is_not_given_and_ends_the_session(self):
        _first, second, third = many(3)

        class Robbed(Heard):
            def announce(self, envelope):
                super().announce(envelope)
                Letter.objects.filter(pk=second.pk).update(lease_token=uuid.uuid4())

        box = Robbed()
        assert drain(box) == 1
        assert [word for word, _pk in box.heard] == ["given", "announced"]
        second.refresh_from_db()
        third.refresh_from_db()
        assert (second.state, second.on_wire_at) == (LetterState.SENDING, None)
        assert (third.state, third.tries, third.strikes) == (LetterState.PENDING, 0, 0)


@pytest.mark.django_db
class TestResend:
    @pytest.fixture
    def failed(self):
        made = letter()
        Letter.objects.filter(pk=made.pk).update(
            state=LetterState.FAILED, last_error="in doubt twice", not_before=Now() + MINUTE
        )
        return made

    def test_it_waits_no_longer_and_says_no_error(self, failed):
        outbox.resend(by=factories.member(Role.SECRETARIAT), letter=failed, today=TODAY)

        failed.refresh_from_db()
        assert (failed.state, failed.last_error) == (LetterState.PENDING, "")
        assert failed.not_before <= timezone.now()

    def test_a_link_that_still_lives_may_go(self, failed):
        Letter.objects.update(expires_at=Now() + MINUTE)

        outbox.resend(by=factories.member(Role.SECRETARIAT), letter=failed, today=TODAY)

        assert drain() == 1

    def test_it_is_told_in_the_ledger_with_who_did_it(self, failed):
        by = factories.member(Role.SECRETARIAT)

        outbox.resend(by=by, letter=failed, today=TODAY)

        entry = AuditEntry.objects.get(object_type="committee.letter")
        assert (entry.object_id, entry.actor_id, entry.verb) == (str(failed.pk), by.pk, "change")
        assert entry.after == '{"state":"pending"}'

    def test_control_what_has_not_failed_is_not_told(self):
        made = letter()

        outbox.resend(by=factories.member(Role.SECRETARIAT), letter=made, today=TODAY)

        assert not AuditEntry.objects.filter(object_type="committee.letter").exists()
        let_time_pass()
        assert drain() == 1
