"""What an action serves is changed in the open: the matrix, the pages and the history follow."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from committee.enums import Role
from roadmap.models import StatusUpdate
from roadmap.selectors.history import edits
from roadmap.services import links
from roadmap.services.changes import Stale
from roadmap.services.served import link_indicator
from tests import factories
from tests.umkm.entering import attempt
from tests.unchanged import unchanged
from umkm.services.figures import IndicatorLinks

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return factories.member()


@pytest.fixture
def action(lead):
    made = factories.action("LOG-01")
    factories.seat(lead, made.workstream)
    return made


@pytest.fixture
def secretariat():
    return factories.member(Role.SECRETARIAT)


def last(action):
    return StatusUpdate.objects.filter(action=action).order_by("-at", "-pk").first()


def test_a_lead_says_what_an_action_serves_and_the_history_tells(action, lead):
    old, new = factories.challenge("A"), factories.challenge("B")
    action.challenges.add(old)
    kept = factories.initiative("EWTP")
    action.initiatives.add(kept)

    done = links.link_action(
        action=action,
        attempt=attempt(lead, version=action.version),
        links={"challenges": [new], "indicators": [factories.indicator("KUR")]},
    )

    assert (done, done.version) == (action, action.version + 1)
    assert list(action.challenges.all()) == [new]
    assert list(action.initiatives.all()) == [kept]
    update = last(action)
    assert update.kind == "edited"
    assert update.changes == {"challenges": ["A", "B"], "indicators": ["", "KUR"]}
    assert [(one.old, one.new) for one in edits(update)] == [("A", "B"), ("—", "KUR")]


def test_what_changes_nothing_leaves_no_trace(action, lead):
    before = StatusUpdate.objects.count()

    links.link_action(action=action, attempt=attempt(lead), links={"challenges": []})

    assert StatusUpdate.objects.count() == before


@pytest.mark.parametrize("kind", ["challenge", "initiative", "indicator"])
def test_the_secretariat_says_which_actions_serve_something(action, secretariat, kind):
    served, other = getattr(factories, kind)("KUR"), factories.action("LOG-02")
    getattr(action, f"{kind}s").add(served)

    changed = links.set_actions(of=served, attempt=attempt(secretariat), actions=[other])

    assert {one.code for one in changed} == {"LOG-01", "LOG-02"}
    assert list(served.actions.all()) == [other]
    assert last(action).changes == {f"{kind}s": ["KUR", ""]}
    assert last(other).changes == {f"{kind}s": ["", "KUR"]}
    with unchanged(Stale):
        links.set_actions(
            of=served, attempt=attempt(secretariat, version=served.version), actions=[]
        )


def test_the_same_form_sent_twice_has_its_effect_once(action, secretariat):
    served = factories.initiative()
    tried = attempt(secretariat, uuid4(), served.version)

    for _ in range(2):
        links.set_actions(of=served, attempt=tried, actions=[action])

    assert list(served.actions.all()) == [action]
    assert action.updates.filter(kind="edited").count() == 1


def test_an_indicator_is_linked_to_all_it_tells_of_and_whom_it_needs_in_one_step(
    action, secretariat
):
    one, challenge = factories.indicator("KUR"), factories.challenge()

    made = link_indicator(
        indicator=one,
        attempt=attempt(secretariat),
        links=IndicatorLinks(challenges=[challenge]),
        actions=[action],
    )

    assert made == one
    assert list(one.challenges.all()) == [challenge]
    assert list(one.actions.all()) == [action]


def test_nobody_else_links(action, lead, secretariat):
    stranger, served = factories.member(), factories.initiative()
    milestone = factories.milestone(workstream=action.workstream)

    chair = factories.member(Role.CHAIR)
    for who in (stranger, chair):
        with unchanged(PermissionDenied):
            links.link_action(action=action, attempt=attempt(who), links={})
        with unchanged(PermissionDenied):
            links.link_milestone(milestone=milestone, attempt=attempt(who), indicators=[])
    with unchanged(PermissionDenied):
        links.set_actions(of=served, attempt=attempt(lead), actions=[action])
    kur = factories.indicator()
    links.link_milestone(milestone=milestone, attempt=attempt(lead), indicators=[kur])
    assert list(milestone.indicators.all()) == [kur]
