"""Lists as files: whole, as filtered, as of the day, and nothing a reader may not see."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from committee.models import Letter
from roadmap.enums import DueBasis, Outlook
from roadmap.models import ActionItem, StatusUpdate
from tests import committee_factories, factories
from tests.factories import TODAY, days, moment
from tests.roadmap.exporting import about, body, book_of, cells_of, rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]
ACTIONS = reverse("roadmap:actions")
INSIDE = {"Owner", "Contradiction", "Outlook", "Expected date", "Blocked", "Weight"}
LISTS = (
    *("actions", "milestones", "obstacles", "decisions", "advice-list", "requests"),
    *("meetings", "periods", "letters", "people"),
)


@pytest.fixture
def viewer(client_of):
    return client_of(factories.member("viewer", language="en", name="Pembaca"))


def many(number):
    """Make so many of everything that is listed."""
    place, by = factories.workstream(), factories.member("secretariat")
    actions = factories.actions(number, workstream=place, owner=by)
    for action in factories.actions(number, workstream=place):
        action.owner = factories.member()
        action.save()
    factories.milestones(number, workstream=place)
    for action in actions:
        factories.obstacle(action, raised_by=by)
        committee_factories.date_request(action, asked_by=by)
        committee_factories.decision(committee_factories.meeting())
        committee_factories.advice()
        committee_factories.report(committee_factories.period(), workstream=place)


def test_a_file_holds_the_whole_list_and_its_page_one_page_of_it(viewer):
    factories.actions(120, workstream=factories.workstream())

    page = viewer.get(ACTIONS)
    rows = rows_of(viewer.get(ACTIONS, {"format": "csv"}))

    assert len(page.context["found"].rows) == 50
    assert len(rows) == len({row["Code"] for row in rows}) == page.context["found"].found == 120


def test_a_file_is_filtered_and_sorted_as_its_list(viewer):
    place = factories.workstream("LOG")
    factories.action("LOG-01", workstream=place, late=True, due_date=days(-3))
    factories.action("LOG-02", workstream=place, late=True, due_date=days(-9))
    factories.action("LOG-03", workstream=place)
    factories.action("LOG-04", workstream=place, late=True, cancelled=True)
    asked = {"signal": "late", "sort": "-due", "page": "7"}

    listed = [row["code"] for row in viewer.get(ACTIONS, asked).context["found"].rows]
    rows = rows_of(viewer.get(ACTIONS, asked | {"format": "csv"}))

    assert [row["Code"] for row in rows] == listed == ["LOG-01", "LOG-02"]
    assert {row["Signal"] for row in rows} == {"Late"}


def test_a_file_of_a_past_day_holds_the_state_of_then(viewer):
    action = factories.action("LOG-01", progress=10, source="Perpres 74/2017", confidence="high")
    StatusUpdate.objects.filter(action=action).update(superseded_at=moment(days(-1)))
    ActionItem.objects.filter(pk=action.pk).update(progress=80)
    action.refresh_from_db()
    factories.update(action, at=moment(days(-1)))
    then = days(-5).isoformat()

    old = viewer.get(f"/as-of/{then}{ACTIONS}", {"format": "csv"})
    asked = viewer.get(ACTIONS, {"format": "csv", "as_of": then})
    new = viewer.get(ACTIONS, {"format": "csv"})

    assert f"actions-{then}.csv" in old["Content-Disposition"]
    assert body(old) == body(asked)
    old, new = rows_of(viewer.get(f"/as-of/{then}{ACTIONS}", {"format": "csv"})), rows_of(new)
    assert [row["Progress (%)"] for row in (*old, *new)] == ["10", "80"]
    assert old[0]["Source"] == "Perpres 74/2017"
    assert old[0]["Address"] == f"http://testserver/as-of/{then}/actions/LOG-01/"


def test_the_public_gets_no_column_that_is_for_the_inside(client, viewer):
    factories.action(owner=factories.member(name="Rahasia"), outlook=Outlook.AT_RISK)
    factories.milestone()

    for of in ("actions", "milestones"):
        place = reverse(f"roadmap:{of}")
        inside = rows_of(viewer.get(place, {"format": "csv"}))[0]
        client.get(reverse("committee:language"))
        headers = {"Accept-Language": "en"}
        public = rows_of(client.get(place, {"format": "csv"}, headers=headers))[0]
        sheet = cells_of(client.get(place, {"format": "xlsx"}, headers=headers))[0]

        hidden = set(inside) - set(public)
        assert hidden == (INSIDE if of == "actions" else {"Reason"})
        assert set(sheet) == set(public)
        assert "Rahasia" not in str(public) + str(sheet)


@pytest.mark.parametrize("name", [one for one in LISTS if one not in ("actions", "milestones")])
def test_what_is_not_public_is_no_file_for_the_public_either(client, name):
    answer = client.get(reverse(f"roadmap:{name}"), {"format": "csv"})

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_letters_come_with_ones_own_rights(client_of):
    kinds = {"kind": "reminders", "policy_date": TODAY, "not_before": moment(TODAY)}
    own, other = factories.member(language="en"), factories.member("secretariat", language="en")
    for number, person in enumerate((own, other)):
        key = f"uji:{number}"
        Letter.objects.create(recipient=person, dedupe_key=key, message_id=key, **kinds)
    place = reverse("roadmap:letters")

    mine = rows_of(client_of(own).get(place, {"format": "csv"}))
    all_of_them = rows_of(client_of(other).get(place, {"format": "csv"}))

    assert [row["Recipient"] for row in mine] == [own.name]
    assert {row["Recipient"] for row in all_of_them} == {own.name, other.name}


def test_an_illustrative_date_is_marked_in_every_row(viewer, client):
    factories.action(due_basis=DueBasis.ILLUSTRATIVE)

    row = rows_of(viewer.get(ACTIONS, {"format": "csv"}))[0]

    assert row["Basis of the due date"] == "Example, not an official target"


def test_csv_for_indonesia_opens_in_its_excel(viewer):
    period = committee_factories.period()
    report = committee_factories.report(period, claimed="47.50")
    type(period).objects.filter(pk=period.pk).update(closed_on=TODAY)
    place = reverse("roadmap:periods")

    content = body(viewer.get(place, {"format": "csv-id"}))
    indonesian = rows_of(viewer.get(place, {"format": "csv-id"}), ";")[0]
    plain = rows_of(viewer.get(place, {"format": "csv"}))[0]

    assert content.startswith(b"\xef\xbb\xbf")
    assert not body(viewer.get(place, {"format": "csv"})).startswith(b"\xef\xbb\xbf")
    assert (indonesian["Claimed progress"], plain["Claimed progress"]) == ("47,50", "47.50")
    assert indonesian["Opens"] == plain["Opens"] == period.opens_on.isoformat()
    assert plain["Workstream"] == report.workstream.code


def test_a_workbook_has_typed_cells_and_a_frozen_heading(viewer):
    action = factories.action("LOG-01", progress=40)

    sheet = book_of(viewer.get(ACTIONS, {"format": "xlsx"})).worksheets[0]
    row = cells_of(viewer.get(ACTIONS, {"format": "xlsx"}))[0]

    assert (sheet.title, sheet.freeze_panes) == ("Actions", "A2")
    assert sheet.auto_filter.ref.endswith("2")
    assert sheet.max_row == 2
    assert row["Due date"] == datetime.combine(action.due_date, datetime.min.time())
    assert (row["Progress (%)"], row["Code"]) == (40, "LOG-01")
    assert row["Submitted on"] is None


def test_a_workbook_says_what_it_is(viewer):
    factories.actions(3, workstream=factories.workstream("LOG"), late=True)
    factories.action(workstream=factories.workstream("TAX"), cancelled=True)

    told = about(viewer.get(ACTIONS, {"format": "xlsx", "signal": "late", "status": "banana"}))

    assert ("List", "Actions") in told
    assert ("As of", "24 September 2018") in told
    assert ("Rows", "3") in told
    assert ("Note", "Signal: Late") in told
    assert ("Note", "“banana” is no known status; it was ignored.") in told
    assert ("Address", f"http://testserver{ACTIONS}?signal=late&status=banana") in told
    assert ("With the rights of", "Pembaca (Viewer)") in told


def test_a_workbook_says_what_is_left_out(client):
    factories.action(cancelled=True)
    factories.action()

    told = about(client.get(ACTIONS, {"format": "xlsx"}, headers={"Accept-Language": "en"}))

    assert ("Note", "1 cancelled action is left out.") in told
    assert ("With the rights of", "the public") in told


def test_a_file_is_named_after_its_list_and_day(viewer, client_of):
    reader = client_of(factories.member("viewer", language="id"))

    english, indonesian = (
        named(one.get(ACTIONS, {"format": kind}))
        for one, kind in ((viewer, "xlsx"), (reader, "csv"))
    )

    assert english == 'attachment; filename="actions-2018-09-24.xlsx"'
    assert indonesian == 'attachment; filename="rencana-aksi-2018-09-24.csv"'


def test_institutions_come_with_what_nobody_leads(viewer, client):
    factories.action(lead_institution=factories.institution("BI"), owner=factories.member())
    factories.action(late=True)

    inside = rows_of(viewer.get(reverse("roadmap:institutions"), {"format": "csv"}))
    heads = {"Accept-Language": "en"}
    public = cells_of(
        client.get(reverse("roadmap:institutions"), {"format": "xlsx"}, headers=heads)
    )

    assert [(row["Code"], row["Leads"], row["Late"]) for row in inside] == [
        ("BI", "1", "0"),
        ("", "1", "1"),
    ]
    assert set(inside[0]) - set(public[0]) == {
        "Owners who reported in the last 30 days",
        "Silent owners",
    }


def named(answer):
    assert body(answer)
    return answer["Content-Disposition"]


def test_a_file_is_compressed_on_the_way_where_the_reader_can_read_it(viewer):
    factories.actions(200, workstream=factories.workstream())

    packed = viewer.get(ACTIONS, {"format": "csv"}, headers={"Accept-Encoding": "gzip"})
    plain = viewer.get(ACTIONS, {"format": "csv"})
    sheet = viewer.get(ACTIONS, {"format": "xlsx"}, headers={"Accept-Encoding": "gzip"})

    assert packed["Content-Encoding"] == "gzip"
    assert int(packed["Content-Length"]) * 5 < int(plain["Content-Length"])
    assert body(packed) == body(plain)
    assert body(sheet)[:2] == b"PK"
    assert "Accept-Encoding" in packed["Vary"]


@pytest.mark.parametrize("kind", ["csv", "csv-id", "xlsx"])
def test_a_file_that_breaks_on_the_way_is_an_error_and_never_a_part(client, monkeypatch, kind):
    factories.actions(3, workstream=factories.workstream())
    shown = iter("ab")
    monkeypatch.setattr("roadmap.exports.items._days_moved", lambda row: next(shown))
    client.raise_request_exception = False

    answer = client.get(ACTIONS, {"format": kind})

    assert answer.status_code == 500
    assert "Content-Disposition" not in answer


def test_an_unknown_kind_of_file_is_named_and_the_page_shown(viewer):
    factories.action()

    answer = viewer.get(ACTIONS, {"format": "banana"})

    assert "“banana” is no kind of file" in answer.content.decode()
    assert "text/html" in answer["Content-Type"]


def test_a_page_leads_to_its_files_with_its_filters(viewer):
    factories.actions(60, workstream=factories.workstream(), late=True)

    shown = viewer.get(ACTIONS, {"signal": "late", "page": "2"}).content.decode()

    assert 'href="?signal=late&amp;format=xlsx"' in shown
    assert 'href="?signal=late&amp;format=csv-id"' in shown
    assert "The whole list as filtered here: 60 rows" in shown


def test_an_empty_list_is_a_file_of_headings(viewer):
    assert rows_of(viewer.get(ACTIONS, {"format": "csv"})) == []
    assert book_of(viewer.get(ACTIONS, {"format": "xlsx"})).worksheets[0].max_row == 1


@pytest.mark.parametrize("name", LISTS)
def test_every_list_comes_as_a_file_at_one_price(client_of, name):
    reader = client_of(factories.member("secretariat", language="en"))
    place = reverse(f"roadmap:{name}")
    everything = {"format": "csv", "state": "all" if name != "letters" else "", "show": "all"}
    prices = []
    for number in (3, 30):
        many(number)
        with CaptureQueriesContext(connection) as queries:
            answer = reader.get(place, everything)
        prices.append(len(queries))
        rows = rows_of(answer)
        sheet = cells_of(reader.get(place, everything | {"format": "xlsx"}))
        assert len(rows) == len(sheet) == answer_count(reader, place, everything)

    assert prices[0] == prices[1]


def answer_count(reader, place, asked):
    """Count what the page itself says the list holds; periods come with a row per report."""
    context = reader.get(place, asked | {"format": ""}).context
    if "rows" in context and place == reverse("roadmap:periods"):
        pages = (reader.get(place, {"page": n}).context["rows"] for n in (1, 2))
        return sum({row.period.pk: row.total for rows in pages for row in rows}.values())
    page = context["page_obj"] if "page_obj" in context else context["found"].page
    return page.paginator.count
