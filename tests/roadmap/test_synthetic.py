"""The synthetic roadmap is whole, consistent, and the same every time."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from committee.models import Member, RehearsalClock
from roadmap.models import ActionItem, Dependency, Milestone, StatusUpdate
from roadmap.rules.dependencies import Link, path, violated
from roadmap.seed.synthetic import OPENING
from roadmap.selectors.dependencies import spans_of
from umkm.models import Indicator, Observation
from umkm.selectors.indicators import ranking

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


def test_they_wait_for_each_other_about_twice_never_in_a_circle():
    call_command("seed", "--synthetic", "96", verbosity=0)
    today = OPENING
    rows = Dependency.objects.in_force(today).values_list(
        "predecessor_id", "successor_id", "lag_days"
    )
    links = [Link(*row) for row in rows]
    spans = spans_of({end for link in links for end in (link.before, link.after)}, today)

    assert 1.2 <= len(links) / 96 <= 2.5
    assert 0 < len(violated(links, spans)) < len(links) / 2
    assert not any(path(links, link.after, link.before) for link in links)
    assert len(rows) == Dependency.objects.count()


def test_they_serve_challenges_and_indicators_have_every_province_over_fifteen_years():
    call_command("seed", "--synthetic", "100", verbosity=0)

    (first, _second) = Indicator.objects.filter(code__startswith="SYN_").order_by("code")
    there = Observation.objects.filter(series__indicator=first)
    assert there.filter(kind="actual").count() == 39 * 15
    assert len(ranking(first.series.get(), OPENING).rows) == 38
    assert not ActionItem.objects.filter(challenges=None).exists()
    assert ActionItem.objects.exclude(indicators=None).exists()


def test_a_database_in_use_takes_no_synthetic_actions():
    Member.objects.create_user("a@b.example", name="A")
    with pytest.raises(CommandError):
        call_command("seed", "--synthetic", "5", verbosity=0)
    assert not StatusUpdate.objects.exists()
