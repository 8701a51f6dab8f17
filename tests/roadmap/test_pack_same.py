"""The same pack is the same paper: on its evening, on the morning after, and months later.

A committee is lived through its services; packs of some days are kept, and made again after two
hundred days of changes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from unittest.mock import patch

from django.test import TestCase

from committee.clock import Moment
from committee.models import Meeting
from committee.rules.days import PastDay
from roadmap.models import ActionItem
from roadmap.rules.checksums import canonical, checksum
from roadmap.selectors import pack as selectors
from roadmap.selectors import pack_changes
from roadmap.selectors.pack_facts import Pack
from roadmap.selectors.since import Since
from roadmap.services import decisions, meetings, obstacles, requests
from roadmap.services.changes import Attempt
from tests import committee_factories as committee
from tests import factories
from tests.factories import TODAY, days
from tests.four_hundred_days import FIRST, Rehearsal

KEPT = (5, 30, 59)
BEFORE, AFTER = 60, 200


def made(day: date) -> Pack:
    since = Since(date(day.year, day.month, day.day) - timedelta(days=30))
    return selectors.pack(wanted=selectors.Wanted(day, since), is_rehearsal=False)


def past(day: date) -> PastDay:
    return PastDay(day.year, day.month, day.day)


class TestTheSamePaper(TestCase):
    @classmethod
    def setUpTestData(cls):
        rehearsal = Rehearsal(seed=4)
        cls.evening, cls.morning, days = {}, {}, rehearsal.days()
        for number, day in enumerate(islice(days, BEFORE)):
            for earlier in cls.evening.keys() - cls.morning.keys():
                cls.morning[earlier] = made(past(earlier))
            if number in KEPT:
                cls.evening[day] = made(day)
        for _day in islice(days, AFTER):
            pass
        for earlier in cls.evening.keys() - cls.morning.keys():
            cls.morning[earlier] = made(past(earlier))

    def test_there_is_something_to_tell_apart(self):
        packs = list(self.evening.values())

        assert len({pack.checksum for pack in packs}) == len(KEPT)
        assert {kind.section for pack in packs for kind in pack.changes} >= {"added", "moved"}
        assert all(pack.attention.rows for pack in packs[1:])
        assert packs[-1].slip_count > packs[0].slip_count

    def test_the_evening_of_a_day_is_the_day_looked_back_at(self):
        for day, pack in self.evening.items():
            assert canonical(self.morning[day]) == canonical(pack), day

    def test_two_hundred_days_later_it_is_the_same_to_the_letter(self):
        for day, pack in self.morning.items():
            later = made(past(day))

            assert canonical(later) == canonical(pack), day
            assert later.checksum == pack.checksum

    def test_titles_are_todays_and_not_covered(self):
        day, pack = list(self.morning.items())[-1]
        ActionItem.objects.update(title="Judul baru")

        later = made(past(day))

        assert {row.what.title for row in later.attention.rows} == {"Judul baru"}
        assert later.checksum == pack.checksum

    def test_control_read_from_today_it_would_be_another_paper(self):
        """Without the history behind it the same call gives what is so now."""
        day, pack = list(self.morning.items())[-1]

        assert made(date(day.year, day.month, day.day)).checksum != pack.checksum

    def test_a_change_of_any_part_is_another_checksum(self):
        pack = self.morning[max(self.morning)]
        parts = {"fresh_owners": 99, "slip_count": 99, "meeting": 7, "changes": (), "streams": ()}

        for name, value in parts.items():
            assert checksum(replace(pack, **{name: value})) != pack.checksum, name

    def test_every_kind_of_change_is_known_here(self):
        with patch.object(pack_changes.since, "everything", return_value=[]):
            assert made(FIRST).changes == ()
        assert set(pack_changes.MAKERS) == set(pack_changes.Section)


class TestTheCommittee(TestCase):
    """What the committee says and does later changes no earlier paper."""

    @classmethod
    def setUpTestData(cls):
        cls.secretariat = factories.member("secretariat")
        place = factories.workstream("CYB")
        cls.action = factories.action("CYB-01", workstream=place, late=True)
        held = committee.meeting(number=3, date=days(-20))
        cls.task = committee.decision(held, number=1, effect="task", text="Menyusun pedoman.")
        cls.carried = committee.decision(held, number=2, effect="action", text="Menyusun SOP.")
        shut = {"status": "closed", "closed_on": days(-19), "closed_by": cls.secretariat}
        Meeting.objects.filter(pk=held.pk).update(**shut)
        cls.obstacle = factories.obstacle(cls.action, raised_on=days(-15))
        cls.request = committee.date_request(cls.action, asked_on=days(-14))
        cls.advice = committee.advice(given_on=days(-13))

    def at(self, day):
        return Attempt(self.secretariat, Moment(factories.moment(day), day, None))

    def made(self):
        return made(past(days(-5)))

    def later(self):
        """Do, one day after another, all that could reach back into an earlier paper."""
        right = meetings.Correction(f"decision:{self.task.pk}", "Menyusun aturan.", "Salah.")
        meetings.correct_minutes(
            meeting=self.task.meeting, attempt=self.at(days(-4)), correction=right
        )
        decisions.mark_done(
            decision=self.task, attempt=self.at(days(-3)), day=days(-3), note="Selesai."
        )
        requests.decline_request(
            request=self.request, attempt=self.at(days(-3)), answer="Belum perlu."
        )
        obstacles.close_obstacle(
            action=self.action,
            attempt=self.at(days(-2)),
            obstacle=self.obstacle,
            closing_note="Selesai.",
        )
        held = committee.meeting(number=4, date=days(-6))
        committee.decision(held, number=1, text="Baru dirapatkan.")
        answer = {"answer": "accepted", "answer_reason": "Sejalan.", "answered_on": days(-1)}
        answer |= {"answered_at": held, "answered_by": self.secretariat}
        type(self.advice).objects.filter(pk=self.advice.pk).update(**answer)
        shut = {"status": "closed", "closed_on": days(-1), "closed_by": self.secretariat}
        Meeting.objects.filter(pk=held.pk).update(**shut)

    def test_the_paper_says_it_all(self):
        pack = self.made()

        assert pack.needed_count == 3
        assert [row.text for row in pack.decisions.rows] == ["Menyusun pedoman.", "Menyusun SOP."]

    def test_what_came_later_is_not_in_it(self):
        before = self.made()

        self.later()

        after = self.made()
        assert canonical(after) == canonical(before)
        assert after.checksum == before.checksum

    def test_control_by_now_all_of_it_is_another_paper(self):
        self.later()

        pack = made(TODAY)

        assert pack.needed_count == 0
        assert [row.text for row in pack.decisions.rows] == ["Menyusun SOP.", "Baru dirapatkan."]
