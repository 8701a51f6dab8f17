"""Another SECRET_KEY with the old one beside it: all goes on; without it, all of it ends."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from cryptography.fernet import InvalidToken
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from committee import sessions
from committee.accounts import password_link
from committee.models import Member
from tests import factories
from tests.factories import PASSWORD
from tests.stage.sign_in import SECRET, app_of, recovery_codes

pytestmark = pytest.mark.django_db
INSIDE, PLACE = reverse("committee:profile"), reverse("committee:sessions")
NEW = "another-key-" * 5


@pytest.fixture(params=[True, False], ids=["beside it", "alone"])
def renew(request, settings):
    """Begin to work with another key, with the old one beside it or not: say which."""

    def to_another():
        old, settings.SECRET_KEY = settings.SECRET_KEY, NEW
        settings.SECRET_KEY_FALLBACKS = [old] if request.param else []
        return request.param

    return to_another


def signed_in(member):
    client = Client()
    client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})
    assert is_in(client)
    return client


def is_in(client):
    return client.get(INSIDE).status_code == 200


def test_who_is_signed_in_stays_so(secretary, renew):
    client = signed_in(secretary)
    goes_on = renew()

    assert is_in(client) is goes_on
    assert is_in(client) is goes_on


def test_where_one_is_signed_in_is_still_listed_and_ended(secretary, renew):
    here, there = signed_in(secretary), signed_in(secretary)
    if not renew():
        assert here.get(PLACE).status_code == 302
        return

    assert len(here.get(PLACE).context["sessions"]) == 2  # one of them under its old name
    assert is_in(there)
    shown = here.get(PLACE).context["sessions"]
    assert [one.is_current for one in shown].count(True) == 1
    assert len(shown) == 2

    here.post(PLACE)

    assert (is_in(here), is_in(there)) == (True, False)


def test_control_not_followed_it_would_go_on_unlisted(secretary, settings, monkeypatch):
    client = signed_in(secretary)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [settings.SECRET_KEY]
    monkeypatch.setattr(sessions, "_follow", lambda request: None)

    assert is_in(client)
    assert len(client.get(PLACE).context["sessions"]) == 0


def test_another_role_ends_a_session_all_the_same(secretary, renew):
    client = signed_in(secretary)
    Member.objects.filter(pk=secretary.pk).update(role="viewer")
    renew()

    assert not is_in(client)


def test_a_link_that_chooses_a_password_still_leads_there(secretary, renew):
    link = password_link(secretary)
    goes_on = renew()

    page = Client().get(link, follow=True)

    assert ("password1" in page.content.decode()) is goes_on


def test_a_code_of_the_app_still_opens(secretary, phone, renew):
    app_of(secretary)
    if not renew():
        with pytest.raises(InvalidToken):
            recovery_codes(secretary)
        return

    client = Client()
    client.post(reverse("account_login"), {"login": secretary.email, "password": PASSWORD})
    client.post(reverse("mfa_authenticate"), {"code": phone.code()})

    assert is_in(client)


def test_written_anew_they_need_the_old_key_no_more(secretary, renew, settings):
    app_of(secretary)
    codes = recovery_codes(secretary)
    if not renew():
        with pytest.raises(CommandError, match=f"second factor of {secretary.email}"):
            call_command("renew_secrets")
        return

    call_command("renew_secrets")
    settings.SECRET_KEY_FALLBACKS = []

    assert decrypt(Authenticator.objects.get(type="totp").data["secret"]) == SECRET
    assert recovery_codes(secretary) == codes


def test_one_that_no_key_reads_holds_up_no_other(secretary, settings):
    lost = factories.member()
    app_of(lost)
    settings.SECRET_KEY = "a-key-that-is-gone-" * 3
    app_of(secretary)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [settings.SECRET_KEY]

    with pytest.raises(CommandError, match=f"second factor of {lost.email}"):
        call_command("renew_secrets")

    settings.SECRET_KEY_FALLBACKS = []
    assert decrypt(secretary.authenticator_set.get(type="totp").data["secret"]) == SECRET


def test_control_not_written_anew_they_do(secretary, settings):
    app_of(secretary)
    settings.SECRET_KEY = NEW

    with pytest.raises(InvalidToken):
        recovery_codes(secretary)
