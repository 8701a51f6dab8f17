"""Two who open, sign or close one reporting period at the same moment: one effect."""

from __future__ import annotations

import threading
from contextlib import closing
from functools import partial

import pytest
from django.db import connection, connections

from committee import guards
from roadmap import guards as roadmap_guards
from roadmap.models import Period, PeriodCorrection, PeriodReport
from roadmap.rules.refusals import Refused
from roadmap.services import periods
from roadmap.services.changes import Stale
from tests.factories import TODAY
from tests.roadmap.services.reporting import AFTER, close, keep, sign
from tests.roadmap.services.verbs import attempt


@pytest.fixture
def period(people):
    """Give B09 2018, as the calendar opened it, with a report of each workstream."""
    keep()
    return Period.objects.get()


@pytest.fixture
def report(people, period):
    return period.reports.get(workstream=people.place)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
class TestTwoAtOnce:
    def both(self, *works):
        """Run two pieces of work on two connections, as near to the same moment as can be."""
        start, answers = threading.Barrier(2, timeout=30), []

        def run(work):
            with closing(connections["default"]):
                start.wait()
                try:
                    answers.append(work())
                except (Refused, Stale) as refusal:
                    answers.append(refusal)

        threads = [threading.Thread(target=run, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def test_two_calendars_open_one_period_with_one_report_each(self, people):
        self.both(keep, keep)

        assert Period.objects.count() == 1
        assert PeriodReport.objects.count() == 2

    def test_two_who_close_it_close_it_once(self, people, period):
        tried = [attempt(people.secretariat, period) for _ in range(2)]

        answers = self.both(*(partial(close, period, None, tried=mine) for mine in tried))

        period.refresh_from_db()
        assert period.version == 1
        assert {type(answer) for answer in answers} == {Period, Stale}

    def test_the_calendar_and_the_secretariat_close_it_once(self, people, period):
        self.both(lambda: keep(AFTER), lambda: close(period, people.secretariat, day=AFTER))

        period.refresh_from_db()
        assert period.version == 1

    def test_control_without_the_locks_both_would_close_it(self, people, period, monkeypatch):
        meet, freeze = threading.Barrier(2, timeout=30), periods._freeze

        def together(found, today):
            meet.wait()
            return freeze(found, today)

        monkeypatch.setattr(type(Period.objects.all()), "select_for_update", lambda rows, **_: rows)
        monkeypatch.setattr(periods, "_freeze", together)
        guards.remove("default", roadmap_guards.GUARDS)
        tried = [attempt(people.secretariat) for _ in range(2)]
        try:
            answers = self.both(*(partial(close, period, None, tried=mine) for mine in tried))
        finally:
            guards.install("default", roadmap_guards.GUARDS)

        assert [type(answer) for answer in answers] == [Period, Period]

    def test_below_the_lock_the_database_itself_refuses_the_second(
        self, people, period, monkeypatch
    ):
        meet, freeze = threading.Barrier(2, timeout=30), periods._freeze

        def together(found, today):
            meet.wait()
            return freeze(found, today)

        monkeypatch.setattr(type(Period.objects.all()), "select_for_update", lambda rows, **_: rows)
        monkeypatch.setattr(periods, "_freeze", together)
        tried = [attempt(people.secretariat) for _ in range(2)]

        answers = self.both(*(partial(close, period, None, tried=mine) for mine in tried))

        assert {type(answer) for answer in answers} == {Period, Refused}

    def test_a_signature_and_a_closing_come_one_after_the_other(self, people, period, report):
        self.both(lambda: sign(report, people.lead), lambda: close(period, people.secretariat))

        period.refresh_from_db()
        report.refresh_from_db()
        assert period.closed_on == TODAY
        assert report.actions == 0
        assert (report.signed_by is None) == (report.narrative == "")
        assert not PeriodCorrection.objects.exists()
