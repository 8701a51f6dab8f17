"""Sixty days foreseen and lived: what the forecast says each morning is what leaves that day."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from committee import clock
from committee.clock import end_of
from committee.models import Member, RehearsalClock
from roadmap.enums import Outlook, Precision, Status
from roadmap.models import ActionItem, Milestone, PeriodReport, StatusUpdate
from roadmap.rules import calendar
from roadmap.rules.refusals import Refused
from roadmap.rules.weighing import Day
from roadmap.seed import importer
from roadmap.services import dates, evidence, periods, planning, rehearsal, reports
from roadmap.services.changes import Attempt, Words
from tests.factories import moment
from tests.plugin import CHOSEN
from tests.roadmap.foreseeing import (
    A_DAY,
    drain,
    foreseen,
    morning_of,
    ring,
    sent,
    unexplained,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(CHOSEN != "sqlite", reason="sixty days are long; the rules are the same"),
]
works = calendar.is_working_day  # on other days nothing may leave, and nothing is foreseen
OPENING = date(2018, 9, 24)
LENGTH = 60


class Diary:
    """What was foreseen of each day, the evening before and that morning, and what was sent."""

    def __init__(self):
        self.evening, self.morning, self.sent, self.changed = {}, {}, {}, {}

    def foresee_today(self, day):
        self.morning[day] = foreseen(morning_of(day), day) if works(day) else set()

    def close(self, day, *, looks_ahead=True):
        self.sent[day], self.changed[day] = sent(day), changed_on(day)
        following = day + A_DAY
        if looks_ahead:
            self.evening[following] = (
                foreseen(end_of(day), following) if works(following) else set()
            )
        assert not unexplained(day)

    def surprises(self):
        """Name what left, or did not, otherwise than the morning said, though nothing changed."""
        return self._unlike(self.morning)

    def unexplained(self):
        """Name what came otherwise than the evening before said, though nothing changed."""
        return self._unlike(self.evening)

    def _unlike(self, said):
        return {
            (day, line)
            for day, told in self.sent.items()
            for line in told ^ said.get(day, told)
            if line[1] not in self.changed[day]
        }


def changed_on(day):
    """Name the items of which something was recorded on a day, or that began to be known."""
    updates = StatusUpdate.objects.filter(at__gte=clock.start_of(day), at__lte=end_of(day))
    return {
        *(f"action:{pk}" for pk in updates.values_list("action", flat=True)),
        *(
            f"milestone:{pk}"
            for pk in Milestone.objects.values_list("pk", flat=True).filter(known_from=day)
        ),
        *(
            f"report:{pk}"
            for pk in PeriodReport.objects.filter(period__opens_on=day).values_list("pk", flat=True)
        ),
    }


def walked(length):
    """Let the real roadmap's clock walk, and keep a diary of what was foreseen and sent."""
    call_command("seed", "--rehearsal", "--as-of", OPENING.isoformat(), verbosity=0)
    diary = Diary()

    def learn(day):
        found = importer.learn(day)
        periods.keep(now=morning_of(day))
        diary.foresee_today(day)
        return found

    def deliver():
        day = RehearsalClock.objects.get().day
        drain(end_of(day))
        if day not in diary.sent:
            diary.close(day)

    rehearsal.set_target(to=OPENING + length * A_DAY)
    rehearsal.walk(learn=learn, deliver=deliver)
    assert len(diary.morning) == length
    return diary


def test_over_the_real_roadmap():
    diary = walked(LENGTH)

    assert sum(map(len, diary.sent.values())) > 100
    # Nothing is done by hand here: what became known did so before the morning looked ahead.
    assert {day: diary.sent[day] for day in diary.morning} == diary.morning
    assert diary.unexplained() == set()


def test_a_planner_that_skips_a_stage_is_seen(monkeypatch):
    class Forgetful(Day):
        def weigh(self, countdowns, told):
            found = super().weigh(countdowns, told)
            found.fresh = [fact for fact in found.fresh if not fact.stage.endswith("7d")]
            return found

    monkeypatch.setattr(planning, "Day", Forgetful)

    diary = walked(5)

    assert {line[3][-2:] for _day, line in diary.surprises()} == {"7d"}


class Committee:
    """People who do things at ten in the morning, by chance but always the same."""

    def __init__(self):
        self.dice = random.Random(60)
        self.secretariat = Member.objects.get(email="sekretariat@demo.test")
        self.actions = list(ActionItem.objects.order_by("pk").values_list("pk", flat=True))
        self.members = list(Member.objects.filter(role="member").order_by("pk"))
        for number, member in enumerate(self.members):
            member.letter_days = LETTER_DAYS[number % len(LETTER_DAYS)]
            member.time_zone = ZONES[number % len(ZONES)]
            member.letter_hour = HOURS[number % len(HOURS)]
            member.deputy = self.dice.choice([None, *self.members[:number]])
            member.is_active = number % 11 != 10
            if number % 4 == 0:
                member.paused_from = OPENING + self.dice.randrange(LENGTH) * A_DAY
                member.paused_until = member.paused_from + self.dice.randrange(1, 20) * A_DAY
            member.save()

    def act(self, day):
        for _ in range(self.dice.randrange(6)):
            action = ActionItem.objects.get(pk=self.dice.choice(self.actions))
            with suppress(Refused, PermissionDenied):
                self.dice.choice(THINGS)(self, action, day)

    def attempt(self, by, day):
        return Attempt(by=by, at=clock.Moment(moment(day, 10), day, None))

    def report(self, action, day):
        outlook = self.dice.choice(Outlook.values)
        claim = reports.Report(Status.IN_PROGRESS, 40, outlook, expected_date=day + 9 * A_DAY)
        attempt = self.attempt(action.owner, day)
        reports.report(action=action, attempt=attempt, claim=claim, words=WORDS)

    def submit(self, action, day):
        attempt = self.attempt(action.owner, day)
        evidence.add_link(action=action, attempt=attempt, title="Bukti", url="https://a.test/1")
        reports.submit(action=action, attempt=attempt, words=WORDS)

    def give_back(self, action, day):
        attempt = self.attempt(self.secretariat, day)
        reports.return_submission(action=action, attempt=attempt, words=WORDS)

    def move(self, action, day):
        to = dates.Move(day + self.dice.randrange(1, 40) * A_DAY, Precision.DAY, "Belum selesai.")
        dates.move_action_date(action=action, attempt=self.attempt(self.secretariat, day), move=to)

    def reassign(self, action, day):
        owner = self.dice.choice([None, *self.members])
        attempt = self.attempt(self.secretariat, day)
        reports.reassign(action=action, attempt=attempt, owner=owner, words=WORDS)


LETTER_DAYS = ("1", "3", "12345", "4", "5", "2", "14")
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
HOURS = (8, 0, 23, 6)
WORDS = Words(note="Sesuai rapat.")
THINGS = (
    *(Committee.report, Committee.report, Committee.submit, Committee.submit),
    *(Committee.give_back, Committee.move, Committee.reassign),
)


def test_over_five_hundred_actions_of_people_with_habits_of_their_own():
    call_command("seed", "--synthetic", "500", verbosity=0)
    diary, committee = Diary(), Committee()

    for day in (OPENING + number * A_DAY for number in range(LENGTH)):
        periods.keep(now=morning_of(day))
        diary.foresee_today(day)
        committee.act(day)
        if works(day):
            ring(end_of(day))
        diary.close(day, looks_ahead=day.weekday() in (0, 3))

    assert diary.surprises() == set()
    assert diary.unexplained() == set()
