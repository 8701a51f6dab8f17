"""What the agenda of a meeting proposes by itself."""

from __future__ import annotations

import pytest

from roadmap.selectors import meetings as selectors
from roadmap.selectors import proposals
from roadmap.services import meetings as services
from tests import committee_factories, factories
from tests.factories import TODAY, days
from tests.roadmap.services.verbs import attempt

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(people):
    return committee_factories.meeting()


def propose(meeting, by, abouts):
    return services.take_proposals(meeting=meeting, attempt=attempt(by, meeting), abouts=abouts)


@pytest.fixture
def waiting(people):
    """Give one of everything that waits for the committee, and its like that does not."""
    place = people.place
    needed = factories.obstacle(factories.action("LOG-01", workstream=place))
    overdue = {"needed_from": factories.institution("BI"), "needed_by": days(-1)}
    other = factories.obstacle(factories.action("LOG-02", workstream=place), **overdue)
    soon = {"needed_from": overdue["needed_from"], "needed_by": days(1)}
    factories.obstacle(factories.action("LOG-03", workstream=place), **soon)
    factories.obstacle(needed.action, closed_on=TODAY, closed_by=people.secretariat)
    factories.obstacle(other.action, joined_to=needed)
    contradiction = factories.action(
        "LOG-04", workstream=place, owner=people.owner, late=True, outlook="on_time"
    )
    factories.action("LOG-05", workstream=place, late=True, outlook="at_risk")
    late = factories.milestone(due_date=days(-1))
    factories.milestone()
    factories.milestone(due_date=days(-1), achieved=True)
    advice = committee_factories.advice()
    committee_factories.advice(answered=True)
    request = committee_factories.date_request(contradiction)
    committee_factories.date_request(
        late, state="approved", answered_by=people.secretariat, answered_on=TODAY
    )
    things = [needed, other, contradiction, late, advice, request]
    kinds = ["obstacle", "obstacle", "action", "milestone", "advice", "request"]
    return {f"{kind}:{one.pk}" for kind, one in zip(kinds, things, strict=True)}


def proposed(meeting):
    groups = proposals.groups(meeting, TODAY)
    return {one.about for group in groups for one in group.proposals}


def test_the_agenda_proposes_what_waits_and_nothing_else(meeting, waiting):
    assert proposed(meeting) == waiting


@pytest.mark.parametrize("ended", [{"cancelled": True}, {"verified": True}])
def test_an_ended_action_does_not_hide_who_waits_behind_its_obstacle(people, meeting, ended):
    root = factories.obstacle(factories.action(workstream=people.place, **ended))
    factories.obstacle(factories.action(workstream=people.place), joined_to=root)
    factories.obstacle(factories.action(workstream=people.place, **ended), joined_to=root)

    (proposal,) = (one for group in proposals.groups(meeting, TODAY) for one in group.proposals)

    assert proposal.about == f"obstacle:{root.pk}"
    assert "1 " in proposal.why.split(".")[1]


@pytest.mark.parametrize("joined", ["none", "closed", "ended"])
def test_control_where_nobody_waits_any_more_nothing_is_proposed(people, meeting, joined):
    root = factories.obstacle(factories.action(workstream=people.place, cancelled=True))
    if joined == "closed":
        closed = {"closed_on": TODAY, "closed_by": people.secretariat}
        factories.obstacle(factories.action(workstream=people.place), joined_to=root, **closed)
    if joined == "ended":
        other = factories.action(workstream=people.place, verified=True)
        factories.obstacle(other, joined_to=root)

    assert proposed(meeting) == set()


def test_each_has_words_a_reason_and_a_link(meeting, waiting):
    for group in proposals.groups(meeting, TODAY):
        for one in group.proposals:
            assert one.title
            assert one.why
            assert one.thing.url.startswith("/")


def test_what_is_on_the_agenda_is_not_proposed_again(people, meeting, waiting):
    propose(meeting, people.secretariat, waiting)

    assert proposed(meeting) == set()
    assert {about for about in meeting.agenda.values_list("about", flat=True) if about} == (waiting)
    assert proposed(committee_factories.meeting()) == waiting


def test_every_point_finds_what_it_is_about(people, meeting, waiting):
    propose(meeting, people.secretariat, waiting)

    points = selectors.minutes_of(meeting).points
    assert sum(point.about is not None for point in points) == len(waiting)


def test_a_long_obstacle_becomes_one_line(people, meeting):
    needed = "Surat\n" + "panjang " * 100
    obstacle = factories.obstacle(factories.action(workstream=people.place), needed=needed)

    propose(meeting, people.secretariat, [f"obstacle:{obstacle.pk}"])

    assert len(meeting.agenda.get(about=f"obstacle:{obstacle.pk}").title) == 300


@pytest.mark.parametrize("number", [2, 40])
def test_its_queries_do_not_grow(people, meeting, number, django_assert_num_queries):
    factories.milestones(number, due_date=days(-1))
    for _ in range(number):
        committee_factories.advice(people.adviser)

    with django_assert_num_queries(6):
        found = proposals.groups(meeting, TODAY)

    assert all(len(group.proposals) <= proposals.MOST for group in found)
    assert all(bool(group.all_url) == (number > proposals.MOST) for group in found)
