"""A move is looked at before it is saved: what it pushes, where, and what is then confirmed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from roadmap.models import DueDateChange
from tests import factories
from tests.committee_factories import date_request
from tests.factories import days, dependency
from tests.roadmap.forms import seen, sent, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]
NEW = {"due_date": "2019-01-17", "due_precision": "day", "note": "Pengadaan diulang."}  # +15 days


@pytest.fixture
def secretariat(client_of):
    return client_of(factories.member("secretariat", language="en"))


@pytest.fixture
def action(workstreams):
    """Give LOG-01, due on 2 January 2019; FUND-01 waits for it and gates a milestone."""
    made = factories.action("LOG-01", workstream=workstreams[0])
    waits = factories.action(
        "FUND-01", workstream=workstreams[1], start_date=days(101), due_date=days(150)
    )
    factories.seat(factories.member(name="Sari"), workstreams[1])
    dependency(made, waits)
    factories.milestone(title="Dana cair", due_date=days(160), actions=[waits])
    return made


@pytest.fixture
def page(action):
    return reverse("roadmap:action-move", args=[action.code])


def words(answer):
    return " ".join(answer.content.decode().split())


def assert_it_tells(answer):
    text = words(answer)
    for part in ("What 17 January 2019 would do", "FUND-01", "Pillar FUND", "Led by Sari"):
        assert part in text
    assert "+15 days" in text
    assert "<del>21 February 2019</del> → 8 March 2019" in text
    assert "Dana cair" in text
    assert "by FUND-01, which is pushed" in text


class TestLooking:
    def test_the_page_shows_what_hangs_on_the_date_in_force(self, secretariat, page):
        text = words(secretariat.get(page))

        assert "What hangs on this date" in text
        assert "FUND-01" in text
        assert "0 days of room" in text

    def test_a_button_looks_ahead_and_saves_nothing(self, secretariat, page, action):
        before = state(action)

        answer = secretariat.post(page, sent(action, **NEW, preview="1"))

        assert answer.status_code == 200
        assert_it_tells(answer)
        assert f"\n{NEW['note']}</textarea>" in answer.content.decode()
        assert state(action) == before

    def test_an_address_that_names_the_date_looks_ahead(self, secretariat, page):
        answer = secretariat.get(f"{page}?due_date=2019-01-17&due_precision=day")

        assert_it_tells(answer)
        assert 'value="2019-01-17"' in answer.content.decode()

    def test_as_the_date_changes_only_the_look_ahead_is_answered(self, secretariat, page):
        answer = secretariat.get(
            page, {"due_date": "2019-01-17", "due_precision": "day"}, HTTP_HX_REQUEST="true"
        )

        assert_it_tells(answer)
        assert "<html" not in answer.content.decode()
        assert answer.content.decode().strip().startswith("<section")

    def test_a_period_counts_from_its_last_day(self, secretariat, page):
        answer = secretariat.get(f"{page}?due_date=2019-01-05&due_precision=month")

        assert "What 31 January 2019 would do" in words(answer)
        assert "+29 days" in words(answer)

    @pytest.mark.parametrize("day", ["banana", "2019-02-30", "1999-01-01", ""])
    def test_no_day_shows_what_hangs_on_the_one_in_force(self, secretariat, page, day):
        text = words(secretariat.get(page, {"due_date": day, "due_precision": "day"}))

        assert "What hangs on this date" in text


class TestConfirming:
    def test_what_pushes_others_is_confirmed_first(self, secretariat, page, action):
        before = state(action)

        answer = secretariat.post(page, sent(action, **NEW))

        assert answer.status_code == 422
        assert "Nothing was moved yet" in words(answer)
        assert "Confirm and move" in words(answer)
        assert_it_tells(answer)
        assert f"\n{NEW['note']}</textarea>" in answer.content.decode()
        assert state(action) == before

    def test_then_it_moves_and_nothing_else_does(self, secretariat, page, action):
        other = action.successors.get().successor
        first = secretariat.post(page, sent(action, **NEW))

        answer = secretariat.post(page, sent(action, **NEW, seen=seen(first)))

        action.refresh_from_db()
        assert answer.status_code == 302
        assert action.due_date == days(115)
        assert state(other)["due_date"] == days(150)
        assert DueDateChange.objects.count() == 1

    def test_sent_twice_it_moves_once(self, secretariat, page, action):
        first = secretariat.post(page, sent(action, **NEW, preview="1"))
        fields = sent(action, **NEW, seen=seen(first))

        answers = [secretariat.post(page, fields).status_code for _ in range(2)]

        assert answers == [302, 302]
        assert DueDateChange.objects.count() == 1

    def test_seen_of_another_date_confirms_nothing(self, secretariat, page, action):
        first = secretariat.post(page, sent(action, **NEW, preview="1"))
        later = NEW | {"due_date": "2019-03-31"}

        answer = secretariat.post(page, sent(action, **later, seen=seen(first)))

        assert answer.status_code == 422
        assert "What 31 March 2019 would do" in words(answer)
        assert not DueDateChange.objects.exists()

    def test_what_came_to_hang_on_it_meanwhile_is_shown_first(
        self, secretariat, page, action, workstreams
    ):
        first = secretariat.post(page, sent(action, **NEW, preview="1"))
        dependency(
            action, factories.action("TAX-01", workstream=workstreams[4], start_date=days(101))
        )

        answer = secretariat.post(page, sent(action, **NEW, seen=seen(first)))

        assert answer.status_code == 422
        assert "TAX-01" in words(answer)

    def test_what_pushes_nothing_moves_at_once(self, secretariat, page, action):
        answer = secretariat.post(page, sent(action, **NEW | {"due_date": "2018-12-01"}))

        assert answer.status_code == 302

    def test_a_missing_reason_is_named_before_any_confirmation(self, secretariat, page, action):
        answer = secretariat.post(page, sent(action, **NEW | {"note": ""}))

        assert answer.status_code == 422
        assert "Nothing was moved yet" not in words(answer)

    def test_a_milestone_that_leaves_its_gates_behind_is_confirmed_too(
        self, secretariat, action, workstreams
    ):
        milestone = factories.milestone(due_date=days(130), actions=[action])
        place = reverse("roadmap:milestone-move", args=[milestone.pk])
        fields = {"due_date": str(days(90)), "due_precision": "day", "note": "Dimajukan."}

        first = secretariat.post(place, sent(milestone, **fields))
        assert first.status_code == 422
        assert "LOG-01" in words(first)
        answer = secretariat.post(place, sent(milestone, **fields, seen=seen(first)))

        milestone.refresh_from_db()
        assert answer.status_code == 302
        assert milestone.due_date == days(90)


class TestAsking:
    def test_asking_shows_it_and_asks_for_no_confirmation(self, client_of, action):
        owner = client_of(factories.member(language="en"))
        type(action).objects.filter(pk=action.pk).update(owner=owner.member)
        place = reverse("roadmap:action-ask", args=[action.code])

        assert_it_tells(owner.post(place, sent(action, **NEW, preview="1")))
        assert owner.post(place, sent(action, **NEW)).status_code == 302

    @pytest.mark.parametrize("step", ["", "-approve", "-decline"])
    def test_whoever_answers_sees_it(self, secretariat, action, step):
        made = date_request(action, new_date=days(115))

        text = words(secretariat.get(reverse(f"roadmap:request{step}", args=[made.pk])))

        assert "It pushes 1 action that waits for it." in text
        assert "Led by Sari" in text

    def test_answered_it_shows_what_was_seen_then(self, secretariat, action):
        made = date_request(action, new_date=days(115))
        secretariat.post(reverse("roadmap:request-approve", args=[made.pk]), sent(made))
        action.successors.update(removed_on=factories.TODAY, removed_by=secretariat.member)

        text = words(secretariat.get(reverse("roadmap:request", args=[made.pk])))

        assert "as seen when it was answered" in text
        assert "It pushes 1 action that waits for it." in text
