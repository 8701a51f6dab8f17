"""A year of mornings over one action: each stage is told once, whatever days the machine is off.

Told once means: every stage of the ladder below is either told, or named by the one that was
told instead, and none of them twice. The ladders are written by hand, from DESIGN.md.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta

import pytest
from django.db.models import Value
from django.db.models.functions import Concat

from roadmap.models import Reminder
from roadmap.rules import reminders as rules
from roadmap.services import planning
from tests import factories
from tests.roadmap.reminding import bundle_and_send
from tests.roadmap.rules.test_reminders import ACTION_RULES

FIRST, LAST = date(2018, 1, 2), date(2018, 12, 31)
DUE = date(2018, 7, 2)
WEEKLY = [f"+{days}d" for days in range(21, 183, 7)]  # the last one on 31 December
LADDERS = {
    ("due", "owner"): ["-7d", "-3wd", "-1wd", "0d", "+1d", "+4wd", "+7wd", "+10wd", *WEEKLY],
    ("due", "lead"): ["lead:+3wd"],
    ("due", "secretariat"): ["secretariat:+10wd"],
    ("report", "owner"): [f"+{days}d" for days in range(30, 360, 7)],  # reported on the first day
}
SEEDS = range(20)


def mornings(seed=None):
    """Give the days on which the machine runs: all, or with outages of 1-10 days between."""
    chance = random.Random(seed)
    day, found = FIRST, []
    while day <= LAST:
        runs = chance.randint(1, 12) if seed is not None else 400
        found += [day + timedelta(days=number) for number in range(runs)]
        day += timedelta(days=runs + chance.randint(1, 10))
    return [morning for morning in found if morning < LAST] + [LAST]


def covered(told, ladder):
    """Name every stage accounted for: those told, and those each of them stands for."""
    found = []
    for stage, supersedes in told:
        first = ladder.index(supersedes or stage)
        found += ladder[first : ladder.index(stage) + 1]
    return found


def run_by_rules(seed):
    told, found = set(), []
    for day in mornings(seed):
        ladder = rules.reached(ACTION_RULES, DUE, day)
        if telling := rules.to_tell(ladder, frozenset(told)):
            told.add(telling.stage.name)
            found.append((telling.stage.name, telling.supersedes))
    return found


def run_by_services(until=LAST, seed=1, after_each=lambda _day: None):
    """Plan and post one action's year, and give what each line was told, in order."""
    place = factories.workstream("CYB")
    factories.seat(factories.member(), place, from_date=FIRST)
    factories.member("secretariat")
    factories.action(
        workstream=place,
        owner=factories.member(),
        due_date=DUE,
        created_on=FIRST,
        start_date=FIRST,
        reported_on=FIRST,
    )
    for day in mornings(seed):
        if day <= until:
            planning.plan(now=factories.moment(day, 8))
            bundle_and_send(day)
            after_each(day)
    return told_by_line()


def told_by_line():
    found = defaultdict(list)
    for row in Reminder.objects.filter(letter__state="sent", cancelled_at=None).order_by("pk"):
        line = (row.occasion.partition(":")[0], row.audience)
        found[line].append((row.stage, row.supersedes))
    return dict(found)


def accounted_for(told):
    return {line: covered(stages, LADDERS[line]) for line, stages in told.items()}


@pytest.mark.parametrize("seed", [None, *SEEDS])
def test_by_the_rules_each_stage_is_told_once_or_named(seed):
    assert covered(run_by_rules(seed), LADDERS["due", "owner"]) == LADDERS["due", "owner"]


@pytest.mark.parametrize("seed", SEEDS)
def test_control_a_planner_that_looks_for_todays_stages_alone_loses_some(seed):
    found = [
        stage.name
        for day in mornings(seed)
        for stage in rules.reached(ACTION_RULES, DUE, day)
        if stage.day == day
    ]

    assert found != LADDERS["due", "owner"]


@pytest.mark.django_db
def test_by_the_services_each_stage_reaches_a_letter_once_or_is_named():
    assert accounted_for(run_by_services()) == LADDERS


@pytest.mark.django_db
def test_control_services_that_hit_the_day_instead_of_reaching_it_lose_stages(monkeypatch):
    real = rules.reached

    def hit(ladder_rules, anchor, today):
        return tuple(s for s in real(ladder_rules, anchor, today) if s.day == today)

    monkeypatch.setattr(rules, "reached", hit)
    told = accounted_for(run_by_services())

    for line in (("due", "owner"), ("report", "owner")):
        assert set(told[line]) < set(LADDERS[line])


@pytest.mark.django_db
def test_control_services_that_forget_what_was_told_tell_stages_twice():
    told = run_by_services(until=DUE + timedelta(days=14), after_each=_forget)

    stages = [stage for stage, _named in told["due", "owner"]]
    assert len(stages) > len(set(stages))


def _forget(day):
    """Let what was told have another key, as if the key did not say what it is about."""
    remembered = Reminder.objects.exclude(occasion__contains="@")
    remembered.update(occasion=Concat("occasion", Value(f":@{day}")))
