"""What each phase of a mail conversation means, asked of real servers on loopback."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from dataclasses import replace

import pytest

from committee import transport
from committee.transport import Envelope, Outcome, SmtpTransport, Unreachable
from tests.servers import SmtpSink, free_port, wait_until

ENVELOPE = Envelope("peta-jalan@demo.test", "sari@demo.test", b"Subject: x\r\n\r\n.hello\r\n", "x")


def nothing():
    pass


class TalkingServer:
    """Speaks SMTP by a script: what it answers to each command; None hangs up."""

    def __init__(self, **answers):
        self.answers = {"DATA": "354 go", ".": "250 OK"} | answers
        self.port = free_port()
        self.heard = []
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        self.thread.join(timeout=10)

    def _serve(self):
        peer, _address = self.listener.accept()
        with suppress(ConnectionError), peer, peer.makefile("rwb") as file:
            self._say(file, "220 ready")
            in_body = False
            while line := file.readline():
                text = line.decode().rstrip("\r\n")
                if in_body and text != ".":
                    continue
                self.heard.append(text)
                answer = self.answers.get(text.split(" ")[0].upper(), "250 OK")
                in_body = (answer or "").startswith("354")
                if answer is None or not self._say(file, answer):
                    return

    def _say(self, file, answer):
        file.write(f"{answer}\r\n".encode())
        file.flush()
        return not answer.startswith("221")


def talk(settings, **answers):
    with TalkingServer(**{"QUIT": "221 bye"} | answers) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        session = SmtpTransport()
        session.open()
        answer = session.send(ENVELOPE, nothing)
        session.close()
        return answer


AT_ONCE = {"EHLO": "250-hello\r\n250 PIPELINING"}


@pytest.mark.parametrize("offers", [{}, AT_ONCE], ids=["in turns", "at once"])
@pytest.mark.parametrize(
    ("script", "outcome", "ends_session"),
    [
        ({}, Outcome.SENT, False),
        ({"RCPT": "550 5.1.1 no such user"}, Outcome.REFUSED, False),
        ({"RCPT": "550 no such user"}, Outcome.REFUSED, False),
        ({"RCPT": "554 5.7.1 relay access denied"}, Outcome.TEMPORARY, False),
        ({"MAIL": "530 5.7.0 sign in first"}, Outcome.TEMPORARY, False),
        ({"RCPT": "421 too many"}, Outcome.TEMPORARY, True),
        ({"RCPT": "450 4.2.0 mailbox busy"}, Outcome.TEMPORARY, False),
        ({"RCPT": "452 4.2.2 over quota"}, Outcome.TEMPORARY, False),
        ({"RCPT": "554 no"}, Outcome.TEMPORARY, False),
        ({"RCPT": "551 not here"}, Outcome.REFUSED, False),
        ({"RCPT": "553 no such name"}, Outcome.REFUSED, False),
        ({"RCPT": "251 will forward"}, Outcome.SENT, False),
        ({"RCPT": "451 4.7.1 greylisted"}, Outcome.TEMPORARY, False),
        ({"MAIL": "451 later"}, Outcome.TEMPORARY, False),
        ({"MAIL": "550 5.1.8 bad sender"}, Outcome.TEMPORARY, False),
        ({"DATA": "421 closing"}, Outcome.TEMPORARY, True),
        ({".": "554 5.7.1 looks like spam"}, Outcome.TEMPORARY, False),
        ({".": "550 5.2.2 mailbox full"}, Outcome.REFUSED, False),
        ({"MAIL": None}, Outcome.BROKEN, True),
        ({"RCPT": None}, Outcome.BROKEN, True),
        ({"DATA": None}, Outcome.BROKEN, True),
        ({".": None}, Outcome.UNKNOWN, True),
    ],
    ids=str,
)
def test_the_phase_of_a_failure_decides_what_it_means(
    settings, script, outcome, ends_session, offers
):
    answer = talk(settings, **offers, **script)

    assert (answer.outcome, answer.ends_session) == (outcome, ends_session)


def test_a_text_asked_for_without_a_recipient_is_left_empty(settings):
    with TalkingServer(**AT_ONCE, RCPT="550 5.1.1 no such user", QUIT="221 bye") as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        session = SmtpTransport()
        session.open()
        answer = session.send(ENVELOPE, nothing)
        session.close()

    assert answer.text == "5.1.1 no such user"
    said = [line.split(" ")[0].upper() for line in server.heard]
    assert said == ["EHLO", "MAIL", "RCPT", "DATA", ".", "RSET", "QUIT"]


def opened(settings, server):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    session = SmtpTransport()
    session.open()
    return session


def commands(server):
    return [line.split(" ")[0].upper() for line in server.heard]


def test_what_was_announced_is_not_said_twice(settings):
    with TalkingServer(**AT_ONCE, QUIT="221 bye") as server:
        session = opened(settings, server)
        session.announce(ENVELOPE)
        first = session.send(ENVELOPE, nothing)
        second = session.send(ENVELOPE, nothing)
        session.close()

    assert (first.outcome, second.outcome) == (Outcome.SENT, Outcome.SENT)
    one_mail = ["MAIL", "RCPT", "DATA", "."]
    assert commands(server) == ["EHLO", *one_mail, *one_mail, "QUIT"]


def test_a_server_that_takes_commands_in_turns_hears_nothing_ahead(settings):
    with TalkingServer(QUIT="221 bye") as server:
        session = opened(settings, server)
        session.announce(ENVELOPE)
        session.close()

    assert commands(server) == ["EHLO", "QUIT"]


def test_a_line_dropped_after_an_announcement_means_that_nothing_left(settings):
    with TalkingServer(**AT_ONCE, MAIL=None) as server:
        session = opened(settings, server)
        session.announce(ENVELOPE)
        server.thread.join(timeout=10)  # the line is down by now
        answer = session.send(ENVELOPE, nothing)
        session.close()

    assert (answer.outcome, answer.ends_session) == (Outcome.BROKEN, True)


@pytest.mark.parametrize("is_announced", [True, False], ids=["announced", "not announced"])
def test_a_line_that_was_reset_means_that_nothing_left(settings, is_announced):
    with TalkingServer(**AT_ONCE, RSET=None) as server:
        session = opened(settings, server)
        session.session.putcmd("RSET")
        server.thread.join(timeout=10)
        wait_until(lambda: is_reset(session))
        if is_announced:
            session.announce(ENVELOPE)
        answer = session.send(ENVELOPE, nothing)
        session.close()

    assert (answer.outcome, answer.ends_session) == (Outcome.BROKEN, True)


def is_reset(session):
    """Say something until it fails: the line is down at both ends."""
    try:
        session.session.sock.send(b"\r\n")
    except ConnectionError:
        return True
    return False


def test_another_mail_than_the_announced_one_is_not_sent(settings):
    other = replace(ENVELOPE, recipient="lina@demo.test")
    with TalkingServer(**AT_ONCE) as server:
        session = opened(settings, server)
        session.announce(ENVELOPE)
        answer = session.send(other, nothing)
        session.close()

    assert (answer.outcome, answer.ends_session) == (Outcome.BROKEN, True)
    assert "." not in server.heard


def test_to_a_server_that_waits_for_a_text_no_goodbye_is_said(settings):
    with TalkingServer(**AT_ONCE) as server:
        session = opened(settings, server)
        session.announce(ENVELOPE)
        wait_until(lambda: len(server.heard) == 4)
        session.close()
        server.thread.join(timeout=10)  # it hears the line end
        assert not server.thread.is_alive()

    assert commands(server) == ["EHLO", "MAIL", "RCPT", "DATA"]


def test_the_next_mail_is_made_after_the_text_has_left_and_before_its_answer(settings):
    heard = []
    with TalkingServer(QUIT="221 bye") as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        session = SmtpTransport()
        session.open()
        reply = session.session.getreply
        session.session.getreply = lambda: heard.append("answer") or reply()
        session.send(ENVELOPE, lambda: heard.append("meanwhile"))
        session.close()

    assert heard[:5] == ["answer", "answer", "answer", "meanwhile", "answer"]


def test_nobody_listening_is_unreachable(settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()

    with pytest.raises(Unreachable) as caught:
        SmtpTransport().open()

    assert not caught.value.is_refusal


def test_a_refused_password_is_an_answer_and_not_a_silence(settings):
    offers = {"EHLO": "250-hello\r\n250 AUTH PLAIN", "AUTH": "535 5.7.8 bad password"}
    with TalkingServer(**offers, QUIT="221 bye") as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "roadmap", "wrong"
        with pytest.raises(Unreachable) as caught:
            SmtpTransport().open()

    assert caught.value.is_refusal


def test_what_a_server_says_can_be_kept_by_any_database(settings):
    answer = talk(settings, **{".": "250 2.0.0 queued\0 as 1"})

    assert (answer.outcome, answer.text) == (Outcome.SENT, "2.0.0 queued as 1")


def test_a_leading_dot_survives_the_wire(settings):
    with SmtpSink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        session = SmtpTransport()
        session.open()
        answers = [session.send(ENVELOPE, nothing) for _ in range(2)]
        session.close()

    assert [answer.outcome for answer in answers] == [Outcome.SENT, Outcome.SENT]
    assert [mail.get_content().strip() for mail in sink.mails] == [".hello", ".hello"]


def test_a_mail_folder_holds_whole_letters_only(tmp_path, settings):
    settings.EMAIL_HOST, settings.MAIL_ROOT = "", tmp_path / "mail"
    session = transport.from_settings()
    session.open()

    answer = session.send(ENVELOPE, nothing)

    assert answer.outcome is Outcome.SENT
    assert [path.name for path in (tmp_path / "mail").iterdir()] == ["x.eml"]
    assert (tmp_path / "mail" / "x.eml").read_bytes() == ENVELOPE.content
