"""A letter can be unsubscribed from exactly when it tells nothing its reader answers for."""

from __future__ import annotations

import pytest

from committee.enums import Role
from committee.models import Letter
from roadmap.services import letters
from tests import factories
from tests.factories import TODAY, days
from tests.roadmap.reminding import action, at, prepare

pytestmark = pytest.mark.django_db


def offered():
    """Say for each reader of today's letters whether theirs may be unsubscribed from."""
    made = list(Letter.objects.select_related("recipient"))
    rendered = letters.render_reminders(made, at(TODAY))
    return {letter.recipient: rendered[letter.pk].may_unsubscribe for letter in made}


def test_an_owner_may_not_and_a_superior_may():
    place, owner = factories.workstream(), factories.member()
    secretariat = factories.member(Role.SECRETARIAT)
    action(place, owner, days(-30))
    prepare()

    assert offered() == {owner: False, secretariat: True}


def test_who_stands_in_for_an_owner_may_not():
    place, secretariat = factories.workstream(), factories.member(Role.SECRETARIAT)
    action(place, None, days(-1))
    prepare()

    assert offered() == {secretariat: False}


def test_one_line_of_ones_own_is_enough():
    place, owner = factories.workstream(), factories.member()
    secretariat = factories.member(Role.SECRETARIAT)
    action(place, owner, days(-30))
    action(place, secretariat, days(-1))
    prepare()

    assert offered()[secretariat] is False
