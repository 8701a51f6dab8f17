"""S40 and S41: no Host and no `next` leads a reader, or a letter, away from the site."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from committee import clock
from committee.accounts import password_link
from committee.enums import LetterKind, Role
from committee.models import Letter
from roadmap.services import letters
from tests import factories
from tests.factories import PASSWORD
from tests.plugin import CHOSEN
from tests.security.payloads import payloads
from tests.servers import free_port, wait_for_port

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
LOGIN, RESET = reverse("account_login"), reverse("account_reset_password")
LANGUAGE, OVERVIEW = reverse("committee:language"), reverse("roadmap:overview")
ELSEWHERE = payloads("redirects")


def stays(answer):
    """Say whether a browser that follows this answer stays on the site that was asked."""
    place = answer.headers.get("Location", "")
    followed = urlsplit(urljoin("http://testserver/", place.replace("\\", "/")))
    leads = [name for name in ("HX-Redirect", "HX-Location", "Refresh") if name in answer.headers]
    return (followed.scheme, followed.netloc) == ("http", "testserver") and not leads


@pytest.fixture
def member():
    return factories.member(email="ada@demo.test", password=PASSWORD)


class TestHosts:
    @pytest.mark.parametrize("host", payloads("hosts"))
    @pytest.mark.parametrize("path", [LOGIN, RESET, OVERVIEW, "/tiada/"])
    def test_another_host_is_a_bad_request_and_no_fault(self, host, path):
        client = Client(raise_request_exception=False)

        assert client.get(path, HTTP_HOST=host).status_code == 400
        assert client.post(path, {"email": "ada@demo.test"}, HTTP_HOST=host).status_code == 400
        assert not Letter.objects.exists()

    @pytest.mark.parametrize("host", payloads("hosts"))
    def test_a_forwarded_host_is_not_heard(self, client, member, host):
        headers = {
            "HTTP_X_FORWARDED_HOST": host,
            "HTTP_X_HOST": host,
            "HTTP_FORWARDED": f"host={host}",
            "HTTP_X_FORWARDED_SERVER": host,
        }

        answer = client.get(LOGIN, **headers)
        asked = client.post(RESET, {"email": member.email}, **headers)

        assert answer.status_code == 200
        assert "evil" not in answer.content.decode()
        assert stays(asked)

    @pytest.mark.parametrize("kind", [LetterKind.INVITATION, LetterKind.PASSWORD_RESET])
    def test_every_letter_leads_to_our_own_address(self, client, settings, member, kind):
        """Even on a site that answers to any name."""
        settings.ALLOWED_HOSTS, settings.SITE_URL = ["*"], "https://roadmap.example"
        if kind == LetterKind.PASSWORD_RESET:
            client.post(RESET, {"email": member.email}, HTTP_HOST="evil.id")
        else:
            client.force_login(factories.member(Role.SECRETARIAT))
            sent = {"email": "baru@demo.test", "name": "Baru", "role": "member", "language": "id"}
            client.post(reverse("admin:committee_member_add"), sent, HTTP_HOST="evil.id")
        letter = Letter.objects.get(kind=kind)

        (mail,) = letters.renderers(clock.read)[kind]([letter]).values()

        for text in (mail.text, mail.html):
            found = re.findall(r"https?://[^\s\"'<>)]+", text)
            assert found
            assert {urlsplit(one).netloc for one in found} == {"roadmap.example"}

    def test_a_link_needs_no_request_at_all(self, settings, member):
        settings.SITE_URL = "https://roadmap.example"

        assert password_link(member).startswith("https://roadmap.example/")


class TestRedirects:
    @pytest.mark.parametrize("place", ELSEWHERE)
    @pytest.mark.parametrize("by", ["form", "query"])
    def test_signing_in(self, client, member, place, by):
        sent = {"login": member.email, "password": PASSWORD}
        query = {"next": place} if by == "query" else {}

        answer = client.post(LOGIN, sent | ({"next": place} if by == "form" else {}),
                             query_params=query)  # fmt: skip

        assert answer.status_code == 302
        assert stays(answer), answer["Location"]

    @pytest.mark.parametrize("place", ELSEWHERE)
    def test_being_in_already_and_going_out(self, client, member, place):
        client.force_login(member)

        answers = [
            client.get(LOGIN, {"next": place}),
            client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": place}),
            client.post(reverse("account_logout"), {"next": place}),
        ]

        assert [answer.status_code for answer in answers] == [302, 302, 302]
        assert [stays(answer) for answer in answers] == [True, True, True]

    @pytest.mark.parametrize("place", ELSEWHERE)
    @pytest.mark.parametrize("is_in", [True, False])
    def test_choosing_a_language(self, client, member, place, is_in):
        if is_in:
            client.force_login(member)

        answers = [
            client.post(LANGUAGE, {"language": "en", "next": place}),
            client.post(LANGUAGE, {"language": "en"}, query_params={"next": place}),
            client.post(LANGUAGE, {"language": "en"}, HTTP_REFERER=_header(place)),
        ]

        assert [answer.status_code for answer in answers] == [302, 302, 302]
        assert [stays(answer) for answer in answers] == [True, True, True]

    @pytest.mark.parametrize("place", ELSEWHERE)
    def test_what_htmx_says_of_its_page_leads_nowhere(self, client, member, place):
        client.force_login(member)
        headers = {
            "HX-Request": "true",
            "HX-Current-URL": _header(place),
            "HX-Target": _header(place),
            "HX-Redirect": _header(place),
            "Referer": _header(place),
        }

        answers = [
            client.get(OVERVIEW, headers=headers),
            client.get("/tiada/", headers=headers),
            client.post(LANGUAGE, {"language": "id"}, headers=headers),
            Client().get(reverse("roadmap:my"), headers=headers),
            Client().post(reverse("committee:profile"), {}, headers=headers),
        ]

        assert [stays(answer) for answer in answers] == [True] * len(answers)
        for answer in answers:
            assert "evil" not in answer.content.decode()

    @pytest.mark.parametrize("place", ELSEWHERE)
    def test_the_wall_writes_only_our_own_pages_into_its_link(self, place):
        answer = Client().get(f"/my/{place.lstrip('/')}")
        as_form = Client().post("/profile/", {"next": place}, HTTP_REFERER=_header(place))

        assert answer.status_code in (302, 404)
        assert stays(answer)
        links = re.findall(r'href="([^"]*)"', as_form.content.decode())
        assert not [link for link in links if "evil" in link]

    @pytest.mark.parametrize(
        "path", ["//evil.id", "//evil.id/my", "/\\evil.id", "///evil.id/%2f.."]
    )
    def test_a_path_that_looks_like_a_host_is_not_followed(self, path):
        """Django adds a missing slash by a redirect, which must not become one to elsewhere."""
        answer = Client().get("/", PATH_INFO=path)

        assert stays(answer), answer["Location"]

    def test_an_address_of_ours_is_followed(self, client, member):
        sent = {"login": member.email, "password": PASSWORD, "next": "/actions/?sort=due"}

        assert client.post(LOGIN, sent)["Location"] == "/actions/?sort=due"

    def test_without_the_check_these_tests_would_fail(self, client, member, monkeypatch):
        monkeypatch.setattr("committee.accounts.is_ours", lambda request, place: True)
        sent = {"login": member.email, "password": PASSWORD, "next": "//evil.id"}

        assert not stays(client.post(LOGIN, sent))


def _header(text):
    """Write a payload as a client can send it in a header: no line breaks."""
    return re.sub(r"[\r\n\0]", "", text).encode("ascii", "backslashreplace").decode()


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(CHOSEN != "sqlite", reason="the server in front is the same")
class TestOnTheWire:
    """What a test client cannot send: two Hosts, and a whole address where a path belongs."""

    @pytest.fixture
    def port(self, tmp_path):
        factories.member(email="ada@demo.test", password=PASSWORD, last_login=timezone.now())
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(tmp_path / "copy.sqlite3")])
        port = free_port()
        environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{tmp_path / 'copy.sqlite3'}",
            "DATA_DIR": str(tmp_path),
            "DEBUG": "1",  # static files need not be collected
        }
        command = ["gunicorn", "roadmap.config.wsgi", "--no-control-socket", "-b"]
        process = subprocess.Popen(
            [sys.executable, "-m", *command, f"127.0.0.1:{port}"],
            cwd=ROOT, env=environment, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_for_port(port, alive=process)
        yield port
        process.terminate()
        process.wait(timeout=20)

    def ask(self, port, *lines, body=""):
        """Send these lines as they are, and give the status, the headers and the page."""
        length = [f"Content-Length: {len(body)}", "Connection: close"]
        raw = "\r\n".join([*lines, *length, "", body]).encode()
        with socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
            wire.sendall(raw)
            answer = b"".join(iter(lambda: wire.recv(65536), b"")).decode()
        head, _blank, page = answer.partition("\r\n\r\n")
        return int(head.split()[1]), head, page

    def test_a_request_that_names_two_places(self, port):
        plain = self.ask(port, f"GET {RESET} HTTP/1.1", "Host: testserver")
        two = self.ask(port, f"GET {RESET} HTTP/1.1", "Host: testserver", "Host: evil.id")
        other = self.ask(port, f"GET {RESET} HTTP/1.1", "Host: evil.id")
        none = self.ask(port, f"GET {RESET} HTTP/1.0")
        whole = self.ask(port, f"GET http://evil.id{RESET} HTTP/1.1", "Host: testserver")
        both = self.ask(port, f"GET http://testserver{RESET} HTTP/1.1", "Host: evil.id")

        assert plain[0] == 200
        assert [answer[0] for answer in (two, other, both)] == [400, 400, 400]
        assert {whole[0], none[0]} <= {200, 400}
        assert "evil" not in "".join(head for _status, head, _page in (two, other, whole, both))
        assert "evil" not in whole[2]

    def test_asking_for_a_password_by_a_whole_address_stays_here(self, port):
        _status, head, page = self.ask(port, f"GET {RESET} HTTP/1.1", "Host: testserver")
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)[1]
        cookie = re.search(r"Set-Cookie: (csrf=\w+)", head)[1]
        body = f"csrfmiddlewaretoken={token}&email=ada@demo.test"

        status, head, _page = self.ask(
            port,
            f"POST http://evil.id{RESET} HTTP/1.1",
            "Host: testserver",
            f"Cookie: {cookie}",
            "Content-Type: application/x-www-form-urlencoded",
            body=body,
        )

        assert status in (302, 400)
        assert "evil" not in head
