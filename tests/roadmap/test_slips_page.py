"""Moved dates: how often, how far, why and by whose approval; and what came and went."""

from __future__ import annotations

import re
from random import Random
from statistics import median

import pytest
from django.db import connection
from django.urls import reverse

from committee.models import Member
from roadmap.models import DateRequest, DueDateChange
from roadmap.selectors import slips
from roadmap.selectors.actions import Option
from roadmap.selectors.slips import Show, SlipQuery
from tests import committee_factories, factories
from tests.doors import Walker
from tests.factories import TODAY, days

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]
PAGE = reverse("roadmap:slips")
WHOLE = "-"


@pytest.fixture
def reader(client_of):
    return client_of(factories.member("viewer", language="en"))


@pytest.fixture
def log():
    return factories.workstream("LOG", title="Logistik", title_en="Logistics")


@pytest.fixture
def fund():
    return factories.workstream("FUND", title="Pendanaan", title_en="Funding")


def text(answer):
    html = re.search(r"<main.*</main>", answer.content.decode(), re.DOTALL)[0]
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def move(item, number, **fields):
    """Move a date by so many days."""
    return factories.slip(item, new_date=factories.timedelta(number) + item.due_date, **fields)


def summary(**asked):
    places = [Option("LOG", "Logistik"), Option("FUND", "Pendanaan"), Option(WHOLE, "Semua")]
    query = SlipQuery(**asked)
    return slips.summary(query=query, today=TODAY, inside=True, offered=places)


class TestSums:
    @pytest.fixture
    def moves(self, log, fund):
        """Three moves in one workstream, two in another, one of the whole roadmap, one note."""
        action = factories.action("LOG-01", workstream=log, title="Gudang desa")
        other = factories.action("FUND-01", workstream=fund)
        for number in (10, 300, -6):
            move(action, number)
        move(other, 30)
        move(factories.milestone(workstream=fund, title="Pinjaman"), 61)
        move(factories.milestone(workstream=None, title="Peluncuran"), 90)
        move(other, 1000, is_applied=False)

    def test_by_hand(self, moves):
        found = summary()

        sums = found.sums
        assert (sums.moves, sums.items, sums.notes) == (6, 4, 1)
        assert (sums.later, sums.earlier) == (5, 1)
        assert (sums.days, sums.median) == (485, 45.5)
        assert [(one.code, one.moves, one.days, one.median) for one in found.places] == [
            ("LOG", 3, 304, 10),
            ("FUND", 2, 91, 45.5),
            (WHOLE, 1, 90, 90),
        ]
        assert [(one.item.title, one.times, one.days) for one in found.most] == [
            ("Gudang desa", 3, 304),
            ("Peluncuran", 1, 90),
            ("Pinjaman", 1, 61),
            ("Rencana aksi " + str(found.most[3].item.number), 1, 30),
        ]

    def test_the_page_says_them_in_words(self, reader, moves):
        shown = text(reader.get(PAGE))

        for words in (
            "6 moves",
            "4 items that moved",
            "+485 days in all",
            "+45.5 days median of a move",
            "Moved later : 5",
            "Notes : 1",
            "moved 3×, +304 days",
        ):
            assert words.replace(" :", ":") in shown
        assert "Logistics 3 Logistics +304 days Logistics +10 days" in shown

    def test_every_number_opens_the_rows_it_counts(self, reader, moves):
        walker = Walker(reader)

        doors = walker.doors(PAGE)

        assert len(doors) > 15
        assert [door for door in doors if not door.is_right] == []
        assert walker.unmarked(PAGE) == []
        for filtered in ("workstream=FUND", "kind=milestone", "way=earlier", "show=notes"):
            wrong = [one for one in walker.doors(f"{PAGE}?{filtered}") if not one.is_right]
            assert wrong == []

    def test_they_are_those_of_other_sql_and_of_the_standard_library(self, log, fund):
        """Independent of the selector: plain SQL for what is summed, Python for the middle."""
        dice = Random(20180924)
        things = [factories.action(workstream=dice.choice([log, fund])) for _ in range(8)]
        places = [log, fund, None]
        things += [factories.milestone(workstream=dice.choice(places)) for _ in range(6)]
        for _ in range(80):
            number = dice.choice([-40, -7, 1, 30, 31, 90, 304])
            is_applied = dice.random() < 0.8
            move(dice.choice(things), number, is_applied=is_applied, on=days(-dice.randrange(90)))

        found = summary()

        shifts = _by_place()
        every = [shift for some in shifts.values() for shift in some]
        assert (found.sums.moves, found.sums.days) == (len(every), sum(every))
        assert found.sums.median == median(every)
        assert {one.code: (one.moves, one.days, one.median) for one in found.places} == {
            code: (len(some), sum(some), median(some)) for code, some in shifts.items()
        }
        assert len(shifts) == 3
        for code, some in shifts.items():
            sums = summary(workstream=code).sums
            assert (sums.moves, sums.days, sums.median) == (len(some), sum(some), median(some))

    def test_nothing_moved_is_said_kindly(self, reader, log):
        shown = text(reader.get(PAGE))

        assert "No due date was moved yet; every first date still stands." in shown
        assert "Whenever the secretariat moves a due date, it is listed here" in shown


def _by_place():
    """Give the shifts of each workstream, by SQL of our own."""
    difference = (
        "julianday(c.new_date) - julianday(c.old_date)"
        if connection.vendor == "sqlite"
        else "c.new_date - c.old_date"
    )
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT w.code, {difference}
            FROM roadmap_duedatechange c
            LEFT JOIN roadmap_actionitem a ON a.id = c.action_id
            LEFT JOIN roadmap_milestone m ON m.id = c.milestone_id
            LEFT JOIN committee_workstream w ON w.id = COALESCE(a.workstream_id, m.workstream_id)
            WHERE c.is_applied"""
        )
        for code, shift in cursor.fetchall():
            found.setdefault(code or WHOLE, []).append(int(shift))
    return found


class TestEntries:
    def test_one_shows_both_dates_days_why_who_asked_and_when(self, reader, log):
        action = factories.action("LOG-01", workstream=log, due_date=days(7))
        move(
            action,
            304,
            reason="Pengadaan diulang.",
            asked_by="BI",
            by=factories.member(name="Sari"),
        )

        body = reader.get(PAGE).content.decode()

        assert "<del>1 October 2018</del>" in body
        assert "<strong>1 August 2019</strong>" in body
        shown = text(reader.get(PAGE))
        for words in ("+304 days", "9 Sep 2018", "Pengadaan diulang.", "asked by BI"):
            assert words in shown
        assert "entered by Sari" in shown
        assert action.get_absolute_url() in body

    def test_by_decision_by_answer_or_from_the_public_record(self, reader, log):
        decision = committee_factories.decision(committee_factories.meeting(number=3), number=2)
        action, by = factories.action(workstream=log), factories.member("secretariat", name="Tuti")
        move(action, 5, by=by, decision=decision)
        asked = committee_factories.date_request(action)
        slip = move(action, 6, by=by)
        answered = {"answered_by": by, "answered_on": TODAY, "state": "approved"}
        DateRequest.objects.filter(pk=asked.pk).update(slip=slip, **answered)
        move(action, 7, source="unverified: kontan")

        body, shown = reader.get(PAGE).content.decode(), text(reader.get(PAGE))

        assert decision.get_absolute_url() in body
        assert "Decision 3/2" in shown
        assert "approved by Tuti" in shown
        assert "From the public record" in shown
        assert "kontan not verified" in shown

    def test_a_note_and_an_example_are_marked(self, reader, log):
        action = factories.action(workstream=log, due_basis="illustrative")
        move(action, 5, is_applied=False)

        shown = text(reader.get(PAGE))

        assert "announced, but not the date then in force: a note" in shown
        assert "example, not an official target" in shown

    def test_fifty_a_page_the_newest_first(self, reader, log):
        action = factories.action(workstream=log)
        for number in range(60):
            move(action, 1, on=days(-number))

        first = reader.get(PAGE).context["page_obj"]
        last = reader.get(PAGE, {"page": "2"}).context["page_obj"]

        assert (len(first.object_list), len(last.object_list)) == (50, 10)
        assert first.object_list[0].on == TODAY
        assert last.object_list[-1].on == days(-59)

    def test_names_of_300_characters(self, reader, log):
        action = factories.action(workstream=log, title="x" * 300)
        move(action, 5, reason="y" * 300)

        assert "x" * 300 in text(reader.get(PAGE))


class TestFilters:
    @pytest.fixture
    def two(self, log, fund):
        bi = factories.institution("BI")
        ojk = factories.institution("OJK")
        first = factories.action("LOG-01", workstream=log, title="Gudang", lead_institution=bi)
        second = factories.action(
            "FUND-01", workstream=fund, supporting=";BI;", lead_institution=ojk
        )
        gate = factories.milestone(title="Peluncuran", workstream=None)
        move(first, 5, on=days(-40), reason="Banjir.")
        move(second, -6, on=days(-10), asked_by="Budi")
        move(gate, 7, on=days(-2))
        return first, second, gate

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            ({}, {5, -6, 7}),
            ({"workstream": "LOG"}, {5}),
            ({"workstream": "-"}, {7}),
            ({"institution": "BI"}, {5, -6}),
            ({"institution": "OJK"}, {-6}),
            ({"kind": "milestone"}, {7}),
            ({"kind": "action"}, {5, -6}),
            ({"way": "earlier"}, {-6}),
            ({"since": str(days(-10))}, {-6, 7}),
            ({"q": "gudang"}, {5}),
            ({"q": "banjir"}, {5}),
            ({"q": "budi"}, {-6}),
            ({"q": "fund-01"}, {-6}),
            ({"item": "action:LOG-01"}, {5}),
            ({"workstream": "LOG", "kind": "milestone"}, set()),
        ],
    )
    def test_each_narrows_list_and_sums(self, reader, two, asked, expected):
        answer = reader.get(PAGE, asked)

        assert {one.days for one in answer.context["page_obj"]} == expected
        assert answer.context["summary"].sums.days == sum(expected)

    def test_since_a_meeting(self, reader, two):
        meeting = committee_factories.meeting(number=3, date=days(-5))

        answer = reader.get(PAGE, {"meeting": "3"})

        assert {one.days for one in answer.context["page_obj"]} == {7}
        assert f"Since {meeting}" in text(answer)

    def test_what_is_not_known_is_named_and_ignored(self, reader, two):
        unknown = {"workstream": "XX", "institution": "<b>", "kind": "mood", "way": "up"}
        unknown |= {"show": "banana", "item": "action:NOPE", "since": "kemarin"}

        answer = reader.get(PAGE, unknown)

        assert answer.status_code == 200
        assert len(answer.context["page_obj"].object_list) == 3
        for value in ("XX", "mood", "up", "banana", "action:NOPE", "kemarin"):
            assert f"“{value}”" in text(answer)
        assert "“&lt;b&gt;”" in answer.content.decode()

    @pytest.mark.parametrize("item", ["milestone:x", "milestone:99999999999999999999", "x:1", ":"])
    def test_an_item_that_cannot_be_is_ignored(self, reader, two, item):
        assert len(reader.get(PAGE, {"item": item}).context["page_obj"].object_list) == 3

    def test_filters_in_force_can_be_left_out_one_by_one(self, reader, two):
        body = reader.get(PAGE, {"workstream": "LOG", "q": "gudang"}).content.decode()

        assert f'href="{PAGE}?q=gudang"' in body
        assert f'href="{PAGE}?workstream=LOG"' in body

    def test_nothing_found_leads_back(self, reader, two):
        answer = reader.get(PAGE, {"q": "tidak ada"})

        assert "No due date was moved that meets these filters." in text(answer)
        assert "Nothing matches" in text(answer)


def test_each_show_counts_what_it_lists(reader, log):
    action = factories.action(workstream=log)
    move(action, 5)
    move(action, 6, is_applied=False)

    shown = {one: reader.get(PAGE, {"show": one}).context["page_obj"] for one in Show}

    lengths = {one: len(page.object_list) for one, page in shown.items()}
    assert lengths == {one: page.paginator.count for one, page in shown.items()}
    assert lengths[Show.ALL] == DueDateChange.objects.count() == 2
    assert (lengths[Show.APPLIED], lengths[Show.NOTES], lengths[Show.ITEMS]) == (1, 1, 1)
    assert Member.objects.exists()
