"""A phone whose clock stands still, and somebody a second factor is asked of."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from allauth.mfa.totp.internal import auth

from tests import factories
from tests.factories import PASSWORD
from tests.stage.sign_in import SECRET


@pytest.fixture
def phone(monkeypatch):
    """Give the phone's code at a moment that stands still until it is moved on."""
    moment = SimpleNamespace(now=1_800_000_000)
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: moment.now))
    moment.code = lambda secret=SECRET: auth.format_hotp_value(
        auth.hotp_value(secret, moment.now // 30)
    )
    return moment


@pytest.fixture
def secretary():
    return factories.member("secretariat", password=PASSWORD, language="en")
