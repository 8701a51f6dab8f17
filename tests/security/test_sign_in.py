"""S30, S31, S35 and S39: what a stranger learns at the door, how often they may try, passwords."""

from __future__ import annotations

import re
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
from django.conf import settings as plain
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import now

from committee.accounts import password_link
from committee.enums import Role
from committee.models import Member
from tests import factories
from tests.factories import PASSWORD
from tests.security.payloads import payloads

pytestmark = pytest.mark.django_db

LOGIN, RESET = reverse("account_login"), reverse("account_reset_password")
TOKEN = re.compile(rb"[A-Za-z0-9]{64}")
NEW = "tujuh kucing tidur siang"


def sign_in(client, email, password=PASSWORD, **extra):
    return client.post(LOGIN, {"login": email, "password": password}, **extra)


def is_in(client):
    return "_auth_user_id" in client.session


def seen(answer, address):
    """Give all that tells two answers apart, but the token, the second and the address typed."""
    body = TOKEN.sub(b"", answer.content).replace(address.encode(), b"")
    headers = {name: value for name, value in answer.headers.items() if name != "Expires"}
    return answer.status_code, body, headers


class TestEnumeration:
    @pytest.fixture(autouse=True)
    def people(self, settings):
        settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
        self.addresses = {
            "unknown": "nil@demo.test",
            "wrong password": factories.member(email="ada@demo.test", password=PASSWORD).email,
            "inactive": factories.member(
                email="off@demo.test", password=PASSWORD, is_active=False
            ).email,
            "invited": factories.member(email="new@demo.test").email,
        }

    @pytest.mark.parametrize("who", ["unknown", "inactive", "invited"])
    def test_a_refused_sign_in_looks_the_same_and_takes_the_same_work(self, who):
        known, other = self.addresses["wrong password"], self.addresses[who]
        password = PASSWORD if who == "inactive" else "salah-sekali"

        Counting.calls = 0
        expected = seen(sign_in(Client(), known, "salah-sekali"), known)
        work = Counting.calls
        Counting.calls = 0
        answer = seen(sign_in(Client(), other, password), other)

        assert answer == expected
        assert answer[0] == 200
        assert Counting.calls == work == 1

    @pytest.mark.parametrize("who", ["unknown", "inactive", "invited"])
    def test_asking_for_a_new_password_looks_the_same(self, who):
        known, other = self.addresses["wrong password"], self.addresses[who]

        expected = seen(Client().post(RESET, {"email": known}), known)
        answer = seen(Client().post(RESET, {"email": other}), other)

        assert answer == expected
        assert answer[0] == 302

    def test_without_the_hash_for_nobody_it_would_be_seen(self):
        Counting.calls = 0
        nothing = "allauth.account.auth_backends.AuthenticationBackend._mitigate_timing_attack"
        with patch(nothing, lambda self, password: None):
            sign_in(Client(), "nil@demo.test")

        assert Counting.calls == 0

    def test_an_invitation_to_a_known_address_tells_only_who_may_see_members(self):
        """The secretariat sees all members anyway; to them the form says what is in the way."""
        place = reverse("admin:committee_member_add")
        sent = {"email": "ada@demo.test", "name": "A", "role": "member", "language": "id"}
        answers = {}
        for role in (Role.SECRETARIAT, Role.MEMBER):
            client = Client()
            client.force_login(factories.member(role))
            asked = ("ada@demo.test", "baru@demo.test")
            answers[role] = [client.post(place, sent | {"email": one}) for one in asked]

        assert [answer.status_code for answer in answers[Role.SECRETARIAT]] == [200, 302]
        assert [answer.status_code for answer in answers[Role.MEMBER]] == [404, 404]


class Counting(Argon2PasswordHasher):
    """The site's own hasher, made quick, that counts how often it works."""

    time_cost = parallelism = 1
    memory_cost = 8
    calls = 0

    def encode(self, password, salt):
        type(self).calls += 1
        return super().encode(password, salt)

    def verify(self, password, encoded):
        type(self).calls += 1
        return super().verify(password, encoded)


class TestLimits:
    @pytest.fixture(autouse=True)
    def fresh(self):
        cache.clear()
        self.member = factories.member(email="ada@demo.test", password=PASSWORD)

    def tries(self, headers, password="salah-sekali", email="ada@demo.test"):
        """Try once under each set of headers, from a browser of its own; then for real."""
        for one in headers:
            sign_in(Client(), email, password, **one)
        client = Client()
        sign_in(client, email, REMOTE_ADDR="203.0.113.77")
        return is_in(client)

    def test_thirty_tries_behind_thirty_made_up_addresses_close_the_account(self):
        made_up = [{"HTTP_X_FORWARDED_FOR": f"198.51.100.{n}"} for n in range(30)]

        assert not self.tries(made_up)

    def test_and_so_do_tries_from_everywhere(self):
        assert not self.tries([{"REMOTE_ADDR": f"198.51.100.{n}"} for n in range(30)])

    @pytest.mark.parametrize(
        "spelled", ["ADA@demo.test", " ada@demo.test", "Ada@DEMO.test", "ad\u0430@demo.test"]
    )
    def test_however_the_account_is_spelled(self, spelled):
        for n in range(6):
            sign_in(Client(), spelled, "salah", REMOTE_ADDR=f"198.51.100.{n}")
        is_the_same = spelled.isascii()

        assert self.tries([]) is not is_the_same

    def test_whatever_port_is_written_into_host(self):
        """allauth's own key holds the Host, whose port is the client's to choose."""
        headers = [
            {"REMOTE_ADDR": f"198.51.100.{n}", "HTTP_HOST": f"testserver:{8000 + n}"}
            for n in range(10)
        ]

        assert not self.tries(headers)

    def test_that_test_would_see_it(self, monkeypatch):
        from committee.accounts import AccountAdapter

        monkeypatch.delattr(AccountAdapter, "_get_login_attempts_cache_key")
        headers = [
            {"REMOTE_ADDR": f"198.51.100.{n}", "HTTP_HOST": f"testserver:{8000 + n}"}
            for n in range(10)
        ]

        assert self.tries(headers)

    def test_without_limits_all_this_would_sign_in(self, settings):
        settings.ACCOUNT_RATE_LIMITS = False

        assert self.tries([{"REMOTE_ADDR": f"198.51.100.{n}"} for n in range(30)])

    def test_one_password_over_five_hundred_accounts_ends_at_the_address(self):
        emails = [f"orang-{n}@demo.test" for n in range(500)]
        Member.objects.bulk_create(Member(email=e, name=e, password="!") for e in emails)
        Member.objects.filter(email__in=emails).update(password=self.member.password)

        came = [
            sign_in(Client(), email, "musim-hujan", HTTP_X_FORWARDED_FOR=f"198.51.100.{n % 250}")
            for n, email in enumerate(emails)
        ]

        tried = [answer for answer in came if answer.status_code == 200]
        assert len(tried) <= 30
        assert {answer.status_code for answer in came} == {200, 429}
        other = Client()
        sign_in(other, "ada@demo.test", REMOTE_ADDR="203.0.113.5")
        assert is_in(other)

    def test_the_right_password_among_them_is_not_found_either(self):
        for n in range(10):
            sign_in(Client(), f"tiada-{n}@demo.test", "musim-hujan")
        client = Client()

        sign_in(client, "ada@demo.test")

        assert not is_in(client)

    @pytest.mark.parametrize(
        ("proxies", "forwarded", "client"),
        [
            (0, "198.51.100.1", "127.0.0.1"),
            (1, "198.51.100.1", "198.51.100.1"),
            (1, "6.6.6.6, 198.51.100.1", "198.51.100.1"),
            (2, "6.6.6.6, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
            (1, None, "127.0.0.1"),
            (2, "198.51.100.1", "127.0.0.1"),
        ],
    )
    def test_the_client_is_who_the_outermost_proxy_of_ours_saw(
        self, rf, settings, proxies, forwarded, client
    ):
        from allauth.account.adapter import get_adapter

        settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}

        assert get_adapter().get_client_ip(rf.get("/", headers=headers)) == client

    def test_proxies_is_what_counts_them(self):
        assert plain.ALLAUTH_TRUSTED_PROXY_COUNT == plain.PROXIES

    def test_the_owner_gets_in_by_a_new_password(self, client):
        Member.objects.filter(pk=self.member.pk).update(last_login=now())
        self.member.refresh_from_db()
        assert not self.tries([{"REMOTE_ADDR": f"198.51.100.{n}"} for n in range(30)])

        place = client.get(urlsplit(password_link(self.member)).path, follow=True)
        client.post(place.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
        sign_in(client, "ada@demo.test", NEW)

        assert is_in(client)

    def test_a_flood_pushes_no_counter_out(self):
        """Counters are rows of the cache; a full cache drops a third of them, whosever they are."""
        for n in range(6):
            sign_in(Client(), "ada@demo.test", "salah", REMOTE_ADDR=f"198.51.100.{n}")
        for n in range(700):
            cache.set(f"flood:{n}", [1.0], 300)

        assert not self.tries([])

    def test_they_are_counted_in_the_database(self):
        backend = plain.CACHES["default"]

        assert backend["BACKEND"].endswith("db.DatabaseCache")
        assert backend["OPTIONS"]["MAX_ENTRIES"] >= 100_000

    def test_the_page_says_what_to_do(self):
        answer = [Client().post(LOGIN, {}) for _ in range(31)][-1]

        assert answer.status_code == 429
        assert b"<h1>" in answer.content


class TestPasswords:
    @pytest.fixture(autouse=True)
    def places(self):
        factories.institution("KOMINFO", title="Kementerian Komunikasi dan Informatika")
        factories.institution("BI", title="Bank Indonesia")
        self.member = factories.member(email="ada.lovelace@demo.test", name="Ada Lovelace")

    @pytest.mark.parametrize("password", payloads("passwords")["refused"])
    def test_what_everybody_would_try_first_is_refused(self, password):
        with pytest.raises(ValidationError):
            validate_password(password, self.member)

    @pytest.mark.parametrize(
        "password",
        [*payloads("passwords")["accepted"], "k9" * 32, "ä" * 64, "panjang sekali " * 99],
    )
    def test_anything_else_is_taken_as_it_is_typed(self, client, password):
        place = client.get(urlsplit(password_link(self.member)).path, follow=True)
        sent = {"password1": password, "password2": password}

        answer = client.post(place.request["PATH_INFO"], sent)
        sign_in(client, self.member.email, password)

        assert answer.status_code == 302, answer.context["form"].errors
        assert is_in(client)

    def test_case_and_spaces_count(self, client):
        self.member.set_password(" Kuda Betul Baterai ")
        self.member.save()

        for wrong in ("Kuda Betul Baterai", " kuda betul baterai "):
            sign_in(client, self.member.email, wrong)
            assert not is_in(client)

    @pytest.mark.parametrize("language", ["id", "en"])
    def test_the_reason_is_said_beside_the_field(self, client, language):
        Member.objects.filter(pk=self.member.pk).update(language=language)
        client.cookies["django_language"] = language
        place = client.get(urlsplit(password_link(self.member)).path, follow=True)

        sent = {"password1": "Kominfo2026!", "password2": "Kominfo2026!"}
        answer = client.post(place.request["PATH_INFO"], sent)

        with translation.override(language):
            assert answer.context["form"].errors["password1"]
        assert answer.status_code == 200

    @pytest.mark.parametrize("name", ["account_login", "account_reset_password_from_key"])
    def test_a_manager_may_paste_and_remember(self, client, name):
        link = urlsplit(password_link(self.member)).path
        page = client.get(LOGIN if name == "account_login" else link, follow=True).content.decode()

        fields = re.findall(r'<input[^>]*type="password"[^>]*>', page)
        assert fields
        for field in fields:
            assert re.search(r'autocomplete="(current|new)-password"', field)
            assert "maxlength" not in field
            assert "onpaste" not in field

    def test_no_password_grows_old(self):
        names = {field.name for field in Member._meta.get_fields()}

        assert not [name for name in names if "password" in name and name != "password"]


class TestResetLink:
    @pytest.fixture(autouse=True)
    def who(self):
        self.member = factories.member(
            email="ada@demo.test", password=PASSWORD, last_login=now() - timedelta(days=3)
        )

    def works(self, link):
        return not Client().get(urlsplit(link).path, follow=True).context.get("token_fail", False)

    def use(self, link):
        client = Client()
        place = client.get(urlsplit(link).path, follow=True)
        client.post(place.request["PATH_INFO"], {"password1": NEW, "password2": NEW})

    def test_untouched_it_works(self):
        assert self.works(password_link(self.member))

    def test_using_one_ends_all(self):
        first, second = password_link(self.member), password_link(self.member)

        self.use(first)

        assert not self.works(first)
        assert not self.works(second)

    def test_a_password_changed_inside_ends_it(self, client):
        link = password_link(self.member)
        client.force_login(self.member)

        sent = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
        answer = client.post(reverse("account_change_password"), sent)

        assert answer.status_code == 302
        assert not self.works(link)

    def test_a_changed_address_ends_it(self):
        link = password_link(self.member)

        Member.objects.filter(pk=self.member.pk).update(email="baru@demo.test")

        assert not self.works(link)

    def test_it_opens_no_closed_account(self):
        link = password_link(self.member)
        Member.objects.filter(pk=self.member.pk).update(is_active=False)

        self.use(link)
        client = Client()
        sign_in(client, "ada@demo.test", NEW)

        assert not is_in(client)

    def test_another_persons_number_with_it_is_nothing(self):
        other = factories.member(password=PASSWORD)
        mine = password_link(self.member)
        theirs = mine.replace(f"/{_number(self.member)}-", f"/{_number(other)}-")

        assert theirs != mine
        assert not self.works(theirs)


def _number(member):
    from allauth.account.utils import user_pk_to_url_str

    return user_pk_to_url_str(member)
