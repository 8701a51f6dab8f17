"""Signing, closing and correcting reporting periods."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied

from roadmap.models import Period
from roadmap.rules.refusals import Refused
from roadmap.services.changes import Stale
from tests import committee_factories, factories
from tests.factories import TODAY, days
from tests.roadmap.services.reporting import AFTER, CLOSES, close, correct, figures, keep, sign
from tests.roadmap.services.verbs import attempt
from tests.unchanged import everything, unchanged

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


class TestSigning:
    @pytest.mark.parametrize("who", ["lead", "deputy_seat", "secretariat"])
    def test_it_is_signed_by_whoever_answers_for_the_workstream(self, people, report, who):
        by = getattr(people, who)

        signed = sign(report, by, narrative="  Pedoman selesai.  ")

        assert (signed.signed_by, signed.signed_on, signed.version) == (by, TODAY, 1)
        assert signed.narrative == "Pedoman selesai."

    @pytest.mark.parametrize(
        "who",
        ["other_lead", "past_lead", "owner", "member", "viewer", "adviser", "chair", "admin"],
    )
    def test_nobody_else_signs(self, people, report, who):
        with unchanged(PermissionDenied):
            sign(report, getattr(people, who))

    def test_it_can_be_signed_again_until_the_last_day(self, people, report):
        sign(report, people.lead)

        again = sign(report, people.deputy_seat, narrative="Satu kendala.", day=CLOSES)

        assert (again.signed_by, again.signed_on) == (people.deputy_seat, CLOSES)
        assert again.narrative == "Satu kendala."

    def test_without_a_narrative_nothing_is_signed(self, people, report):
        with unchanged(Refused) as caught:
            sign(report, people.lead, narrative="  ")

        assert caught.value.reason == "needs_narrative"

    def test_the_second_of_two_is_told(self, people, report):
        mine = attempt(people.lead, report)
        sign(report, people.secretariat)

        with unchanged(Stale):
            sign(report, people.lead, tried=mine)

    def test_a_form_sent_twice_signs_once(self, people, report):
        mine = attempt(people.lead, report)
        sign(report, None, tried=mine)
        after = everything()

        sign(report, None, tried=mine)

        assert everything() == after

    def test_before_it_opens_nothing_is_signed(self, people):
        period = committee_factories.period(opens_on=days(1))
        report = committee_factories.report(period, workstream=people.place)

        with unchanged(Refused) as caught:
            sign(report, people.lead)

        assert caught.value.reason == "period_not_open"

    def test_after_its_last_day_nothing_is_signed_though_the_calendar_sleeps(self, people, report):
        with unchanged(Refused) as caught:
            sign(report, people.lead, day=AFTER)

        assert caught.value.reason == "period_closed"

    def test_once_closed_nothing_is_signed(self, people, report):
        close(report.period, people.secretariat)

        with unchanged(Refused) as caught:
            sign(report, people.lead)

        assert caught.value.reason == "period_closed"


class TestClosingEarly:
    def test_the_secretariat_closes_it_and_the_figures_are_todays(self, people, report):
        factories.action(workstream=people.place, late=True)

        period = close(report.period, people.secretariat)

        assert (period.closed_on, period.closed_by) == (TODAY, people.secretariat)
        assert figures(report)["late"] == 1

    @pytest.mark.parametrize("who", ["lead", "deputy_seat", "chair", "admin", "owner", "viewer"])
    def test_nobody_else_closes_it(self, people, period, who):
        with unchanged(PermissionDenied):
            close(period, getattr(people, who))

    def test_the_calendar_leaves_it_alone(self, people, period):
        close(period, people.secretariat)
        after = everything()

        keep()
        keep(AFTER)

        assert everything() == after

    def test_it_is_closed_once(self, people, period):
        close(period, people.secretariat)

        with unchanged(Refused) as caught:
            close(period, people.secretariat)

        assert caught.value.reason == "period_closed"

    def test_the_second_of_two_is_told(self, people, period):
        mine = attempt(people.secretariat, period)
        close(period, people.secretariat)

        with unchanged(Stale):
            close(period, people.secretariat, tried=mine)

    def test_a_form_sent_twice_closes_it_once(self, people, period):
        mine = attempt(people.secretariat, period)
        close(period, None, tried=mine)
        after = everything()

        close(period, None, tried=mine)

        assert everything() == after

    def test_before_it_opens_it_cannot_be_closed(self, people):
        period = committee_factories.period(opens_on=days(1))

        with unchanged(Refused) as caught:
            close(period, people.secretariat)

        assert caught.value.reason == "period_not_open"


class TestCorrecting:
    def test_both_values_stand_with_who_when_and_why(self, people, closed):
        made = correct(closed, people.secretariat)

        assert (made.old, made.new, made.reason) == ("0", "7", "Satu terlewat.")
        assert (made.by, made.on) == (people.secretariat, AFTER)
        closed.refresh_from_db()
        assert closed.late == 0

    def test_a_second_correction_counts_from_the_first(self, people, closed):
        correct(closed, people.secretariat)

        made = correct(closed, people.secretariat, new="8")

        assert (made.old, made.new) == ("7", "8")

    @pytest.mark.parametrize(
        ("figure", "new", "kept"),
        [
            ("claimed", "47,5", "47.50"),
            ("narrative", "Teks lain.", "Teks lain."),
            ("done", "1", "1"),
        ],
    )
    def test_each_kind_of_figure_is_kept_in_its_way(self, people, closed, figure, new, kept):
        made = correct(closed, people.secretariat, figure=figure, new=new)

        assert (made.old, made.new) == ("0" if figure == "done" else "", kept)

    @pytest.mark.parametrize(
        ("figure", "new", "reason"),
        [
            ("late", "tiga", "not_a_count"),
            ("claimed", "1.000", "not_a_percentage"),
            ("late", "0", "same_text"),
            ("narrative", " ", "needs_narrative"),
        ],
    )
    def test_what_is_no_correction_changes_nothing(self, people, closed, figure, new, reason):
        with unchanged(Refused) as caught:
            correct(closed, people.secretariat, figure=figure, new=new)

        assert caught.value.reason == reason

    def test_without_a_reason_nothing_changes(self, people, closed):
        with unchanged(Refused) as caught:
            correct(closed, people.secretariat, reason=" ")

        assert caught.value.reason == "needs_reason"

    def test_while_the_period_is_open_it_is_changed_there(self, people, report):
        with unchanged(Refused) as caught:
            correct(report, people.secretariat)

        assert caught.value.reason == "period_still_open"

    @pytest.mark.parametrize("who", ["lead", "deputy_seat", "chair", "admin", "owner", "viewer"])
    def test_only_the_secretariat_corrects(self, people, closed, who):
        with unchanged(PermissionDenied):
            correct(closed, getattr(people, who))

    def test_the_second_of_two_is_told_what_the_first_put_there(self, people, closed):
        correct(closed, people.secretariat)
        seen_none = replace(attempt(people.secretariat, day=AFTER), version=0)

        with unchanged(Stale) as caught:
            correct(closed, None, new="8", tried=seen_none)

        assert (caught.value.current.words, caught.value.current.version) == ("7", 1)

    @pytest.mark.parametrize("what", ["another figure", "another report", "seen"])
    def test_control_what_does_not_touch_the_figure_stops_nobody(self, people, closed, what):
        other = closed.period.reports.get(workstream=people.other)
        first = {"another figure": (closed, "done"), "another report": (other, "late")}
        report, figure = first.get(what, (closed, "late"))
        correct(report, people.secretariat, figure=figure)
        tried = replace(attempt(people.secretariat, day=AFTER), version=int(what == "seen"))

        assert correct(closed, None, new="8", tried=tried).new == "8"

    def test_a_form_sent_twice_corrects_once(self, people, closed):
        mine = attempt(people.secretariat, day=AFTER)
        first = correct(closed, None, tried=mine)
        after = everything()

        assert correct(closed, None, tried=mine) == first
        assert everything() == after
