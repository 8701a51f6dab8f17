"""What must not be guessed: where it is drawn, and of how many it is one."""

from __future__ import annotations

import random
import secrets
from math import log2

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import decrypt
from django.contrib.sessions.backends import base as sessions
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.test import Client
from django.urls import reverse
from django.utils.crypto import get_random_string

from tests import factories
from tests.committee import passkeys
from tests.factories import PASSWORD

# ASVS 7.2.3 and 6.5.4.
BITS_OF_A_SESSION, BITS_OF_A_CODE = 128, 20
DRAWS_OF_4_BYTES = 2**32
LOGIN = reverse("account_login")


@pytest.fixture
def drawn(monkeypatch):
    """Count the bytes that the operating system is asked for meanwhile."""
    whole = random._urandom
    sizes = []
    monkeypatch.setattr(random, "_urandom", lambda size: sizes.append(size) or whole(size))
    return lambda: sum(sizes)


def key_of_a_sign_in():
    member, client = factories.member(password=PASSWORD), Client()
    client.post(LOGIN, {"login": member.email, "password": PASSWORD})
    return client.cookies["session"].value


def bits(key):
    """Give how many bits a key of Django's letters holds, each of them as likely."""
    assert set(key) <= set(VALID_KEY_CHARS)
    return len(key) * log2(len(set(VALID_KEY_CHARS)))


@pytest.mark.django_db
class TestASession:
    def test_its_key_is_one_of_2_to_the_165(self):
        assert bits(key_of_a_sign_in()) >= BITS_OF_A_SESSION

    def test_its_key_is_drawn_by_the_system(self, drawn):
        before = Client().session.session_key
        of_one = drawn()
        random.seed(1)
        first = Client().session.session_key
        random.seed(1)

        assert before != first != Client().session.session_key
        assert of_one * 8 >= BITS_OF_A_SESSION

    def test_control_a_shorter_key_is_seen(self, monkeypatch):
        short = get_random_string(20, VALID_KEY_CHARS)
        monkeypatch.setattr(sessions, "get_random_string", lambda _length, _letters: short)

        assert bits(key_of_a_sign_in()) < BITS_OF_A_SESSION


@pytest.mark.django_db
class TestRecoveryCodes:
    def test_they_come_of_160_bits_drawn_by_the_system(self, drawn):
        random.seed(1)
        first = RecoveryCodes.generate_seed()
        of_one = drawn()
        random.seed(1)

        assert first != RecoveryCodes.generate_seed()
        assert of_one >= 20

    def test_those_the_page_gives_are_these(self, monkeypatch):
        made = []
        whole = RecoveryCodes.generate_seed
        monkeypatch.setattr(
            RecoveryCodes, "generate_seed", lambda: made.append(whole()) or made[-1]
        )
        member, client = factories.member(password=PASSWORD), Client()
        client.post(LOGIN, {"login": member.email, "password": PASSWORD})
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})

        passkeys.add(client)

        kept = Authenticator.objects.get(user=member, type="recovery_codes")
        assert [decrypt(kept.data["seed"])] == made
        assert len(set(kept.wrap().get_unused_codes())) == 10

    def test_the_likeliest_code_has_more_than_20_bits(self):
        """Four bytes do not go evenly into eight digits: the commonest code counts."""
        member = factories.member()
        codes = RecoveryCodes.activate(member).get_unused_codes()

        assert {len(code) for code in codes} == {8}
        assert all(code.isdecimal() for code in codes)
        likeliest = -(-DRAWS_OF_4_BYTES // 10**8) / DRAWS_OF_4_BYTES
        assert -log2(likeliest) > 26 > BITS_OF_A_CODE


class TestTheCount:
    def test_what_secrets_draws_is_seen(self, drawn):
        secrets.token_bytes(16)

        assert drawn() == 16

    def test_control_what_can_be_foretold_draws_nothing(self, drawn):
        dice = random.Random(1)

        assert "".join(dice.choices(VALID_KEY_CHARS, k=32))
        assert drawn() == 0
