"""What somebody did, told once in the next letter: in which words, and whatever happens since."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from committee.enums import AdviceAnswer
from committee.models import Letter
from roadmap.enums import Precision, RequestState, UpdateKind
from roadmap.models import Comment, Reminder
from roadmap.services import (
    dates,
    notices,
    reports,
)
from roadmap.services.changes import Words
from tests import committee_factories as committee
from tests import factories
from tests.factories import TODAY, days
from tests.roadmap.noticing import TOMORROW, answer, decide, mention, tell_answer
from tests.roadmap.reminding import a_day, action, attempt, post, prepare

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return factories.workstream("CYB", title="Keamanan siber", title_en="Cyber security")


@pytest.fixture
def owner():
    return factories.member(name="Sari", language="en")


@pytest.fixture
def reader():
    """Make somebody with no part in the work."""
    return factories.member("viewer", name="Dewi", language="en")


@pytest.fixture
def secretariat():
    return factories.member("secretariat", name="Rina", language="en")


class TestAMention:
    def test_is_told_to_somebody_who_owns_nothing_there(self, place, owner, reader):
        made = action(place, owner, days(60), title="Pusat aduan")
        mention(made, reader, owner)

        letter = a_day(TOMORROW)[reader]

        assert letter.subject == "Peta Jalan: 1 notice"
        assert "Sari mentioned you: “Mohon pendapat @Dewi tentang hal ini.”" in letter.text
        assert f"{made.code} Pusat aduan" in letter.text
        assert "Owner: Sari" in letter.text
        assert "You stand in for" not in letter.text

    def test_of_advice_and_of_a_decision_leads_there(self, owner, reader):
        given, decision = committee.advice(), committee.decision()
        mention(given, reader, owner)
        mention(decision, reader, owner)

        text = a_day(TOMORROW)[reader].text

        assert "- Satu gerbang data\n  Sari mentioned you: “Mohon" in text
        assert "”\n  Advice given on 15 September 2018\n" in text
        assert f"http://testserver{reverse('roadmap:advice', args=[given.pk])}" in text
        assert f"- Decision {decision.code}\n  Sari mentioned you" in text
        assert f"\n  Meeting {decision.meeting.number}, 24 September 2018\n" in text
        assert f"http://testserver{reverse('roadmap:decision', args=[decision.pk])}" in text

    def test_quotes_its_beginning_on_one_line(self, place, owner, reader):
        mention(action(place, owner, days(60)), reader, owner, text="satu\ndua " + "kata " * 100)

        quote = re.search("“(.*)”", a_day(TOMORROW)[reader].text)[1]

        assert quote.startswith("satu dua kata")
        assert quote.endswith("…")
        assert len(quote) == 200

    def test_of_an_action_without_owner_says_so(self, place, secretariat, reader):
        mention(action(place, None, days(60)), reader, secretariat)

        assert "This action has no owner." in a_day(TOMORROW)[reader].text

    def test_taken_out_of_the_comment_is_not_told(self, place, owner, reader):
        comment = mention(action(place, owner, days(60)), reader, owner)
        prepare(TOMORROW)

        comment.mentions.clear()
        post(TOMORROW)

        assert Letter.objects.get().last_error == "withdrawn"

    def test_whose_comment_is_gone_is_not_told(self, place, owner, reader):
        mention(action(place, owner, days(60)), reader, owner)
        prepare(TOMORROW)

        Comment.mentions.through.objects.all().delete()
        Comment.objects.all().delete()
        post(TOMORROW)

        assert Reminder.objects.get().cancel_reason == "withdrawn"

    def test_outlives_what_is_done_with_the_action(self, place, owner, reader, secretariat):
        made = action(place, owner, days(60))
        mention(made, reader, owner)
        words = Words(note="Keliru.")
        reports.reassign(action=made, attempt=attempt(secretariat), owner=None, words=words)
        reports.cancel(action=made, attempt=attempt(secretariat), words=words)

        assert "mentioned you" in a_day(TOMORROW)[reader].text

    def test_of_oneself_is_not_told(self, place, owner):
        mention(action(place, owner, days(60)), owner, owner)

        assert not Reminder.objects.exists()


class TestARequestAnswered:
    def answered(self, item, secretariat, state, **fields):
        values = {"state": state, "answered_by": secretariat, "answered_on": TODAY}
        made = committee.date_request(item, **values | fields)
        answer(made)
        return made

    def test_approved_tells_the_new_date_and_the_decision(self, place, owner, secretariat):
        made = action(place, owner, days(60))
        decision = committee.decision()
        self.answered(
            made,
            secretariat,
            RequestState.APPROVED,
            new_date=days(97),
            new_precision=Precision.MONTH,
            decision=decision,
        )

        text = a_day(TOMORROW)[owner].text

        assert "Rina approved the date you asked for, December 2018." in text
        assert f"By decision {decision.code} of meeting {decision.meeting.number}." in text

    def test_declined_tells_why(self, place, owner, secretariat):
        made = action(place, owner, days(60))
        reason = {"answer_reason": "Tidak ada alasan baru."}
        self.answered(made, secretariat, RequestState.DECLINED, **reason)

        text = a_day(TOMORROW)[owner].text

        assert "Rina declined the date you asked for, 12 April 2019: Tidak ada alasan" in text

    def test_of_a_milestone_is_told_to_who_asked(self, place, reader, secretariat):
        made = factories.milestone(workstream=place, due_date=days(90))
        why = {"asked_by": reader, "answer_reason": "Disetujui rapat."}
        self.answered(made, secretariat, RequestState.APPROVED, **why)

        text = a_day(TOMORROW)[reader].text

        assert "approved the date you asked for, 12 April 2019: Disetujui rapat." in text
        assert made.title in text

    def test_a_late_milestone_told_only_so_is_not_counted_as_the_readers(
        self, place, reader, secretariat
    ):
        made = factories.milestone(workstream=place, due_date=days(-9))
        self.answered(made, secretariat, RequestState.APPROVED, asked_by=reader)
        a_day(TOMORROW)
        mention(action(place, secretariat, days(60)), reader, secretariat)

        assert "still late" not in a_day(days(2))[reader].text


class TestAdviceAnswered:
    @pytest.mark.parametrize(
        ("verdict", "words"),
        [
            (AdviceAnswer.ACCEPTED, "Your advice was accepted at meeting"),
            (AdviceAnswer.PARTLY, "Your advice was accepted in part at meeting"),
            (AdviceAnswer.DECLINED, "Your advice was declined at meeting"),
        ],
    )
    def test_tells_the_adviser_what_became_of_it_and_where(self, verdict, words):
        adviser = factories.member("adviser", language="en")
        advice = committee.advice(adviser, answered=True, answer=verdict)
        tell_answer(advice)

        letter = a_day(TOMORROW)[adviser]

        assert f"{words} {advice.answered_at.number}: Sejalan." in letter.text
        assert letter.subject == "Peta Jalan: 1 notice"

    def test_revised_before_its_letter_is_told_once_and_after_it_anew(self):
        adviser = factories.member("adviser", language="en")
        advice = committee.advice(adviser, answered=True)
        tell_answer(advice)
        tell_answer(advice)
        assert a_day(TOMORROW)[adviser].reminders.count() == 1

        advice.answer = AdviceAnswer.PARTLY
        advice.save()
        tell_answer(advice)
        tell_answer(advice)

        letter = a_day(days(2))[adviser]
        assert "accepted in part" in letter.text
        assert letter.reminders.get().stage == "answered:2"


class TestAnObstacleDecided:
    def test_tells_whoever_waited_by_whom_and_by_which_decision(
        self, place, owner, reader, secretariat
    ):
        made = action(place, owner, days(60))
        decision = committee.decision(effect="obstacle")
        decide(made, [owner, reader], secretariat, decision)

        letters_of = a_day(TOMORROW)

        for person in (owner, reader):
            text = letters_of[person].text
            assert "Rina decided on the obstacle “Surat BI”: BI menyurati. Batas 1 Okt." in text
            assert f"By decision {decision.code} of meeting {decision.meeting.number}." in text

    def test_without_a_decision_names_none(self, place, owner, secretariat):
        decide(action(place, owner, days(60)), [owner], secretariat)

        assert "By decision" not in a_day(TOMORROW)[owner].text

    def test_stands_when_the_date_is_moved_as_well(self, place, owner, secretariat):
        made = action(place, owner, days(60))
        decide(made, [owner], secretariat)
        move = dates.Move(to=days(90), precision=Precision.DAY, reason="Keputusan rapat.")
        dates.move_action_date(action=made, attempt=attempt(secretariat), move=move)

        text = a_day(TOMORROW)[owner].text

        assert "decided on the obstacle" in text
        assert "moved your due date" in text


class TestAnActionFromADecision:
    def test_its_owners_letter_names_the_decision_and_the_meeting(self, place, owner, secretariat):
        decision = committee.decision()
        made = action(place, owner, days(60), decision=decision)
        update = factories.update(made, kind=UpdateKind.EDITED, by=secretariat)
        notices.tell_owner(made, update, "assigned")

        text = a_day(TOMORROW)[owner].text

        assert "Rina gave this action to you." in text
        assert f"From decision {decision.code} of meeting {decision.meeting.number}." in text

    def test_only_when_it_is_given(self, place, owner, secretariat):
        made = action(place, owner, days(-1), decision=committee.decision())

        assert "From decision" not in a_day()[owner].text
        assert made.code in a_day()[owner].text

    def test_it_is_told_though_its_date_is_moved_the_same_day(self, place, owner, secretariat):
        made = action(place, owner, days(60), decision=committee.decision())
        update = factories.update(made, kind=UpdateKind.EDITED, by=secretariat)
        notices.tell_owner(made, update, "assigned")
        move = dates.Move(to=days(90), precision=Precision.DAY, reason="Keputusan rapat.")
        dates.move_action_date(action=made, attempt=attempt(secretariat), move=move)

        assert "gave this action to you" in a_day(TOMORROW)[owner].text
