"""The door of Django admin: who finds it, what it asks, and the help for who lost a device."""

from __future__ import annotations

import time
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from committee import sessions
from tests import factories
from tests.committee.test_second_factor import INSIDE, is_inside, rehearse, sign_in
from tests.factories import PASSWORD
from tests.stage.sign_in import app_of

pytestmark = pytest.mark.django_db


@contextmanager
def later(monkeypatch, seconds):
    """Let time pass for sessions."""
    now = time.time() + seconds
    with monkeypatch.context() as patch:
        patch.setattr(sessions, "time", SimpleNamespace(time=lambda: now))
        yield


class TestDjangoAdmin:
    def inside(self, member, phone):
        app_of(member)
        client, answer = sign_in(member)
        client.post(answer.url, {"code": phone.code()})
        return client

    @pytest.mark.parametrize("role", ["viewer", "adviser", "member", "chair"])
    def test_is_not_there_for_others(self, role):
        client = Client()
        client.force_login(factories.member(role))

        for place in ("/admin/", "/admin/login/", "/admin/committee/member/"):
            assert client.get(place).status_code == 404

    def test_has_no_sign_in_page_of_its_own(self):
        for place in ("/admin/", "/admin/login/"):
            assert Client().get(place).url.startswith(reverse("account_login"))

    @pytest.mark.parametrize("role", ["secretariat", "admin"])
    def test_asks_for_a_second_factor_even_within_the_grace(self, role):
        client = Client()
        client.force_login(factories.member(role, password=PASSWORD))

        assert client.get(INSIDE).status_code == 200
        assert client.get("/admin/").url.startswith(reverse("mfa_index"))

    def test_takes_sixty_forms_a_minute_from_one_person(self, settings):
        rehearse()
        busy, other = (Client() for _ in range(2))
        for client in (busy, other):
            member = factories.member("admin", password=PASSWORD)
            sign_in(member, client=client)
        place = reverse("admin:committee_member_add")

        answers = [busy.post(place).status_code for _ in range(61)]

        assert answers == [200] * 60 + [429]
        assert busy.get(place).status_code == other.post(place).status_code == 200
        settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"admin": "1000/m/user"}
        assert busy.post(place).status_code == 200, "it was not the limit that refused"

    def test_opens_with_one(self, secretary, phone):
        assert self.inside(secretary, phone).get("/admin/").status_code == 200

    def test_opens_without_one_in_a_rehearsal(self, secretary):
        rehearse()

        assert sign_in(secretary)[0].get("/admin/").status_code == 200

    def test_asks_again_half_an_hour_after_the_sign_in(self, secretary, phone, monkeypatch):
        client = self.inside(secretary, phone)
        with later(monkeypatch, 29 * 60):
            assert client.get("/admin/").status_code == 200
        with later(monkeypatch, 30 * 60):
            asked = client.get("/admin/committee/member/")
            assert asked.url.startswith(reverse("account_reauthenticate"))

            back = client.post(asked.url, {"password": PASSWORD})

            assert back.url == "/admin/committee/member/"
            assert client.get(back.url).status_code == 200

    def test_asks_again_in_a_rehearsal_too_and_keeps_what_was_typed(self, secretary, monkeypatch):
        rehearse()
        client, _answer = sign_in(secretary)
        place = reverse("admin:committee_institution_add")
        with later(monkeypatch, 31 * 60):
            answer = client.post(place, {"title": "Kementerian yang diketik"})

        assert answer.status_code == 403
        assert "Kementerian yang diketik" in answer.content.decode()
        assert reverse("account_reauthenticate") in answer.content.decode()


class TestAnAdminResets:
    def ask(self, by, member):
        client = Client()
        rehearse()
        client.force_login(by)
        return client.post(reverse("admin:committee_member_reset", args=[member.pk]))

    def test_what_somebody_lost(self, secretary, phone):
        app_of(secretary)
        client, answer = sign_in(secretary)
        client.post(answer.url, {"code": phone.code()})

        answer = self.ask(factories.member("admin"), secretary)

        assert answer.status_code == 302
        assert not Authenticator.objects.filter(user=secretary).exists()
        assert not is_inside(client)
        assert is_inside(sign_in(secretary)[0])

    def test_never_their_own(self):
        admin = factories.member("admin")

        assert self.ask(admin, admin).status_code == 403
        assert Authenticator.objects.exists()

    def test_and_nobody_else_does(self, secretary):
        member = factories.member()
        app_of(member)

        assert self.ask(secretary, member).status_code == 403
        assert Authenticator.objects.exists()
