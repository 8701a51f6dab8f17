"""How a mail is written: its headers, its two parts, and what its text cannot do to either."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.urls import reverse
from django.utils import timezone

from committee import envelopes
from committee.enums import LetterKind, LetterState
from committee.envelopes import BadAddress, Mail
from committee.models import Letter, Member
from committee.transport import Answer, Outcome
from tests.committee.test_outbox import MAIL, Postbox, drain, let_time_pass, letter
from tests.factories import TODAY, moment

pytestmark = pytest.mark.django_db
NOW = moment(TODAY)


def sealed(mail=MAIL, kind=LetterKind.REMINDERS, now=None):
    made = letter(kind=kind)
    content = envelopes.seal(made, mail, now or timezone.now()).content
    return made, message_from_bytes(content, policy=policy.default)


def test_its_headers_name_the_letter_and_say_that_a_machine_wrote_it():
    made, message = sealed()

    assert message["Message-ID"] == made.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Roadmap-Mail"]
    assert message["To"] == made.recipient.email
    assert message["List-Id"] == "Peta Jalan <reminders.testserver>"


@pytest.mark.parametrize("may_unsubscribe", [True, False])
def test_only_what_its_reader_does_not_answer_for_can_be_unsubscribed(may_unsubscribe, settings):
    mail = Mail("1 notice", "x", "<p>x</p>", moment(TODAY), may_unsubscribe=may_unsubscribe)

    _made, message = sealed(mail)

    page = f"<{settings.SITE_URL}{reverse('committee:profile')}>"
    assert message["List-Unsubscribe"] == (page if may_unsubscribe else None)


@pytest.mark.parametrize("kind", [LetterKind.INVITATION, LetterKind.PASSWORD_RESET])
def test_account_mail_is_of_no_list(kind):
    mail = Mail("Link", "x", "<p>x</p>", moment(TODAY), is_kept=False, may_unsubscribe=True)

    _made, message = sealed(mail, kind)

    assert message["List-Id"] is None
    assert message["List-Unsubscribe"] is None


@pytest.mark.parametrize(
    "words",
    [
        "Tenggat 31 Desember 2019: 3 terlambat\n",
        "é – “kutipan” = 100 % 😀\n\n.\n..\nFrom here\n",
        "x" * 3000 + "\n",
        "trailing space \nlast line without an end",
        "mixed\r\nends\rof\nlines\n",
    ],
)
def test_both_parts_say_what_was_written(words):
    mail = Mail("Perihal", words, f"<p>{words}</p>", moment(TODAY))

    made, message = sealed(mail)

    plain, html = message.iter_parts()
    expected = words.replace("\r\n", "\n").replace("\r", "\n")
    assert message.get_content_type() == "multipart/alternative"
    assert plain.get_content().replace("\r\n", "\n") == expected
    assert html.get_content().replace("\r\n", "\n") == f"<p>{expected}</p>"
    content = envelopes.seal(made, mail, timezone.now()).content
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert content.isascii()
    assert not content.replace(b"\r\n", b"").count(b"\n")


def test_a_long_line_that_never_ends_is_broken_as_the_wire_wants_it():
    made = letter()

    content = envelopes.seal(made, Mail("x", "é" * 200, "y" * 200, moment(TODAY)), NOW).content

    assert b"\n" not in content.replace(b"\r\n", b"")


@pytest.mark.parametrize("subject", ["1 late", "Peta Jalan: 3 terlambat – é 😀", "panjang " * 40])
def test_a_subject_is_what_was_written(subject):
    _made, message = sealed(Mail(subject, "x", "x", moment(TODAY)))

    assert message["Subject"] == " ".join(subject.split())


def test_a_subject_cannot_smuggle_a_header():
    _made, message = sealed(Mail("Late\r\nBcc: all@demo.test", "x", "x", moment(TODAY)))

    assert message["Bcc"] is None
    assert message["Subject"] == "Late Bcc: all@demo.test"


def test_the_sender_may_have_a_name(settings):
    settings.DEFAULT_FROM_EMAIL = "Peta Jalan Niaga é <roadmap@demo.test>"

    made, message = sealed()

    assert message["From"] == "Peta Jalan Niaga é <roadmap@demo.test>"
    assert envelopes.seal(made, MAIL, timezone.now()).sender == "roadmap@demo.test"


def test_a_long_name_of_the_sender_is_folded_as_the_wire_wants_it(settings):
    name = "Sekretariat Komite – " * 6
    settings.DEFAULT_FROM_EMAIL = f"{name.strip()} <roadmap@demo.test>"

    mail = envelopes.seal(letter(), MAIL, NOW)

    assert mail.sender == "roadmap@demo.test"
    assert b"\n" not in mail.content.replace(b"\r\n", b"")


def test_a_wrong_sender_is_our_fault_and_no_readers(settings):
    settings.DEFAULT_FROM_EMAIL = "Sekretariat, Niaga <roadmap@demo.test>"
    made = letter()

    drain(Postbox())

    made.refresh_from_db()
    assert made.state == LetterState.PENDING
    assert made.recipient.refused_at is None


def test_angles_in_a_quoted_address_point_nowhere_else():
    made = letter()
    made.recipient.email = '"<x@y.test>"@demo.test'

    assert envelopes.seal(made, MAIL, NOW).recipient == '"<x@y.test>"@demo.test'


@pytest.mark.parametrize("address", ["a b\n@x", "sari@demo.test\r\nBcc: x@y.test", ""])
def test_an_address_that_no_mail_can_carry_is_refused(address):
    made = letter()
    made.recipient.email = address

    with pytest.raises(BadAddress):
        envelopes.seal(made, MAIL, timezone.now())


def test_the_longest_address_still_names_a_file():
    made = letter()
    made.recipient.email = f"{'a' * 242}@demo.test"

    assert len(envelopes.seal(made, MAIL, NOW).name) < 200


def test_every_copy_is_dated_by_the_first_try():
    made = letter()
    drain(Postbox(Answer(Outcome.TEMPORARY, 451, "later")))
    first = made.attempts.get().started_at
    let_time_pass()
    Letter.objects.update(tries=1)

    box = Postbox()
    drain(box)

    [sent] = [message_from_bytes(mail.content, policy=policy.default) for mail in box.accepted]
    assert sent["Date"].datetime == first.replace(microsecond=0)


def test_two_copies_of_a_letter_are_the_same_but_for_what_they_tell():
    made = letter()
    now = timezone.now()

    assert envelopes.seal(made, MAIL, now).content == envelopes.seal(made, MAIL, now).content
    later = envelopes.seal(made, MAIL, now + timedelta(hours=1)).content
    assert made.message_id.encode() in later


def test_the_address_is_the_members_of_this_moment():
    made = letter()
    Member.objects.filter(pk=made.recipient_id).update(email="baru@demo.test")

    box = Postbox()
    drain(box)

    assert box.accepted[0].recipient == "baru@demo.test"
