"""The list of institutions and the page of one."""

import pytest
from django.urls import reverse

from committee.rules.days import PastDay
from roadmap.models import ActionItem
from roadmap.selectors import institutions
from tests import committee_factories, factories
from tests.factories import TODAY, days, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]

ENGLISH = {"accept-language": "en"}
LIST = reverse("roadmap:institutions")


def address(code="BI"):
    return reverse("roadmap:institution", args=[code])


def read(client, place=LIST, **query):
    return client.get(place, query, headers=ENGLISH).content.decode()


@pytest.fixture
def bi(db):
    return factories.institution("BI", title="Bank Indonesia", title_en="Bank of Indonesia")


@pytest.fixture
def place(workstreams):
    return workstreams[0]


def row_of(rows, code):
    return next(row for row in rows if row.institution.code == code)


class TestTheList:
    def test_counts_what_each_leads_and_supports(self, place, bi):
        ojk = factories.institution("OJK")
        factories.action(workstream=place, lead_institution=bi, supporting=";OJK;BI;", late=True)
        factories.action(workstream=place, lead_institution=bi, verified=True)
        factories.action(workstream=place, lead_institution=bi, cancelled=True)
        factories.action(workstream=place, lead_institution=ojk, supporting=";BI;")

        rows = institutions.listing(today=TODAY, inside=False).page.object_list

        first, second = row_of(rows, "BI"), row_of(rows, "OJK")
        assert (first.led, first.late, first.verified, first.supported) == (2, 1, 1, 1)
        assert (second.led, second.supported) == (1, 1)

    def test_leaves_out_who_has_no_part_and_names_what_nobody_leads(self, client, place, bi):
        factories.institution("LAIN", title="Lembaga tanpa peran")
        factories.actions(2, workstream=place)

        page = read(client)

        assert "Lembaga tanpa peran" not in page
        assert "No lead institution" in page
        assert client.get(LIST).context["found"].without_lead.led == 2

    def test_says_who_is_silent_to_members_only(self, client, client_of, place, bi):
        for silent in (True, False):
            factories.action(
                workstream=place, lead_institution=bi, owner=factories.member(), silent=silent
            )

        viewer = factories.member("viewer", language="en")
        inside, public = read(client_of(viewer)), read(client)

        assert "1 reported" in inside
        assert "1 silent" in inside
        assert reverse("roadmap:people") not in public

    def test_of_a_past_day_counts_what_was_so_then(self, place, bi):
        action = factories.action(workstream=place, lead_institution=bi)
        factories.update(action, at=moment(days(-50)), lead_institution_id=None)
        factories.update(action, at=moment(days(-10)))
        then = days(-30)

        past = institutions.listing(today=PastDay(then.year, then.month, then.day), inside=True)

        assert (past.page.object_list, past.without_lead.led) == ([], 1)
        assert row_of(institutions.listing(today=TODAY, inside=True).page.object_list, "BI").led

    def test_fifty_a_page(self, client, place):
        for number in range(60):
            made = factories.institution(f"LEMBAGA_{number}")
            factories.actions(1, workstream=place, lead_institution=made)

        page = client.get(LIST, {"page": 2}).context["found"].page

        assert (len(page), page.paginator.count) == (10, 60)

    def test_says_when_it_is_empty(self, client):
        assert "No institution has a part" in read(client)


class TestThePage:
    def test_weighs_what_it_leads_alone(self, client, place, bi):
        factories.action(workstream=place, lead_institution=bi, progress=50, weight=3)
        factories.action(workstream=place, lead_institution=bi, verified=True)
        factories.action(workstream=place, supporting=";BI;", progress=0, weight=90)

        tally = client.get(address()).context["place"].tally

        assert (tally.total, tally.claimed, tally.verified) == (2, 62.5, 25)

    @pytest.mark.parametrize(
        ("show", "title"), [("leads", "milik kami"), ("supports", "dukungan kami")]
    )
    def test_shows_one_list_at_a_time(self, client, place, bi, show, title):
        factories.action(workstream=place, lead_institution=bi, title="milik kami")
        factories.action(workstream=place, supporting=";BI;", title="dukungan kami")
        factories.action(workstream=place, title="bukan kami")

        work = client.get(address(), {"show": show}).context["place"].work

        assert [row["title"] for row in work.actions] == [title]

    def test_shows_the_milestones_its_actions_gate(self, client, place, bi):
        gate = factories.action(workstream=place, lead_institution=bi)
        factories.milestone(title="Tonggak kami", actions=[gate])
        factories.milestone(title="Tonggak lain", actions=[factories.action(workstream=place)])

        page = read(client, address(), show="milestones")

        assert "Tonggak kami" in page
        assert "Tonggak lain" not in page

    def test_warns_of_a_week_that_holds_too_much_and_of_example_dates(self, client, place, bi):
        led = {"workstream": place, "lead_institution": bi}
        factories.action(due_date=days(1), **led)
        assert "Deadline crush" not in read(client, address())

        for _ in range(3):
            factories.action(due_date=days(8), due_basis="illustrative", **led)
        page = read(client, address())

        assert "Deadline crush" in page
        assert "The week from 1 October 2018" in page
        assert "3 due dates" in page
        warning = page.partition("Deadline crush")[2].partition("</div>")[0]
        assert "example, not an official target" in warning

    def test_lists_decisions_and_obstacles_for_members_only(self, client, client_of, place, bi):
        meeting = committee_factories.meeting(date=days(-5))
        committee_factories.decision(meeting, text="Siapkan edaran", institution=bi, effect="task")
        committee_factories.decision(meeting, text="Urusan lain", effect="task", number=90)
        action = factories.action(workstream=place)
        factories.obstacle(action, needed="Izin bank sentral", needed_from=bi)
        factories.obstacle(action, needed="Izin pihak lain")

        inside, public = read(client_of("viewer"), address()), read(client, address())

        assert "Siapkan edaran" in inside
        assert "Urusan lain" not in inside
        assert "Izin bank sentral" in inside
        assert "Izin pihak lain" not in inside
        assert "Siapkan edaran" not in public
        assert "Izin bank sentral" not in public

    def test_never_tells_the_public_who_owns_what(self, client, place, bi):
        owner = factories.member(name="Ibu Rahasia")
        factories.action(
            workstream=place, lead_institution=bi, owner=owner, late=True, outlook="on_time"
        )

        page = read(client, address())

        for secret in ("Rahasia", "contradict", "Vitality", "/people/"):
            assert secret not in page

    def test_offers_its_paragraph_in_both_languages(self, client, place, bi):
        factories.action(workstream=place, lead_institution=bi)

        page = read(client, address())

        for language in ("id", "en"):
            assert f'id="paragraph-{language}" lang="{language}"' in page
        assert "Bank of Indonesia leads 1 action" in page

    @pytest.mark.parametrize(
        "query",
        [
            *({"show": "everything"}, {"show": "owns"}, {"week": "2018-09-25"}, {"week": "x"}),
            {"week": "9999-12-27"},  # a Monday, whose Sunday no calendar knows
        ],
    )
    def test_names_what_it_does_not_know(self, client, bi, query):
        response = client.get(address(), query)

        assert response.status_code == 200
        assert len(response.context["ignored"]) == 1

    @pytest.mark.parametrize("code", ["ZZZ", "\x00", "🏦", "bi"])
    def test_of_nobody_is_not_found(self, client, bi, code):
        assert client.get(address(code)).status_code == 404

    def test_bears_a_long_name_and_nothing_to_do(self, client, db):
        factories.institution("PANJANG", title="x" * 300)

        page = read(client, address("PANJANG"))

        assert "It leads no action." in page
        assert "Nothing is on this list." in page


@pytest.mark.parametrize("number", [10, 1000])
@pytest.mark.parametrize(("role", "queries"), [(None, 16), ("viewer", 23)])
def test_its_queries_and_bytes_do_not_grow(
    reader, place, bi, django_assert_num_queries, number, role, queries
):
    client, owner = reader(role), factories.member()
    led = factories.actions(number, workstream=place, lead_institution=bi, owner=owner, late=True)
    factories.actions(number, workstream=place, supporting=";BI;", due_date=days(9))
    milestone = factories.milestone(due_date=days(9), actions=led)
    ActionItem.objects.filter(pk=led[0].pk).update(due_date=days(3))
    factories.slip(milestone)
    client.get(address())

    with django_assert_num_queries(queries):
        page = client.get(address())

    assert len(page.content) < 130_000
