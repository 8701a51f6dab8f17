"""A closed meeting's corrections lead wherever what they corrected leads to a verdict.

Who carries a decision out and by when, what was answered and why, and where and when it was: the
rows stay as they were minuted, and lists, counts, filters and letters follow the corrections.
"""

from __future__ import annotations

import re
from random import Random

import pytest
from django.urls import reverse

from committee.enums import AdviceAnswer, DecisionEffect, MinutesPart
from committee.models import Decision, Meeting
from roadmap.models import words
from roadmap.rules import decisions as rules
from roadmap.rules.refusals import Refused
from roadmap.selectors import decisions, items, since
from roadmap.selectors.passages import carriers
from roadmap.services import advice as advising
from roadmap.services import decisions as deciding
from roadmap.services import lines
from roadmap.services.decisions import DecisionDraft
from tests import committee_factories, factories
from tests.factories import TODAY, days, moment
from tests.roadmap.services.verbs import attempt
from tests.stage.meetings import correction
from tests.unchanged import unchanged

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]
STOOD = {"by_when": "2000-01-01", "carried_by": "98765:", "answer": "", "answer_why": "Dulu."}
DECISIONS, ADVICE = reverse("roadmap:decisions"), reverse("roadmap:advice-list")


@pytest.fixture
def reader(client_of):
    return client_of(factories.member("viewer", language="en"))


@pytest.fixture
def sari():
    return factories.member(name="Sari", email="sari@demo.test")


@pytest.fixture
def bi():
    return factories.institution("BI", title="Bank Indonesia")


@pytest.fixture
def decision(sari):
    """Give a task of a closed meeting, for Sari, that was due yesterday."""
    meeting = committee_factories.meeting(number=3, date=days(-30))
    named = {"responsible": sari, "due_date": days(-1), "effect": DecisionEffect.TASK}
    made = committee_factories.decision(meeting, number=2, **named)
    committee_factories.close(meeting)
    return made


@pytest.fixture
def advice():
    """Give an advice that was accepted at a closed meeting."""
    made = committee_factories.advice(answered=True)
    committee_factories.close(made.answered_at)
    return made


def correct(thing, part, new, **fields):
    """Correct a decision, an answer or a meeting."""
    if isinstance(thing, Meeting):
        return correction(thing, part=part, old="2000-01-01", new=new, **fields)
    name = "decision" if isinstance(thing, Decision) else "advice"
    meeting = thing.meeting if name == "decision" else thing.answered_at
    return correction(meeting, part=part, old=STOOD[part], new=new, **fields | {name: thing})


def text(answer):
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def counts(answer):
    return {one.value: n for one, n in answer.context["found"].counts}


class TestDecision:
    def test_a_later_day_ends_being_overdue_in_list_count_and_page(self, reader, decision):
        assert counts(reader.get(DECISIONS))["overdue"] == 1
        correct(decision, "by_when", days(5).isoformat())

        found = reader.get(DECISIONS, {"state": "open"})
        page = text(reader.get(decision.get_absolute_url()))

        assert counts(found) == {"open": 1, "overdue": 0, "done": 0, "all": 1}
        assert "29 September 2018" in text(found)
        assert "By when 29 September 2018 in 5 days" in page
        assert "Overdue" not in page

    def test_an_earlier_day_makes_it_overdue(self, reader, decision):
        correct(decision, "by_when", days(9).isoformat())
        correct(decision, "by_when", days(-12).isoformat())

        found = reader.get(DECISIONS, {"state": "overdue"})

        assert counts(found)["overdue"] == 1
        assert "12 days ago" in text(found)

    def test_no_day_at_all_is_never_overdue(self, reader, decision):
        correct(decision, "by_when", "")

        found = reader.get(DECISIONS)

        assert counts(found)["overdue"] == 0
        assert "no date" in text(found)

    def test_what_is_due_first_by_the_corrections_stands_first(self, reader, decision):
        other = committee_factories.decision(decision_meeting(), due_date=days(3), effect="task")
        correct(decision, "by_when", days(8).isoformat())

        found = reader.get(DECISIONS).context["found"].page.object_list

        assert [one.pk for one in found] == [other.pk, decision.pk]

    def test_who_carries_it_out_is_the_corrected_one_everywhere(self, reader, decision, bi):
        rudi = factories.member(name="Rudi", is_active=False)
        correct(decision, "carried_by", f"{bi.pk}:{rudi.pk}")

        for place in (DECISIONS, f"{reverse('roadmap:changes')}?since=2018-08-01"):
            shown = text(reader.get(place))
            assert "Rudi Bank Indonesia" in shown
            assert "Sari" not in shown
        meeting = text(reader.get(decision.meeting.get_absolute_url()))
        assert "Rudi · Bank Indonesia" in meeting

    def test_the_page_shows_old_and_new_in_words_with_the_reason(self, reader, decision, sari, bi):
        old, new = f":{sari.pk}", f"{bi.pk}:"
        correction(decision.meeting, part="carried_by", decision=decision, old=old, new=new)
        correction(
            decision.meeting, part="by_when", decision=decision, old="2018-09-23", new="2018-12-31"
        )

        for place in (decision.get_absolute_url(), decision.meeting.get_absolute_url()):
            body = reader.get(place).content.decode()
            assert "<del>Sari</del>" in body
            assert "<ins>Bank Indonesia</ins>" in body
            assert "<del>23 September 2018</del>" in body
            assert "<ins>31 December 2018</ins>" in body
            assert "Salah tulis." in body
            assert "Corrected: Carried out by" in body
            assert "Corrected: By when" in body

    def test_nobody_in_force_is_nobody(self, reader, decision):
        correct(decision, "carried_by", ":")

        assert "nobody named" in text(reader.get(DECISIONS))

    def test_an_action_made_from_it_begins_with_what_is_in_force(self, client_of, decision, bi):
        made = committee_factories.decision(effect="action", due_date=days(-1))
        committee_factories.close(made.meeting)
        rudi = factories.member()
        correct(made, "carried_by", f"{bi.pk}:{rudi.pk}")
        correct(made, "by_when", "2018-12-31")

        page = client_of("secretariat").get(reverse("roadmap:action-create"), {"decision": made.pk})

        first = page.context["form"].initial
        assert (first["owner"], first["lead_institution"]) == (rudi, bi)
        assert first["due_date"].isoformat() == "2018-12-31"

    def test_the_row_stays_as_it_was_minuted_when_it_is_carried_out(self, decision, sari, bi):
        correct(decision, "carried_by", f"{bi.pk}:")
        correct(decision, "by_when", "2018-12-31")
        by = factories.member("secretariat")

        deciding.mark_done(decision=decision, attempt=attempt(by), day=TODAY, note="Terbit.")

        decision.refresh_from_db()
        assert (decision.responsible, decision.due_date) == (sari, days(-1))
        assert decision.done_on == TODAY

    def test_a_correction_of_one_part_leaves_the_words_alone(self, reader, decision):
        correct(decision, "by_when", "2018-12-31")

        assert words.words_of(decision) == "Menyusun pedoman."
        assert "Menyusun pedoman." in text(reader.get(DECISIONS))


def decision_meeting():
    return committee_factories.meeting(number=4, date=days(-20))


class TestStateInSql:
    """What lists compute of corrected decisions is what the rule says of them."""

    @pytest.fixture
    def corrected(self, bi, sari):
        dice = Random(20180925)
        meeting = committee_factories.meeting()
        dates = [None, days(-1), TODAY, days(1)]
        rows = [
            Decision(
                meeting=meeting,
                number=number,
                text="x",
                effect=dice.choice(["task", "record", "action"]),
                due_date=dice.choice(dates),
                institution=dice.choice([None, bi]),
                responsible=dice.choice([None, sari]),
            )
            for number in range(1, 151)
        ]
        made = Decision.objects.bulk_create(rows)
        committee_factories.close(meeting)
        for decision in made:
            for _ in range(dice.randrange(3)):
                day = dice.choice(dates)
                correct(decision, "by_when", day.isoformat() if day else "")
                who = dice.choice([":", f"{bi.pk}:", f":{sari.pk}", f"{bi.pk}:{sari.pk}"])
                correct(decision, "carried_by", who)
        return Decision.objects.select_related("meeting")

    def test_sql_and_rule_agree(self, corrected):
        found = decisions.with_state(corrected, TODAY)
        seen = {row.pk: (row.by_when, row.is_overdue) for row in found}
        facts = {row.pk: decisions.facts_of(row) for row in corrected}

        assert seen == {
            pk: (one.due_date, rules.is_overdue(one, TODAY)) for pk, one in facts.items()
        }
        assert {overdue for _day, overdue in seen.values()} == {True, False}

    def test_sql_and_the_last_entry_agree_on_who(self, corrected, bi, sari):
        expected = {}
        for row in corrected:
            last = row.corrections.filter(part="carried_by").order_by("at", "pk").last()
            expected[row.pk] = (
                carriers(last.new) if last else (row.institution_id, row.responsible_id)
            )

        found = words.with_words(corrected)

        assert {row.pk: (row.carrier, row.carrier_person) for row in found} == expected
        theirs = {pk for pk, who in expected.items() if who[0] == bi.pk}
        assert set(found.filter(carrier=bi.pk).values_list("pk", flat=True)) == theirs
        shown = {row.pk: (row.institution, row.responsible) for row in words.worn(found)}
        assert {pk: tuple(one and one.pk for one in who) for pk, who in shown.items()} == expected
        assert theirs
        assert len(theirs) < len(expected)

    def test_putting_it_on_costs_the_same_for_many(self, corrected, django_assert_num_queries):
        found = words.with_words(corrected.select_related("institution", "responsible", "meeting"))

        with django_assert_num_queries(3):
            for row in words.worn(found):
                assert row.institution is None or row.institution.title
                assert row.responsible is None or row.responsible.name

    def test_of_a_past_day_only_what_was_corrected_by_then_counts(self, decision):
        correct(decision, "by_when", "2018-12-31", on=days(-3), at=moment(days(-3)))
        correct(decision, "by_when", "2019-06-30", on=TODAY, at=moment(TODAY))
        rows = Decision.objects.filter(pk=decision.pk)

        seen = [words.with_words(rows, day).get().by_when for day in (days(-4), days(-2), TODAY)]

        assert [one.isoformat() for one in seen] == ["2018-09-23", "2018-12-31", "2019-06-30"]


class TestAnswer:
    def test_lists_and_counts_follow_the_corrected_answer(self, reader, advice):
        correct(advice, "answer", "partly")

        found = reader.get(ADVICE, {"show": "partly"})

        seen = counts(found)
        assert (seen["accepted"], seen["partly"], seen["all"]) == (0, 1, 1)
        assert [one.pk for one in found.context["found"].page] == [advice.pk]
        assert "Accepted in part" in text(found)
        assert not reader.get(ADVICE, {"show": "accepted"}).context["found"].page.object_list

    def test_its_page_and_the_meeting_show_both_answers_and_reasons(self, reader, advice):
        meeting = advice.answered_at
        correction(meeting, part="answer", advice=advice, old="accepted", new="declined")
        correction(meeting, part="answer_why", advice=advice, old="Sejalan.", new="Terlalu luas.")

        for place in (advice.get_absolute_url(), meeting.get_absolute_url()):
            body = reader.get(place).content.decode()
            for both in ("<del>Accepted</del>", "<ins>Declined</ins>"):
                assert both in body
            for both in ("<del>Sejalan.</del>", "<ins>Terlalu luas.</ins>"):
                assert both in body
        assert "Why the committee answered so Terlalu luas." in text(
            reader.get(advice.get_absolute_url())
        )

    @pytest.mark.parametrize("new", AdviceAnswer.values)
    def test_every_count_opens_exactly_what_it_counts(self, reader, advice, new):
        if new != advice.answer:
            correct(advice, "answer", new)

        for view, number in counts(reader.get(ADVICE)).items():
            shown = reader.get(ADVICE, {"show": view}).context["found"].page.object_list
            assert len(shown) == number

    def test_declined_after_all_takes_no_actions_and_no_decision(self, advice):
        correct(advice, "answer", "declined")
        by, meeting = attempt(factories.member("secretariat")), committee_factories.meeting()

        with unchanged(Refused) as caught:
            advising.link_actions(advice=advice, attempt=by, actions=[])
        assert caught.value.reason == "advice_not_accepted"
        with unchanged(Refused) as caught:
            deciding.record_decision(
                meeting=meeting,
                attempt=by,
                draft=DecisionDraft("x", DecisionEffect.TASK, advice=advice),
            )
        assert caught.value.reason == "advice_declined"

    def test_accepted_after_all_takes_actions(self, advice):
        correct(advice, "answer", "declined")
        correct(advice, "answer", "partly")
        action = factories.action()

        by = attempt(factories.member("secretariat"))
        advising.link_actions(advice=advice, attempt=by, actions=[action])

        action.refresh_from_db()
        assert action.advice == advice
        advice.refresh_from_db()
        assert advice.answer == "accepted"  # the row stays as it was minuted

    def test_a_letter_tells_the_answer_in_force(self, advice):
        correct(advice, "answer", "declined")
        correct(advice, "answer_why", "Terlalu luas.")

        for found in (items.items, items.sources):
            key = f"advice:{advice.pk}" if found is items.items else f"answer:{advice.pk}"
            told = found([key])[key]
            assert (told.answer, told.answer_reason) == ("declined", "Terlalu luas.")

    def test_what_changed_since_tells_the_answer_in_force(self, reader, advice):
        correct(advice, "answer", "declined")

        shown = text(reader.get(reverse("roadmap:changes"), {"since": "2018-09-01"}))

        assert "Declined" in shown


class TestMeeting:
    @pytest.fixture
    def meeting(self, decision):
        correct(decision.meeting, "date", "2018-09-12")
        correct(decision.meeting, "place", "Bappenas")
        return decision.meeting

    def test_lists_and_pages_show_the_day_and_place_in_force(self, reader, meeting, decision):
        place = text(reader.get(reverse("roadmap:meetings")))
        assert "Bappenas" in place
        assert "12 September 2018" in place
        page = text(reader.get(decision.get_absolute_url()))
        assert "12 September 2018 Bappenas" in page
        assert "12 September 2018" in text(reader.get(DECISIONS))
        closed = {"closed_on": TODAY, "closed_by": factories.member()}
        obstacle = factories.obstacle(factories.action(), decision=decision, **closed)
        assert "12 September 2018" in text(reader.get(obstacle.get_absolute_url()))

    def test_what_changed_since_it_begins_on_that_day(self, reader, meeting):
        factories.action("LOG-01", created_on=days(-20), start_date=days(-20))

        shown = reader.get(reverse("roadmap:changes"), {"since": "meeting:3"})

        assert "12 September 2018" in text(shown)
        assert "LOG-01" not in text(shown)  # of 4 September
        assert since.read("meeting:3", TODAY).day.isoformat() == "2018-09-12"

    def test_a_decision_counts_from_that_day(self, reader, meeting, decision):
        shown = reader.get(reverse("roadmap:changes"), {"since": "2018-09-10"})

        assert "Menyusun pedoman." in text(shown)

    def test_nothing_was_carried_out_before_it_was_decided(self, meeting, decision):
        by = attempt(factories.member("secretariat"))

        with unchanged(Refused) as caught:
            deciding.mark_done(decision=decision, attempt=by, day=days(-20), note="Terbit.")

        assert caught.value.reason == "before_meeting"

    def test_a_letter_names_that_day(self, meeting, decision):
        told = items.items([f"decision:{decision.pk}"])[f"decision:{decision.pk}"]

        assert lines._place(told).endswith("12 September 2018")


def test_every_part_of_the_minutes_is_worn_or_shown():
    """A new kind of correction must be thought of here: where does it lead?"""
    led = {"date", "place", "decision", "carried_by", "by_when", "answer", "answer_why"}

    assert set(MinutesPart.values) == led | {"attendance", "agenda", "minutes"}
