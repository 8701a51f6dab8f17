"""The list of decisions, the page of one, what is made from it, and the SQL behind its state."""

from __future__ import annotations

from random import Random

import pytest
from django.urls import reverse

from committee.enums import DecisionEffect
from committee.models import Decision, MinutesCorrection
from roadmap.enums import DecisionState
from roadmap.models import ActionItem, Adoption, Milestone
from roadmap.rules import decisions as rules
from roadmap.selectors import decisions as selectors
from roadmap.selectors.decisions import Listed
from tests import committee_factories as committee
from tests import factories, stage
from tests.factories import TODAY, days, moment
from tests.roadmap.forms import sent, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]

LIST = reverse("roadmap:decisions")


@pytest.fixture
def secretariat(client_of):
    return client_of(factories.member("secretariat", language="en"))


@pytest.fixture
def meeting():
    return committee.meeting(number=3)


def page(name, decision):
    return reverse(f"roadmap:decision-{name}", args=[decision.pk])


def text(answer):
    return " ".join(answer.content.decode().split())


def codes(answer):
    return [decision.code for decision in answer.context["found"].page]


class TestList:
    def test_it_shows_what_is_not_yet_carried_out_the_most_urgent_first(self, secretariat, meeting):
        for number, due in ((1, None), (2, days(9)), (3, days(-1))):
            committee.decision(meeting, number=number, due_date=due)
        committee.decision(meeting, number=4, effect="record")

        assert codes(secretariat.get(LIST)) == ["3/3", "3/2", "3/1"]

    @pytest.mark.parametrize("listed", Listed)
    def test_every_count_opens_exactly_what_it_counts(self, secretariat, meeting, listed):
        for number, effect in enumerate(DecisionEffect, 1):
            committee.decision(meeting, number=number, effect=effect, due_date=days(-number))

        answer = secretariat.get(LIST, {"state": listed})

        counts = dict(answer.context["found"].counts)
        assert counts == {"open": 6, "overdue": 6, "done": 1, "all": 7}
        assert len(codes(answer)) == counts[listed]
        assert f'href="{LIST}?state={listed}" aria-current="page"' in text(answer)

    def test_an_unknown_filter_is_named_and_ignored(self, secretariat):
        answer = secretariat.get(LIST, {"state": "<b>semua"})

        assert answer.status_code == 200
        assert "“&lt;b&gt;semua” is not known here; it was ignored." in text(answer)

    def test_an_empty_list_says_what_to_do_next(self, secretariat):
        answer = text(secretariat.get(LIST, {"state": "all"}))

        assert "Decisions are written down at an open meeting." in answer
        assert reverse("roadmap:meetings") in answer


class TestStateInSql:
    """The state of lists is that of the rule, over random states."""

    @pytest.fixture
    def decisions(self):
        dice = Random(20180924)
        meeting, people = committee.meeting(), [factories.member(), factories.member()]
        rows = [
            Decision(
                meeting=meeting,
                number=number,
                text="x",
                effect=dice.choice(DecisionEffect.values),
                due_date=dice.choice([None, days(-1), TODAY, days(1)]),
                **dice.choice(
                    [{}, {"done_on": TODAY, "done_by": people[0], "done_note": "Selesai."}]
                ),
            )
            for number in range(1, 201)
        ]
        made = Decision.objects.bulk_create(rows)
        place = factories.workstream()
        for decision in made:
            for _ in range(dice.randrange(4)):
                _hang(dice, decision, place)
        return Decision.objects.select_related("meeting")

    def test_sql_and_rule_agree(self, decisions):
        found = selectors.with_state(decisions, TODAY)
        seen = {row.pk: (row.state, row.is_overdue) for row in found}
        facts = {row.pk: selectors.facts_of(row) for row in decisions}

        assert seen == {
            pk: (rules.state(one), rules.is_overdue(one, TODAY)) for pk, one in facts.items()
        }
        assert {state for state, _overdue in seen.values()} == set(DecisionState)
        assert {overdue for _state, overdue in seen.values()} == {True, False}


def _hang(dice, decision, place):
    """Let something point to a decision, whether or not it suits the effect."""
    trait = dice.choice([{}, {"cancelled": True}, {"verified": True}])
    ended = dice.choice([{}, {"achieved": True}, {"missed": True}])
    closed = {"closed_on": TODAY, "closed_by": factories.member()} if dice.random() < 0.5 else {}
    kind = dice.randrange(5)
    if kind == 0:
        factories.action(workstream=place, decision=decision, history=False, **trait)
    elif kind == 1:
        made = factories.milestone(decision=decision, **ended)
        if "missed" in ended and dice.random() < 0.5:
            Milestone.objects.filter(pk=made.pk).update(closing="cancelled")
    elif kind == 2:
        factories.slip(factories.action(workstream=place, history=False), decision=decision)
    elif kind == 3:
        action = factories.action(workstream=place, history=False)
        factories.obstacle(action, decision=decision, **closed)
    elif not Adoption.objects.filter(decision=decision).exists():
        committee.adoption(decision)


class TestPage:
    def test_it_says_what_was_decided_where_and_why(self, secretariat, meeting):
        advice = committee.advice(factories.member("adviser", name="Penasihat"))
        point = committee.agenda_item(meeting, title="Data UMKM")
        owner = factories.member(name="Sari")
        decision = committee.decision(
            meeting, number=2, responsible=owner, agenda_item=point, advice=advice
        )

        shown = text(secretariat.get(decision.get_absolute_url()))

        assert "Decision 3/2" in shown
        for words in ("Menyusun pedoman.", "Sari", "Data UMKM", advice.subject, "Penasihat"):
            assert words in shown
        assert meeting.get_absolute_url() in shown
        assert advice.get_absolute_url() in shown

    @pytest.mark.parametrize(
        ("effect", "name", "lead_to"),
        [
            ("action", "action-create", "?decision={pk}"),
            ("milestone", "milestone-create", "?decision={pk}"),
            ("obstacle", "obstacles", "?decision={pk}"),
            ("adoption", None, "/decisions/{pk}/adopt/"),
            ("task", None, "/decisions/{pk}/done/"),
        ],
    )
    def test_the_step_that_suits_its_effect_is_offered(
        self, secretariat, meeting, effect, name, lead_to
    ):
        decision = committee.decision(meeting, effect=effect)

        shown = text(secretariat.get(decision.get_absolute_url()))

        place = (reverse(f"roadmap:{name}") if name else "") + lead_to.format(pk=decision.pk)
        assert f'href="{place}"' in shown
        assert 'class="btn btn-primary"' in shown

    def test_readers_are_offered_nothing(self, client_of, meeting):
        for effect in DecisionEffect:
            decision = committee.decision(meeting, effect=effect)
            shown = text(client_of("viewer").get(decision.get_absolute_url()))
            assert "?decision=" not in shown
            assert f"/decisions/{decision.pk}/edit/" not in shown

    def test_what_came_of_it_is_listed(self, secretariat, meeting):
        decision = committee.decision(meeting)
        action = factories.action("LOG-01", decision=decision, title="Pedoman data")
        factories.milestone(decision=decision, title="Peluncuran")
        factories.slip(action, decision=decision, reason="Pengadaan diulang.")
        factories.obstacle(action, decision=decision, needed="Surat BI")

        shown = text(secretariat.get(decision.get_absolute_url()))

        assert secretariat.get(decision.get_absolute_url()).context["shown"].effects.actions
        for words in ("Pedoman data", "Peluncuran", "Pengadaan diulang.", "Surat BI"):
            assert words in shown

    def test_moves_asked_for_are_offered_to_a_decision_to_move(self, secretariat, meeting):
        request = committee.date_request(factories.action("LOG-01"))
        decision = committee.decision(meeting, effect="move")

        shown = text(secretariat.get(decision.get_absolute_url()))

        place = reverse("roadmap:request", args=[request.pk])
        assert f'href="{place}?decision={decision.pk}"' in shown
        assert "1 request waits" in shown

    def test_a_code_leads_to_the_page_that_moves_its_date(self, secretariat, meeting):
        factories.action("LOG-01")
        decision = committee.decision(meeting, effect="move")
        here = decision.get_absolute_url()

        found = secretariat.get(here, {"code": " log-01 "})
        lost = secretariat.get(here, {"code": "XX-99"})

        place = reverse("roadmap:action-move", args=["LOG-01"])
        assert found["Location"] == f"{place}?decision={decision.pk}"
        assert "There is no action with this code: XX-99." in text(lost)

    def test_a_later_correction_shows_both_texts(self, secretariat, meeting):
        decision = committee.decision(meeting, text="Yang lama.")
        committee.close(meeting)
        MinutesCorrection.objects.create(
            meeting=meeting,
            part="decision",
            decision=decision,
            old="Yang lama.",
            new="Yang benar.",
            reason="Salah tulis.",
            by=secretariat.member,
            on=TODAY,
            at=moment(TODAY),
        )

        shown = text(secretariat.get(decision.get_absolute_url()))

        for words in ("<del>Yang lama.</del>", "<ins>Yang benar.</ins>", "Salah tulis."):
            assert words in shown

    @pytest.mark.parametrize("place", ["/decisions/?state=all", "/roadmap/changes/"])
    def test_a_list_says_what_is_right(self, secretariat, meeting, place):
        decision = committee.decision(meeting, text="Yang lama.")
        committee.close(meeting)
        stage.meetings.correction(meeting, part="decision", decision=decision, new="Yang benar.")

        shown = text(secretariat.get(place))

        assert "Yang benar." in shown
        assert "Yang lama." not in shown

    def test_an_unknown_one_is_not_found(self, secretariat):
        for pk in (1, 2**64):
            assert secretariat.get(reverse("roadmap:decision", args=[pk])).status_code == 404


class TestSteps:
    def new(self, **fields):
        return sent(text="Menyusun pedoman.", effect="action") | fields

    def test_a_decision_is_written_down_at_its_meeting(self, secretariat, meeting):
        point = committee.agenda_item(meeting)
        place = reverse("roadmap:decision-create", args=[3])

        answer = secretariat.post(place, self.new(agenda_item=point.pk, due_date="2018-12-31"))

        made = Decision.objects.get()
        assert answer["Location"] == made.get_absolute_url()
        assert (made.code, made.agenda_item, str(made.due_date)) == ("3/1", point, "2018-12-31")

    def test_the_point_and_the_advice_it_is_about_are_filled_in(self, secretariat, meeting):
        point, advice = committee.agenda_item(meeting), committee.advice()
        place = reverse("roadmap:decision-create", args=[3])

        shown = secretariat.get(place, {"item": point.pk, "advice": advice.pk})

        for thing in (point, advice):
            assert f'<option value="{thing.pk}" selected>' in text(shown)
        for wrong in ({"item": "0"}, {"advice": "x"}, {"item": str(2**70)}, {"advice": "²"}):
            assert secretariat.get(place, wrong).status_code == 404

    @pytest.mark.parametrize(
        "wrong", [{"text": " "}, {"effect": "wish"}, {"due_date": "besok"}, {"agenda_item": "999"}]
    )
    def test_bad_input_is_named_and_the_text_stays(self, secretariat, meeting, wrong):
        place = reverse("roadmap:decision-create", args=[3])

        answer = secretariat.post(place, self.new(institution="", **wrong))

        assert answer.status_code == 422
        assert wrong.get("text", "Menyusun pedoman.") in answer.content.decode()
        assert not Decision.objects.exists()

    def test_a_point_of_another_meeting_is_none_of_this(self, secretariat, meeting):
        other = committee.agenda_item(committee.meeting())
        place = reverse("roadmap:decision-create", args=[3])

        assert secretariat.post(place, self.new(agenda_item=other.pk)).status_code == 422

    def test_a_closed_meeting_takes_none_and_says_so(self, secretariat, meeting):
        committee.close(meeting)

        answer = secretariat.post(reverse("roadmap:decision-create", args=[3]), self.new())

        assert answer.status_code == 422
        assert "its minutes are locked" in text(answer)
        assert "Menyusun pedoman." in text(answer)

    def test_the_second_of_two_people_sees_both_texts(self, secretariat, meeting):
        decision = committee.decision(meeting, text="Semula.")
        fields = self.new(text="Yang kedua.")
        Decision.objects.filter(pk=decision.pk).update(text="Yang pertama.", version=1)

        answer = secretariat.post(page("edit", decision), fields)

        assert answer.status_code == 409
        for words in ("Yang pertama.", "Yang kedua."):
            assert words in text(answer)

    def test_editing_keeps_somebody_who_has_left(self, secretariat, meeting):
        gone = factories.member(is_active=False)
        decision = committee.decision(meeting, responsible=gone)

        shown = text(secretariat.get(page("edit", decision)))
        secretariat.post(page("edit", decision), self.new(responsible=gone.pk))

        assert f'<option value="{gone.pk}" selected>' in shown
        assert state(decision)["responsible_id"] == gone.pk

    def test_one_with_effects_is_not_struck_and_says_why(self, secretariat, meeting):
        decision = committee.decision(meeting)
        action = factories.action(decision=decision)
        before = state(decision)

        answer = secretariat.post(page("delete", decision), sent(decision))

        assert answer.status_code == 422
        assert "Something came of this decision" in text(answer)
        assert state(decision) == before
        ActionItem.objects.filter(pk=action.pk).update(decision=None)
        answer = secretariat.post(page("delete", decision), sent(decision))
        assert answer["Location"] == meeting.get_absolute_url()
        assert not Decision.objects.exists()

    def test_a_task_is_marked_as_carried_out(self, secretariat, meeting):
        decision = committee.decision(meeting, effect="task")
        committee.close(meeting)
        said = {"done_on": TODAY.isoformat(), "done_note": "Surat terkirim."}
        early = said | {"done_on": days(-1).isoformat()}

        answer = secretariat.post(page("done", decision), sent(decision, **early))
        assert answer.status_code == 422
        assert "before the meeting that decided it" in text(answer)
        assert "Surat terkirim." in text(answer)
        assert secretariat.post(page("done", decision), sent(decision, **said)).status_code == 302

        assert codes(secretariat.get(LIST, {"state": "done"})) == [decision.code]
        assert "Surat terkirim." in text(secretariat.get(decision.get_absolute_url()))

    def test_adopting_says_how_much_it_fixes(self, secretariat, meeting):
        decision = committee.decision(meeting, effect="adoption")
        factories.actions(3, workstream=factories.workstream())

        shown = text(secretariat.get(page("adopt", decision)))
        answer = secretariat.post(page("adopt", decision), sent(decision))

        assert "3 actions are fixed as they stand today" in shown
        assert answer["Location"] == decision.get_absolute_url()
        assert "with 3 actions" in text(secretariat.get(decision.get_absolute_url()))


@pytest.mark.parametrize("more", [0, 1])
def test_only_where_something_is_left_out_is_that_said(secretariat, meeting, more):
    decision = committee.decision(meeting, number=2)
    most = selectors.MOST_EFFECTS
    factories.actions(most + more, workstream=factories.workstream(), decision=decision)

    answer = secretariat.get(decision.get_absolute_url())

    assert len(answer.context["shown"].effects.actions) == most
    assert ("At most 20 of each kind are shown." in text(answer)) == bool(more)


@pytest.mark.parametrize("name", ["done"])
def test_a_step_after_the_minutes_were_corrected_shows_the_right_words(secretariat, meeting, name):
    decision = committee.decision(meeting, effect="task", text="Salah.")
    committee.close(meeting)
    fixed = {"part": "decision", "decision": decision, "old": "Salah."}
    stage.meetings.correction(meeting, new="Benar.", **fixed)

    shown = text(secretariat.get(page(name, decision)))

    assert '<p class="history-note">Benar.</p>' in shown
    assert "Salah." not in shown
