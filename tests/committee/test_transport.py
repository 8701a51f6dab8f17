"""What each phase of a mail conversation means, asked of real servers on loopback."""

from __future__ import annotations

import socket
import threading

import pytest

from committee import transport
from committee.transport import Envelope, Outcome, SmtpTransport, Unreachable
from tests.servers import SmtpSink, free_port

ENVELOPE = Envelope("peta-jalan@demo.test", "sari@demo.test", b"Subject: x\r\n\r\n.hello\r\n", "x")


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
        with peer, peer.makefile("rwb") as file:
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
        answer = session.send(ENVELOPE)
        session.close()
        return answer


@pytest.mark.parametrize(
    ("script", "outcome", "ends_session"),
    [
        ({}, Outcome.SENT, False),
        ({"RCPT": "550 5.1.1 no such user"}, Outcome.REFUSED, False),
        ({"RCPT": "550 no such user"}, Outcome.REFUSED, False),
        ({"RCPT": "554 5.7.1 blocked"}, Outcome.TEMPORARY, False),
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
def test_the_phase_of_a_failure_decides_what_it_means(settings, script, outcome, ends_session):
    answer = talk(settings, **script)

    assert (answer.outcome, answer.ends_session) == (outcome, ends_session)


def test_nobody_listening_is_unreachable(settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()

    with pytest.raises(Unreachable):
        SmtpTransport().open()


def test_a_leading_dot_survives_the_wire(settings):
    with SmtpSink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        session = SmtpTransport()
        session.open()
        answers = [session.send(ENVELOPE) for _ in range(2)]
        session.close()

    assert [answer.outcome for answer in answers] == [Outcome.SENT, Outcome.SENT]
    assert [mail.get_content().strip() for mail in sink.mails] == [".hello", ".hello"]


def test_a_mail_folder_holds_whole_letters_only(tmp_path, settings):
    settings.EMAIL_HOST, settings.MAIL_ROOT = "", tmp_path / "mail"
    session = transport.from_settings()
    session.open()

    answer = session.send(ENVELOPE)

    assert answer.outcome is Outcome.SENT
    assert [path.name for path in (tmp_path / "mail").iterdir()] == ["x.eml"]
    assert (tmp_path / "mail" / "x.eml").read_bytes() == ENVELOPE.content
