"""The second factor through the pages: set up, used, lost, and asked of those who lead."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from committee import clock
from committee.models import Member, RehearsalClock
from committee.rules import second_factor as rule
from tests import factories
from tests.factories import PASSWORD, TODAY
from tests.stage.sign_in import app_of, recovery_codes

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "nusantara-2018-biru"
INSIDE = reverse("roadmap:my")
EDIT = "committee:profile"


def sign_in(member, password=PASSWORD, client=None):
    client = client or Client()
    sent = {"login": member.email, "password": password}
    return client, client.post(reverse("account_login"), sent)


def is_inside(client):
    return "_auth_user_id" in client.session


def rehearse():
    RehearsalClock.objects.create(day=TODAY, target=TODAY, since=timezone.now())


def overdue(member):
    Member.objects.filter(pk=member.pk).update(
        second_factor_by=clock.read().today - timedelta(days=1)
    )


class TestAnAppIsSetUp:
    def confirmed(self, member):
        client, _answer = sign_in(member)
        answer = client.get(reverse("mfa_activate_totp"))
        assert answer.url.startswith(reverse("account_reauthenticate"))
        client.post(answer.url, {"password": PASSWORD})
        return client

    def test_with_the_password_once_more_and_a_code(self, secretary, phone):
        client = self.confirmed(secretary)
        page = client.get(reverse("mfa_activate_totp"))
        secret = page.context["form"].secret

        answer = client.post(reverse("mfa_activate_totp"), {"code": phone.code(secret)})

        assert answer.url == reverse("mfa_view_recovery_codes")
        codes = client.get(answer.url).content.decode()
        assert len(re.findall(r"<li><code>\d{8}</code></li>", codes)) == 10
        assert client.get(reverse("mfa_index")).status_code == 200

    def test_no_secret_is_readable_in_the_database(self, secretary, phone):
        client = self.confirmed(secretary)
        secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
        client.post(reverse("mfa_activate_totp"), {"code": phone.code(secret)})

        kept = str(list(Authenticator.objects.values_list("data", flat=True)))

        assert secret not in kept
        assert not any(code in kept for code in recovery_codes(secretary))

    def test_a_wrong_code_sets_up_nothing(self, secretary, phone):
        client = self.confirmed(secretary)
        client.get(reverse("mfa_activate_totp"))

        answer = client.post(reverse("mfa_activate_totp"), {"code": "000000"})

        assert 'role="alert"' in answer.content.decode()
        assert not Authenticator.objects.exists()

    def test_removed_it_is_asked_for_no_more_and_its_codes_end(self, secretary, phone):
        app_of(secretary)
        client, _answer = sign_in(secretary)
        client.post(reverse("mfa_authenticate"), {"code": phone.code()})
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})

        client.post(reverse("mfa_deactivate_totp"))

        assert not Authenticator.objects.exists()
        assert is_inside(sign_in(secretary)[0])

    def test_nobody_removes_anothers_passkey(self, secretary):
        other = factories.member()
        key = Authenticator.objects.create(user=other, type="webauthn", data={})
        client = self.confirmed(secretary)
        place = reverse("mfa_remove_webauthn", args=[key.pk])

        assert client.get(place).status_code == client.post(place).status_code == 404
        assert Authenticator.objects.filter(pk=key.pk).exists()


class TestSigningIn:
    def test_the_password_alone_opens_nothing(self, secretary, phone):
        app_of(secretary)

        client, answer = sign_in(secretary)

        assert answer.url == reverse("mfa_authenticate")
        assert not is_inside(client)
        assert client.get(INSIDE).url.startswith(reverse("account_login"))

    def test_the_code_of_the_app_lets_in(self, secretary, phone):
        app_of(secretary)
        client, answer = sign_in(secretary)

        client.post(answer.url, {"code": phone.code()})

        assert is_inside(client)

    def test_a_code_used_once_is_refused_as_long_as_it_would_hold(self, secretary, phone):
        app_of(secretary)
        code = phone.code()
        client, answer = sign_in(secretary)
        client.post(answer.url, {"code": code})
        again, answer = sign_in(secretary)

        again.post(answer.url, {"code": code})
        assert not is_inside(again)

        phone.now += 30
        again.post(answer.url, {"code": code})  # remembered or not, its time is over
        assert not is_inside(again)
        again.post(answer.url, {"code": phone.code()})
        assert is_inside(again)

    def test_without_the_memory_of_used_codes_it_would_be_taken(
        self, secretary, phone, monkeypatch
    ):
        monkeypatch.setattr(auth.TOTP, "_mark_code_used", lambda self, code: True)
        app_of(secretary)
        for _number in range(2):
            client, answer = sign_in(secretary)
            client.post(answer.url, {"code": phone.code()})
            assert is_inside(client)

    def test_a_recovery_code_lets_in_once(self, secretary):
        app_of(secretary)
        code = recovery_codes(secretary)[0]
        client, answer = sign_in(secretary)
        client.post(answer.url, {"code": code})
        again, answer = sign_in(secretary)

        again.post(answer.url, {"code": code})

        assert is_inside(client)
        assert not is_inside(again)
        assert len(recovery_codes(secretary)) == 9

    def test_a_new_password_does_not_lead_past_it(self, secretary):
        app_of(secretary)
        client = choose_password(secretary)
        assert not is_inside(client)

        client, answer = sign_in(secretary, NEW_PASSWORD)

        assert answer.url == reverse("mfa_authenticate")
        assert not is_inside(client)

    def test_who_was_shut_out_between_the_steps_stays_out(self, secretary, phone):
        app_of(secretary)
        client, answer = sign_in(secretary)
        Member.objects.filter(pk=secretary.pk).update(is_active=False)

        client.post(answer.url, {"code": phone.code()})

        assert client.get(INSIDE).url.startswith(reverse("account_login"))

    def test_codes_are_not_guessed(self, secretary, phone):
        app_of(secretary)
        client, answer = sign_in(secretary)
        for number in range(20):
            client.post(answer.url, {"code": f"{number:06}"})

        client.post(answer.url, {"code": phone.code()})

        assert not is_inside(client)


def choose_password(member):
    """Go the whole way of a forgotten password."""
    client = Client()
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(member)
    link = [user_pk_to_url_str(member), token]
    form = client.get(reverse("account_reset_password_from_key", args=link)).url
    client.post(form, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    member.refresh_from_db()
    assert member.check_password(NEW_PASSWORD)
    return client


class TestTheGrace:
    def test_begins_when_they_first_sign_in_and_is_told(self, secretary):
        client, _answer = sign_in(secretary)
        secretary.refresh_from_db()

        page = client.get(INSIDE)

        assert secretary.second_factor_by == clock.read().today + timedelta(days=14)
        assert reverse("mfa_index") in page.content.decode()
        assert "Set up a second step of signing in by" in page.content.decode()

    def test_is_not_drawn_out_by_signing_in_again(self, secretary):
        overdue(secretary)
        kept = Member.objects.get(pk=secretary.pk).second_factor_by

        sign_in(secretary)

        secretary.refresh_from_db()
        assert secretary.second_factor_by == kept

    def test_over_it_leads_to_the_page_and_nowhere_else(self, secretary):
        overdue(secretary)
        client, _answer = sign_in(secretary)

        for name in ("roadmap:my", "roadmap:overview", EDIT, "committee:sessions"):
            assert client.get(reverse(name)).url.startswith(reverse("mfa_index")), name
        assert client.get("/admin/").url.startswith(reverse("mfa_index"))
        page = client.get(reverse("mfa_index"))
        assert "to go on" in page.content.decode()
        for name in ("account_logout", "committee:language", "roadmap:health"):
            assert client.get(reverse(name)).status_code == 200, name

    def test_over_it_keeps_what_was_typed(self, secretary):
        overdue(secretary)
        client, _answer = sign_in(secretary)

        page = client.post(reverse(EDIT), {"name": "Nama yang diketik"})
        part = client.post(
            reverse(EDIT), {"name": "Nama yang diketik"}, headers={"HX-Request": "true"}
        )

        assert page.status_code == part.status_code == 403
        assert "Nama yang diketik" in page.content.decode()
        assert "<html" not in part.content.decode()
        assert part.headers["HX-Retarget"] == "#notices"
        secretary.refresh_from_db()
        assert secretary.name != "Nama yang diketik"

    def test_over_it_ends_with_a_second_factor(self, secretary, phone):
        overdue(secretary)
        app_of(secretary)
        client, answer = sign_in(secretary)
        client.post(answer.url, {"code": phone.code()})

        page = client.get(INSIDE)

        assert page.status_code == 200
        assert "second step of signing in by" not in page.content.decode()

    @pytest.mark.parametrize("seat", ["lead", "deputy"])
    def test_asks_it_of_who_leads(self, seat):
        member = factories.member()
        overdue(member)
        client = Client()
        client.force_login(member)
        assert client.get(INSIDE).status_code == 200

        factories.seat(member, factories.workstream(), seat)
        assert client.get(INSIDE).url.startswith(reverse("mfa_index"))

        member.seats.update(until_date=clock.read().today - timedelta(days=1))
        assert client.get(INSIDE).status_code == 200

    def test_asks_it_of_nobody_in_a_rehearsal(self, secretary):
        rehearse()
        overdue(secretary)
        client, _answer = sign_in(secretary)

        page = client.get(INSIDE)

        assert page.status_code == 200
        assert "second step of signing in by" not in page.content.decode()
        assert client.get(reverse("mfa_index")).status_code == 200

    def test_hides_as_before(self):
        chair = factories.member("chair", password=PASSWORD)
        client = Client()
        client.force_login(chair)

        hidden, missing = client.get("/admin/"), client.get("/tiada/")

        token = re.compile(rb'"X-CSRFToken": "\w+"|name="csrfmiddlewaretoken" value="\w+"')
        assert hidden.status_code == missing.status_code == 404
        assert token.sub(b"", hidden.content) == token.sub(b"", missing.content)

    def test_without_the_rule_all_would_be_open(self, secretary, monkeypatch):
        overdue(secretary)
        client, _answer = sign_in(secretary)

        monkeypatch.setattr(rule, "is_due", lambda last, today: False)

        assert client.get(INSIDE).status_code == 200
