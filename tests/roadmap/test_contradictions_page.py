"""Contradictions: who says “on time” while the dates say otherwise, why, and since when."""

from __future__ import annotations

import re
from random import Random

import pytest
from django.urls import reverse

from committee.rules.days import PastDay
from roadmap.enums import Status
from roadmap.models import StatusUpdate
from roadmap.models.querysets import is_contradictory
from roadmap.selectors import contradictions
from roadmap.selectors.actions import known
from roadmap.selectors.contradictions import Why
from tests import factories
from tests.doors import Walker
from tests.factories import TODAY, days, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]
PAGE = reverse("roadmap:contradictions")
ON_TIME = {"outlook": "on_time"}


@pytest.fixture
def place():
    return factories.workstream("LOG", title="Logistik")


@pytest.fixture
def reader(client_of):
    return client_of(factories.member("viewer", language="en"))


def text(answer):
    html = re.search(r"<main.*</main>", answer.content.decode(), re.DOTALL)[0]
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def found(**asked):
    return contradictions.listing(today=TODAY, offered=[], **asked)


def one_row(reader):
    rows = reader.get(PAGE).context["found"].rows
    assert len(rows) == 1
    return rows[0]


class TestWhy:
    def test_late_says_by_how_many_days(self, reader, place):
        factories.action("LOG-01", workstream=place, late=True, **ON_TIME)

        assert "It was due on 14 September 2018, 10 days ago." in text(reader.get(PAGE))

    def test_an_illustrative_date_is_said_to_be_one(self, reader, place):
        factories.action(workstream=place, late=True, due_basis="illustrative", **ON_TIME)

        assert "example, not an official target" in text(reader.get(PAGE))

    def test_silent_says_since_which_report(self, reader, place):
        factories.action(workstream=place, silent=True, **ON_TIME)

        assert "The last report is of 15 August 2018, 40 days ago." in text(reader.get(PAGE))

    def test_behind_a_milestone_says_which_and_how_many_days(self, reader, place):
        action = factories.action(workstream=place, **ON_TIME)
        gates = [
            factories.milestone(title="Gerbang data", due_date=days(-12), actions=[action]),
            factories.milestone(title="Nanti", due_date=days(12), actions=[action]),
            factories.milestone(title="Sudah", due_date=days(-12), achieved=True, actions=[action]),
            factories.milestone(title="Gagal", due_date=days(-12), missed=True, actions=[action]),
        ]

        shown = reader.get(PAGE)

        sentence = "Gerbang data : its date, 12 September 2018, passed 12 days ago"
        assert sentence in text(shown)
        assert gates[0].get_absolute_url() in shown.content.decode()
        assert not any(title in text(shown) for title in ("Nanti", "Sudah", "Gagal"))

    def test_all_three_reasons_are_told_of_one(self, reader, place):
        action = factories.action(workstream=place, late=True, silent=True, **ON_TIME)
        factories.milestone(due_date=days(-1), actions=[action])

        row = one_row(reader)

        assert (row.late_days, row.silent_days, [gate.days for gate in row.gates]) == (10, 40, [1])

    @pytest.mark.parametrize(
        "fields",
        [
            {"late": True, "outlook": "late"},
            {"late": True, "outlook": ""},
            {"late": True, "submitted": True, **ON_TIME},
            {"late": True, "verified": True, **ON_TIME},
            {"late": True, "cancelled": True, **ON_TIME},
            ON_TIME,
        ],
    )
    def test_whoever_can_be_believed_is_not_on_the_list(self, reader, place, fields):
        factories.action(workstream=place, **fields)

        answer = reader.get(PAGE)

        assert answer.context["found"].rows == []
        assert "Nothing contradicts itself" in text(answer)


class TestSince:
    def test_it_begins_on_the_first_late_day(self, reader, place):
        factories.action(workstream=place, late=True, **ON_TIME)

        assert one_row(reader).since == days(-9)
        assert "15 Sep 2018 9 days ago" in text(reader.get(PAGE))

    def test_it_begins_when_on_time_was_said_of_what_was_late(self, reader, place):
        action = factories.action(workstream=place, due_date=days(-50), outlook="late")
        action.outlook, action.reported_on = "on_time", days(-8)
        action.save()
        factories.update(action, at=moment(days(-8)))

        assert one_row(reader).since == days(-8)

    def test_without_a_history_it_is_told_by_the_dates(self, reader, place):
        factories.actions(1, workstream=place, silent=True, **ON_TIME)

        assert one_row(reader).since == days(-10)

    def test_it_is_the_run_of_days_the_lists_of_those_days_held_it(self, place):
        """Independent of the rule: what the list of each past day said, by its own SQL."""
        dice = Random(20180926)
        for _ in range(30):
            _live(dice, place)

        rows = found().rows

        assert len(rows) >= 10
        assert {row.action.pk: row.since for row in rows} == _runs(rows)
        assert len({row.since for row in rows}) > 5

    def test_looking_back_gives_the_day_known_then(self, reader, place):
        factories.action("LOG-01", workstream=place, late=True, **ON_TIME)

        then = reader.get(f"/as-of/{days(-5).isoformat()}{PAGE}")
        before = reader.get(f"/as-of/{days(-10).isoformat()}{PAGE}")

        assert "It was due on 14 September 2018, 5 days ago." in text(then)
        assert "LOG-01" not in text(before)


def _live(dice, place):
    """Give an action a life of reports, moves and milestones."""
    claim = ["on_time", "on_time", "on_time", "at_risk"]
    action = factories.action(
        workstream=place,
        created_on=days(-100),
        due_date=days(dice.randrange(-60, 30)),
        reported_on=days(-100),
        outlook="on_time",
    )
    for number in sorted(dice.sample(range(-99, 0), dice.randrange(5))):
        action.outlook, action.reported_on = dice.choice(claim), days(number)
        if dice.random() < 0.3:
            action.due_date = days(dice.randrange(-60, 30))
        action.save()
        factories.update(action, at=moment(days(number)))
    if dice.random() < 0.5:
        gate = factories.milestone(
            due_date=days(dice.randrange(-60, 10)), known_from=days(-90), actions=[action]
        )
        if dice.random() < 0.5:
            factories.slip(gate, on=days(dice.randrange(-80, -5)))


def _runs(rows):
    pks = [row.action.pk for row in rows]
    running = dict.fromkeys(pks, TODAY)
    still = set(pks)
    for number in range(1, 101):
        on = PastDay.fromordinal(days(-number).toordinal())
        then = set(
            known(on).filter(is_contradictory(on), pk__in=still).values_list("pk", flat=True)
        )
        still &= then
        running |= dict.fromkeys(still, days(-number))
    return running


class TestList:
    @pytest.fixture
    def several(self, place):
        other = factories.workstream("FUND", title="Pendanaan")
        factories.action("LOG-01", workstream=place, late=True, **ON_TIME)
        factories.action("LOG-02", workstream=place, silent=True, **ON_TIME)
        factories.action("FUND-01", workstream=other, due_date=days(-90), silent=True, **ON_TIME)
        gated = factories.action("FUND-02", workstream=other, **ON_TIME)
        factories.milestone(due_date=days(-3), actions=[gated], workstream=other)
        return other

    def test_every_number_opens_the_rows_it_counts(self, reader, several):
        walker = Walker(reader)
        doors = walker.doors(PAGE)

        assert walker.unmarked(PAGE) == []
        assert [door.count for door in doors] == ["4", "2", "2", "1", "2", "2"]
        assert all(door.is_right for door in doors)

    def test_it_is_the_count_of_the_overview_and_the_action_list(self, reader, several):
        listed = reader.get(reverse("roadmap:actions"), {"signal": "contradiction"})

        assert listed.context["found"].found == found().total == 4

    def test_the_longest_overdue_stands_first(self, several):
        assert [row.action.code for row in found().rows][:2] == ["FUND-01", "LOG-01"]

    def test_reasons_and_workstreams_can_be_joined(self, reader, several):
        answer = reader.get(PAGE, {"why": "silent", "workstream": "LOG"})

        assert [row.action.code for row in answer.context["found"].rows] == ["LOG-02"]

    def test_an_unknown_filter_is_named_and_ignored(self, reader, several):
        answer = reader.get(PAGE, {"why": "<b>lupa", "workstream": "XX"})

        assert "“&lt;b&gt;lupa” is not known here" in answer.content.decode()
        assert "“XX” is not known here" in text(answer)
        assert len(answer.context["found"].rows) == 4

    def test_a_filter_that_finds_nothing_leads_back(self, reader, place):
        factories.action(workstream=place, late=True, **ON_TIME)

        assert "No contradiction of this kind" in text(reader.get(PAGE, {"why": "gate"}))

    def test_long_names_and_many_rows(self, reader, place):
        owner = factories.member(name="N" * 100)
        factories.actions(60, workstream=place, late=True, owner=owner, **ON_TIME)
        place.title = "L" * 300
        place.save()

        answer = reader.get(PAGE)

        assert len(answer.context["found"].rows) == 50
        assert Walker(reader).doors(PAGE)[0].rows == 60


class TestReaders:
    @pytest.fixture
    def action(self, place):
        return factories.action(
            "LOG-01", workstream=place, late=True, owner=factories.member(name="Sari"), **ON_TIME
        )

    def test_the_public_is_led_to_the_sign_in(self, client, action):
        for page in (PAGE, f"/as-of/{days(-1).isoformat()}{PAGE}"):
            assert client.get(page).url.endswith(f"/akun/masuk/?next={page}")

    @pytest.mark.parametrize("who", ["owner", "contributor", "deputy", "lead", "secretariat"])
    def test_whoever_may_report_is_led_there(self, client_of, action, who):
        person = factories.member("secretariat" if who == "secretariat" else "member")
        if who == "owner":
            person = action.owner
        elif who == "contributor":
            action.contributors.add(person)
        elif who == "lead":
            factories.seat(person, action.workstream)
        elif who == "deputy":
            owner = action.owner
            owner.deputy, owner.paused_from, owner.paused_until = person, days(-1), days(1)
            owner.save()

        body = client_of(person).get(PAGE).content.decode()

        assert reverse("roadmap:action-report", args=["LOG-01"]) in body

    @pytest.mark.parametrize("who", ["viewer", "adviser", "member", "chair", "admin"])
    def test_others_are_led_to_the_action(self, client_of, action, who):
        body = client_of(who).get(PAGE).content.decode()

        assert reverse("roadmap:action-report", args=["LOG-01"]) not in body
        assert action.get_absolute_url() in body

    def test_whoever_looks_back_only_reads(self, client_of, action):
        body = client_of(action.owner).get(f"/as-of/{days(-1).isoformat()}{PAGE}").content.decode()

        assert "LOG-01" in body
        assert "/report/" not in body


def test_the_reasons_are_those_that_sql_counts(place):
    dice = Random(20180927)
    for _ in range(40):
        _live(dice, place)

    whole = found()

    counts = dict(whole.whys)
    assert min(counts.values()) > 0
    assert counts[Why.LATE] == sum(row.late_days > 0 for row in whole.rows)
    assert counts[Why.SILENT] == sum(row.silent_days > 0 for row in whole.rows)
    assert counts[Why.GATE] == sum(bool(row.gates) for row in whole.rows)
    assert all(row.late_days or row.silent_days or row.gates for row in whole.rows)
    assert whole.total == len(whole.rows)


def test_a_note_beside_the_chain_changes_nothing(place):
    action = factories.action(workstream=place, late=True, **ON_TIME)
    state = {"status": Status.PLANNED, "outlook": "", "progress": 0}
    at = moment(days(-5))
    StatusUpdate.objects.create(
        action=action, kind="imported", at=at, superseded_at=at, source="uji", **state
    )

    assert found().rows[0].since == days(-9)
