"""Saying what waits for what: by whom, what is refused, and what stays on record."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from committee.models import Revision
from roadmap.models import Dependency, StatusUpdate
from roadmap.rules.refusals import Refused
from roadmap.services import dependencies
from tests import factories
from tests.factories import TODAY, days, dependency
from tests.roadmap.services.verbs import attempt
from tests.unchanged import Fault, everything, failing_after, unchanged

pytestmark = pytest.mark.django_db
ALLOWED = ("secretariat", "lead", "deputy_seat")
REFUSED = ("viewer", "adviser", "member", "owner", "other_lead", "past_lead", "chair", "admin")


@pytest.fixture
def three(people):
    """Give LOG-71, LOG-72 and LOG-73, which have nothing to do with each other yet."""
    return [factories.action(f"LOG-{n}", workstream=people.place) for n in (71, 72, 73)]


@pytest.fixture
def link(people, three):
    return dependency(three[0], three[1], lag_days=7)


def add(before, after, by, *, lag=0, tried=None):
    return dependencies.add_dependency(
        predecessor=before, successor=after, lag_days=lag, attempt=tried or attempt(by)
    )


def change(link, by, lag, tried=None):
    return dependencies.change_lag(dependency=link, lag_days=lag, attempt=tried or attempt(by))


def remove(link, by, tried=None):
    return dependencies.remove_dependency(dependency=link, attempt=tried or attempt(by))


def pairs(day=TODAY):
    return [
        (one.predecessor.code, one.successor.code, one.lag_days)
        for one in Dependency.objects.in_force(day).order_by("pk")
    ]


class TestSaying:
    @pytest.mark.parametrize("who", ALLOWED)
    def test_it_stands_from_today_with_who_said_it(self, people, three, who):
        made = add(three[0], three[1], getattr(people, who), lag=30)

        assert pairs() == [("LOG-71", "LOG-72", 30)]
        assert pairs(days(-1)) == []
        assert (made.created_on, made.created_by) == (TODAY, getattr(people, who))

    @pytest.mark.parametrize("who", REFUSED)
    def test_nobody_else_may(self, people, three, who):
        with unchanged(PermissionDenied):
            add(three[0], three[1], getattr(people, who))

    def test_a_lead_lets_an_own_action_wait_for_any_and_no_other_for_an_own(self, people, three):
        theirs = factories.action("FUND-71", workstream=people.other)

        add(theirs, three[0], people.lead)
        with unchanged(PermissionDenied):
            add(three[1], theirs, people.lead)

        assert pairs() == [("FUND-71", "LOG-71", 0)]

    def test_no_date_and_no_history_of_an_action_changes(self, people, three):
        before = list(StatusUpdate.objects.values_list()), [one.due_date for one in three]

        add(three[0], three[1], people.secretariat, lag=300)

        for one in three:
            one.refresh_from_db()
        assert (list(StatusUpdate.objects.values_list()), [one.due_date for one in three]) == before

    def test_pages_of_the_public_are_told(self, people, three):
        add(three[0], three[1], people.secretariat)

        assert Revision.objects.get().number == 1


class TestRefusing:
    def test_an_action_cannot_wait_for_itself(self, people, three):
        with unchanged(Refused) as refused:
            add(three[0], three[0], people.secretariat)

        assert refused.value.reason == "waits_for_itself"

    def test_the_same_two_once(self, people, three, link):
        with unchanged(Refused) as refused:
            add(three[0], three[1], people.secretariat, lag=3)

        assert refused.value.reason == "waits_already"

    def test_removed_it_may_be_said_again(self, people, three, link):
        remove(link, people.secretariat)

        add(three[0], three[1], people.secretariat, lag=3)

        assert pairs() == [("LOG-71", "LOG-72", 3)]

    @pytest.mark.parametrize("end", [0, 1])
    def test_nothing_waits_for_what_is_cancelled(self, people, three, end):
        two = [three[0], three[1]]
        two[end] = factories.action(workstream=people.place, cancelled=True)

        with unchanged(Refused) as refused:
            add(*two, people.secretariat)

        assert refused.value.reason == "waits_for_cancelled"

    def test_a_circle_of_two(self, people, three, link):
        with unchanged(Refused) as refused:
            add(three[1], three[0], people.secretariat)

        assert "LOG-71 → LOG-72 → LOG-71." in refused.value.sentence

    def test_a_longer_circle_is_named_all_the_way_round(self, people, three, link):
        dependency(three[1], three[2])

        with unchanged(Refused) as refused:
            add(three[2], three[0], people.secretariat)

        assert "LOG-71 → LOG-72 → LOG-73 → LOG-71." in refused.value.sentence

    def test_one_over_a_cancelled_action_too_for_it_may_be_reopened(self, people, three, link):
        cancelled = factories.action("LOG-74", workstream=people.place, cancelled=True)
        dependency(three[1], cancelled)
        dependency(cancelled, three[2])

        with unchanged(Refused):
            add(three[2], three[0], people.secretariat)

    def test_what_was_removed_closes_no_circle(self, people, three, link):
        remove(link, people.secretariat)

        add(three[1], three[0], people.secretariat)

        assert pairs() == [("LOG-72", "LOG-71", 0)]


class TestChanging:
    def test_another_number_of_days_is_another_row_and_the_past_keeps_its_own(
        self, people, three, link
    ):
        made = change(link, people.lead, 30)

        link.refresh_from_db()
        assert pairs() == [("LOG-71", "LOG-72", 30)]
        assert pairs(days(-1)) == [("LOG-71", "LOG-72", 7)]
        assert (link.removed_on, link.removed_by) == (TODAY, people.lead)
        assert made.created_by == people.lead

    def test_the_number_that_stands_is_no_change(self, people, link):
        with unchanged(Refused) as refused:
            change(link, people.lead, 7)

        assert refused.value.reason == "same_text"

    def test_what_somebody_removed_meanwhile_is_not_changed(self, people, link):
        remove(link, people.secretariat)

        with unchanged(Refused) as refused:
            change(link, people.lead, 30)

        assert refused.value.reason == "meanwhile"

    @pytest.mark.parametrize("who", REFUSED)
    def test_nobody_else_may(self, people, link, who):
        with unchanged(PermissionDenied):
            change(link, getattr(people, who), 30)


class TestRemoving:
    def test_one_whose_days_the_same_person_changed_is_not_taken_for_removed(self, people, link):
        change(link, people.lead, 9)

        with pytest.raises(Refused) as caught:
            remove(link, people.lead)

        assert caught.value.reason == "meanwhile"

    def test_it_stays_on_record_with_who_removed_it(self, people, link):
        remove(link, people.lead)

        link.refresh_from_db()
        assert (link.removed_on, link.removed_by) == (TODAY, people.lead)
        assert pairs() == []
        assert pairs(days(-1)) == [("LOG-71", "LOG-72", 7)]

    def test_what_somebody_else_removed_is_said(self, people, link):
        remove(link, people.secretariat)

        with unchanged(Refused) as refused:
            remove(link, people.lead)

        assert refused.value.reason == "meanwhile"

    @pytest.mark.parametrize("who", REFUSED)
    def test_nobody_else_may(self, people, link, who):
        with unchanged(PermissionDenied):
            remove(link, getattr(people, who))


VERBS = {
    "add": lambda link, extra, by, tried: add(link.successor, extra, by, tried=tried),
    "change": lambda link, _extra, by, tried: change(link, by, 30, tried),
    "remove": lambda link, _extra, by, tried: remove(link, by, tried),
}


@pytest.mark.parametrize("verb", VERBS)
class TestEach:
    def test_sent_twice_it_has_one_effect(self, people, three, link, verb):
        tried = attempt(people.secretariat)
        first = VERBS[verb](link, three[2], people.secretariat, tried)
        after = everything()

        assert VERBS[verb](link, three[2], people.secretariat, tried) == first
        assert everything() == after

    @pytest.mark.parametrize("number", [1, 2])
    def test_a_fault_on_the_way_leaves_nothing(self, people, three, link, verb, number):
        with unchanged(Fault), failing_after(number):
            VERBS[verb](link, three[2], people.secretariat, attempt(people.secretariat))
