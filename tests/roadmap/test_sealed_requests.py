"""Every request of every test is watched: what it changed stands in the ledger at its end."""

from __future__ import annotations

import pytest
from django.urls import reverse

from roadmap.models import Comment
from tests import factories
from tests.roadmap.forms import sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]


@pytest.fixture
def say(client_of):
    """Let a member write a comment as a person does."""
    action = factories.action("LOG-01")
    client = client_of(factories.member())
    url = reverse("roadmap:comment-add-action", args=[action.code])
    return lambda: client.post(url, sent(text="Sekali."))


def test_what_a_request_changes_is_sealed_at_its_end(say, every_request_is_sealed):
    say()

    assert Comment.objects.count() == 1
    assert every_request_is_sealed == []


def test_control_a_change_that_nobody_sealed_is_found(say, every_request_is_sealed, monkeypatch):
    monkeypatch.setattr("roadmap.services.comments.bump_revision", lambda: None)

    say()

    assert every_request_is_sealed == [f"add roadmap.comment {Comment.objects.get().pk}"]
    every_request_is_sealed.clear()
