"""The mail folder and the session of SMTP: whole letters on the disk, bounded waits on the line."""

from __future__ import annotations

import os
import stat

import pytest

from committee import transport
from committee.transport import Answer, FolderTransport, Outcome, SmtpTransport, Unreachable
from tests.committee.test_transport import ENVELOPE, TalkingServer, nothing, talk


@pytest.fixture
def folder(tmp_path):
    """Open a mail folder two levels below one that exists."""
    session = FolderTransport(tmp_path / "site" / "mail")
    session.open()
    return session


def syncs_of(session, monkeypatch):
    """Send a letter and list what was written through: what it is, its size, what stood there."""
    seen = []
    really = os.fsync

    def sync(descriptor):
        facts = os.fstat(descriptor)
        names = sorted(path.name for path in session.folder.iterdir())
        seen.append((descriptor, stat.S_ISDIR(facts.st_mode), facts.st_size, names))
        really(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    session.send(ENVELOPE, nothing)
    return seen


class TestFolder:
    def test_opening_it_again_is_no_fault(self, folder):
        folder.open()

        assert folder.folder.is_dir()

    def test_a_file_in_its_place_is_unreachable(self, tmp_path):
        (tmp_path / "mail").write_text("")

        with pytest.raises(Unreachable, match="mail"):
            FolderTransport(tmp_path / "mail").open()

    def test_accepted_says_the_name_of_the_file(self, folder):
        heard = []

        answer = folder.send(ENVELOPE, lambda: heard.append("meanwhile"))

        assert answer == Answer(Outcome.SENT, 250, "x.eml")
        assert heard == ["meanwhile"]

    def test_a_folder_that_vanished_breaks_the_session_and_nothing_else(self, folder):
        folder.folder.rmdir()

        answer = folder.send(ENVELOPE, nothing)

        assert (answer.outcome, answer.ends_session) == (Outcome.BROKEN, True)
        assert "No such file" in answer.text

    def test_a_letter_that_cannot_take_its_name_leaves_no_draft(self, folder):
        (folder.folder / "x.eml").mkdir()

        assert folder.send(ENVELOPE, nothing).outcome is Outcome.BROKEN
        assert [path.name for path in folder.folder.iterdir()] == ["x.eml"]

    def test_the_letter_is_on_the_disk_before_it_has_its_name(self, folder, monkeypatch):
        [draft, _folder] = syncs_of(folder, monkeypatch)

        _descriptor, is_folder, size, names = draft
        assert (is_folder, size) == (False, len(ENVELOPE.content))
        assert names == [f".x.{os.getpid()}.part"]

    def test_its_name_is_on_the_disk_before_it_counts_as_sent(self, folder, monkeypatch):
        [_draft, (descriptor, is_folder, _size, names)] = syncs_of(folder, monkeypatch)

        assert (is_folder, names) == (True, ["x.eml"])
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)


class TestSession:
    def test_connecting_and_answering_have_bounds_of_their_own(self, settings):
        with TalkingServer(QUIT="221 bye") as server:
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
            session = SmtpTransport()
            session.open()
            bounds = session.session.timeout, session.session.sock.gettimeout()
            session.close()

        assert bounds == (10, 60)

    @pytest.mark.parametrize(
        ("site", "name"), [("https://jalan.example:8443", "jalan.example"), ("", "localhost")]
    )
    def test_the_greeting_names_the_site(self, settings, site, name):
        settings.SITE_URL = site
        with TalkingServer(QUIT="221 bye") as server:
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
            session = SmtpTransport()
            session.open()
            session.close()

        assert server.heard == [f"ehlo {name}", "quit"]
        assert session.session is None

    def test_closing_what_is_closed_says_nothing(self):
        session = SmtpTransport()

        session.close()

        assert session.session is None

    def test_a_goodbye_that_nobody_hears_still_drops_the_line(self, settings):
        with TalkingServer(QUIT=None) as server:
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
            session = SmtpTransport()
            session.open()
            line = session.session
            session.close()

        assert (session.session, line.sock) == (None, None)

    @pytest.mark.parametrize("reply", ["500 no", None], ids=str)
    def test_a_session_that_cannot_be_cleared_ends(self, settings, reply):
        answer = talk(settings, RCPT="550 5.1.1 no such user", RSET=reply)

        assert answer == Answer(Outcome.REFUSED, 550, "5.1.1 no such user", ends_session=True)

    def test_after_a_refusal_nothing_more_is_asked_in_turns(self, settings):
        with TalkingServer(RCPT="550 5.1.1 no such user", QUIT="221 bye") as server:
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
            session = SmtpTransport()
            session.open()
            session.send(ENVELOPE, nothing)
            session.close()

        assert "DATA" not in [line.upper() for line in server.heard]

    def test_a_line_that_breaks_says_how(self, settings):
        before, after = talk(settings, MAIL=None), talk(settings, **{".": None})

        assert before.text.startswith("SMTPServerDisconnected: ")
        assert after.text.startswith("SMTPServerDisconnected: ")


@pytest.mark.parametrize(
    ("code", "text", "is_final"),
    [
        (550, "5.1.1 no such user", True),
        (550, "5.2.2 mailbox full", True),
        (550, "5.7.1 relay access denied", False),
        (550, "4.1.1 later", False),
        (554, "5.1.1 no such user", True),
        (550, "no such user", True),
        (551, "not here", True),
        (553, "no such name", True),
        (549, "no", False),
        (552, "no", False),
        (554, "no", False),
        (550, "see 4.7.1", True),
    ],
)
def test_what_a_refusal_is_about(code, text, is_final):
    assert transport.address_refusal(code, text) is is_final


@pytest.mark.parametrize(
    ("content", "on_the_wire"),
    [
        (b"a\r\n", b"a\r\n.\r\n"),
        (b"a", b"a\r\n.\r\n"),
        (b".a\r\n.b\r\n", b"..a\r\n..b\r\n.\r\n"),
        (b"a.b\r\n", b"a.b\r\n.\r\n"),
    ],
)
def test_dots_are_doubled_where_a_line_begins_and_nowhere_else(content, on_the_wire):
    assert transport._dotted(content) == on_the_wire


def test_a_host_that_is_set_is_asked_and_the_folder_only_without_one(settings, tmp_path):
    settings.EMAIL_HOST, settings.MAIL_ROOT = "127.0.0.1", tmp_path
    assert isinstance(transport.from_settings(), SmtpTransport)

    settings.EMAIL_HOST = ""
    assert transport.from_settings().folder == tmp_path
