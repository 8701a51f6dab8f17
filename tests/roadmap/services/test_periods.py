"""The calendar opens and closes reporting periods, freezes their figures, asks for reports."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from committee import clock, outbox
from committee.clock import end_of
from committee.models import RehearsalClock, Revision
from roadmap.models import Period, PeriodReport, PeriodRule, Reminder
from roadmap.selectors import periods as selectors
from roadmap.selectors import progress
from roadmap.services import letters, periods, planning, rehearsal
from tests import factories
from tests.factories import TODAY, days, moment
from tests.roadmap.reminding import Postbox, bundle_and_send
from tests.roadmap.services.reporting import AFTER, CLOSES, close, figures, keep, sign
from tests.unchanged import Fault, everything, failing_after, unchanged

pytestmark = pytest.mark.django_db


@pytest.fixture
def period(people):
    """Give B09 2018, as the calendar opened it, with a report of each workstream."""
    keep()
    return Period.objects.get()


@pytest.fixture
def report(people, period):
    return period.reports.get(workstream=people.place)


@pytest.fixture
def closed(people, report):
    keep(AFTER)
    report.refresh_from_db()
    return report


class TestTheCalendar:
    def test_it_opens_the_period_whose_day_has_come_with_a_report_of_each_workstream(self, people):
        keep()

        period = Period.objects.get()
        assert str(period) == "B09 2018"
        assert (period.opens_on, period.closes_on) == (date(2018, 9, 23), CLOSES)
        assert {one.workstream for one in period.reports.all()} == {people.place, people.other}

    @pytest.mark.parametrize("day", [date(2018, 9, 22), AFTER])
    def test_outside_its_days_there_is_none(self, people, day):
        with_nothing = everything()

        assert keep(day) == 0
        assert everything() == with_nothing

    def test_kept_twice_it_changes_nothing_more(self, people):
        keep()
        after = everything()

        assert keep(hour=9) == 0
        assert everything() == after

    def test_an_empty_site_keeps_none(self, db):
        assert keep() == 0
        assert not Period.objects.exists()

    def test_a_rule_switched_off_opens_none(self, people):
        PeriodRule.objects.filter(code="B09").update(is_active=False)

        assert keep() == 0

    def test_a_workstream_that_comes_later_is_asked_while_the_period_is_open(self, period):
        factories.workstream("CYB")

        keep(CLOSES)

        assert period.reports.count() == 3

    def test_a_closed_period_asks_nobody_any_more(self, closed):
        factories.workstream("CYB")
        after = everything()

        keep(AFTER, 9)

        assert everything() == after

    def test_what_exists_keeps_its_days_when_the_rule_changes(self, period):
        PeriodRule.objects.filter(code="B09").update(closes_after=20, opens_before=3)

        keep(days(2))

        assert Period.objects.get().closes_on == CLOSES

    def test_on_its_last_day_it_is_open_and_the_day_after_it_is_closed(self, period):
        assert keep(CLOSES, 23) == 0
        assert keep(AFTER, 0) == 1

        period.refresh_from_db()
        assert (period.closed_on, period.closed_by) == (AFTER, None)

    def test_one_slept_through_from_first_to_last_day_is_not_made_up(self, people):
        keep(date(2019, 2, 1))

        assert not Period.objects.exists()

    def test_one_slept_over_at_its_end_is_closed_late_with_the_figures_of_its_last_day(
        self, people, report
    ):
        action = factories.action(workstream=people.place, progress=20, reported_on=days(-1))
        action.progress = 90
        factories.update(action, at=moment(days(60)))
        action.save()

        keep(days(120))

        assert figures(report)["claimed"] == Decimal("20.00")
        assert Period.objects.get(code="B09").closed_on == days(120)

    def test_what_changes_is_told_to_pages_that_wait(self, people):
        before = Revision.objects.get().number if Revision.objects.exists() else 0

        keep()

        assert Revision.objects.get().number > before


class TestFreezing:
    def test_closing_keeps_what_the_pages_showed_on_the_last_day(self, people, report):
        traits = ({}, {"late": True}, {"silent": True}, {"blocked": True}, {"verified": True})
        for trait in (*traits, {"submitted": True}, {"cancelled": True}, {"due_date": None}):
            factories.action(workstream=people.place, weight=2, **trait)
        tally = progress.tallies(today=CLOSES, inside=True)[people.place.pk]

        keep(AFTER)

        found = figures(report)
        assert found["actions"] == tally.total == 7
        assert found["claimed"] == round(Decimal(str(tally.claimed)), 2)
        assert found["verified"] == round(Decimal(str(tally.verified)), 2)
        assert found["expected"] == round(Decimal(str(tally.expected)), 2)
        assert found["late"] == tally.count("late")
        assert found["silent"] == tally.count("any_silent")
        assert found["blocked"] == tally.count("any_blocked")
        assert found["done"] == 1

    def test_what_happens_after_the_last_day_is_not_in_it(self, people, report):
        action = factories.action(workstream=people.place, progress=30, reported_on=TODAY)
        action.status, action.submitted_on = "verified", AFTER
        factories.update(action, kind="verified", by=people.chair, at=moment(AFTER, 0))
        action.save()

        keep(AFTER, 8)

        assert (figures(report)["done"], report.claimed) == (0, Decimal("30.00"))

    def test_what_happens_in_the_last_second_is_in_it(self, people, report):
        action = factories.action(workstream=people.place, progress=30, reported_on=TODAY)
        action.progress = 60
        factories.update(action, at=end_of(CLOSES) + timedelta(microseconds=500_000))
        action.save()

        keep(AFTER)

        assert figures(report)["claimed"] == Decimal("60.00")

    def test_a_workstream_without_actions_has_counts_and_no_means(self, closed):
        found = figures(closed)

        assert found["actions"] == found["late"] == 0
        assert found["claimed"] is found["verified"] is found["expected"] is None

    def test_a_day_counted_from_the_history_equals_the_day_counted_from_the_rows(self, people):
        for trait in ({}, {"late": True}, {"silent": True}, {"blocked": True}, {"verified": True}):
            factories.action(workstream=people.place, **trait)
        of_today = selectors.figures(day=TODAY, today=TODAY)

        from_history = selectors.figures(day=TODAY, today=days(1))

        assert from_history[people.place.pk] == of_today[people.place.pk]

    def test_it_breaks_nowhere_in_between(self, people, report):
        factories.action(workstream=people.place, late=True)
        for number in range(1, 20):
            before = everything()
            try:
                with failing_after(number):
                    close(report.period, people.secretariat)
            except Fault:
                assert everything() == before
            else:
                break
        assert figures(report)["late"] == 1
        assert number > 3


class TestWhatIsOwed:
    def told(self, to=None):
        rows = Reminder.objects.filter(item__startswith="report:", cancelled_at=None)
        rows = rows if to is None else rows.filter(recipient=to)
        return [(row.item, row.occasion, row.stage) for row in rows.order_by("pk")]

    def test_the_lead_is_asked_when_it_opens_five_days_before_and_on_the_last_day(
        self, people, period, report
    ):
        for day in (TODAY, days(3), date(2018, 10, 5), CLOSES):
            planning.plan(now=moment(day, 8))
            bundle_and_send(day)

        stages = [stage for item, _occasion, stage in self.told(people.lead)]
        assert stages == ["-17d", "-5d", "0d"]
        assert {item for item, _o, _s in self.told(people.lead)} == {f"report:{report.pk}"}
        assert {occasion for _i, occasion, _s in self.told()} == {f"period:{period.pk}"}

    def test_nobody_leads_so_the_secretariat_is_asked_and_it_is_no_orphan(self, people, report):
        people.lead.is_active = people.deputy_seat.is_active = False
        people.lead.save()
        people.deputy_seat.save()

        planning.plan(now=moment(TODAY, 8))

        found = Reminder.objects.get(item=f"report:{report.pk}")
        assert (found.recipient, found.is_orphan) == (people.secretariat, False)

    def test_what_was_signed_is_not_asked_for(self, people, report):
        planning.plan(now=moment(TODAY, 8))

        sign(report, people.lead)
        planning.plan(now=moment(TODAY, 9))

        found = Reminder.objects.get(item=f"report:{report.pk}")
        assert found.cancel_reason == "signed"

    def test_what_is_closed_is_not_asked_for(self, people, period, report):
        planning.plan(now=moment(TODAY, 8))

        close(period, people.secretariat)
        planning.plan(now=moment(TODAY, 9))

        reasons = Reminder.objects.filter(item__startswith="report:")
        assert set(reasons.values_list("cancel_reason", flat=True)) == {"period closed"}

    def test_of_two_rings_that_close_it_one_counts_it(self, people, period):
        """Both have listed it before either holds it."""
        rings = [periods._close_by_calendar(period.pk, AFTER) for _ in range(2)]

        assert rings == [True, False]


class TestItsRules:
    def test_the_secretariat_changes_one(self, people):
        rule = PeriodRule.objects.get(code="B09")
        rule.closes_after = 14

        periods.save_rule(by=people.secretariat, rule=rule, today=TODAY)

        assert PeriodRule.objects.get(code="B09").closes_after == 14

    @pytest.mark.parametrize("who", ["lead", "chair", "admin", "viewer"])
    def test_nobody_else_does(self, people, who):
        with unchanged(PermissionDenied):
            periods.save_rule(
                by=getattr(people, who), rule=PeriodRule(code="B01", month=1), today=TODAY
            )


class TestTheRehearsal:
    def walk(self, to, learn=lambda day: 0):
        rehearsal.set_target(to=to)
        return rehearsal.walk(learn=learn, deliver=self.deliver)

    def deliver(self):
        return outbox.drain(renderers=letters.renderers(clock.read), session=Postbox())

    def test_a_walk_opens_asks_and_closes_on_the_days_it_passes(self, people):
        before = days(-3)
        RehearsalClock.objects.create(day=before, target=before, since=timezone.now())

        assert self.walk(days(20))

        period = Period.objects.get()
        assert (period.code, period.closed_on, period.closed_by) == ("B09", AFTER, None)
        asked = Reminder.objects.filter(recipient=people.lead, item__startswith="report:")
        told = asked.filter(letter__state="sent").order_by("pk")
        assert list(told.values_list("stage", "letter__policy_date")) == [
            ("-17d", TODAY),
            ("-5d", date(2018, 10, 5)),
            ("0d", CLOSES),
        ]

    def test_a_morning_that_brings_news_closes_with_the_figures_of_the_day_before(self, people):
        action = factories.action(workstream=people.place, progress=10, reported_on=TODAY)
        RehearsalClock.objects.create(day=CLOSES, target=CLOSES, since=timezone.now())
        keep(CLOSES)

        def learn(day):
            action.progress = 80
            factories.update(action, kind="imported", by=None, at=moment(day, 7))
            action.save()
            return 1

        assert self.walk(AFTER, learn)

        report = PeriodReport.objects.get(workstream=people.place)
        assert report.period.closed_on == AFTER
        assert figures(report)["claimed"] == Decimal("10.00")
