"""A second opinion: SQL written here, apart from the product, recomputes every signal and score.

1,000 actions in random states, each with a random past; on both databases, today and as of a
day six weeks ago. Nothing here comes from the product's own conditions.
"""

from __future__ import annotations

from datetime import timedelta
from statistics import median

import pytest
from django.db import connection
from django.test import TestCase

from committee.rules.days import PastDay, night_after
from roadmap.enums import Signal
from roadmap.selectors import progress
from roadmap.selectors.actions import ActionQuery, Watch, known, matching
from roadmap.selectors.trend import past
from roadmap.selectors.vitality import WHOLE, vitalities
from tests.factories import TODAY
from tests.roadmap import random_states

DAYS = (TODAY, PastDay(2018, 8, 10))
NUMBER = 1000

# The states in force at the end of a day, straight from the history.
THEN = """
SELECT a.id, a.workstream_id, a.created_on, u.status, u.progress, u.weight, u.outlook,
       u.start_date, u.due_date, u.due_basis, u.reported_on, u.is_blocked,
       u.is_submitted_late, u.owner_id
FROM roadmap_actionitem a JOIN roadmap_statusupdate u ON u.action_id = a.id
WHERE u.at < %s AND (u.superseded_at IS NULL OR u.superseded_at >= %s) AND a.created_on <= %s
"""
# Milestones of the fixtures end on the day they were meant to, or on a day given; none moves.
GATES = """
SELECT g.actionitem_id, m.due_date, m.known_from, m.achieved_recorded_on, m.closed_on
FROM roadmap_milestone_actions g JOIN roadmap_milestone m ON m.id = g.milestone_id
WHERE m.due_date < %s AND m.known_from <= %s
  AND (m.achieved_recorded_on IS NULL OR m.achieved_recorded_on > %s)
  AND (m.closed_on IS NULL OR m.closed_on > %s)
"""
SIGNALS = (
    """
SELECT x.id, CASE
  WHEN x.status = 'cancelled' THEN ''
  WHEN x.status = 'verified' AND x.is_submitted_late THEN 'done_late'
  WHEN x.status = 'verified' THEN 'done'
  WHEN x.status = 'submitted' THEN 'waiting'
  WHEN x.due_date < %s THEN 'late'
  WHEN x.is_blocked THEN 'blocked'
  WHEN x.reported_on IS NULL AND x.created_on <= %s AND COALESCE(x.start_date, x.created_on) <= %s
    THEN 'not_reported'
  WHEN x.reported_on <= %s THEN 'silent'
  WHEN x.due_date <= %s THEN 'due_soon'
  ELSE 'on_track' END
FROM ("""
    + THEN
    + ") x"
)
CONTRADICTIONS = (
    """
SELECT x.id FROM ("""
    + THEN
    + """) x
WHERE x.status NOT IN ('submitted', 'verified', 'cancelled') AND x.outlook = 'on_time'
  AND (x.due_date < %s OR x.reported_on <= %s OR x.id IN
       (SELECT y.actionitem_id FROM ("""
    + GATES
    + ") y))"
)
MEANS = (
    """
SELECT x.workstream_id,
  1.0 * SUM(CASE WHEN x.reported_on IS NULL THEN 0 ELSE x.weight * x.progress END) / SUM(x.weight),
  100.0 * SUM(CASE WHEN x.status = 'verified' THEN x.weight ELSE 0 END) / SUM(x.weight),
  SUM(CASE WHEN x.due_date IS NULL THEN 0 WHEN x.due_date < %s THEN 100.0 * x.weight
           WHEN x.start_date IS NULL OR x.start_date >= %s THEN 0
           ELSE 100.0 * x.weight * {gone} / {long} END)
    / SUM(CASE WHEN x.due_date IS NULL THEN 0 ELSE x.weight END),
  SUM(CASE WHEN x.due_date < %s AND x.status IN ('planned', 'in_progress') THEN 1 ELSE 0 END)
FROM ("""
    + THEN
    + """) x WHERE x.status <> 'cancelled' GROUP BY x.workstream_id"""
)
LIVELY = (
    """
SELECT x.workstream_id, x.owner_id, MAX(CASE WHEN x.reported_on > %s THEN 1 ELSE 0 END)
FROM ("""
    + THEN
    + """) x
WHERE x.status IN ('planned', 'in_progress') AND x.owner_id IS NOT NULL
GROUP BY x.workstream_id, x.owner_id"""
)
AGES = (
    """
SELECT x.workstream_id, x.reported_on FROM ("""
    + THEN
    + """) x
WHERE x.status IN ('planned', 'in_progress') AND x.reported_on IS NOT NULL"""
)


def ask(sql, *params):
    """Ask the database itself; days come back as days from either."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def then(day):
    night = connection.ops.adapt_datetimefield_value(night_after(day))
    return night, night, _plain(day)


def _plain(day):
    return connection.ops.adapt_datefield_value(TODAY + timedelta(days=(day - TODAY).days))


def before(day, number):
    return _plain(day - timedelta(days=number))


def age(value, day):
    text = value if isinstance(value, str) else value.isoformat()
    return (day - TODAY.fromisoformat(text)).days


def seen_by_sql(day):
    month, week = before(day, 30), before(day, -7)
    return dict(ask(SIGNALS, _plain(day), month, month, month, week, *then(day)))


def means_by_sql(day):
    at = _plain(day)
    if connection.vendor == "postgresql":
        gone, long = "(%s::date - x.start_date)", "(x.due_date - x.start_date)"
    else:
        gone = "(julianday(%s) - julianday(x.start_date))"
        long = "(julianday(x.due_date) - julianday(x.start_date))"
    return ask(MEANS.format(gone=gone, long=long), at, at, at, at, *then(day))


class TestRecomputed(TestCase):
    @classmethod
    def setUpTestData(cls):
        random_states.make(NUMBER, seed=20180924)

    def test_every_signal(self):
        for day in DAYS:
            with self.subTest(day=day):
                found = dict(known(day).with_signal(day).order_by().values_list("pk", "signal"))

                assert found == seen_by_sql(day)
                assert set(found.values()) == {"", *Signal.values}
                assert len(found) > NUMBER / 2

    def test_every_count_of_a_signal(self):
        for day in DAYS:
            with self.subTest(day=day):
                whole = progress.whole(progress.tallies(today=day, inside=True).values())
                by_sql = list(seen_by_sql(day).values())

                assert {one: whole.count(one) for one in Signal} == {
                    one: by_sql.count(one) for one in Signal
                }
                assert whole.cancelled == by_sql.count("")

    def test_every_contradiction(self):
        for day in DAYS:
            with self.subTest(day=day):
                at = _plain(day)
                by_sql = {
                    pk
                    for (pk,) in ask(
                        CONTRADICTIONS, *then(day), at, before(day, 30), at, at, at, at
                    )
                }

                asked = matching(ActionQuery(signal=Watch.CONTRADICTION), day)
                tallied = progress.whole(progress.tallies(today=day, inside=True).values())

                assert set(asked.values_list("pk", flat=True)) == by_sql
                assert tallied.count(Watch.CONTRADICTION) == len(by_sql) > 0

    def test_every_mean(self):
        for day in DAYS:
            with self.subTest(day=day):
                found = progress.tallies(today=day, inside=False)
                by_sql = means_by_sql(day)

                assert len(by_sql) == len(found) == 3
                for place, *means, late in by_sql:
                    tally = found[place]
                    assert (tally.claimed, tally.verified, tally.expected) == pytest.approx(
                        tuple(float(one) for one in means)
                    )
                    assert tally.count(Signal.LATE) == late

    def test_every_mean_and_lateness_of_the_trend(self):
        day = DAYS[1]
        for _again in range(2):  # counted, then read from what was kept
            found = past([day], TODAY)[day]
            for place, *means, late in means_by_sql(day):
                at = found[place]
                assert (at.claimed, at.verified, at.expected) == pytest.approx(
                    tuple(float(one) for one in means)
                )
                assert at.late == late

    def test_the_vitality_of_owners(self):
        for day in DAYS:
            with self.subTest(day=day):
                lively = ask(LIVELY, before(day, 30), *then(day))
                found = vitalities(day)

                for place in {place for place, _owner, _is in lively}:
                    fresh = [is_fresh for one, _owner, is_fresh in lively if one == place]
                    assert (found[place].owners, found[place].fresh) == (len(fresh), sum(fresh))
                owners = {owner for _place, owner, _is in lively}
                active = {owner for _place, owner, is_fresh in lively if is_fresh}
                assert (found[WHOLE].owners, found[WHOLE].fresh) == (len(owners), len(active))
                assert progress.vitality(today=day) == (len(active), len(owners))
                assert 0 < len(active) < len(owners)

    def test_the_median_age_of_a_status(self):
        for day in DAYS:
            with self.subTest(day=day):
                ages = [(place, age(told, day)) for place, told in ask(AGES, *then(day))]
                found = vitalities(day)

                for place in {place for place, _age in ages}:
                    assert found[place].age == median(one for at, one in ages if at == place)
                assert found[WHOLE].age == median(one for _place, one in ages)
