"""Writing down decisions, striking them, carrying them out, and what comes of them."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from committee.enums import DecisionEffect
from committee.models import AgendaItem, Decision, Revision
from roadmap.enums import Precision, Refusal
from roadmap.models import ActionItem, Milestone
from roadmap.rules.refusals import Refused
from roadmap.services import actions, decisions, milestones
from roadmap.services.actions import ActionDraft
from roadmap.services.changes import Stale
from roadmap.services.decisions import DecisionDraft
from roadmap.services.milestones import MilestoneDraft
from tests import committee_factories as committee
from tests import factories
from tests.factories import TODAY, days
from tests.roadmap.services.verbs import attempt
from tests.unchanged import unchanged

pytestmark = pytest.mark.django_db
STRANGERS = ("chair", "lead", "owner", "member", "viewer", "adviser", "admin")


@pytest.fixture
def meeting(people):
    return committee.meeting(number=3)


def draft(text="Menyusun pedoman.", effect=DecisionEffect.ACTION, **fields):
    return DecisionDraft(text, effect, **fields)


def record(by, meeting, *, tried=None, **fields):
    tried = tried or attempt(by)
    return decisions.record_decision(meeting=meeting, attempt=tried, draft=draft(**fields))


def edit(by, decision, *, tried=None, **fields):
    tried = tried or attempt(by, decision)
    return decisions.edit_decision(decision=decision, attempt=tried, draft=draft(**fields))


def delete(by, decision):
    decisions.delete_decision(decision=decision, attempt=attempt(by, decision))


def done(by, decision, *, day=TODAY, note="Surat terkirim."):
    tried = attempt(by, decision)
    return decisions.mark_done(decision=decision, attempt=tried, day=day, note=note)


def refused(call, *args, **kwargs):
    """Give why something was refused; nothing has changed by it."""
    with unchanged(Refused) as caught:
        call(*args, **kwargs)
    return caught.value.reason


def test_a_point_that_is_not_on_the_meetings_agenda_is_not_decided_on(people, meeting):
    point = committee.agenda_item(committee.meeting())

    with pytest.raises(AgendaItem.DoesNotExist):
        record(people.secretariat, meeting, agenda_item=point)

    assert not Decision.objects.exists()


class TestAdviceDeclinedMeanwhile:
    @pytest.fixture
    def declined(self, people):
        return committee.advice(people.adviser, answered=True, answer="declined")

    def test_no_decision_follows_it(self, people, meeting, declined):
        why = refused(record, people.secretariat, meeting, advice=declined)

        assert why == Refusal.ADVICE_DECLINED

    def test_no_standing_decision_comes_to_follow_it(self, people, meeting, declined):
        made = committee.decision(meeting)

        assert refused(edit, people.secretariat, made, advice=declined) == Refusal.ADVICE_DECLINED

    @pytest.mark.parametrize("answer", ["accepted", "partly"])
    def test_control_one_that_was_welcome_is_followed(self, people, meeting, answer):
        advice = committee.advice(people.adviser, answered=True, answer=answer)

        assert record(people.secretariat, meeting, advice=advice).advice == advice


class TestRecording:
    def test_a_decision_gets_the_next_number_of_its_meeting(self, people, meeting):
        record(people.secretariat, committee.meeting(number=4))
        item, advice = committee.agenda_item(meeting), committee.advice(people.adviser)
        first = record(people.secretariat, meeting, agenda_item=item, advice=advice)
        second = record(people.secretariat, meeting, responsible=people.owner, due_date=days(9))

        assert (first.code, second.code) == ("3/1", "3/2")
        assert (first.agenda_item, first.advice) == (item, advice)
        assert (second.responsible, second.due_date) == (people.owner, days(9))

    def test_the_same_form_sent_twice_makes_one(self, people, meeting):
        tried = attempt(people.secretariat)

        made = {record(people.secretariat, meeting, tried=tried).pk for _ in range(2)}

        assert made == {Decision.objects.get().pk}

    @pytest.mark.parametrize("who", STRANGERS)
    def test_only_the_secretariat_writes_the_minutes(self, people, meeting, who):
        decision, by = committee.decision(meeting, effect="task"), getattr(people, who)

        for change in (edit, delete, done):
            with unchanged(PermissionDenied):
                change(by, decision)
        with unchanged(PermissionDenied):
            record(by, meeting)

    def test_nothing_is_decided_before_a_meeting_opens(self, people):
        draft_meeting = committee.meeting(status="draft")

        why = refused(record, people.secretariat, draft_meeting)
        assert why == Refusal.MEETING_NOT_OPEN

    def test_a_closed_meeting_takes_no_decision_and_keeps_those_it_took(self, people, meeting):
        decision = committee.decision(meeting)
        committee.close(meeting)

        for call, thing in ((record, meeting), (edit, decision), (delete, decision)):
            assert refused(call, people.secretariat, thing) == Refusal.MEETING_CLOSED

    def test_the_database_too_keeps_what_a_closed_meeting_decided(self, people, meeting):
        decision = committee.decision(meeting)
        rows = Decision.objects.filter(pk=decision.pk)
        rows.update(text="Masih terbuka.")  # the control: an open meeting's may be reworded
        committee.close(meeting)

        for change in ({"text": "Lain."}, {"due_date": days(3)}, {"effect": "record"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                rows.update(**change)
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.delete()
        with pytest.raises(IntegrityError), transaction.atomic():
            committee.decision(meeting)
        assert rows.get().text == "Masih terbuka."


class TestEditing:
    def test_it_is_reworded_while_the_meeting_is_open(self, people, meeting):
        decision = committee.decision(meeting)

        edit(people.secretariat, decision, text="Menyusun dua pedoman.", due_date=days(30))

        decision.refresh_from_db()
        assert (decision.text, decision.due_date) == ("Menyusun dua pedoman.", days(30))
        assert decision.version == 1

    def test_the_second_of_two_people_is_told(self, people, meeting):
        decision = committee.decision(meeting)
        tried = attempt(people.secretariat, decision)
        edit(people.secretariat, decision, text="Yang pertama.")

        with unchanged(Stale):
            edit(people.secretariat, decision, tried=tried, text="Yang kedua.")

    def test_what_has_effects_keeps_its_effect_but_not_its_words(self, people, meeting):
        decision = committee.decision(meeting)
        factories.action(decision=decision)

        why = refused(edit, people.secretariat, decision, effect=DecisionEffect.TASK)
        assert why == Refusal.HAS_EFFECTS
        assert edit(people.secretariat, decision, text="Lebih jelas.").text == "Lebih jelas."

    def test_other_advice_behind_it_is_followed_by_its_actions_that_had_no_other(
        self, people, meeting
    ):
        first, second, own = (committee.advice(people.adviser) for _ in range(3))
        decision = committee.decision(meeting, advice=first)
        traced = factories.action(decision=decision, advice=first)
        linked = factories.action(decision=decision, advice=own)

        edit(people.secretariat, decision, advice=second)

        traced.refresh_from_db()
        linked.refresh_from_db()
        assert (traced.advice, linked.advice) == (second, own)


def _points(decision):
    """Make one thing of every kind that can point to a decision, one at a time."""
    action = factories.action()
    return {
        "actions": lambda: factories.action(decision=decision),
        "milestones": lambda: factories.milestone(decision=decision),
        "slips": lambda: factories.slip(action, decision=decision),
        "obstacles": lambda: factories.obstacle(action, decision=decision),
        "date_requests": lambda: committee.date_request(action, decision=decision),
        "adoption": lambda: committee.adoption(decision),
        "comments": lambda: committee.comment(decision),
        "corrections": None,  # only of a closed meeting, which refuses first
    }


class TestDeleting:
    def test_one_without_effects_is_struck(self, people, meeting):
        delete(people.secretariat, committee.decision(meeting))

        assert not Decision.objects.exists()

    def test_striking_one_is_counted_as_a_change(self, people, meeting):
        made = committee.decision(meeting)
        before = Revision.objects.filter(pk=1).values_list("number", flat=True).first() or 0

        delete(people.secretariat, made)

        assert Revision.objects.get(pk=1).number > before

    @pytest.mark.parametrize(
        "kind",
        ["actions", "milestones", "slips", "obstacles", "date_requests", "adoption", "comments"],
    )
    def test_one_that_something_points_to_stays(self, people, meeting, kind):
        decision = committee.decision(meeting)
        _points(decision)[kind]()

        assert refused(delete, people.secretariat, decision) == Refusal.HAS_EFFECTS

    def test_every_kind_that_can_point_to_one_is_tried_here(self, people, meeting):
        links = Decision._meta.related_objects

        assert {link.get_accessor_name() for link in links} == set(
            _points(committee.decision(meeting))
        )


class TestCarryingOut:
    def test_a_task_is_done_also_after_its_meeting_closed(self, people):
        meeting = committee.meeting(number=4, date=days(-2))
        decision = committee.decision(meeting, effect="task")
        committee.close(meeting)

        done(people.secretariat, decision, day=days(-1))

        decision.refresh_from_db()
        assert (decision.done_on, decision.done_by) == (days(-1), people.secretariat)
        assert decision.done_note == "Surat terkirim."

    @pytest.mark.parametrize("effect", [one for one in DecisionEffect if one != "task"])
    def test_whatever_shows_by_itself_is_not_ticked_off(self, people, meeting, effect):
        decision = committee.decision(meeting, effect=effect)

        assert refused(done, people.secretariat, decision) == Refusal.NOT_THIS_EFFECT

    def test_it_is_done_once_since_its_meeting_and_with_a_sentence(self, people, meeting):
        decision = committee.decision(meeting, effect="task")

        by = people.secretariat
        assert refused(done, by, decision, note=" ") == Refusal.NEEDS_REASON
        assert refused(done, by, decision, day=days(1)) == Refusal.FUTURE_DATE
        assert refused(done, by, decision, day=days(-1)) == Refusal.BEFORE_MEETING
        done(by, decision)
        assert refused(done, by, decision) == Refusal.ALREADY_DONE


class TestWhatComesOfOne:
    def create(self, people, by, decision, title="Pedoman"):
        fields = {"title": title, "workstream": people.place, "due_precision": Precision.DAY}
        made = ActionDraft(fields | {"decision": decision})
        return actions.create_action(attempt=attempt(by), draft=made)

    def test_an_action_traces_back_to_decision_and_advice(self, people, meeting):
        decision = committee.decision(meeting, advice=committee.advice(people.adviser))

        made = [self.create(people, people.secretariat, decision, title) for title in "AB"]

        assert [(one.decision, one.advice) for one in made] == [(decision, decision.advice)] * 2

    def test_an_action_comes_only_from_a_decision_to_create_one(self, people, meeting):
        decision = committee.decision(meeting, effect="record")

        why = refused(self.create, people, people.secretariat, decision)
        assert why == Refusal.NOT_THIS_EFFECT
        assert not ActionItem.objects.exists()

    def test_a_decision_struck_meanwhile_leads_nowhere(self, people, meeting):
        decision = committee.decision(meeting)
        Decision.objects.filter(pk=decision.pk).delete()

        assert refused(self.create, people, people.lead, decision) == Refusal.NOT_THIS_EFFECT

    def test_editing_links_an_action_and_keeps_the_advice_it_has(self, people, meeting, action):
        advice, other = committee.advice(people.adviser), committee.advice(people.adviser)
        ActionItem.objects.filter(pk=action.pk).update(advice=other)
        decision = committee.decision(meeting, advice=advice)
        said = ActionDraft({"title": "Judul", "decision": decision})

        tried = attempt(people.lead, action)
        update = actions.edit_action(action=action, attempt=tried, draft=said)

        action.refresh_from_db()
        assert (action.decision, action.advice) == (decision, other)
        assert update.changes["decision"] == [None, decision.code]

    def test_a_milestone_comes_from_a_decision_too(self, people, meeting):
        decision = committee.decision(meeting, effect="milestone")
        fields = {"title": "Peluncuran", "workstream": people.place, "decision": decision}
        named = MilestoneDraft(fields)

        made = milestones.create_milestone(attempt=attempt(people.lead), draft=named)
        assert made.decision == decision
        tried = attempt(people.lead, made)
        wrong = MilestoneDraft(fields | {"decision": committee.decision(meeting)})
        why = refused(milestones.edit_milestone, milestone=made, attempt=tried, draft=wrong)
        assert why == Refusal.NOT_THIS_EFFECT
        assert Milestone.objects.get().decision == decision
