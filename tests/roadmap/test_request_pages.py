"""Asking for another date in the browser, and the page on which it is answered."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from roadmap.models import DateRequest, DueDateChange
from tests import committee_factories, factories
from tests.committee_factories import date_request
from tests.factories import TODAY, days
from tests.roadmap.forms import seen, sent, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]
LIST = reverse("roadmap:requests")
WISH = {"due_date": "2019-06-30", "due_precision": "day", "note": "Pengadaan diulang."}


@pytest.fixture
def secretariat(client_of):
    return client_of(factories.member("secretariat", language="en"))


@pytest.fixture
def owner(client_of):
    return client_of(factories.member(language="en"))


@pytest.fixture
def action(owner, workstreams):
    """Give an action of the owner that gates a milestone 20 days after it."""
    made = factories.action("LOG-01", workstream=workstreams[0], owner=owner.member)
    factories.milestone(title="Layanan dibuka", due_date=days(120), actions=[made])
    return made


def page_of(request, step=""):
    name = f"request-{step}" if step else "request"
    return reverse(f"roadmap:{name}", args=[request.pk])


def ask_page(action):
    return reverse("roadmap:action-ask", args=[action.code])


class TestAsking:
    def test_the_owner_asks_from_the_page_of_the_action(self, owner, action):
        assert ask_page(action) in owner.get(action.get_absolute_url()).content.decode()

        answer = owner.post(ask_page(action), sent(action, **WISH))

        made = DateRequest.objects.get()
        assert answer["Location"] == page_of(made)
        assert (made.action, str(made.new_date), made.reason) == (
            action,
            "2019-06-30",
            WISH["note"],
        )

    def test_the_page_shows_what_hangs_on_the_date(self, owner, action):
        text = owner.get(ask_page(action)).content.decode()

        assert "Layanan dibuka" in text
        assert "20 days of room" in text

    def test_a_look_ahead_asks_nothing_and_keeps_the_text(self, owner, action):
        answer = owner.post(ask_page(action), sent(action, **WISH, preview="1"))

        text = answer.content.decode()
        assert answer.status_code == 200
        assert "+159 days" in text
        assert f"\n{WISH['note']}</textarea>" in text
        assert 'value="2019-06-30"' in text
        assert not DateRequest.objects.exists()

    def test_a_look_ahead_asks_for_no_reason_yet(self, owner, action):
        answer = owner.post(ask_page(action), sent(action, **WISH | {"note": ""}, preview="1"))

        assert "Nothing was saved yet" not in answer.content.decode()
        assert "+159 days" in answer.content.decode()

    @pytest.mark.parametrize("day", ["", "besok", "1999-01-01"])
    def test_a_look_ahead_to_no_day_names_it(self, owner, action, day):
        answer = owner.post(ask_page(action), sent(action, **WISH | {"due_date": day}, preview="1"))

        assert 'aria-invalid="true"' in answer.content.decode()
        assert not DateRequest.objects.exists()

    def test_those_who_move_dates_are_not_asked_to_ask(self, secretariat, action):
        assert ask_page(action) not in secretariat.get(action.get_absolute_url()).content.decode()

    @pytest.mark.parametrize(
        "fields", [{"note": " "}, {"due_date": "2019-02-30"}, {"due_date": str(days(100))}]
    )
    def test_what_makes_no_sense_is_refused_with_the_text_kept(self, owner, action, fields):
        answer = owner.post(ask_page(action), sent(action, **WISH | fields))

        assert answer.status_code == 422
        assert str((WISH | fields)["due_date"]) in answer.content.decode()
        assert not DateRequest.objects.exists()

    def test_a_stale_form_shows_the_date_that_stands(self, owner, action):
        mine = sent(action, **WISH)
        type(action).objects.update(version=7)

        answer = owner.post(ask_page(action), mine)

        assert answer.status_code == 409
        assert not DateRequest.objects.exists()

    def test_sending_twice_asks_once(self, owner, action):
        fields = sent(action, **WISH)

        places = {owner.post(ask_page(action), fields)["Location"] for _ in range(2)}

        assert places == {page_of(DateRequest.objects.get())}

    def test_the_lead_asks_for_a_milestone(self, client_of, workstreams):
        lead = client_of(factories.member(language="en"))
        factories.seat(lead.member, workstreams[0])
        milestone = factories.milestone(workstream=workstreams[0])
        place = reverse("roadmap:milestone-ask", args=[milestone.pk])
        assert place in lead.get(milestone.get_absolute_url()).content.decode()

        lead.post(place, sent(milestone, **WISH))

        assert DateRequest.objects.get().milestone == milestone
        assert "asked on" in lead.get(milestone.get_absolute_url()).content.decode()


class TestRecord:
    def test_the_action_shows_that_a_request_waits_and_then_its_answer(
        self, owner, secretariat, action
    ):
        made = date_request(action)
        text = owner.get(action.get_absolute_url()).content.decode()
        assert "Waiting for an answer" in text
        assert page_of(made) in text

        secretariat.post(page_of(made, "decline"), sent(made, note="Cukup waktu."))

        text = owner.get(action.get_absolute_url()).content.decode()
        assert "Declined" in text
        assert "Cukup waktu." in text

    def test_the_public_sees_no_request(self, client, action):
        date_request(action, reason="Rahasia rapat")

        assert "Rahasia rapat" not in client.get(action.get_absolute_url()).content.decode()

    def test_the_page_shows_the_ripple(self, owner, action):
        text = owner.get(page_of(date_request(action))).content.decode()

        assert "Layanan dibuka" in text
        assert "+80 days" in text

    def test_once_answered_it_shows_what_was_seen_then(self, owner, secretariat, action):
        made = date_request(action)
        secretariat.post(page_of(made, "approve"), sent(made))
        action.milestones.update(due_date=days(500))

        assert "+80 days" in owner.get(page_of(made)).content.decode()

    @pytest.mark.parametrize("pk", [0, 999_999, 2**70])
    def test_an_unknown_one_is_not_found(self, owner, pk):
        assert owner.get(reverse("roadmap:request", args=[pk])).status_code == 404


class TestAnswering:
    def test_approving_moves_the_date_by_a_decision(self, secretariat, action):
        made, decision = date_request(action), committee_factories.decision(effect="move")
        place = f"{page_of(made, 'approve')}?decision={decision.pk}"
        shown = secretariat.get(f"{page_of(made)}?decision={decision.pk}").content.decode()
        assert f'href="{place}"' in shown
        text = secretariat.get(place).content.decode()
        assert f'value="{decision.pk}" selected' in text
        assert "+80 days" in text

        secretariat.post(place, sent(made, decision=decision.pk, note="Disetujui."))

        action.refresh_from_db()
        assert (action.due_date, action.slips.get().decision) == (days(200), decision)

    def test_a_date_moved_meanwhile_is_said_and_nothing_moves(self, secretariat, action):
        made = date_request(action)
        factories.slip(action)
        text = secretariat.get(page_of(made)).content.decode()
        assert "no longer the one this was asked from" in text
        assert page_of(made, "approve") not in text
        before = state(action)

        answer = secretariat.post(page_of(made, "approve"), sent(made))

        assert answer.status_code == 422
        assert "has changed since this was asked" in answer.content.decode()
        assert state(action) == before

    def test_declining_asks_why(self, secretariat, action):
        made = date_request(action)

        answer = secretariat.post(page_of(made, "decline"), sent(made, note=""))

        assert answer.status_code == 422
        made.refresh_from_db()
        assert made.state == "pending"

    def test_a_meeting_declines_by_its_decision(self, secretariat, action):
        made, decision = date_request(action), committee_factories.decision(effect="record")
        place = f"{page_of(made, 'decline')}?decision={decision.pk}"
        assert f'value="{decision.pk}" selected' in secretariat.get(place).content.decode()

        secretariat.post(place, sent(made, decision=decision.pk, note="Cukup waktu."))

        text = secretariat.get(page_of(made)).content.decode()
        assert f"Declined by decision {decision.code}" in text
        assert f'href="{decision.get_absolute_url()}"' in text

    @pytest.mark.parametrize(("role", "effect"), [("viewer", "move"), ("secretariat", "task")])
    def test_a_code_leads_nobody_to_a_page_that_is_not_theirs(
        self, client_of, action, role, effect
    ):
        decision = committee_factories.decision(effect=effect)

        answer = client_of(role).get(decision.get_absolute_url(), {"code": action.code})

        assert answer.status_code == 200
        assert action.code not in answer.content.decode()

    def test_the_secretariats_own_no_names_no_decision(self, secretariat, action):
        made = date_request(action)

        secretariat.post(page_of(made, "decline"), sent(made, note="Cukup waktu."))

        assert "by decision" not in secretariat.get(page_of(made)).content.decode()

    def test_a_decision_for_something_else_declines_nothing(self, secretariat, action):
        made, other = date_request(action), committee_factories.decision()
        before = state(made)

        answer = secretariat.post(
            page_of(made, "decline"), sent(made, decision=other.pk, note="Cukup waktu.")
        )

        assert answer.status_code == 422
        assert "Cukup waktu.</textarea>" in answer.content.decode()
        assert state(made) == before

    def test_whoever_asked_withdraws_and_nobody_else_sees_the_door(
        self, owner, secretariat, action
    ):
        made = date_request(action)
        assert page_of(made, "withdraw") in owner.get(page_of(made)).content.decode()
        assert page_of(made, "withdraw") not in secretariat.get(page_of(made)).content.decode()

        owner.post(page_of(made, "withdraw"), sent(made))

        made.refresh_from_db()
        assert made.state == "withdrawn"

    @pytest.mark.parametrize("step", ["approve", "decline"])
    def test_what_is_answered_is_not_answered_again(self, secretariat, action, step):
        made = date_request(action, state="withdrawn", answered_by=action.owner, answered_on=TODAY)

        answer = secretariat.post(page_of(made, step), sent(made, note="Lagi."))

        assert answer.status_code == 422
        assert "already been answered" in answer.content.decode()
        assert not DueDateChange.objects.exists()

    @pytest.mark.parametrize("step", ["approve", "decline"])
    def test_looking_changes_nothing(self, secretariat, action, step):
        made = date_request(action)
        before = state(made)

        assert secretariat.get(page_of(made, step)).status_code == 200
        assert state(made) == before

    def test_the_secretariats_own_move_names_a_decision(self, secretariat, action):
        decision = committee_factories.decision(effect="move")
        place = f"{reverse('roadmap:action-move', args=[action.code])}?decision={decision.pk}"
        assert f'value="{decision.pk}" selected' in secretariat.get(place).content.decode()

        ahead = secretariat.post(place, sent(action, **WISH, preview="1"))
        secretariat.post(place, sent(action, **WISH, decision=decision.pk, seen=seen(ahead)))

        assert action.slips.get().decision == decision


class TestList:
    @pytest.fixture
    def several(self, workstreams):
        by = factories.member("secretariat")
        answered = {"answered_by": by, "answered_on": TODAY, "answer_reason": "Ya."}
        for number, name in enumerate(("pending", "pending", "approved", "declined", "withdrawn")):
            action = factories.action(workstream=workstreams[0])
            fields = {} if name == "pending" else answered | {"state": name}
            date_request(action, asked_on=days(-number), **fields)

    def test_those_that_wait_are_shown_the_longest_first(self, secretariat, several):
        found = list(secretariat.get(LIST).context["found"].page)

        assert [one.asked_on for one in found] == [days(-1), days(0)]

    def test_every_count_opens_the_list_it_counts(self, secretariat, several):
        text = secretariat.get(LIST).content.decode()
        doors = re.findall(r'<a class="stat"[^>]*data-count="(\d+)" href="([^"]+)"', text)

        assert [int(count) for count, _url in doors] == [2, 1, 1, 1, 5]
        for count, url in doors:
            found = secretariat.get(url).context["found"].page
            assert found.paginator.count == len(found.object_list) == int(count)

    def test_what_is_not_known_is_named_and_ignored(self, secretariat, several):
        answer = secretariat.get(f"{LIST}?state=maybe&page=x")

        assert "is not known here; it was ignored" in answer.content.decode()
        assert answer.context["found"].page.paginator.count == 2

    def test_an_empty_list_says_what_to_do(self, secretariat):
        assert "No request waits" in secretariat.get(LIST).content.decode()
        assert "No request here yet" in secretariat.get(f"{LIST}?state=approved").content.decode()
