"""A real provider of single sign-on, for whoever asks for one."""

from __future__ import annotations

import pytest

from tests.security import providers


@pytest.fixture(scope="session")
def running_provider():
    with providers.running() as provider:
        yield provider


@pytest.fixture
def provider(running_provider, settings):
    settings.OIDC = running_provider.settings()
    running_provider.asked.clear()
    yield running_provider
    running_provider.lies()
