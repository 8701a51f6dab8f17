"""The list of actions: filters, order, pages, bad addresses, and what each reader sees."""

import pytest
from django.urls import reverse

from roadmap.enums import Outlook, Signal, Status
from roadmap.selectors.actions import Watch
from tests import factories
from tests.factories import days

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]
URL = "/actions/"


def titles(client, **query):
    response = client.get(URL, query)
    assert response.status_code == 200
    return [row["title"] for row in response.context["found"].rows]


@pytest.fixture
def place(workstreams):
    return workstreams[0]


def test_it_is_at_its_address():
    assert reverse("roadmap:actions") == URL


def test_filter_by_workstream(client, workstreams):
    factories.action(workstream=workstreams[0], title="satu")
    factories.action(workstream=workstreams[1], title="dua")

    assert titles(client, workstream=workstreams[1].code) == ["dua"]


def test_filter_by_institution_finds_lead_and_supporting(client, place):
    lead, other = factories.institution("BI"), factories.institution("BI_NOT")
    factories.action(workstream=place, title="memimpin", lead_institution=lead, due_date=days(1))
    factories.action(workstream=place, title="mendukung", supporting=";OJK;BI;", due_date=days(2))
    factories.action(workstream=place, title="mirip", supporting=";BI_NOT;")
    factories.action(workstream=place, title="lain", lead_institution=other)

    assert titles(client, institution="BI") == ["memimpin", "mendukung"]


def test_filter_by_a_missing_lead(client, place):
    factories.action(workstream=place, title="yatim")
    factories.action(workstream=place, lead_institution=factories.institution())

    assert titles(client, institution="none") == ["yatim"]


def test_filter_by_status(client, place):
    factories.action(workstream=place, title="diajukan", submitted=True)
    factories.action(workstream=place)

    assert titles(client, status=Status.SUBMITTED) == ["diajukan"]


def test_cancelled_actions_are_left_out_and_said_so(client, place):
    factories.action(workstream=place, title="batal", cancelled=True)
    factories.action(workstream=place, title="jalan")

    assert titles(client) == ["jalan"]
    assert client.get(URL).context["found"].cancelled == 1
    assert titles(client, status=Status.CANCELLED) == ["batal"]


def test_overlapping_filters_also_find_what_is_late(client_of, place):
    client = client_of("viewer")
    factories.action(workstream=place, title="terlambat", late=True, silent=True, blocked=True)

    assert titles(client, signal=Signal.SILENT) == []
    assert titles(client, signal=Watch.SILENT) == ["terlambat"]
    assert titles(client, signal=Signal.BLOCKED) == []
    assert titles(client, signal=Watch.BLOCKED) == ["terlambat"]


def test_filter_by_owner_and_orphans(client_of, place):
    client, owner = client_of("viewer"), factories.member()
    factories.action(workstream=place, title="milik", owner=owner)
    factories.action(workstream=place, title="yatim")
    factories.action(workstream=place, title="selesai", verified=True)

    assert titles(client, owner=owner.pk) == ["milik"]
    assert titles(client, signal=Watch.ORPHAN) == ["yatim"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("uso", ["Dana USO"]),
        ("fund-9", ["Dana USO"]),
        ("service fund", ["Dana USO"]),
        ("skema", ["Dana USO"]),
        ("%", []),
        ("\x00uso", ["Dana USO"]),
        ("🚚", []),
        ("x" * 9000, []),
    ],
)
def test_filter_by_text(client, place, text, found):
    factories.action(
        workstream=place,
        title="Dana USO",
        title_en="Universal service fund",
        code="FUND-99",
        output="Skema hibah",
    )
    factories.action(workstream=place, title="Lain")

    assert titles(client, q=text) == found


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("due", "abc"),
        ("-due", "bac"),
        ("code", "cab"),
        ("-code", "bac"),
        ("progress", "bca"),
        ("-progress", "acb"),
        ("report", "cba"),
        ("-report", "bca"),
        ("title", "abc"),
        ("-title", "cba"),
    ],
)
def test_every_order(client, place, sort, order):
    due = {"a": days(1), "b": days(2), "c": None}
    reported = {"a": None, "b": days(-1), "c": days(-9)}
    for title, number, progress in (("a", 2, 90), ("b", 3, 10), ("c", 1, 50)):
        factories.action(
            workstream=place,
            title=title,
            number=number,
            progress=progress,
            due_date=due[title],
            first_due_date=due[title],
            reported_on=reported[title],
        )

    assert "".join(titles(client, sort=sort)) == order


def test_fifty_a_page(client, place):
    factories.actions(120, workstream=place)

    page = client.get(URL, {"page": 3, "sort": "code"}).context["found"].page

    assert (len(page), page.paginator.num_pages, page.number) == (20, 3, 3)


@pytest.mark.parametrize(
    "query",
    [
        {"workstream": "ZZZ"},
        {"institution": "ZZZ"},
        {"status": "done"},
        {"signal": "red"},
        {"sort": "1;drop"},
        {"owner": "999"},
        {"owner": "²"},
        {"owner": "9" * 99},
        {"page": "0"},
        {"page": "abc"},
        {"page": "99999999999999999999"},
        {"page": "\x00"},
        {"page": "9" * 5000},
        {"workstream": "\x00"},
        {"signal": "\U0001f600"},
        {"signal": "contradiction"},
    ],
)
@pytest.mark.parametrize("role", [None, "viewer"])
def test_what_it_does_not_know_is_named_and_ignored(reader, place, query, role):
    factories.action(workstream=place, outlook=Outlook.ON_TIME, late=True)
    client = reader(role)

    response = client.get(URL, query)

    is_known = (query == {"signal": "contradiction"} and role) or query == {"workstream": "\x00"}
    assert response.status_code == 200
    assert response.context["found"].found == 1
    assert bool(response.context["ignored"]) == (not is_known)


def test_the_public_sees_no_owner_and_no_contradiction(client, place):
    owner = factories.member(name="Ibu Rahasia")
    factories.action(workstream=place, owner=owner, late=True, outlook=Outlook.ON_TIME)

    page = client.get(URL).content.decode()

    assert "Rahasia" not in page
    assert "contradiction" not in page
    assert 'name="owner"' not in page


def test_a_member_sees_owner_and_contradiction(client_of, place):
    owner = factories.member(name="Ibu Sari")
    factories.action(workstream=place, owner=owner, late=True, outlook=Outlook.ON_TIME)

    page = client_of("viewer").get(URL).content.decode()

    assert "Ibu Sari" in page
    assert 'class="pill" data-signal="contradiction"' in page


def test_a_row_says_what_its_date_is_worth(client, place):
    action = factories.action(
        workstream=place, due_basis="illustrative", due_precision="month", due_date=days(-24)
    )
    factories.slip(action, new_date=days(280))

    page = client.get(URL, headers={"Accept-Language": "en"}).content.decode()

    assert "example, not an official target" in page
    assert "moved 1×, +304 days" in page
    assert "July 2019" in page


def test_htmx_gets_the_list_alone_and_a_clean_address(client, place):
    factories.action(workstream=place, title="satu")

    response = client.get(URL, {"q": "satu", "status": ""}, headers={"HX-Request": "true"})

    assert "<html" not in response.content.decode()
    assert 'id="actions-list"' in response.content.decode()
    assert response["HX-Push-Url"] == "/actions/?q=satu"
    assert "HX-Request" in response["Vary"]
    assert "HX-Request" in client.get(URL)["Vary"]


def test_only_those_who_may_are_offered_a_new_action(client, client_of, place):
    link = reverse("roadmap:action-create")
    lead = factories.member()
    factories.seat(lead, place)

    assert link not in client.get(URL).content.decode()
    assert link not in client_of("viewer").get(URL).content.decode()
    assert link in client_of("secretariat").get(URL).content.decode()
    assert link in client_of(lead).get(URL).content.decode()


def test_what_people_wrote_is_escaped(client, place):
    factories.action(workstream=place, title="<script>x</script>")

    assert "<script>x" not in client.get(URL, {"q": "<script>x"}).content.decode()


@pytest.mark.parametrize("number", [10, 1000])
@pytest.mark.parametrize(("role", "budget"), [(None, 6), ("viewer", 10)])
def test_its_queries_and_bytes_do_not_grow(
    reader, place, django_assert_num_queries, number, role, budget
):
    client = reader(role)
    made = factories.actions(
        number,
        workstream=place,
        owner=factories.member(),
        late=True,
        lead_institution=factories.institution(),
    )
    factories.milestone(actions=made, due_date=days(-1))

    with django_assert_num_queries(budget):
        page = client.get(URL, {"signal": "late", "sort": "-title", "q": "aksi"})

    assert page.context["found"].found == number
    assert len(page.content) < 120_000
