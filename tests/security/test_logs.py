"""S13 and S57: what the log says of each event, and what no stranger can make it say."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import sys
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.conf import settings as plain
from django.test import Client
from django.urls import reverse

from committee import accounts, gate, logs, services
from committee.accounts import password_link, queue_safety
from committee.enums import HoldReason, Role
from tests import factories
from tests.committee import passkeys
from tests.factories import PASSWORD, TODAY
from tests.security.payloads import payloads

LOGIN = reverse("account_login")
NEW_PASSWORD = "nusantara-2018-biru"
LONGEST = 2_000


@pytest.fixture
def written():
    """Collect what is written, as the site's own handler would write it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLine())
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)


@pytest.fixture
def events(written):
    return lambda: [line for line in written() if line["logger"] == "committee.events"]


@pytest.fixture
def on_commit(django_capture_on_commit_callbacks):
    return django_capture_on_commit_callbacks


def change_sign_in(client, member):
    """Choose another password and add a passkey, as a member does through the pages."""
    new = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post(LOGIN, {"login": member.email, "password": PASSWORD})
    client.post(reverse("account_change_password"), new)
    client.post(reverse("account_reauthenticate"), {"password": NEW_PASSWORD})
    passkeys.add(client, "Telepon Sari")


def formatted(text, **facts):
    record = logging.LogRecord("x", logging.INFO, "", 0, text, (), None)
    record.facts = facts
    return logs.JsonLine().format(record)


class TestLine:
    @pytest.mark.parametrize("text", payloads("log_lines"))
    def test_one_line_of_printable_ascii_that_gives_the_text_back(self, text):
        line = formatted(text, asked=text)

        assert line.isascii()
        assert line.isprintable()
        assert json.loads(line)["event"] == json.loads(line)["asked"] == text
        assert "who" not in json.loads(line)

    @pytest.mark.parametrize("one", ["a", "\n", "\u202e", "\U0001f600", '"', "\\"])
    def test_a_megabyte_leaves_a_short_line_with_every_other_fact(self, one):
        line = formatted("refused", asked=one * 1_000_000, who=7, why=one * 1_000_000)

        assert len(line) <= LONGEST
        told = json.loads(line)
        assert (told["event"], told["who"]) == ("refused", 7)
        assert set(told) >= {"at", "asked", "why", "request"}

    def test_a_traceback_ends_where_it_broke(self):
        try:
            raise RuntimeError("\n".join(["x"] * 100_000))
        except RuntimeError:
            record = logging.LogRecord("x", logging.ERROR, "", 0, "broke", (), None)
            record.exc_info = sys.exc_info()

        line = logs.JsonLine().format(record)

        assert line.isprintable()
        assert len(line) <= 8_000

    def test_the_moment_is_utc(self):
        at = datetime.fromisoformat(json.loads(formatted("x"))["at"])

        assert at.utcoffset().total_seconds() == 0
        assert abs((datetime.now(UTC) - at).total_seconds()) < 60

    def test_a_link_that_chooses_a_password_is_never_told(self):
        line = formatted("Not Found: /akun/sandi/baru/7-d1abcd-0123456789abcdef/x/")

        assert "0123456789abcdef" not in line
        assert "/akun/sandi/baru/" in line

    def test_the_site_writes_all_it_has_to_say_so(self):
        (handler,) = plain.LOGGING["root"]["handlers"]
        formatter = plain.LOGGING["handlers"][handler]["formatter"]

        assert plain.LOGGING["formatters"][formatter] == {"()": "committee.logs.JsonLine"}
        assert logging.getLogger("committee.events").isEnabledFor(logging.INFO)


@pytest.mark.django_db
class TestEvents:
    def test_signing_in_and_out(self, client, events):
        member = factories.member(password=PASSWORD)

        client.post(LOGIN, {"login": member.email, "password": PASSWORD})
        client.post(reverse("account_logout"))

        came, went = events()
        assert (came["event"], came["who"], came["how"]) == ("signed_in", member.pk, "password")
        assert (came["from"], came["asked"]) == ("127.0.0.1", f"POST {LOGIN}")
        assert (went["event"], went["who"]) == ("signed_out", member.pk)
        assert len(came["request"]) == len(went["request"]) == 32
        assert came["request"] != went["request"]

    @pytest.mark.parametrize("is_active", [True, False])
    def test_a_sign_in_that_failed_names_the_account(self, client, events, is_active):
        member = factories.member(password=PASSWORD, is_active=is_active)
        secret = "salah-sekali" if is_active else PASSWORD

        client.post(LOGIN, {"login": member.email, "password": secret})

        (event,) = events()
        assert (event["event"], event["member"]) == ("sign_in_failed", member.pk)
        assert event["who"] is None

    def test_a_password_typed_as_address_is_not_told(self, client, written):
        client.post(LOGIN, {"login": "rahasia-besar@sandi.test", "password": "rahasia-lain"})

        (event,) = [line for line in written() if line["event"] == "sign_in_failed"]
        assert event["member"] is None
        assert "rahasia" not in json.dumps(written())

    def test_too_many_tries(self, client, events):
        member = factories.member(password=PASSWORD)
        for _ in range(6):
            client.post(LOGIN, {"login": member.email, "password": "salah-sekali"})
        for _ in range(30):
            client.post(LOGIN, {})

        names = [event["event"] for event in events()]
        assert names.count("sign_in_failed") == 5
        assert names.count("rate_limited") >= 2

    @pytest.mark.skipif(not apps.is_installed("allauth.mfa"), reason="no second factor is built")
    def test_a_second_factor_that_failed(self, rf, events):
        from allauth.mfa.signals import authentication_failed

        member = factories.member()
        request = rf.post(LOGIN)

        authentication_failed.send(type(self), request=request, user=member, authenticator=None)

        (event,) = events()
        assert (event["event"], event["member"]) == ("second_factor_failed", member.pk)

    def test_a_refused_step_and_a_forged_form(self, events):
        member = factories.member(Role.VIEWER)
        action = factories.action()
        client = Client(enforce_csrf_checks=True)
        client.force_login(member)
        place = reverse("roadmap:action-edit", args=[action.code])

        client.get(place)
        client.get(place, headers={"HX-Request": "true"})
        client.post(place, {"title": "x"})

        refused = [event for event in events() if event["event"] == "refused"]
        assert [(event["who"], event["asked"]) for event in refused] == [
            (member.pk, f"GET {place}"),
            (member.pk, f"GET {place}"),
            (member.pk, f"POST {place}"),
        ]

    def test_a_change_of_role(self, events, django_capture_on_commit_callbacks):
        admin, member = factories.member(Role.ADMIN), factories.member(Role.VIEWER)

        with django_capture_on_commit_callbacks(execute=True):
            services.change_role(by=admin, member=member, role=Role.MEMBER, today=TODAY)

        (event,) = events()
        told = {name: event[name] for name in ("event", "who", "member", "was", "now")}
        assert told == {
            "event": "role_changed",
            "who": admin.pk,
            "member": member.pk,
            "was": "viewer",
            "now": "member",
        }

    def test_letters_held_and_let_go(self, events, django_capture_on_commit_callbacks):
        by = factories.member(Role.SECRETARIAT)

        with django_capture_on_commit_callbacks(execute=True):
            gate.hold(HoldReason.RESTORED)
            gate.hold(HoldReason.RESTORED)
        gate.release(by=by, today=TODAY)
        gate.discard(by=by, today=TODAY)

        held, released, discarded = events()
        assert (held["event"], held["why"]) == ("letters_held", HoldReason.RESTORED.value)
        assert (released["event"], released["who"]) == ("letters_released", by.pk)
        assert (discarded["event"], discarded["who"]) == ("letters_discarded", by.pk)

    @pytest.mark.parametrize("asked", ["csv", "csv-id", "xlsx"])
    def test_a_list_taken_along(self, client, events, asked):
        member = factories.member()
        client.force_login(member)

        b"".join(client.get(reverse("roadmap:actions"), {"format": asked}))

        event = events()[-1]
        assert (event["event"], event["who"], event["format"]) == ("exported", member.pk, asked)

    def test_what_is_hidden_asked_for(self, client, events):
        """Hidden or missing is told alike; of strangers nothing is."""
        client.get("/tidak/ada/")
        assert events() == []

        reader = factories.member("viewer")
        client.force_login(reader)
        client.get("/tidak/ada/")
        client.get(reverse("roadmap:audit"))

        told = [line for line in events() if line["event"] == "not_found"]
        assert {line["who"] for line in told} == {reader.pk}
        assert [line["asked"] for line in told] == [
            "GET /tidak/ada/",
            f"GET {reverse('roadmap:audit')}",
        ]

    def test_evidence_taken_along(self, client, events, tmp_path, settings):
        settings.EVIDENCE_ROOT = tmp_path
        member = factories.member()
        action = factories.action("LOG-01", owner=member)
        (tmp_path / "a1").write_bytes(b"%PDF-1.4")
        row = factories.evidence(
            action,
            url="",
            stored_name="a1",
            file_name="surat.pdf",
            content_type="application/pdf",
            size=8,
            sha256=hashlib.sha256(b"%PDF-1.4").hexdigest(),
        )
        client.force_login(member)

        b"".join(client.get(reverse("roadmap:evidence", args=[row.pk])))

        event = events()[-1]
        assert event["event"] == "evidence_downloaded"
        assert (event["who"], event["evidence"]) == (member.pk, row.pk)
        assert "surat" not in json.dumps(events())

    def test_a_change_of_a_sign_in(self, events, django_capture_on_commit_callbacks):
        member = factories.member()

        with django_capture_on_commit_callbacks(execute=True):
            queue_safety(member, "app_removed")

        (event,) = events()
        assert (event["event"], event["member"]) == ("safety_changed", member.pk)
        assert event["what"] == "app_removed"

    def test_a_new_password_and_a_passkey_through_the_pages(self, client, events, on_commit):
        member = factories.member(password=PASSWORD)

        with on_commit(execute=True):
            change_sign_in(client, member)

        told = [event for event in events() if event["event"] == "safety_changed"]
        assert [event["what"] for event in told] == ["password", "passkey_added"]
        assert {event["member"] for event in told} == {member.pk}
        for secret in (PASSWORD, NEW_PASSWORD, "Telepon Sari", client.cookies["session"].value):
            assert secret not in json.dumps(events())

    def test_control_without_their_words_no_event_would_tell_of_them(
        self, client, events, on_commit, monkeypatch
    ):
        monkeypatch.setattr(accounts, "OF_SAFETY", {})

        with on_commit(execute=True):
            change_sign_in(client, factories.member(password=PASSWORD))

        assert {event["event"] for event in events()} == {"signed_in"}

    def test_refused_they_are_not_told(self, client, events, on_commit):
        member = factories.member(password=PASSWORD)
        client.post(LOGIN, {"login": member.email, "password": PASSWORD})
        new = {"oldpassword": "keliru", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}

        with on_commit(execute=True):
            client.post(reverse("account_change_password"), new)
            client.post(reverse("mfa_add_webauthn"), {"name": "x", "credential": "{}"})

        assert {event["event"] for event in events()} == {"signed_in"}

    def test_no_event_holds_a_secret(self, client, written):
        member = factories.member(email="ada@demo.test", name="Ada Lovelace")
        link = password_link(member)
        new = "tujuh kucing tidur siang"
        form = client.get(link, follow=True).request["PATH_INFO"]
        client.post(form, {"password1": new, "password2": new})
        client.post(LOGIN, {"login": member.email, "password": new})
        client.post(LOGIN, {"login": member.email, "password": "keliru"})
        Client(enforce_csrf_checks=True).post(link)
        Client().get(f"{link}x/y/")

        text = json.dumps(written())
        key = link.rstrip("/").rpartition("-")[2]
        for secret in (new, "keliru", member.email, "Lovelace", key, plain.SECRET_KEY):
            assert secret not in text
        assert client.cookies["session"].value not in text


@pytest.mark.django_db
@pytest.mark.parametrize("text", [*payloads("log_lines"), "x" * 1_000_000])
def test_what_is_asked_for_cannot_forge_a_line(client, written, text):
    member = factories.member(Role.VIEWER)
    client.force_login(member)

    client.get(f"/{text}")
    client.get("/actions/", {"q": text}, headers={"X-Request-ID": text, "User-Agent": text})
    Client().post(LOGIN, {"login": text, "password": text})

    lines = written()
    assert [line["who"] for line in lines if line["event"] == "signed_in"] == [member.pk]
    for line in lines:
        assert len(json.dumps(line)) <= (8_000 if "traceback" in line else LONGEST)
        assert line["request"] != text
