"""The timeline: what it draws, what its table says, what one can ask it, and what it may weigh."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.models import Dependency, Milestone
from roadmap.selectors.timeline import MOST_ROWS, PAGE_ROWS
from tests import committee_factories, factories
from tests.doors import Walker
from tests.factories import TODAY, days
from tests.roadmap.drawing import ENGLISH, URL, codes, in_a_row, line_of, lines, show, wait

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]
NAME = "Penyusunan pedoman logistik perdagangan elektronik bagi UMKM"  # of ordinary length


@pytest.fixture
def place(workstreams):
    return workstreams[0]


@pytest.fixture
def chain(place):
    return in_a_row(place)


class TestWhatIsDrawn:
    def test_each_workstream_has_its_actions_in_order_of_their_start(self, client, workstreams):
        factories.action("LOG-02", workstream=workstreams[0], start_date=days(-10))
        factories.action("LOG-01", workstream=workstreams[0], start_date=days(-90))
        factories.action("FUND-01", workstream=workstreams[1])

        page = show(client)

        assert codes(page) == ["LOG-01", "LOG-02", "FUND-01"]
        assert [line["group"].found for line in lines(page, "group")] == [2, 1, 0, 0, 0, 0, 0]

    def test_the_first_dates_lie_under_the_present_ones(self, client, place):
        action = factories.action("LOG-01", workstream=place, due_date=days(10))
        factories.slip(action, new_date=days(100))

        line = line_of(show(client), "LOG-01")

        assert line["base"].x == line["now"].x
        assert line["base"].width < line["now"].width
        assert (line["first"], line["shift"]) == ("4 Oct 2018", "+90 days")

    def test_an_action_without_dates_is_listed_without_a_bar(self, client, place):
        factories.action("LOG-01", workstream=place, due_date=None, start_date=None)
        factories.action("LOG-02", workstream=place, due_date=None)
        factories.action("LOG-03", workstream=place, start_date=None)

        page = show(client)

        assert [line["now"] is None for line in lines(page)] == [True, False, True]
        assert set(codes(page)) == {"LOG-01", "LOG-02", "LOG-03"}
        assert line_of(page, "LOG-03")["now"].width < 1  # a day
        assert page.text.count(">no date<") >= 1

    def test_signals_are_icons_and_words_too(self, client, place):
        factories.action("LOG-01", workstream=place, late=True)

        page = show(client)

        assert '<use href="#tl-late"' in page.text
        assert '<b data-signal="late">Late</b>' in page.text

    def test_an_example_date_says_so(self, client, place):
        factories.action("LOG-01", workstream=place, due_basis="illustrative")

        page = show(client)

        assert "tl-example" in page.text
        assert page.text.count("example, not an official target") == 2  # legend, table

    def test_milestones_stand_with_their_workstream_and_the_whole_roadmap(self, client, place):
        factories.milestone(title="Milik pilar", workstream=place)
        factories.milestone(title="Milik semua", workstream=None)

        page = show(client)

        (lane,) = lines(page, "lane")
        assert [one["name"] for one in lane["milestones"]] == ["Milik semua"]
        assert [one["name"] for one in lines(page, "group")[0]["milestones"]] == ["Milik pilar"]
        assert '#tl-milestone-all"' in page.text
        assert '#tl-milestone"' in page.text

    def test_a_milestone_without_a_date_is_told_and_not_drawn(self, client, place):
        factories.milestone(title="Kapan-kapan", workstream=place, due_date=None)

        page = show(client)

        assert page.text.count("Kapan-kapan") == 1
        assert "<td>no date</td>" in page.text

    def test_today_is_marked(self, client, place):
        factories.action(workstream=place)

        page = show(client)

        assert page.context["chart"].today is not None
        assert "Today, 24 September 2018" in page.text

    def test_a_name_of_300_letters_is_cut_in_the_chart_and_whole_beside_it(self, client, place):
        name = ("sangat panjang sekali " * 15)[:300].strip()
        factories.action("LOG-01", workstream=place, title=name)

        page = show(client)

        assert line_of(page, "LOG-01")["text"].endswith("…")
        assert page.text.count(name) == 2  # the title of its link, the table

    def test_what_people_wrote_is_escaped(self, client, place):
        factories.action("LOG-01", workstream=place, title='<b onload="x">"&\'')
        factories.milestone(workstream=place, title="<i>a</i>")

        page = show(client)

        assert "<b onload" not in page.text
        assert "<i>a" not in page.text

    @pytest.mark.parametrize("start", [date(2020, 2, 29), date(2019, 12, 31), date(2020, 1, 1)])
    def test_leap_days_and_new_years(self, client, place, start):
        factories.action("LOG-01", workstream=place, start_date=start, due_date=start)

        page = show(client, **{"from": start.isoformat(), "to": start.isoformat()})

        assert line_of(page, "LOG-01")["now"].width == 100
        assert str(start.year) in page.text


class TestEdges:
    def test_no_actions_at_all(self, client, workstreams):
        page = show(client)

        assert "No action yet" in page.text
        assert len(lines(page, "group")) == 7

    def test_a_roadmap_without_workstreams(self, client):
        assert "No action yet" in show(client).text

    def test_a_roadmap_that_has_not_begun(self, client, place):
        factories.action(
            "LOG-01", workstream=place, start_date=days(400), due_date=days(500), status="planned"
        )

        page = show(client)

        assert line_of(page, "LOG-01")["now"].x > 50
        assert page.context["chart"].today < 15

    def test_400_milestones_in_one_month_are_a_count_that_opens_them(self, client, place):
        rows = factories.milestones(400, workstream=place)
        for number, one in enumerate(rows):
            one.due_date = one.first_due_date = date(2018, 12, 1 + number % 30)
        Milestone.objects.bulk_update(rows, ["due_date", "first_due_date"])
        factories.milestones(3, workstream=place, due_date=days(-60))

        page = show(client)

        shown = lines(page, "group")[0]["milestones"]
        assert sum(one["count"] for one in shown) == 403
        assert len(shown) < 8
        doors = Walker(client).doors(URL)
        opened = [door for door in doors if "/milestones/" in door.place]
        assert opened
        assert [door for door in opened if not door.is_right] == []

    def test_cancelled_actions_are_left_out_and_said(self, client, place):
        factories.action("LOG-01", workstream=place, cancelled=True)
        factories.action("LOG-02", workstream=place)

        page = show(client)

        assert codes(page) == ["LOG-02"]
        assert "1 cancelled action is left out" in page.text
        assert codes(show(client, status="cancelled")) == ["LOG-01"]

    def test_every_number_opens_what_it_counts(self, client, workstreams):
        factories.actions(3, workstream=workstreams[0], late=True)
        factories.actions(2, workstream=workstreams[1])
        factories.actions(2, workstream=workstreams[1], cancelled=True)
        walker = Walker(client)

        doors = walker.doors(URL) + walker.doors(f"{URL}?workstream=FUND&q=Rencana")

        assert len(doors) >= 8
        assert [door for door in doors if not door.is_right] == []
        assert walker.unmarked(URL) == []


class TestOpenAndClosed:
    def test_a_workstream_is_closed_and_opened_by_a_link(self, client, workstreams):
        for one in workstreams[:2]:
            factories.action(f"{one.code}-01", workstream=one)
        page = show(client)

        closed = client.get(URL + lines(page, "group")[0]["url"].partition("#")[0])
        assert codes(closed) == ["FUND-01"]
        assert lines(closed, "group")[0]["sum"] is not None

        opened = client.get(URL + lines(closed, "group")[0]["url"].partition("#")[0])
        assert codes(opened) == ["LOG-01", "FUND-01"]

    def test_all_can_be_closed(self, client, place):
        factories.action(workstream=place)

        page = show(client, open="-")

        assert lines(page) == []
        assert "1 action" in page.text
        assert 'aria-expanded="false"' in page.text

    def test_more_than_a_chart_takes_begins_closed_and_goes_page_by_page(self, client, workstreams):
        factories.actions(MOST_ROWS + 1, workstream=workstreams[0])
        factories.actions(3, workstream=workstreams[1])

        assert codes(show(client)) == []
        one = show(client, workstream="LOG")
        assert len(codes(one)) == PAGE_ROWS
        assert f"1–{PAGE_ROWS} of {MOST_ROWS + 1}" in one.text
        last = show(client, workstream="LOG", page=9)
        assert len(codes(last)) == 1
        assert set(codes(last)) & set(codes(one)) == set()
        assert len(codes(show(client, open="FUND"))) == 3

    def test_400_rows_are_one_page(self, client, workstreams):
        factories.actions(MOST_ROWS, workstream=workstreams[0])

        assert len(codes(show(client))) == MOST_ROWS


class TestWhatIsAsked:
    def test_filters_are_those_of_the_list_of_actions(self, client_of, workstreams):
        client, owner = client_of("viewer"), factories.member()
        ministry = factories.institution("KOMINFO")
        factories.action("LOG-01", workstream=workstreams[0], late=True, owner=owner)
        factories.action("LOG-02", workstream=workstreams[0], supporting=";KOMINFO;")
        factories.action("FUND-01", workstream=workstreams[1], lead_institution=ministry)

        assert codes(show(client, workstream="FUND")) == ["FUND-01"]
        assert set(codes(show(client, institution="KOMINFO"))) == {"LOG-02", "FUND-01"}
        assert codes(show(client, signal="late")) == ["LOG-01"]
        assert codes(show(client, owner=owner.pk)) == ["LOG-01"]
        assert codes(show(client, q="fund-0")) == ["FUND-01"]
        assert codes(show(client, q="tidak ada")) == []

    @pytest.mark.parametrize(
        "query",
        [
            {"zoom": "hours"},
            {"from": "banana"},
            {"to": "1850-01-01"},
            {"from": "2018-12-01", "to": "2018-01-01"},
            {"open": "LOG,ZZZ"},
            {"since": "banana"},
            {"since": "2099-01-01"},
            {"since": "meeting:1"},
            {"slip": "NO-99"},
            {"slip": "LOG-01", "days": "-3"},
            {"slip": "LOG-01", "days": "9" * 400},
            {"milestone": "999"},
            {"milestone": "x"},
            {"page": "x"},
            {"workstream": "\x00ZZZ"},
            {"owner": "1"},
        ],
    )
    def test_what_it_does_not_know_is_named_and_ignored(self, client, place, query):
        factories.action("LOG-01", workstream=place)

        page = show(client, **query)

        assert page.context["asked"].ignored
        assert codes(page) == ["LOG-01"]

    def test_zoom_and_days(self, client, place):
        factories.action(workstream=place, start_date=date(2014, 1, 1), due_date=date(2022, 1, 1))

        months = show(client, zoom="months").context["chart"]
        years = show(client, zoom="years").context["chart"]
        asked = show(client, **{"from": "2018-02-03", "to": "2018-03-04"}).context["chart"]

        assert len(months.lower) == 12
        assert (years.window.first.year, years.window.last.year) == (2014, 2022)
        assert asked.window.days == 30

    def test_a_bar_out_of_sight_says_where_it_is(self, client, place):
        factories.action("LOG-01", workstream=place)

        page = show(client, **{"from": "2030-01-01", "to": "2030-12-31"})

        assert "◂ 2 Jan 2019" in page.text


class TestReaders:
    def test_the_public_sees_no_owner_and_no_meeting(self, client, client_of, place):
        owner = factories.member(name="Sari Rahasia")
        committee_factories.meeting()
        factories.action("LOG-01", workstream=place, owner=owner)

        assert "Sari Rahasia" not in show(client).text
        assert "since the meeting" not in show(client).text
        assert "Sari Rahasia" in show(client_of("viewer")).text

    def test_as_of_a_past_day(self, client, place):
        action = factories.action("LOG-01", workstream=place, due_date=days(10))
        factories.slip(action, new_date=days(100), on=days(-1))
        factories.update(action, kind="moved", at=factories.moment(days(-1)), due_date=days(100))
        factories.action("LOG-02", workstream=place, created_on=TODAY)
        late = wait(action, factories.action("LOG-03", workstream=place), created_on=TODAY)

        past = f"/as-of/{days(-2).isoformat()}"
        page = client.get(f"{past}{URL}", headers=ENGLISH)

        assert set(codes(page)) == {"LOG-01", "LOG-03"}
        assert line_of(page, "LOG-01")["dates"].endswith("4 Oct 2018")
        assert not line_of(page, "LOG-03")["waits"]
        assert f'href="{past}/actions/LOG-01/"' in page.content.decode()
        assert late.created_on == TODAY


class TestWeight:
    def realistic(self, place, number):
        ministry = factories.institution("KEMENKO_EKON")
        owner = factories.member(name="Anggota Komite Pengarah")
        made = factories.actions(
            number,
            workstream=place,
            title=NAME,
            owner=owner,
            lead_institution=ministry,
            first_due_date=days(40),
        )
        by = factories.member()
        Dependency.objects.bulk_create(
            Dependency(predecessor=a, successor=b, created_on=days(-9), created_by=by)
            for a, b in zip(made[::4], made[1::4], strict=False)
        )

    def test_400_rows_weigh_300_kb_at_most(self, client_of, place):
        client = client_of("viewer")
        self.realistic(place, 200)
        half = len(show(client).content)
        self.realistic_more(place)
        whole = len(show(client).content)

        assert whole <= 300_000
        # What a row weighs does not depend on how many there are.
        assert whole - half < 201 * 700

    def realistic_more(self, place):
        factories.actions(200, workstream=place, title=NAME)

    @pytest.mark.parametrize("query", [{}, {"workstream": "LOG", "open": "LOG"}])
    def test_queries_do_not_grow(self, client_of, place, query):
        client = client_of("viewer")
        factories.actions(10, workstream=place)
        factories.milestones(10, workstream=place)
        show(client, **query)
        with CaptureQueriesContext(connection) as few:
            show(client, **query)
        factories.actions(390, workstream=place)
        factories.milestones(390, workstream=place)
        with CaptureQueriesContext(connection) as many:
            show(client, **query)

        assert len(few) == len(many) <= 16

    def test_questions_cost_a_fixed_number_of_queries(self, client, chain, place):
        query = {"slip": "LOG-01", "milestone": chain[-1].pk, "since": days(-9).isoformat()}
        show(client, **query)
        with CaptureQueriesContext(connection) as few:
            show(client, **query)
        made = factories.actions(300, workstream=place)
        by = factories.member()
        Dependency.objects.bulk_create(
            Dependency(predecessor=chain[0], successor=one, created_on=TODAY, created_by=by)
            for one in made
        )
        with CaptureQueriesContext(connection) as many:
            page = show(client, **query)

        assert len(few) == len(many) <= 25
        assert len(page.context["slip"]["pushes"]) == 50
        assert "The first 50 are shown" in page.text

    def test_no_style_no_script_no_colour_in_the_page(self, client, chain):
        page = show(client, slip="LOG-01", milestone=chain[-1].pk, since=days(-9).isoformat())
        main = re.search(r"<main.*</main>", page.text)[0]

        assert not re.search(r"<style|<script|\sstyle=|\son\w+=|#[0-9a-fA-F]{6}\b", main)
