"""Every number of the overview, the workstreams and the lists is a door that keeps its word.

Five readers follow each one, today and as of a day three weeks ago: the count, the rows of all
the pages it opens, and SQL written here must agree. The fixtures are few enough to be counted
by hand, and were.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from committee.models import RehearsalClock
from committee.rules.days import night_after
from roadmap.enums import Outlook
from roadmap.models import STATE_FIELDS, StatusUpdate
from tests import factories
from tests.doors import Walker
from tests.factories import TODAY, days, moment

PAST = days(-21)
TURNED = days(-10)  # the day on which some became what they are now
ROLES = ("public", "viewer", "owner", "lead", "secretariat")
PAGES = (
    *("/", "/workstreams/LOG/", "/workstreams/FUND/", "/actions/", "/actions/?workstream=LOG"),
    *("/progress/", "/progress/?workstream=FUND", "/method/"),
)
# What each action is, and what it was before it TURNED; all began 100 days ago.
STORIES = (
    ({"late": True, "outlook": Outlook.ON_TIME}, {"due_date": days(-10)}),
    ({"late": True, "silent": True, "due_basis": "illustrative"}, {}),
    ({"late": True, "is_blocked": True}, {"is_blocked": False}),
    ({"reported_on": days(-40), "outlook": Outlook.ON_TIME}, {}),
    ({"is_blocked": True}, {}),
    ({"submitted": True}, {"status": "in_progress", "submitted_on": None}),
    ({"verified": True}, {"status": "planned", "submitted_on": None, "reported_on": None}),
    ({"due_date": days(3), "due_basis": "illustrative"}, {}),
    ({"reported_on": None}, {}),
    ({"cancelled": True}, {"status": "in_progress"}),
    ({}, {"due_date": days(-15)}),
)
# Counted by hand, for one workstream: both have the same stories, LOG with an owner.
BY_HAND = {
    TODAY: {
        "late": 3,
        "any_silent": 2,
        "not_reported": 1,
        "any_blocked": 2,
        "contradiction": 2,
        "waiting": 1,
        "due_soon": 1,
    },
    PAST: {
        "late": 0,
        "any_silent": 0,
        "not_reported": 2,
        "any_blocked": 1,
        "contradiction": 0,
        "waiting": 0,
        "due_soon": 1,
    },
}
OPEN = "x.status IN ('planned', 'in_progress')"
# In the order in which they are asked; each leaves out those before it.
FIRST_MATCH = (
    ("done_late", "x.status = 'verified' AND x.is_submitted_late"),
    ("done", "x.status = 'verified'"),
    ("waiting", "x.status = 'submitted'"),
    ("late", "x.due_date < {day}"),
    ("blocked", "x.is_blocked"),
    ("not_reported", "x.reported_on IS NULL AND x.created_on <= {month}"),
    ("silent", "x.reported_on <= {month}"),
    ("due_soon", "x.due_date <= {week}"),
    ("on_track", "1 = 1"),
)
OVERLAPPING = {
    "any_silent": f"{OPEN} AND x.reported_on <= {{month}}",
    "any_blocked": f"{OPEN} AND x.is_blocked",
    "contradiction": f"{OPEN} AND x.outlook = 'on_time'"
    " AND (x.due_date < {day} OR x.reported_on <= {month})",
    "orphan": "x.owner_id IS NULL AND x.status NOT IN ('verified', 'cancelled')",
}
STATES = """
SELECT a.created_on, w.code AS place, u.* FROM roadmap_statusupdate u
JOIN roadmap_actionitem a ON a.id = u.action_id
JOIN committee_workstream w ON w.id = a.workstream_id
WHERE u.at < '{night}' AND (u.superseded_at IS NULL OR u.superseded_at >= '{night}')
  AND a.created_on <= '{on}'
"""


def live(place, owner, now, then):
    """Make an action that was one thing until it TURNED, and has been another since."""
    action = factories.action(workstream=place, owner=owner, **now)
    state = {name: getattr(action, name) for name in STATE_FIELDS}
    first = StatusUpdate.objects.get(action=action)
    was = {"reported_on": min(state["reported_on"] or PAST, PAST)} if state["reported_on"] else {}
    StatusUpdate.objects.filter(pk=first.pk).update(
        superseded_at=moment(TURNED), **{"is_blocked": action.is_blocked} | was | then
    )
    StatusUpdate.objects.create(action=action, kind="imported", at=moment(TURNED), **state)


def day_of(place):
    """Give the day an address looks back at."""
    found = re.match(r"/as-of/([\d-]+)/", urlsplit(place).path)
    return date.fromisoformat(found[1]) if found else TODAY


def asked_of(place):
    path = re.sub(r"^/as-of/[\d-]+", "", urlsplit(place).path)
    return path, dict(parse_qsl(urlsplit(place).query))


def count(what, condition, day):
    night = connection.ops.adapt_datetimefield_value(night_after(day))
    states = STATES.format(night=night, on=day.isoformat())
    limits = {"day": day, "month": day - timedelta(days=30), "week": day + timedelta(days=7)}
    wanted = condition.format(**{name: f"'{one.isoformat()}'" for name, one in limits.items()})
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT({what}) FROM ({states}) x WHERE {wanted}")
        return cursor.fetchone()[0]


def wanted_signal(name):
    if name in OVERLAPPING:
        return [OVERLAPPING[name]]
    names = [one for one, _condition in FIRST_MATCH]
    conditions = [f"COALESCE({one}, 1 = 0)" for _name, one in FIRST_MATCH]
    nth = names.index(name)
    return [*(f"NOT {one}" for one in conditions[:nth]), conditions[nth], "x.status <> 'cancelled'"]


def counted_by_sql(place):
    """Count what an address lists; None for an address this test does not know."""
    path, asked = asked_of(place)
    conditions = ["x.place = '{}'".format(asked.pop("workstream"))] if "workstream" in asked else []
    what = "*"
    if path == "/people/":
        what = "DISTINCT x.owner_id"
        conditions += [OPEN, "x.owner_id IS NOT NULL"]
        reported = asked.pop("reported", "")
        told = [*conditions, "x.reported_on > {month}"]
        if reported:
            fresh = count(what, " AND ".join(told), day_of(place))
            everybody = count(what, " AND ".join(conditions), day_of(place))
            return fresh if reported == "yes" else everybody - fresh
    elif path == "/progress/":
        conditions.append("x.status <> 'cancelled'")
        if asked.pop("show", ""):
            conditions.append("x.reported_on IS NULL")
    elif path == "/actions/":
        signal, status = asked.pop("signal", ""), asked.pop("status", "")
        conditions += wanted_signal(signal) if signal else []
        conditions.append(f"x.status = '{status}'" if status else "x.status <> 'cancelled'")
    if asked or path not in ("/people/", "/progress/", "/actions/"):
        return None
    return count(what, " AND ".join(conditions), day_of(place))


class TestNumberDoors(TestCase):
    @classmethod
    def setUpTestData(cls):
        RehearsalClock.objects.create(day=TODAY, target=TODAY, since=timezone.now())
        log, fund = (factories.workstream(code) for code in ("LOG", "FUND"))
        owner, lead = factories.member(), factories.member()
        factories.seat(lead, log)
        for now, then in STORIES:
            live(log, owner, now, then)
            live(fund, None, now, then)
        cls.people = {
            "viewer": factories.member("viewer"),
            "owner": owner,
            "lead": lead,
            "secretariat": factories.member("secretariat"),
        }

    def walker(self, who):
        client = Client()
        if who != "public":
            client.force_login(self.people[who])
        return Walker(client)

    def pages(self, day):
        prefix = "" if day == TODAY else f"/as-of/{day}"
        return [prefix + page for page in PAGES]

    def test_every_count_is_the_rows_it_opens_and_what_sql_counts(self):
        for who in ROLES:
            walker = self.walker(who)
            for day in (TODAY, PAST):
                found = [door for page in self.pages(day) for door in walker.doors(page)]

                with self.subTest(who=who, day=day):
                    assert [door for door in found if not door.is_right] == []
                    by_sql = {door: counted_by_sql(door.place) for door in found}
                    wrong = {
                        (door.place, door.count, number)
                        for door, number in by_sql.items()
                        if number is not None and door.count != str(number)
                    }
                    assert wrong == set()
                    assert sum(number is not None for number in by_sql.values()) > 30

    def test_no_count_of_the_overview_leads_where_sql_was_not_asked(self):
        for who in ROLES:
            doors = self.walker(who).doors("/")

            assert [door for door in doors if counted_by_sql(door.place) is None] == []

    def test_every_number_of_these_pages_is_marked(self):
        walker = self.walker("secretariat")

        assert {page: found for page in PAGES[:6] if (found := walker.unmarked(page))} == {}

    def test_the_overview_shows_what_was_counted_by_hand(self):
        client = Client()
        client.force_login(self.people["viewer"])
        for day, numbers in BY_HAND.items():
            prefix = "" if day == TODAY else f"/as-of/{day}"
            seen = client.get(f"{prefix}/").context["board"].attention
            found = {door.name: door.number for door in (seen.late, *seen.doors)}

            assert found == {name: 2 * number for name, number in numbers.items()}

    def test_a_verdict_on_an_example_date_says_so(self):
        page = self.client.get(reverse("roadmap:overview"), headers={"accept-language": "en"})

        late = re.search(r'data-door="late".*?</a>', page.content.decode(), re.DOTALL)[0]
        soon = re.search(r'data-door="due_soon".*?</a>', page.content.decode(), re.DOTALL)[0]
        for door in (late, soon):
            assert "2 by an example date, not an official target" in door

    def test_sql_that_counts_one_more_is_found(self):
        door = next(one for one in self.walker("viewer").doors("/") if "signal=late" in one.place)

        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(OVERLAPPING, "late", "x.due_date < {day} OR x.status = 'verified'")
            assert door.count != str(counted_by_sql(door.place))
