"""The synthetic roadmap is whole, consistent, and the same every time."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from committee.models import Member, RehearsalClock
from roadmap.models import ActionItem, Milestone, StatusUpdate

pytestmark = pytest.mark.django_db


def test_synthetic_actions_have_histories_whose_end_is_the_action():
    call_command("seed", "--synthetic", "60", verbosity=0)
    assert ActionItem.objects.count() == 60
    assert Milestone.objects.count() == 3
    assert Member.objects.filter(email="sekretariat@demo.test", is_demo=True).exists()
    assert RehearsalClock.objects.exists()
    for action in ActionItem.objects.all():
        assert 3 <= action.updates.count() <= 8
        last = action.updates.get(superseded_at=None)
        assert (last.status, last.progress) == (action.status, action.progress)


def test_a_database_in_use_takes_no_synthetic_actions():
    Member.objects.create_user("a@b.example", name="A")
    with pytest.raises(CommandError):
        call_command("seed", "--synthetic", "5", verbosity=0)
    assert not StatusUpdate.objects.exists()
