"""S27: nobody fills the disk with files: not in a minute, not in a day, not with one body."""

from __future__ import annotations

import http.client
import time
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from committee import floods
from roadmap.models import Evidence
from roadmap.services import evidence as services
from tests import factories
from tests.factories import TODAY
from tests.roadmap.conftest import client_of, opening_day  # noqa: F401 - fixtures
from tests.roadmap.forms import sent
from tests.security.payloads.files import PDF
from tests.security.test_headers import BY_PROXY, HOST, cookie, environment, serving  # noqa: F401
from tests.servers import wait_until

MEGABYTE = 1024 * 1024
MOST_BODY = 2 * 20 * MEGABYTE


def on_disk():
    root = settings.EVIDENCE_ROOT
    return sorted(one.name for one in root.iterdir()) if root.exists() else []


@pytest.mark.django_db
@pytest.mark.usefixtures("opening_day")
class TestOnePerson:
    @pytest.fixture(autouse=True)
    def nobody_was_counted(self):
        cache.clear()

    @pytest.fixture
    def owner(self, client_of):  # noqa: F811
        return client_of(factories.member("secretariat", language="en"))

    @pytest.fixture
    def action(self, owner):
        place = factories.workstream("LOG")
        return factories.action("LOG-01", workstream=place, owner=owner.member)

    @pytest.fixture
    def attach(self, owner, action):
        def send(content=PDF, by=owner, **fields):
            values = sent(action, title="Peraturan 12/2018") | fields
            if content:
                values["file"] = SimpleUploadedFile("a.pdf", content)
            return by.post(reverse("roadmap:evidence-add", args=[action.code]), values)

        return send

    def test_two_hundred_in_a_minute_end_at_twenty(self, attach):
        answers = [attach() for _time in range(200)]

        assert [one.status_code for one in answers] == [302] * 20 + [429] * 180
        assert Evidence.objects.count() == 20
        page = answers[-1].content.decode()
        assert "too many files in a minute; wait one" in page
        assert 'value="Peraturan 12/2018"' in page
        assert answers[-1]["Retry-After"] == "60"

    def test_files_that_are_refused_count_too(self, attach):
        answers = [attach(b"<html>") for _time in range(21)]

        assert [one.status_code for one in answers] == [422] * 20 + [429]

    def test_links_and_other_people_go_on(self, attach, client_of):  # noqa: F811
        for _time in range(21):
            attach()

        other = client_of(factories.member("secretariat"))
        assert attach(None, url="https://jdih.example/1").status_code == 302
        assert attach(by=other).status_code == 302

    def test_a_minute_later_it_is_open_again(self, attach, monkeypatch):
        for _time in range(21):
            attach()
        now = time.time()

        monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: now + 61)

        assert attach().status_code == 302

    @pytest.mark.parametrize("page", ["roadmap:figures-import", "admin:committee_member_enrol"])
    def test_lists_count_as_files_do(self, owner, page):
        answers = []
        for _time in range(21):
            values = sent(None, notation="") | {"file": SimpleUploadedFile("a.csv", b"x;y\n1;2\n")}
            answers.append(owner.post(reverse(page), values))

        assert [one.status_code for one in answers] == [422] * 20 + [429]
        assert "Too many attempts in a short time" in answers[-1].content.decode()
        assert answers[-1]["Retry-After"] == "60"

    def test_control_without_the_count_all_would_be_kept(self, attach, settings):
        settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"upload": None}

        assert [attach().status_code for _time in range(25)] == [302] * 25

    @pytest.mark.parametrize("most", [(3, 10**9), (100, 3 * len(PDF))], ids=["files", "bytes"])
    def test_a_day_takes_so_many_and_so_much(self, attach, settings, most):
        settings.EVIDENCE_MOST_A_DAY = most

        answers = [attach() for _time in range(4)]

        assert [one.status_code for one in answers] == [302, 302, 302, 422]
        page = answers[-1].content.decode()
        assert f"One person can attach {most[0]} files a day" in page
        assert "Attach it tomorrow, or give a link to it today." in page
        assert 'value="Peraturan 12/2018"' in page
        assert len(on_disk()) >= Evidence.objects.count() == 3
        assert attach(None, url="https://jdih.example/1").status_code == 302

    def test_yesterdays_files_and_other_peoples_do_not_count(self, attach, action, settings):
        settings.EVIDENCE_MOST_A_DAY = (1, 10**9)
        attach()
        Evidence.objects.update(added_on=TODAY - timedelta(days=1))
        assert attach().status_code == 302
        Evidence.objects.update(added_by=factories.member())

        assert attach().status_code == 302

    def test_the_figures_are_those_told(self):
        assert settings.EVIDENCE_MOST_A_DAY == (100, 500 * MEGABYTE)
        assert settings.EVIDENCE_MAX_BYTES == 20 * MEGABYTE
        assert settings.ACCOUNT_RATE_LIMITS["upload"] == "20/m/user"

    def test_a_file_that_breaks_off_leaves_nothing(self, attach, monkeypatch):
        before = on_disk()

        def breaks(_upload, path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"half")
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(services, "_store", breaks)
        with pytest.raises(OSError, match="No space left"):
            attach()

        assert on_disk() == before
        assert not Evidence.objects.exists()

    def test_a_body_beyond_every_form_gets_a_page_that_says_how_much(self, owner):
        length = {"CONTENT_LENGTH": str(2 * 1024 * MEGABYTE)}

        answer = owner.post(reverse("roadmap:figures-import"), {}, **length)

        assert answer.status_code == 413
        assert "A file may have at most 20.0\xa0MB" in answer.content.decode()

    @pytest.mark.parametrize(
        ("length", "is_too_large"),
        [
            (MOST_BODY, False),
            (MOST_BODY + 1, True),
            ("9" * 5_000, True),
            ("", False),
            ("-1", False),
        ],
    )
    def test_only_what_is_beyond_is_refused(self, rf, length, is_too_large):
        request = rf.post("/", CONTENT_LENGTH=str(length))

        assert floods.is_too_large(request) == is_too_large


@pytest.mark.processes
class TestOnTheWire:
    """Asked of a server started as in production; what is on its way has a folder of its own."""

    @pytest.fixture(scope="class")
    @classmethod
    def site(cls, environment, tmp_path_factory):  # noqa: F811
        folder = tmp_path_factory.mktemp("on-its-way")
        with serving(environment | {"TMPDIR": str(folder)}) as port:
            yield port, folder

    @contextmanager
    def sending(self, port, cookie, **headers):  # noqa: F811
        """Begin a form of evidence, and give what goes on with it."""
        wire = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        wire.putrequest("POST", "/umkm/import/", skip_host=True)
        kind = {"Content-Type": "multipart/form-data; boundary=x", "X-CSRFToken": "x" * 32}
        kind |= {"Origin": f"https://{HOST}"}
        token = {"Cookie": f"{cookie['Cookie']}; __Host-csrf={'x' * 32}"}
        for name, value in (BY_PROXY | kind | token | headers).items():
            wire.putheader(name, value)
        wire.endheaders()
        with closing(wire):
            yield wire

    def begun(self, wire):
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        wire.send(head)

    def test_two_gigabytes_are_refused_before_they_are_sent(self, site, cookie):  # noqa: F811
        port, folder = site
        begin = time.monotonic()

        with self.sending(port, cookie, **{"Content-Length": str(2 * 1024 * MEGABYTE)}) as wire:
            self.begun(wire)
            answer = wire.getresponse()
            page = answer.read().decode()

        assert answer.status == 413
        assert "20,0\xa0MB" in page
        assert time.monotonic() - begin < 20
        assert list(folder.iterdir()) == []

    def test_a_body_without_a_length_is_not_kept(self, site, cookie):  # noqa: F811
        port, folder = site

        with self.sending(port, cookie, **{"Transfer-Encoding": "chunked"}) as wire:
            piece = b"10000\r\n" + b"0" * 0x10000 + b"\r\n"
            wire.send(piece)
            answer = wire.getresponse()
            answer.read()

        assert answer.status in (400, 403, 411, 422)
        assert list(folder.iterdir()) == []

    def test_what_is_cut_off_on_its_way_leaves_nothing(self, site, cookie):  # noqa: F811
        port, folder = site
        with self.sending(port, cookie, **{"Content-Length": str(30 * MEGABYTE)}) as wire:
            self.begun(wire)
            for _piece in range(8):
                wire.send(b"0" * MEGABYTE)
            wait_until(lambda: list(folder.iterdir()))  # the control: it was on the disk

        wait_until(lambda: not list(folder.iterdir()))
