"""The rehearsal opens as the data's README expects, and learns as the clock walks."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command

from committee.models import Institution, Member, RehearsalClock, Seat
from roadmap.models import ActionItem, DueDateChange, Milestone, News, Obstacle, StatusUpdate
from roadmap.models.querysets import is_contradictory
from roadmap.seed import importer
from umkm.models import Observation

OPENING = date(2018, 9, 24)
pytestmark = pytest.mark.django_db


@pytest.fixture
def rehearsal():
    call_command("seed", "--rehearsal", "--as-of", "2018-09-24", verbosity=0)


def _signals(day):
    return Counter(ActionItem.objects.with_signal(day).values_list("signal", flat=True))


def test_the_board_opens_as_the_readme_expects(rehearsal):
    assert _signals(OPENING) == {
        "done": 2,
        "waiting": 1,
        "late": 5,
        "blocked": 1,
        "not_reported": 3,
        "silent": 2,
        "due_soon": 2,
        "on_track": 9,
    }
    contradictory = ActionItem.objects.filter(is_contradictory(OPENING))
    assert set(contradictory.values_list("code", flat=True)) == {"FUND-03", "EDU-04"}


@pytest.mark.parametrize(("code", "times", "days"), [("CONS-01", 2, 304), ("TAX-02", 1, 92)])
def test_slips_that_were_announced_are_counted(rehearsal, code, times, days):
    action = ActionItem.objects.get(code=code)
    assert (action.times_moved, action.days_moved) == (times, days)


def test_every_chain_has_one_end_and_no_gap(rehearsal):
    for action in ActionItem.objects.all():
        chain = [
            update
            for update in action.updates.order_by("at", "pk")
            if update.superseded_at != update.at or update.superseded_at is None
        ]
        assert chain[-1].superseded_at is None
        pairs = pairwise(chain)
        assert all(one.superseded_at <= next_.at for one, next_ in pairs)
        assert chain[-1].status == action.status


def test_an_institution_that_leads_has_a_demo_member_who_owns(rehearsal):
    assert not ActionItem.objects.filter(owner=None).exclude(lead_institution=None).exists()
    orphans = ActionItem.objects.filter(owner=None).values_list("code", flat=True)
    assert set(orphans) == {"FUND-04", "FUND-05", "LOG-03"}
    assert Seat.objects.count() == 7
    assert Member.objects.get(email="kominfo@demo.test").check_password("peta-jalan")
    assert not Member.objects.filter(is_demo=False).exists()


def test_only_the_rehearsals_obstacle_is_open(rehearsal):
    obstacle = Obstacle.objects.get()
    assert obstacle.action.code == "EDU-03"
    assert obstacle.is_illustrative


def _counts():
    models = (ActionItem, StatusUpdate, Milestone, DueDateChange, News, Observation, Member)
    return [model.objects.count() for model in models]


def test_loading_twice_adds_nothing_and_keeps_what_a_person_edited(rehearsal):
    before = _counts()
    ActionItem.objects.filter(code="CYB-01").update(title="Judul baru")
    Institution.objects.filter(code="BI").update(title="Bank Sentral")
    call_command("seed", verbosity=0)
    call_command("seed", "--rehearsal", "--as-of", "2018-09-24", verbosity=0)
    assert _counts() == before
    assert ActionItem.objects.get(code="CYB-01").title == "Judul baru"
    assert Institution.objects.get(code="BI").title == "Bank Sentral"


def test_a_step_of_the_clock_adds_only_what_became_known(rehearsal):
    assert importer.learn(date(2018, 10, 22)) == 0
    assert importer.learn(date(2018, 10, 23)) > 0
    assert ActionItem.objects.get(code="EDU-01").due_date == date(2019, 12, 31)
    assert importer.learn(date(2018, 10, 23)) == 0


def test_walking_to_the_end_of_the_record_equals_opening_there(rehearsal):
    importer.learn(date(2024, 12, 31))
    assert ActionItem.objects.get(code="TAX-03").status == "verified"
    assert StatusUpdate.objects.exclude(import_key=None).count() + News.objects.count() >= 94
    assert Milestone.objects.get(title="8 juta UMKM go online").achieved_date


def test_a_milestone_without_a_day_appears_once_achieved(rehearsal):
    title = "PP PSTE baru diundangkan"
    assert not Milestone.objects.filter(title=title).exists()
    importer.learn(date(2019, 10, 10))
    assert Milestone.objects.get(title=title).achieved_recorded_on == date(2019, 10, 10)


def test_a_dry_run_changes_nothing(capsys):
    call_command("seed", "--rehearsal", "--as-of", "2018-09-24", "--dry-run")
    assert not RehearsalClock.objects.exists()
    assert "action CYB-01" in capsys.readouterr().out


def test_a_database_in_use_never_becomes_a_rehearsal():
    Member.objects.create_user("a@b.example", name="A")
    with pytest.raises(CommandError):
        call_command("seed", "--rehearsal", "--as-of", "2018-09-24")


def test_a_rehearsal_never_becomes_real(rehearsal):
    with pytest.raises(CommandError):
        call_command("seed", "--from", str(importer.files.BUNDLED))
