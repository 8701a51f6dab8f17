"""Notices from the services to the letter and its page, and the narrative that is owed."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from committee.enums import AdviceAnswer
from committee.models import Letter, Member
from roadmap.enums import Precision
from roadmap.models import Obstacle, Reminder
from roadmap.selectors import items
from roadmap.selectors import letters as selectors
from roadmap.services import (
    actions,
    advice,
    bundling,
    comments,
    dates,
    letters,
    obstacles,
    requests,
)
from tests import committee_factories as committee
from tests import factories
from tests.factories import TODAY, days, moment
from tests.roadmap.noticing import TOMORROW, every_kind
from tests.roadmap.reminding import a_day, action, at, attempt, post, prepare

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


class TestFromTheServices:
    """The keys that services write are the ones that letters read."""

    @pytest.fixture
    def sitting(self):
        return committee.meeting()

    def test_a_comment(self, place, owner, reader):
        made = action(place, owner, days(60))
        remark = comments.Remark("@Dewi, mohon dibaca.", [reader])
        comments.add_comment(about=made, attempt=attempt(owner), remark=remark)

        assert "Sari mentioned you: “@Dewi, mohon dibaca.”" in a_day(TOMORROW)[reader].text

    @pytest.mark.parametrize("is_approved", [True, False])
    def test_a_request(self, place, owner, secretariat, is_approved):
        made = action(place, owner, days(60))
        move = dates.Move(to=days(90), precision=Precision.DAY, reason="Pengadaan diulang.")
        asked = requests.ask_move(item=made, attempt=attempt(owner), move=move)
        service = requests.approve_request if is_approved else requests.decline_request
        service(request=asked, attempt=attempt(secretariat), answer="Sesuai rapat.")

        letter = a_day(TOMORROW)[owner]

        verb = "approved" if is_approved else "declined"
        assert f"Rina {verb} the date you asked for, 23 December 2018: Sesuai" in letter.text
        assert letter.subject == "Peta Jalan: 1 notice"

    def test_an_advice(self, secretariat, sitting):
        adviser = factories.member("adviser", language="en")
        given = committee.advice(adviser)
        answer = advice.Answer(sitting, AdviceAnswer.PARTLY, "Sebagian sejalan.")
        advice.answer_advice(advice=given, attempt=attempt(secretariat), answer=answer)

        words = f"accepted in part at meeting {sitting.number}: Sebagian sejalan."
        assert words in a_day(TOMORROW)[adviser].text

    def test_an_obstacle_decided_at_a_meeting(self, place, owner, secretariat, sitting):
        raiser = factories.member(name="Budi", language="en")
        first, second = (action(place, owner, days(60)) for _ in range(2))
        root = factories.obstacle(first, needed="Surat BI", raised_by=raiser)
        factories.obstacle(second, needed="Izin BI", joined_to=root)
        ruling = obstacles.Ruling("BI menyurati.", meeting=sitting)
        obstacles.decide_obstacle(obstacle=root, attempt=attempt(secretariat), ruling=ruling)

        told = a_day(TOMORROW)

        assert told[owner].subject == "Peta Jalan: 2 notices"
        code = Obstacle.objects.get(pk=root.pk).decision.code
        assert told[owner].text.count(f"By decision {code} of meeting {sitting.number}.") == 2
        assert "Rina decided on the obstacle “Izin BI”: BI menyurati." in told[owner].text
        assert told[raiser].subject == "Peta Jalan: 1 notice"

    def test_an_action_made_from_a_decision(self, place, owner, secretariat, sitting):
        decision = committee.decision(sitting)
        fields = {"workstream": place, "title": "Pusat aduan", "owner": owner}
        fields |= {"due_date": days(60), "due_precision": Precision.DAY, "decision": decision}
        draft = actions.ActionDraft(fields)
        actions.create_action(attempt=attempt(secretariat), draft=draft)

        text = a_day(TOMORROW)[owner].text

        assert "Rina gave this action to you." in text
        assert f"From decision {decision.code} of meeting {sitting.number}." in text


class TestANarrativeOwed:
    @pytest.fixture
    def report(self, place, reader):
        factories.seat(reader, place)
        period = committee.period(code="B09", closes_on=days(3))
        return committee.report(period, workstream=place)

    def owe(self, report, person):
        return Reminder.objects.create(
            item=f"report:{report.pk}",
            occasion=f"period:{report.period_id}",
            stage="-3wd",
            recipient=person,
            due_at=moment(TODAY, 0),
        )

    def send(self):
        bundling.bundle(now=moment(TODAY, 8))
        post()
        return Letter.objects.get()

    def test_is_told_as_an_update_owed_with_its_closing(self, report, reader):
        self.owe(report, reader)

        letter = self.send()

        assert letter.subject == "Peta Jalan: 1 update owed"
        assert "UPDATE OWED\n\n- Cyber security\n  Reporting period B09 2018\n" in letter.text
        assert "The narrative for B09 2018 is owed; the period closes on " in letter.text
        assert " on 27 September 2018 (3 days left)." in letter.text
        assert f"http://testserver{report.period.get_absolute_url()}" in letter.text
        assert "cannot be reached" not in letter.text

    def test_signed_meanwhile_is_not_told(self, report, reader):
        self.owe(report, reader)
        bundling.bundle(now=moment(TODAY, 8))
        report.narrative, report.signed_by, report.signed_on = "Baik.", reader, TODAY
        report.save()

        assert self.send().last_error == "signed"

    def test_of_a_period_closed_meanwhile_is_not_told(self, report, reader):
        self.owe(report, reader)
        bundling.bundle(now=moment(TODAY, 8))
        report.period.closed_on = TODAY
        report.period.save()

        assert self.send().last_error == "period closed"

    def test_is_planned_for_the_lead_who_is_no_stand_in(self, report, reader):
        told = a_day()

        assert "The narrative for B09 2018 is owed" in told[reader].text
        assert not Reminder.objects.get(item=f"report:{report.pk}").is_orphan


class TestTheLetterPage:
    def test_shows_every_kind_with_its_words_and_a_way_to_it(
        self, client, place, reader, secretariat
    ):
        every_kind(place, [reader], secretariat)
        letter = a_day(TOMORROW)[reader]
        client.force_login(reader)

        page = client.get(reverse("roadmap:letter", args=[letter.pk])).content.decode()

        for words in (
            "assigned to you",
            "mentioned in a comment",
            "advice answered",
            "obstacle decided",
            "request for a new date approved",
            "request for a new date declined",
        ):
            assert words in page
        for item in set(letter.reminders.values_list("item", flat=True)):
            row = items.items([item])[item]
            assert f'href="{row.get_absolute_url()}"' in page
        assert 'lang=""' not in page

    @pytest.mark.parametrize("item", ["advice:0", "report:999999", "ghost:1", "ghost", "action:x"])
    @pytest.mark.parametrize("occasion", ["comment:0", "period:9", "ghost", "answer:"])
    def test_never_fails_on_what_it_does_not_know(self, reader, item, occasion):
        prepare()
        letter = Letter.objects.create(
            kind="reminders",
            recipient=reader,
            policy_date=TODAY,
            not_before=timezone.now(),
            dedupe_key="x",
            message_id="<x@x>",
        )
        Reminder.objects.create(
            item=item,
            occasion=occasion,
            stage="x",
            recipient=reader,
            letter=letter,
            due_at=moment(TODAY),
        )

        with translation.override("en"):
            (line,) = selectors.lines_of(letter)
        rendered = letters.render_reminders([letter], at())[letter.pk]

        assert (line.title, line.url) == ("no longer on the roadmap", "")
        assert rendered.reason == "no longer on the roadmap"

    @pytest.mark.parametrize("language", ["id", "en"])
    def test_a_letter_of_every_kind_is_written_in_both_languages(
        self, place, reader, secretariat, language
    ):
        Member.objects.filter(pk=reader.pk).update(language=language)
        every_kind(place, [reader], secretariat)

        text = a_day(TOMORROW)[Member.objects.get(pk=reader.pk)].text

        assert "%(" not in text
        assert "None" not in text


def test_every_reason_recorded_by_the_committees_work_has_words():
    with translation.override("en"):
        known = selectors._reasons()
    assert {"signed", "period closed", "withdrawn", "owner is back", "member away"} <= set(known)


def test_a_batch_of_every_kind_costs_as_many_queries_as_one_letter(place, secretariat):
    def queries_of(number):
        for thing in (Reminder, Letter, Obstacle):
            thing.objects.all().delete()
        people = [factories.member() for _ in range(number)]
        every_kind(place, people, secretariat)
        prepare(TOMORROW)
        batch = list(Letter.objects.select_related("recipient").filter(recipient__in=people))
        assert len(batch) == number
        with CaptureQueriesContext(connection) as queries:
            letters.render_reminders(batch, at(TOMORROW))
        return len(queries)

    assert queries_of(1) == queries_of(12)
