"""Where an action or a milestone comes from: made from a decision, and traced back to it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from committee.models import Decision
from roadmap.models import ActionItem, Milestone
from tests import committee_factories as committee
from tests import factories
from tests.factories import days, moment
from tests.roadmap.forms import sent
from tests.stage.meetings import correction

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]


@pytest.fixture
def secretariat(client_of):
    return client_of(factories.member("secretariat", language="en"))


@pytest.fixture
def meeting():
    return committee.meeting(number=3)


def text(answer):
    return " ".join(answer.content.decode().split())


class TestCreatingFromOne:
    def test_an_action_begins_with_what_was_decided_and_traces_back(self, secretariat, meeting):
        factories.workstream("LOG")
        owner, place = factories.member(name="Sari"), factories.institution("KOMINFO")
        decision = committee.decision(
            meeting,
            number=2,
            advice=committee.advice(factories.member("adviser", name="Penasihat")),
            responsible=owner,
            institution=place,
            due_date=days(98),
        )
        new = reverse("roadmap:action-create")

        shown = secretariat.get(new, {"decision": decision.pk})
        initial = shown.context["form"].initial
        fields = {"title": "Pedoman", "weight": 1, "due_precision": "day", "owner": owner.pk}
        fields |= {"workstream": factories.Workstream.objects.get().pk, "decision": decision.pk}
        answer = secretariat.post(new, sent(**fields))

        assert (initial["owner"], initial["lead_institution"]) == (owner, place)
        assert f'<option value="{decision.pk}" selected>3/2' in text(shown)
        found = text(secretariat.get(answer["Location"]))
        for step in (decision, meeting, decision.advice):
            assert step.get_absolute_url() in found
        assert "advice by Penasihat" in found

    @pytest.mark.parametrize("name", ["action-create", "milestone-create"])
    @pytest.mark.parametrize("asked", ["0", "x", "²", str(2**70), "of another effect"])
    def test_a_decision_that_cannot_be_meant_is_not_found(self, secretariat, meeting, name, asked):
        if asked == "of another effect":
            asked = committee.decision(meeting, effect="record").pk

        answer = secretariat.get(reverse(f"roadmap:{name}"), {"decision": asked})

        assert answer.status_code == 404

    def test_a_decision_for_something_else_is_no_choice(self, secretariat, meeting):
        place = factories.workstream()
        wrong = committee.decision(meeting, effect="record")
        fields = {"title": "Pedoman", "weight": 1, "due_precision": "day"}

        answer = secretariat.post(
            reverse("roadmap:action-create"),
            sent(workstream=place.pk, decision=wrong.pk, **fields),
        )

        assert answer.status_code == 422
        assert not ActionItem.objects.exists()

    def test_an_old_decision_stays_chosen_among_the_latest(self, secretariat, meeting):
        old = committee.decision(meeting, number=1)
        Decision.objects.bulk_create(
            Decision(meeting=meeting, number=n, text="x", effect="action") for n in range(2, 80)
        )
        action = factories.action("LOG-01", decision=old)

        shown = text(secretariat.get(reverse("roadmap:action-edit", args=[action.code])))

        assert f'<option value="{old.pk}" selected>3/1' in shown
        assert shown.count(">3/") == 51

    def test_a_milestone_of_a_decision_says_so(self, secretariat, meeting):
        decision = committee.decision(meeting, effect="milestone", due_date=days(30))
        new = reverse("roadmap:milestone-create")

        shown = secretariat.get(new, {"decision": decision.pk})
        fields = {"title": "Peluncuran", "due_precision": "day", "decision": decision.pk}
        answer = secretariat.post(new, sent(**fields))

        assert shown.context["form"].initial["due_date"] == days(30)
        assert Milestone.objects.get().decision == decision
        assert decision.get_absolute_url() in text(secretariat.get(answer["Location"]))


class TestOrigin:
    def test_an_imported_action_comes_from_the_public_record(self, secretariat):
        action = factories.action("LOG-01", import_key="LOG-01")

        shown = text(secretariat.get(action.get_absolute_url()))

        assert "Why this action exists" in shown
        assert "From the public record" in shown

    @pytest.mark.parametrize("make", [factories.action, factories.milestone])
    def test_a_corrected_decision_is_quoted_as_corrected(self, secretariat, meeting, make):
        decision = committee.decision(meeting, text="Salah.")
        thing = make(decision=decision)
        committee.close(meeting)
        for day, new in ((-2, "Hampir."), (-1, "Benar.")):
            fixed = {"part": "decision", "decision": decision, "at": moment(days(day))}
            correction(meeting, old="Salah.", new=new, **fixed)

        shown = text(secretariat.get(thing.get_absolute_url()))

        assert '<p class="history-note">Benar.</p>' in shown
        assert "Salah." not in shown

    def test_any_other_names_who_put_it_there(self, secretariat):
        place = factories.workstream()
        fields = {"title": "Pedoman", "weight": 1, "due_precision": "day", "workstream": place.pk}

        answer = secretariat.post(reverse("roadmap:action-create"), sent(**fields))

        shown = text(secretariat.get(answer["Location"]))
        assert f"Put on the roadmap by {secretariat.member.name}" in shown
        assert "Not adopted at a meeting recorded here yet" in shown

    def test_the_public_sees_neither_origin_nor_baseline(self, client):
        decision = committee.decision(committee.meeting(number=3))
        action = factories.action("LOG-01", decision=decision)
        committee.adoption(actions=[action])

        shown = text(client.get(action.get_absolute_url()))

        for words in ("/decisions/", "Why this action exists", "Mengapa"):
            assert words not in shown

    def test_a_baseline_is_shown_with_what_differs_by_now(self, secretariat):
        action = factories.action("LOG-01", due_date=days(100), output="Semula")
        committee.adoption(actions=[action])
        ActionItem.objects.filter(pk=action.pk).update(due_date=days(130), output="Kini")

        shown = text(secretariat.get(action.get_absolute_url()))

        assert "since then +30 days" in shown
        assert '<span lang="id">Semula</span>' in shown
