"""Signing in and out, and forgotten passwords: through the outbox, telling nobody who exists."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from committee.accounts import AccountAdapter, password_link
from committee.enums import LetterKind, LetterState, Role
from committee.models import Letter
from committee.tokens import LinkTokens
from tests import factories
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

LOGIN, RESET = reverse("account_login"), reverse("account_reset_password")
ELSEWHERE = [
    "//evil.id",
    "/\\evil.id",
    "https:evil.id",
    "///evil.id",
    "javascript:alert(1)",
    "https://testserver@evil.id",
    "\\\\evil.id",
    " //evil.id",
    "https://evil.id/",
]


def without_token(answer):
    """Give a page without its CSRF token, which is masked anew on every answer."""
    return re.sub(rb"[A-Za-z0-9]{64}", b"", answer.content)


def sign_in(client, email, password=PASSWORD, **more):
    return client.post(LOGIN, {"login": email, "password": password, **more})


def ask_for_reset(client, email, **extra):
    return client.post(RESET, {"email": email}, **extra)


def test_a_member_signs_in_by_email_in_any_case(client):
    factories.member(email="kominfo@demo.test", password=PASSWORD)

    answer = sign_in(client, "KOMINFO@Demo.test")

    assert answer.status_code == 302
    assert answer["Location"] == reverse("roadmap:start-page")


@pytest.mark.parametrize("who", ["wrong password", "unknown", "deactivated", "invited"])
def test_a_refused_sign_in_says_the_same_to_everybody(client, who):
    factories.member(email="ada@demo.test", password=PASSWORD)
    factories.member(email="tutup@demo.test", password=PASSWORD, is_active=False)
    factories.member(email="diundang@demo.test")
    address = {
        "unknown": "tiada@demo.test",
        "deactivated": "tutup@demo.test",
        "invited": "diundang@demo.test",
    }.get(who, "ada@demo.test")

    answer = sign_in(client, address, "salah-sekali")

    text = answer.content.decode().replace(address, "")
    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session
    assert "_auth_user_id" not in text
    assert (
        answer.context["form"].non_field_errors()
        == sign_in(client, "ada@demo.test", "keliru").context["form"].non_field_errors()
    )


def test_a_right_password_does_not_open_a_closed_account(client):
    factories.member(email="tutup@demo.test", password=PASSWORD, is_active=False)

    answer = sign_in(client, "tutup@demo.test")

    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


def test_deactivating_ends_a_session_on_its_next_request(client):
    member = factories.member(password=PASSWORD)
    sign_in(client, member.email)
    type(member).objects.filter(pk=member.pk).update(is_active=False)

    answer = client.get(reverse("committee:profile"))

    assert answer.status_code == 302
    assert answer["Location"].startswith(LOGIN)


def test_signing_in_gives_a_new_session(client):
    member = factories.member(password=PASSWORD)
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    client.cookies["session"] = before

    sign_in(client, member.email)

    assert client.session.session_key != before


def test_signing_out_needs_a_post(client):
    client.force_login(factories.member())

    client.get(reverse("account_logout"))
    still_in = "_auth_user_id" in client.session
    client.post(reverse("account_logout"))

    assert still_in
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("place", ELSEWHERE)
def test_signing_in_never_leads_elsewhere(client, place):
    member = factories.member(password=PASSWORD)

    answer = sign_in(client, member.email, next=place)

    target = urlsplit(answer["Location"])
    assert answer.status_code == 302
    assert target.netloc in ("", "testserver")
    assert target.scheme in ("", "http")
    assert not answer["Location"].startswith(("//", "/\\"))


def test_nobody_signs_up():
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
    assert not AccountAdapter().is_open_for_signup(None)


def test_a_forgotten_password_becomes_a_letter_that_holds_kind_and_recipient_only(client):
    member = factories.member()

    ask_for_reset(client, member.email)

    letter = Letter.objects.get()
    assert (letter.kind, letter.recipient) == (LetterKind.PASSWORD_RESET, member)
    assert (letter.subject, letter.text, letter.address) == ("", "", "")
    assert letter.expires_at is not None
    assert letter.priority == 1
    assert mail.outbox == []


def test_an_unknown_address_gets_the_same_answer_and_no_letter(client):
    known = factories.member()
    closed = factories.member(is_active=False)

    answers = [
        ask_for_reset(client, address) for address in (known.email, closed.email, "tiada@demo.test")
    ]

    assert {answer.status_code for answer in answers} == {302}
    assert len({answer["Location"] for answer in answers}) == 1
    assert [letter.recipient for letter in Letter.objects.all()] == [known]


def test_impatience_sends_no_second_letter(client):
    member = factories.member()

    ask_for_reset(client, member.email)
    ask_for_reset(client, member.email)
    Letter.objects.update(state=LetterState.FAILED, last_error="expired")
    ask_for_reset(client, member.email)

    assert Letter.objects.count() == 2


@pytest.mark.parametrize(
    "address",
    [
        "ada@demo.test\nBcc: evil@x.id",
        "ada@demo.test\r\nBcc: evil@x.id",
        "ada@demo.test,evil@x.id",
        "ada@demo.test\x00",
        "a" * 400 + "@demo.test",
        "😀@demo.test",
    ],
)
def test_an_address_that_would_write_headers_is_refused(client, address):
    factories.member(email="ada@demo.test")

    answer = ask_for_reset(client, address)

    assert answer.status_code in (200, 302)
    assert not Letter.objects.exists()


def test_the_link_is_on_our_own_address_whatever_host_was_asked(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://roadmap.example"
    member = factories.member()

    ask_for_reset(client, member.email, HTTP_HOST="evil.id", HTTP_X_FORWARDED_HOST="evil.id")

    assert password_link(Letter.objects.get().recipient).startswith("https://roadmap.example/")


@pytest.mark.parametrize("host", ["evil.id", "testserver:evil", "$nonsense", "evil.id\n"])
def test_a_foreign_host_is_a_bad_request(client, host):
    assert client.get(LOGIN, HTTP_HOST=host).status_code == 400


def test_the_link_lets_its_member_choose_a_password_once(client):
    member = factories.member()
    link = urlsplit(password_link(member)).path
    new = "kata-sandi-baru-27"

    form = client.get(link, follow=True)
    done = client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    again = client.get(link, follow=True)

    assert done.status_code == 302
    assert again.context["token_fail"]
    assert sign_in(client, member.email, new).status_code == 302


def test_the_link_dies_when_the_address_changes(client):
    member = factories.member()
    link = urlsplit(password_link(member)).path
    type(member).objects.filter(pk=member.pk).update(email="baru@demo.test")

    assert client.get(link, follow=True).context["token_fail"]


@pytest.mark.parametrize(
    ("has_been_in", "hours", "stands"),
    [(True, 0.9, True), (True, 1.1, False), (False, 24 * 6.9, True), (False, 24 * 7.1, False)],
)
def test_an_invitation_lasts_a_week_and_a_forgotten_passwords_link_an_hour(
    monkeypatch, has_been_in, hours, stands
):
    made = timezone.now() if has_been_in else None
    member = factories.member(last_login=made)
    token = LinkTokens().make_token(member)
    later = datetime.now() + timedelta(hours=hours)

    monkeypatch.setattr(LinkTokens, "_now", lambda self: later)

    assert LinkTokens().check_token(member, token) is stands


@pytest.mark.parametrize("key", ["1-x", "zzzz-abc-def", "1-set-password", "0-0", "9" * 60 + "-a-b"])
def test_a_made_up_link_is_told_so(client, key):
    answer = client.get(f"/akun/sandi/baru/{key}/", follow=True)

    assert answer.status_code == 200
    assert answer.context["token_fail"]


def test_a_member_changes_their_password_and_stays_signed_in(client):
    member = factories.member(password=PASSWORD)
    sign_in(client, member.email)
    new = "kata-sandi-baru-27"

    answer = client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )

    assert answer.status_code == 302
    assert client.get(reverse("committee:profile")).status_code == 200
    member.refresh_from_db()
    assert member.check_password(new)


def test_staff_may_enter_the_admin_by_the_one_sign_in_page(client):
    first = client.get(reverse("admin:index"))
    second = client.get("/admin/login/")

    assert first["Location"].startswith(LOGIN)
    assert second["Location"].startswith(LOGIN)
    assert client.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 302


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADVISER, Role.MEMBER, Role.CHAIR])
def test_for_others_the_admin_is_not_there(client, role):
    client.force_login(factories.member(role))

    missing = client.get("/tiada/")
    for path in ("/admin/", "/admin/login/", "/admin/committee/member/", "/admin/tiada/"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert without_token(answer) == without_token(missing)
