"""Creating, editing and ending milestones."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from roadmap.enums import MilestoneClosing, Precision
from roadmap.models import Milestone
from roadmap.rules.refusals import Refused
from roadmap.services import milestones
from roadmap.services.changes import Stale
from roadmap.services.milestones import MilestoneDraft
from tests import factories
from tests.factories import TODAY, days
from tests.roadmap.services.verbs import attempt
from tests.unchanged import Fault, everything, failing_after, unchanged

pytestmark = pytest.mark.django_db


@pytest.fixture
def milestone(people):
    return factories.milestone(workstream=people.place)


def create(by, place, *, tried=None, gates=(), **fields):
    named = {"workstream": place, "title": "Peluncuran", "due_precision": Precision.DAY}
    draft = MilestoneDraft(named | fields, list(gates))
    return milestones.create_milestone(attempt=tried or attempt(by), draft=draft)


def edit(milestone, by, **fields):
    draft = MilestoneDraft({"workstream": milestone.workstream, "title": "Baru"} | fields)
    return milestones.edit_milestone(
        milestone=milestone, attempt=attempt(by, milestone), draft=draft
    )


def achieve(milestone, by, *, achieved=TODAY, precision=Precision.DAY, tried=None):
    return milestones.achieve_milestone(
        milestone=milestone,
        attempt=tried or attempt(by, milestone),
        achieved=achieved,
        precision=precision,
    )


def close(milestone, by, *, closing=MilestoneClosing.MISSED, reason="Terlewat.", tried=None):
    return milestones.close_milestone(
        milestone=milestone, attempt=tried or attempt(by, milestone), closing=closing, reason=reason
    )


def test_a_new_milestone_is_known_from_today_and_keeps_its_first_date(people, action):
    due = {"due_date": date(2018, 11, 5), "due_precision": Precision.QUARTER}

    made = create(people.lead, people.place, gates=[action], **due)

    assert (made.due_date, made.first_due_date) == (date(2018, 12, 31), date(2018, 12, 31))
    assert (made.known_from, list(made.actions.all())) == (TODAY, [action])


@pytest.mark.parametrize(
    "who", ["other_lead", "past_lead", "owner", "viewer", "adviser", "chair", "admin"]
)
def test_a_stranger_creates_and_edits_nothing(people, milestone, who):
    by = getattr(people, who)

    with unchanged(PermissionDenied):
        create(by, people.place)
    with unchanged(PermissionDenied):
        edit(milestone, by)


def test_the_whole_roadmaps_milestones_are_the_secretariats(people):
    with unchanged(PermissionDenied):
        create(people.lead, None)

    assert create(people.secretariat, None).workstream is None


@pytest.mark.parametrize("elsewhere", ["other", None])
def test_a_lead_moves_no_milestone_out_of_the_own_workstream(people, milestone, elsewhere):
    place = people.other if elsewhere else None

    with unchanged(PermissionDenied):
        edit(milestone, people.lead, workstream=place)


def test_editing_says_something_new_but_moves_no_date(people, milestone):
    before = milestone.due_date

    edit(milestone, people.lead, due_date=days(300), due_precision=Precision.YEAR)

    milestone.refresh_from_db()
    assert (milestone.title, milestone.due_date, milestone.version) == ("Baru", before, 1)
    assert milestone.due_precision == Precision.DAY


def test_an_achievement_has_its_day_and_the_day_it_was_recorded(people, milestone):
    achieve(milestone, people.secretariat, achieved=date(2018, 7, 3), precision=Precision.MONTH)

    milestone.refresh_from_db()
    assert (milestone.achieved_date, milestone.achieved_recorded_on) == (date(2018, 7, 31), TODAY)
    assert not milestone.is_open


def test_nothing_is_achieved_tomorrow(people, milestone):
    with unchanged(Refused) as caught:
        achieve(milestone, people.secretariat, achieved=days(1))

    assert caught.value.reason == "future_date"


@pytest.mark.parametrize("closing", MilestoneClosing)
def test_closing_says_how_when_and_why(people, milestone, closing):
    close(milestone, people.secretariat, closing=closing)

    milestone.refresh_from_db()
    assert (milestone.closing, milestone.closed_on, milestone.closing_reason) == (
        closing,
        TODAY,
        "Terlewat.",
    )


def test_closing_without_a_reason_changes_nothing(people, milestone):
    with unchanged(Refused):
        close(milestone, people.secretariat, reason="  ")


@pytest.mark.parametrize("end", [achieve, close])
@pytest.mark.parametrize("who", ["lead", "deputy_seat", "chair", "admin", "owner"])
def test_only_the_secretariat_ends_a_milestone(people, milestone, end, who):
    with unchanged(PermissionDenied):
        end(milestone, getattr(people, who))


@pytest.mark.parametrize("end", [achieve, close])
@pytest.mark.parametrize("ended", [{"achieved": True}, {"missed": True}])
def test_it_ends_only_once(people, end, ended):
    milestone = factories.milestone(workstream=people.place, **ended)

    with unchanged(Refused) as caught:
        end(milestone, people.secretariat)

    assert caught.value.reason == "already_ended"


@pytest.mark.parametrize("end", [achieve, close])
def test_a_stale_form_ends_nothing(people, milestone, end):
    mine = attempt(people.secretariat, milestone)
    edit(milestone, people.secretariat)

    with unchanged(Stale):
        end(milestone, people.secretariat, tried=mine)


@pytest.mark.parametrize("end", [achieve, close])
def test_a_form_sent_twice_ends_it_once(people, milestone, end):
    mine = attempt(people.secretariat, milestone)
    end(milestone, None, tried=mine)
    after = everything()

    end(milestone, None, tried=mine)

    assert everything() == after


def test_a_form_sent_twice_creates_once(people):
    mine = attempt(people.secretariat)

    first = create(None, people.place, tried=mine)

    assert create(None, people.place, tried=mine) == first
    assert Milestone.objects.count() == 1


@pytest.mark.parametrize("end", [achieve, close, edit])
def test_a_fault_after_any_write_leaves_nothing_behind(people, milestone, end):
    before, number, done = everything(), 1, False
    while not done:
        try:
            with failing_after(number):
                end(milestone, people.secretariat)
            done = True
        except Fault:
            assert everything() == before
            number += 1

    assert number > 2


def test_a_closed_account_creates_nothing(people):
    mine = attempt(people.secretariat)
    type(mine.by).objects.filter(pk=mine.by.pk).update(is_active=False)

    with unchanged(PermissionDenied):
        create(None, people.place, tried=mine)


@pytest.mark.parametrize(("who", "place"), [("other_lead", "other"), ("lead", "other")])
def test_nobody_takes_a_milestone_into_their_workstream_or_out_of_it(people, who, place):
    milestone = factories.milestone(workstream=people.place)

    with unchanged(PermissionDenied):
        edit(milestone, getattr(people, who), workstream=getattr(people, place))
