"""Moves, contradictions and changes as files: line for line what their pages count."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from roadmap.enums import DueBasis, Outlook
from roadmap.exports.changes import LINES
from roadmap.models import Period
from roadmap.selectors.since import Section
from roadmap.services import reports
from roadmap.services.changes import Words
from tests import committee_factories as committee
from tests import factories
from tests.factories import TODAY, days, moment
from tests.roadmap.exporting import cells_of, rows_of
from tests.roadmap.services.verbs import attempt

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]
SLIPS, CHANGES = reverse("roadmap:slips"), reverse("roadmap:changes")
CONTRADICTIONS = reverse("roadmap:contradictions")
CSV = {"format": "csv"}
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def viewer(client_of):
    return client_of(factories.member("viewer", language="en"))


def old(**fields):
    return factories.action(created_on=days(-200), **{"due_date": days(100)} | fields)


def everything_changes():
    """Make at least one change of every kind, all in the last ten days."""
    by = factories.member("secretariat")
    committee.adoption(committee.decision(effect="adoption"), on=days(-2))
    committee.advice(given_on=days(-2))
    committee.advice(answered=True)
    factories.action(created_on=days(-2))
    factories.update(
        old(), kind="edited", by=by, at=moment(days(-2)), changes={"title": ["Lama", "Baru"]}
    )
    gone, handed_in, back = old(), old(submitted=True), old(submitted=True)
    given = old(owner=by)
    words = Words(note="Diputuskan rapat.")
    reports.cancel(action=gone, attempt=attempt(by, gone), words=words)
    reports.verify(action=handed_in, attempt=attempt(by, handed_in), words=words)
    reports.verify(action=back, attempt=attempt(by, back, day=days(-20)), words=words)
    reports.reopen(action=back, attempt=attempt(by, back), words=words)
    reports.reassign(
        action=given, attempt=attempt(by, given), owner=factories.member(), words=words
    )
    old(due_date=days(-3))
    committee.date_request(old())
    for item in (old(), factories.milestone(known_from=days(-200))):
        factories.slip(item, on=days(-3))
    factories.milestone(known_from=days(-2))
    factories.milestone(known_from=days(-90), achieved_date=days(-4), achieved_recorded_on=days(-3))
    factories.milestone(
        known_from=days(-90), closing="missed", closed_on=days(-3), closing_reason="Tertunda."
    )
    factories.obstacle(old(), raised_on=days(-2))
    factories.obstacle(old(), raised_on=days(-50), closed_on=days(-2), closed_by=by)
    period = committee.period()
    Period.objects.filter(pk=period.pk).update(closed_on=days(-1), closed_by=by)


def test_every_kind_of_change_has_its_line():
    assert set(LINES) == set(Section)


@pytest.mark.parametrize("day", [None, days(-1)])
def test_changes_come_line_for_line_as_the_page_counts_them(viewer, day):
    everything_changes()
    asked = {"since": days(-10).isoformat()} | ({"as_of": day.isoformat()} if day else {})

    page = viewer.get(CHANGES, asked).context["sections"]
    rows = rows_of(viewer.get(CHANGES, asked | CSV))
    sheet = cells_of(viewer.get(CHANGES, asked | {"format": "xlsx"}))

    counted = {str(one.section.label): one.count for one in page if one.count}
    assert Counter(row["Kind of change"] for row in rows) == counted
    assert len(counted) == len(Section) or day
    assert len(sheet) == len(rows)
    assert all(row["Day"] and row["What"] and row["Address"] for row in rows)


def test_one_kind_of_change_comes_alone(viewer):
    everything_changes()

    rows = rows_of(viewer.get(CHANGES, CSV | {"since": days(-10).isoformat(), "section": "moved"}))

    assert {row["Kind of change"] for row in rows} == {"Due dates of actions moved"}
    assert [(row["Before"], row["After"]) for row in rows] == [
        ("2 January 2019", "1 February 2019")
    ]


def test_changes_cost_the_same_for_one_or_many(viewer):
    prices = []
    for _round in range(2):
        everything_changes()
        with CaptureQueriesContext(connection) as queries:
            rows_of(viewer.get(CHANGES, CSV | {"since": days(-10).isoformat()}))
        prices.append(len(queries))

    assert prices[0] == prices[1]


def test_the_ledger_keeps_from_the_public_what_members_wrote(viewer, client):
    by = factories.member("secretariat", name="Sari")
    action = factories.action("LOG-01", due_basis=DueBasis.ILLUSTRATIVE)
    factories.slip(action, by=by, asked_by="Budi", reason="Rahasia", on=days(-3))
    factories.slip(
        factories.milestone(), by=None, source="setkab.go.id", reason="Diumumkan", on=days(-5)
    )

    inside = rows_of(viewer.get(SLIPS, CSV))
    public = rows_of(client.get(SLIPS, CSV, headers=ENGLISH))

    assert [row["Reason"] for row in inside] == ["Rahasia", "Diumumkan"]
    assert [row["Reason"] for row in public] == ["", "Diumumkan"]
    assert set(inside[0]) - set(public[0]) == {"Asked by", "Moved by", "Decision"}
    assert not {"Sari", "Budi", "Rahasia"} & {value for row in public for value in row.values()}
    assert [row["The date is an example"] for row in public] == ["yes", "no"]
    assert inside[0]["Days moved"] == "30"


@pytest.mark.parametrize("show", ["all", "applied", "notes", "items", "added", "removed"])
def test_every_list_of_the_page_of_moves_comes_as_a_file(viewer, client, show):
    everything_changes()
    factories.slip(old(), on=days(-3), is_applied=False)
    asked = {"show": show, "since": days(-10).isoformat()}

    shown = viewer.get(SLIPS, asked).context["page_obj"].paginator.count
    rows = rows_of(viewer.get(SLIPS, asked | CSV))
    sheet = cells_of(viewer.get(SLIPS, asked | {"format": "xlsx"}))
    public = rows_of(client.get(SLIPS, asked | CSV, headers=ENGLISH))

    assert len(rows) == len(sheet) == len(public) == shown > 0


def test_contradictions_are_a_file_for_the_inside_alone(viewer, client):
    factories.action("LOG-01", late=True, outlook=Outlook.ON_TIME)
    factories.action("LOG-02", late=True)

    rows = rows_of(viewer.get(CONTRADICTIONS, CSV))

    assert [(row["Code"], row["Days late"]) for row in rows] == [("LOG-01", "10")]
    assert client.get(CONTRADICTIONS, CSV).url.startswith(reverse("account_login"))


LOOKING_BACK = ("obstacles", "decisions", "advice-list", "requests", "meetings", "periods")


@pytest.mark.parametrize("name", LOOKING_BACK)
def test_a_file_of_a_past_day_has_the_rows_of_its_page(viewer, name):
    everything_changes()
    asked = {"as_of": days(-3).isoformat(), "state": "all", "show": "all"}
    place = reverse(f"roadmap:{name}")

    page = viewer.get(place, asked)
    rows = rows_of(viewer.get(place, asked | CSV))

    assert page.context["page"].is_past
    context = page.context
    shown = context["page_obj"] if "page_obj" in context else context["found"].page
    if name != "periods":  # which come with a line for each report
        assert len(rows) == shown.paginator.count
    assert not [row for row in rows if TODAY.isoformat() in row.values()]
