"""What a letter says: its subject, its lines in order, in the reader's language."""

from __future__ import annotations

import re

import pytest

from committee import outbox
from committee.clock import Moment
from committee.models import Letter, RehearsalClock
from roadmap.enums import DueBasis, Precision, Status
from roadmap.models import ActionItem
from roadmap.services import bundling, dates, letters, planning, reports
from roadmap.services.changes import Words
from tests import factories
from tests.factories import TODAY, days, moment
from tests.roadmap.reminding import (
    Postbox,
    a_day,
    action,
    at,
    attempt,
    prepare,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return factories.workstream("CYB", title="Keamanan siber", title_en="Cyber security")


@pytest.fixture
def owner():
    return factories.member(name="Sari", language="en")


@pytest.fixture
def secretariat():
    return factories.member("secretariat", name="Rina", language="en")


class TestWhatALetterSays:
    def test_its_subject_counts_what_is_new(self, place, owner):
        action(place, owner, days(-1))
        action(place, owner, days(-30))
        action(place, owner, TODAY)
        action(place, owner, days(2))
        action(place, owner, days(90), reported_on=days(-31))

        letter = a_day()[owner]

        assert letter.subject == "Peta Jalan: 2 late, 1 due today, 1 due soon, 1 update owed"

    def test_its_lines_stand_in_their_order_under_headings(self, place, owner):
        action(place, owner, days(2), number=1)
        action(place, owner, days(-1), number=2)
        action(place, owner, days(-30), number=3)
        action(place, owner, TODAY, number=4)

        text = a_day()[owner].text

        assert re.findall(r"CYB-\d+(?= )", text) == ["CYB-03", "CYB-02", "CYB-04", "CYB-01"]
        assert re.findall(r"(?m)^[A-Z][A-Z 0-9]+$", text) == [
            "LATE",
            "DUE TODAY",
            "DUE WITHIN 3 DAYS",
        ]

    def test_a_line_says_what_one_needs_to_act(self, place, owner):
        made = action(
            place,
            owner,
            days(-1),
            title="Peraturan e-dagang",
            title_en="E-commerce rule",
            first_due_date=days(-305),
            times_moved=2,
            is_blocked=True,
            due_basis=DueBasis.ILLUSTRATIVE,
            reported_on=days(-4),
        )

        text = a_day()[owner].text

        assert f"{made.code} E-commerce rule\n  Due: 23 September 2018 (1 day late)" in text
        assert "]\n  Cyber security\n" in text
        assert "Due: 23 September 2018 (1 day late) [example, not an official target]" in text
        assert "In progress, reported 4 days ago" in text
        assert "moved 2×, +304 days" in text
        assert "An obstacle is open." in text
        assert f"http://testserver/actions/{made.code}/" in text

    def test_a_month_is_worded_as_a_month(self, place, owner):
        action(place, owner, days(6), due_precision=Precision.MONTH)

        assert "Due: September 2018 (6 days left)" in a_day()[owner].text

    def test_a_milestone_is_told_with_its_workstream(self, place, owner):
        factories.seat(owner, place)
        made = factories.milestone(workstream=place, due_date=days(20))

        text = a_day()[owner].text

        assert "LATER MILESTONES" in text
        assert f"http://testserver{made.get_absolute_url()}" in text

    def test_each_reader_gets_their_own_language(self, place):
        titles = {"title": "Peraturan e-dagang", "title_en": "E-commerce rule"}
        readers = [factories.member(language=language) for language in ("id", "en")]
        for reader in readers:
            action(place, reader, days(-1), **titles)

        found = a_day()

        assert "Peraturan e-dagang" in found[readers[0]].text
        assert "23 September 2018" in found[readers[0]].text
        assert "Keamanan siber" in found[readers[0]].text
        assert "E-commerce rule" in found[readers[1]].text
        assert "Cyber security" in found[readers[1]].text

    def test_an_orphan_is_named_as_one(self, place, secretariat):
        action(place, None, days(-1))

        assert "This action has no owner." in a_day()[secretariat].text

    def test_an_owner_who_cannot_be_reached_is_named(self, place, secretariat):
        gone = factories.member(name="Budi", is_active=False)
        action(place, gone, days(-1))

        assert "Its owner, Budi, cannot be reached." in a_day()[secretariat].text

    def test_a_deputy_is_told_whom_they_stand_in_for(self, place, owner):
        away = {"paused_from": TODAY, "paused_until": days(3), "deputy": owner}
        action(place, factories.member(name="Budi", **away), days(-1))

        assert "You stand in for Budi, who is away." in a_day()[owner].text

    def test_a_superior_is_told_whose_work_it_is(self, place, owner, secretariat):
        action(place, factories.member(name="Budi"), days(-20))

        letter = a_day()[secretariat]

        assert letter.subject == "Peta Jalan: 1 late elsewhere"
        assert "Owner: Budi" in letter.text

    def test_a_submission_is_told_to_those_who_verify(self, place, owner, secretariat):
        action(place, owner, days(30), status=Status.SUBMITTED, submitted_on=TODAY)

        assert a_day()[secretariat].subject == "Peta Jalan: 1 to verify"

    def test_what_it_stands_for_after_an_outage_is_named(self, place, owner):
        action(place, owner, days(-1))

        assert (
            "This also stands for earlier reminders, the first of them 7 days before"
            in a_day()[owner].text
        )

    def test_twenty_lines_at_most_then_a_count_and_all_are_told(self, place, owner):
        for _ in range(23):
            action(place, owner, days(-1))

        letter = a_day()[owner]

        assert len(re.findall(r"(?m)^- ", letter.text)) == 20
        assert "And 3 more: http://testserver/my/" in letter.text
        assert letter.subject == "Peta Jalan: 23 late"
        assert letter.reminders.filter(cancelled_at=None).count() == 23

    def test_a_rehearsal_says_so(self, place, owner):
        action(place, owner, days(-1))
        prepare()
        clock = RehearsalClock(day=TODAY, target=TODAY, since=moment(TODAY))

        outbox.drain(
            renderers=letters.renderers(lambda: Moment(moment(TODAY), TODAY, clock)),
            session=Postbox(),
        )

        letter = Letter.objects.get()
        assert letter.subject.startswith("[Rehearsal] ")
        assert "This is a rehearsal" in letter.text

    def test_it_has_a_plain_and_an_html_part(self, place, owner):
        made = action(place, owner, days(-1), title='<b>"Aksi" & co</b>')
        prepare()
        box = Postbox()

        outbox.drain(renderers=letters.renderers(at), session=box)

        content = box.mails[0].content.decode().replace("=\r\n", "")  # lines folded for the wire
        assert "text/plain" in content
        assert "text/html" in content
        assert f"http://testserver/actions/{made.code}/" in content
        assert "<b>&quot;Aksi" not in content


class TestStillLate:
    def test_one_sentence_counts_what_was_told_before_and_is_late_still(self, place, owner):
        for _ in range(2):
            action(place, owner, days(-1))
        assert "still late" not in a_day()[owner].text
        action(place, owner, days(1))

        text = a_day(days(1))[owner].text

        assert "2 items you were told about before are still late." in text

    def test_what_was_done_or_given_away_is_not_counted(self, place, owner):
        for _ in range(3):
            action(place, owner, days(-1))
        a_day()
        gone, given, _kept = ActionItem.objects.order_by("pk")
        ActionItem.objects.filter(pk=gone.pk).update(status=Status.SUBMITTED, submitted_on=TODAY)
        ActionItem.objects.filter(pk=given.pk).update(owner=factories.member())
        action(place, owner, days(1))

        text = a_day(days(1))[owner].text

        assert "1 item you were told about before is still late." in text

    @pytest.mark.parametrize("is_achieved", [False, True])
    def test_a_milestone_is_counted_for_who_leads_until_it_is_achieved(
        self, place, owner, is_achieved
    ):
        factories.seat(owner, place)
        milestone = factories.milestone(workstream=place, due_date=days(-1))
        a_day()
        if is_achieved:
            done = {"achieved_date": TODAY, "achieved_recorded_on": TODAY}
            type(milestone).objects.filter(pk=milestone.pk).update(**done)
        action(place, owner, days(1))

        text = a_day(days(1))[owner].text

        assert ("1 item you were told about before is still late." in text) is not is_achieved

    def test_an_item_told_again_is_a_line_and_not_counted_beside_it(self, place, owner):
        action(place, owner, days(-1))
        a_day()

        assert "still late" not in a_day(days(4))[owner].text


class TestNotices:
    def test_a_returned_submission_is_told_with_its_reason(self, place, owner, secretariat):
        made = action(place, owner, days(60), status=Status.SUBMITTED, submitted_on=TODAY)
        reports.return_submission(
            action=made, attempt=attempt(secretariat), words=Words(note="Lampiran keliru.")
        )

        letter = a_day(days(1))[owner]

        assert letter.subject == "Peta Jalan: 1 notice"
        assert "Rina returned your submission: Lampiran keliru." in letter.text

    def test_a_moved_date_is_told(self, place, owner, secretariat):
        made = action(place, owner, days(60))
        move = dates.Move(to=days(90), precision=Precision.DAY, reason="Keputusan rapat.")
        dates.move_action_date(action=made, attempt=attempt(secretariat), move=move)

        assert "Rina moved your due date: Keputusan rapat." in a_day(days(1))[owner].text

    def test_an_action_given_is_told_to_its_new_owner(self, place, owner, secretariat):
        made = action(place, factories.member(), days(60))
        reports.reassign(
            action=made, attempt=attempt(secretariat), owner=owner, words=Words(note="Mutasi.")
        )

        assert "Rina gave this action to you: Mutasi." in a_day(days(1))[owner].text

    def test_it_waits_for_the_next_morning(self, place, owner, secretariat):
        made = action(place, factories.member(), days(60))
        reports.reassign(
            action=made, attempt=attempt(secretariat), owner=owner, words=Words(note="Mutasi.")
        )
        planning.plan(now=moment(TODAY, 11))

        assert bundling.bundle(now=moment(TODAY, 11)) == 0
