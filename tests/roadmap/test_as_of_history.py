"""Actions and milestones as of a past day: its end counts, and every attribute is then's."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html import unescape

import pytest

from committee.rules.days import JAKARTA, PastDay, night_after
from roadmap import access
from roadmap.models import StatusUpdate
from roadmap.selectors import actions, milestones
from roadmap.selectors.actions import ActionQuery, known
from tests import factories
from tests.factories import TODAY, days, moment
from tests.roadmap.test_as_of_pages import AS_OF, THEN, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]


@pytest.fixture
def reader(client_of):
    return client_of(factories.member("secretariat", language="en", name="Wati"))


class TestActions:
    @pytest.mark.parametrize(
        ("at", "expected"),
        [
            (night_after(THEN) - timedelta(microseconds=1), 70),
            (night_after(THEN), 40),
            # The end of a day is Jakarta's: seven hours before that of Greenwich.
            (datetime(2018, 9, 19, 23, 59, tzinfo=JAKARTA), 70),
            (datetime(2018, 9, 20, 0, 0, tzinfo=JAKARTA), 40),
        ],
    )
    def test_a_day_ends_at_midnight_in_jakarta(self, at, expected):
        action = factories.action()
        action.progress = 70
        factories.update(action, at=at)

        assert known(THEN).get().progress == expected

    def test_a_note_beside_the_chain_is_never_in_force(self):
        action, at = factories.action(), moment(days(-8))
        for day in (THEN, days(-8)):
            note = {"at": moment(day), "superseded_at": moment(day), "kind": "imported"}
            StatusUpdate.objects.create(action=action, progress=99, **note)

        assert [row.progress for row in known(THEN)] == [40]
        assert action.updates.filter(at=at).count() == 1

    def test_all_the_history_holds_is_as_it_was(self, reader):
        old, new = factories.member(name="Rini"), factories.member(name="Budi")
        places = [factories.institution(code) for code in ("BI", "OJK")]
        action = factories.action(owner=old, lead_institution=places[0], supporting=";OJK;")
        action.owner, action.lead_institution, action.weight = new, places[1], 7
        action.supporting, action.is_blocked = ";BI;", True
        action.save()
        factories.update(action, at=moment(TODAY))
        factories.slip(action, on=days(-2))

        row = known(THEN).get()
        page = text(reader.get(f"{AS_OF}{action.get_absolute_url()}"))

        assert (row.owner, row.lead_institution, row.weight) == (old, places[0], 1)
        assert (row.supporting, row.is_blocked, row.times_moved) == (";OJK;", False, 0)
        assert "Rini" in page
        assert "Budi" not in page
        assert "moved" not in page

    def test_a_date_given_later_was_none(self):
        action = factories.action(due_date=None)
        action.due_date = action.first_due_date = days(40)
        action.save()
        factories.update(action)

        assert (known(THEN).get().due_date, known(THEN).get().first_due_date) == (None, None)
        assert access.action(action.code, THEN).days_moved == 0

    def test_what_was_not_on_the_roadmap_is_not_found(self, reader):
        action = factories.action(created_on=days(-2))

        assert reader.get(f"{AS_OF}{action.get_absolute_url()}").status_code == 404
        assert known(THEN).count() == 0

    def test_filters_sorts_and_pages_keep_the_day(self, reader):
        place = factories.workstream("LOG")
        for _number in range(51):
            factories.action(workstream=place)

        content = reader.get(f"{AS_OF}/actions/?workstream=LOG&sort=code").content.decode()

        following = unescape(
            re.search(r'href="([^"]+)" rel="next"|rel="next" href="([^"]+)"', content)[0]
        )
        assert "page=2" in following
        second = reader.get(f"{AS_OF}/actions/?workstream=LOG&sort=code&page=2")
        assert (second.context["page"].day, len(second.context["found"].rows)) == (THEN, 1)

    def test_the_public_sees_no_more_of_the_past_than_of_today(self, client):
        owner = factories.member(name="Rini")
        action = factories.action(owner=owner, outlook="at_risk", blocked=True)
        factories.obstacle(action, needed="Surat BI", raised_on=days(-9))

        for address in ("/", "/actions/", action.get_absolute_url()):
            content = client.get(f"{AS_OF}{address}").content.decode()
            assert not re.search("Rini|Surat BI|At risk|Berisiko", content)
        assert client.get(f"{AS_OF}/obstacles/").status_code == 302


class TestMilestones:
    def test_its_date_and_end_are_as_they_were(self):
        moved = factories.milestone(due_date=days(10))
        factories.slip(moved, on=days(-2))
        done = factories.milestone(achieved_date=days(-20), achieved_recorded_on=days(-1))
        given_up = factories.milestone(missed=True, closed_on=days(-1))
        factories.milestone(known_from=days(-1))

        found = {row.milestone.pk: row for row in _rows(milestones.listing(today=THEN))}

        assert set(found) == {moved.pk, done.pk, given_up.pk}
        assert (found[moved.pk].milestone.due_date, found[moved.pk].milestone.times_moved) == (
            days(10),
            0,
        )
        assert found[done.pk].milestone.achieved_date is None
        assert found[given_up.pk].milestone.closing == ""

    def test_moved_twice_the_dates_follow_each_other(self):
        found = factories.milestone(due_date=days(10))
        for on in (-20, -3):
            factories.slip(found, on=days(on))

        asked = [days(-30), days(-20), days(-4), days(-3), days(-1)]
        dates = [
            access.milestone(found.pk, PastDay.fromordinal(day.toordinal())).due_date
            for day in asked
        ]

        assert dates == [days(10), days(40), days(40), days(70), days(70)]


def _rows(listed):
    return [row for _stage, rows in listed.groups for row in rows]


def test_a_list_of_then_is_the_list_of_then():
    """Without this the pages above could all be empty."""
    factories.action()

    assert actions.listing(query=ActionQuery(), today=THEN, inside=True).found == 1
