"""What a new due date would run past, and that an answer keeps what was seen."""

from __future__ import annotations

from itertools import pairwise

import pytest

from committee.rules.days import PastDay
from roadmap.models import ActionItem, Dependency
from roadmap.selectors import ripple
from roadmap.services import requests
from tests import factories
from tests.committee_factories import date_request
from tests.factories import TODAY, days, dependency
from tests.roadmap.services.verbs import attempt

pytestmark = pytest.mark.django_db
NEW = days(200)


@pytest.fixture
def place(db):
    return factories.workstream("LOG")


@pytest.fixture
def action(place):
    return factories.action(workstream=place, owner=factories.member())


@pytest.fixture
def milestone(place, action):
    """Give a milestone due 20 days after the action that gates it."""
    return factories.milestone(workstream=place, due_date=days(120), actions=[action])


def test_an_action_runs_past_the_milestones_it_gates(action, milestone):
    factories.milestone(due_date=NEW, actions=[action])
    factories.milestone(due_date=days(110), actions=[action], achieved=True)
    factories.milestone(due_date=days(110), actions=[action], known_from=days(1))
    factories.milestone(due_date=days(110))

    found = ripple.overruns(action, NEW, TODAY)

    assert [(one.item, one.days) for one in found] == [(milestone, 80)]


def test_a_milestone_is_overrun_by_the_open_actions_that_gate_it(place, action, milestone):
    done = factories.action(workstream=place, verified=True)
    unborn = factories.action(workstream=place, created_on=days(3))
    milestone.actions.add(done, unborn)

    found = ripple.overruns(milestone, days(90), TODAY)

    assert [(one.item, one.days) for one in found] == [(action, 10)]


def test_the_room_that_is_left_is_told_beside(action, milestone):
    assert [one.room for one in ripple.reach(action, days(100), TODAY)] == [20]


@pytest.mark.parametrize("answer", ["approve_request", "decline_request"])
def test_it_is_kept_as_it_was_at_the_answer(action, milestone, answer):
    made, by = date_request(action), factories.member("secretariat")
    getattr(requests, answer)(request=made, attempt=attempt(by), answer="Sudah dibahas.")
    type(milestone).objects.update(due_date=days(400))

    made.refresh_from_db()
    found = ripple.read(made.ripple, TODAY).overruns

    assert [(one.item, one.due_date, one.days) for one in found] == [(milestone, days(120), 80)]


def test_a_milestones_ripple_is_kept_too(action, milestone):
    made = date_request(milestone, new_date=days(90))
    by = factories.member("secretariat")

    made = requests.approve_request(request=made, attempt=attempt(by))

    assert [(one.code, one.days) for one in ripple.read(made.ripple, TODAY).overruns] == [
        (action.code, 10)
    ]


class TestPushing:
    """LOG-01 is needed by LOG-02, that by FUND-01, which gates a milestone."""

    @pytest.fixture
    def chain(self, place, action):
        other = factories.workstream("FUND", order=place.order + 1)
        lead = factories.member(name="Sari")
        factories.seat(lead, other)
        factories.seat(factories.member(name="Budi"), other, until_date=days(-1))
        second = factories.action(
            "LOG-02", workstream=place, start_date=days(111), due_date=days(120)
        )
        third = factories.action(
            "FUND-01", workstream=other, start_date=days(121), due_date=days(150)
        )
        dependency(action, second, lag_days=10)
        dependency(second, third)
        factories.milestone(title="Dana cair", due_date=days(160), actions=[third])
        return second, third

    def test_it_names_who_is_pushed_where_by_how_much_and_by_whom(self, action, chain):
        found = ripple.look(action, days(115), TODAY)

        assert [
            (one.item, one.days, one.new_start, one.new_due, one.by) for one in found.pushes
        ] == [
            (chain[0], 15, days(126), days(135), action.code),
            (chain[1], 15, days(136), days(165), "LOG-02"),
        ]
        assert [(one.workstream.code, one.leads, one.most) for one in found.places] == [
            ("LOG", [], 15),
            ("FUND", ["Sari"], 15),
        ]

    def test_the_milestones_that_the_pushed_run_past_are_named_with_them(self, action, chain):
        found = ripple.look(action, days(115), TODAY)

        assert [(str(one.item), one.days, one.by) for one in found.overruns] == [
            ("Dana cair", 5, "FUND-01")
        ]

    def test_of_one_milestone_the_worst_is_told_once(self, action, chain):
        both = factories.milestone(due_date=days(100), actions=[action, *chain])

        found = ripple.look(action, days(115), TODAY).overruns

        assert next((one.item, one.days, one.by) for one in found) == (both, 65, "FUND-01")
        assert len(found) == 2

    def test_room_absorbs_and_an_earlier_date_does_nothing(self, action, chain):
        assert not ripple.look(action, days(99), TODAY).is_any
        assert ripple.look(action, days(100), TODAY).pushes == []

    def test_what_was_handed_in_or_cancelled_is_not_pushed(self, action, chain):
        ActionItem.objects.filter(pk=chain[0].pk).update(status="submitted", submitted_on=TODAY)
        assert not ripple.look(action, days(115), TODAY).is_any

        ActionItem.objects.filter(pk=chain[0].pk).update(status="cancelled", submitted_on=None)
        assert not ripple.look(action, days(115), TODAY).is_any

    def test_the_room_before_those_that_wait_is_told_beside(self, action, chain):
        found = ripple.reach(action, days(100), TODAY)

        assert [(one.code, one.room) for one in found] == [("LOG-02", 0)]

    @pytest.mark.parametrize("answer", ["approve_request", "decline_request"])
    def test_an_answer_keeps_the_pushes_as_they_were_seen(self, action, chain, answer):
        made, by = date_request(action, new_date=days(115)), factories.member("secretariat")
        seen = ripple.look(action, days(115), TODAY)
        getattr(requests, answer)(request=made, attempt=attempt(by), answer="Sudah dibahas.")
        Dependency.objects.update(removed_on=TODAY, removed_by=by)
        ActionItem.objects.filter(pk=chain[1].pk).update(due_date=days(400), title="Judul baru")

        made.refresh_from_db()
        kept = ripple.read(made.ripple, TODAY)

        assert ripple.stored(kept) == ripple.stored(seen)
        assert kept.pushes[1].item.title == "Judul baru"
        assert [one.workstream.code for one in kept.places] == ["LOG", "FUND"]

    def test_what_was_kept_before_pushes_were_is_read_as_ever(self, action, milestone):
        kept = {"due_date": "2019-01-22", "due_precision": "month", "days": 80}
        rows = [
            {"item": f"milestone:{milestone.pk}"} | kept,
            {"item": f"action:{action.pk}"} | kept,
        ]

        found = ripple.read(rows, TODAY)

        assert [(one.item, one.days, one.by) for one in found.overruns] == [
            (milestone, 80, ""),
            (action, 80, ""),
        ]
        assert found.pushes == []

    def test_as_of_a_past_day_it_is_what_was_known_then(self, action, chain):
        for one in (action, *chain):
            factories.update(one, kind="imported", at=factories.moment(days(-99)))
        before_they_waited = PastDay.fromisoformat(days(-60).isoformat())

        assert ripple.look(action, days(115), TODAY).is_any
        assert not ripple.look(action, days(115), before_they_waited).pushes

    @pytest.mark.parametrize("number", [10, 300])
    def test_its_queries_do_not_grow(self, action, place, number, django_assert_num_queries):
        many = factories.actions(number, workstream=place, start_date=days(101), due_date=days(102))
        by = factories.member("secretariat")
        Dependency.objects.bulk_create(
            Dependency(predecessor=one, successor=two, created_on=TODAY, created_by=by)
            for one, two in pairwise([action, *many])
        )
        factories.milestone(due_date=days(103), actions=many)

        with django_assert_num_queries(7):
            found = ripple.look(action, days(110), TODAY)

        assert len(found.pushes) == number
        assert len(found.places[0].shown) + found.places[0].left_out == number
