"""What changes about a sign-in is told to its owner at once (ASVS 6.3.7)."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from committee import accounts, clock, emails
from committee.enums import LetterKind
from committee.models import Letter, Member
from committee.services import reset_second_factor
from tests import factories
from tests.committee import passkeys
from tests.factories import PASSWORD, TODAY
from tests.stage.sign_in import app_of

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "nusantara-2018-biru"


@pytest.fixture
def client(secretary):
    client = Client()
    client.post(reverse("account_login"), {"login": secretary.email, "password": PASSWORD})
    return client


@pytest.fixture
def on_commit(django_capture_on_commit_callbacks):
    return django_capture_on_commit_callbacks


def told(member):
    """Name what was queued for somebody, in order."""
    letters = Letter.objects.filter(kind=LetterKind.SAFETY, recipient=member).order_by("pk")
    return [letter.dedupe_key.split(":")[1] for letter in letters]


def said(member):
    letters = Letter.objects.filter(kind=LetterKind.SAFETY, recipient=member)
    return list(emails.renderers(clock.read)[LetterKind.SAFETY](letters).values())


def change_password(client):
    new = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    return client.post(reverse("account_change_password"), new)


def test_a_changed_password(client, secretary):
    change_password(client)

    assert told(secretary) == ["password"]


def test_a_refused_change_tells_nothing(client, secretary):
    wrong = {"oldpassword": "wrong", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post(reverse("account_change_password"), wrong)

    assert told(secretary) == []


def test_an_app_set_up_and_taken_away(client, secretary, phone, on_commit):
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    with on_commit(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": phone.code(secret)})
    with on_commit(execute=True):
        client.post(reverse("mfa_deactivate_totp"))

    assert told(secretary) == ["app_added", "app_removed"]


def test_new_recovery_codes(client, secretary, phone, on_commit):
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    app_of(secretary)
    with on_commit(execute=True):
        client.post(reverse("mfa_generate_recovery_codes"))

    assert told(secretary) == ["codes"]


def test_a_passkey_added(client, secretary, on_commit):
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    with on_commit(execute=True):
        passkeys.add(client)

    assert Authenticator.objects.filter(user=secretary, type="webauthn").exists()
    assert told(secretary) == ["passkey_added"]


def test_a_passkey_made_for_another_page_is_none(client, secretary, on_commit):
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    place = reverse("mfa_add_webauthn")
    credential = passkeys.made_for(client.get(place).context["js_data"]["creation_options"])
    client.get(place)  # asks for another
    with on_commit(execute=True):
        client.post(place, {"name": "laptop", "credential": credential})

    assert not Authenticator.objects.exists()
    assert told(secretary) == []


def test_a_passkey_taken_away(client, secretary, on_commit):
    key = Authenticator.objects.create(user=secretary, type="webauthn", data={"name": "laptop"})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    with on_commit(execute=True):
        client.post(reverse("mfa_remove_webauthn", args=[key.pk]))

    assert told(secretary) == ["passkey_removed"]


def test_a_second_step_that_an_admin_took_away(secretary):
    admin_member = factories.member("admin")
    app_of(secretary)

    reset_second_factor(by=admin_member, member=secretary, today=TODAY)

    assert told(secretary) == ["reset"]
    assert told(admin_member) == []


def test_a_first_password_is_no_news(secretary):
    adapter = accounts.AccountAdapter()
    assert secretary.last_login is None

    adapter.send_notification_mail("account/email/password_reset", secretary)
    assert told(secretary) == []

    secretary.last_login = timezone.now()
    adapter.send_notification_mail("account/email/password_reset", secretary)
    assert told(secretary) == ["password"]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("what", emails.SAFETY)
def test_the_letter_says_what_and_where_to_look(secretary, what, language):
    Member.objects.filter(pk=secretary.pk).update(language=language)
    accounts.queue_safety(secretary, what)

    [mail] = said(secretary)

    with translation.override(language):
        words = str(emails.SAFETY[what])
    assert words in mail.text
    assert words in mail.html.replace("&#x27;", "'")
    assert reverse("committee:sessions") in mail.text
    assert mail.is_kept


def test_every_change_that_allauth_announces_has_its_words():
    assert set(accounts.OF_SAFETY.values()) | {"reset"} == set(emails.SAFETY)
