"""A closed period is locked by the database itself, for whatever comes past the services."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from committee import guards
from roadmap import guards as roadmap_guards
from roadmap.models import Period, PeriodCorrection, PeriodReport
from tests import committee_factories, factories
from tests.factories import TODAY, days, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def still_open():
    period = committee_factories.period()
    committee_factories.report(period, signed=True)
    return period


@pytest.fixture
def closed(still_open):
    Period.objects.filter(pk=still_open.pk).update(closed_on=TODAY)
    PeriodCorrection.objects.create(
        report=still_open.reports.get(),
        figure="late",
        old="1",
        new="2",
        reason="Satu terlewat.",
        by=factories.member("secretariat"),
        on=TODAY,
        at=moment(TODAY),
    )
    return still_open


def of(period):
    return PeriodReport.objects.filter(period=period)


CHANGES = {
    "opened again": lambda one: Period.objects.filter(pk=one.pk).update(closed_on=None),
    "another closing day": lambda one: Period.objects.filter(pk=one.pk).update(closes_on=days(40)),
    "another version": lambda one: Period.objects.filter(pk=one.pk).update(version=9),
    "a figure": lambda one: of(one).update(late=0),
    "a narrative": lambda one: of(one).update(narrative="Lain."),
    "a signature": lambda one: of(one).update(signed_on=days(-1)),
    "a report added": lambda one: committee_factories.report(one),
    "a report moved away": lambda one: of(one).update(period=committee_factories.period()),
}
REMOVALS = {
    "a report": lambda one: of(one)._raw_delete("default"),
    "the period": lambda one: Period.objects.filter(pk=one.pk)._raw_delete("default"),
}
CORRECTION_CHANGES = {
    "what is right": lambda: PeriodCorrection.objects.update(new="3"),
    "what stood": lambda: PeriodCorrection.objects.update(old="0"),
    "its reason": lambda: PeriodCorrection.objects.update(reason="Lain."),
    "all of it": lambda: PeriodCorrection.objects.all()._raw_delete("default"),
}


def refused(change, *args):
    with pytest.raises(IntegrityError, match=guards.REFUSAL), transaction.atomic():
        change(*args)


def undone(change, *args):
    """Make a change and take it back: it was allowed."""
    with transaction.atomic():
        change(*args)
        transaction.set_rollback(True)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_closed_period_and_its_reports_refuse_change(closed, change):
    refused(change, closed)


@pytest.mark.parametrize("removal", REMOVALS.values(), ids=REMOVALS)
def test_a_closed_period_and_its_reports_refuse_removal(closed, removal):
    refused(removal, closed)


@pytest.mark.parametrize("change", CORRECTION_CHANGES.values(), ids=CORRECTION_CHANGES)
def test_a_correction_is_only_ever_added(closed, change):
    refused(change)


def test_no_report_moves_into_a_closed_period(closed):
    other = committee_factories.report(committee_factories.period())

    refused(lambda: PeriodReport.objects.filter(pk=other.pk).update(period=closed))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_an_open_period_can_be_changed(still_open, change):
    undone(change, still_open)


@pytest.mark.parametrize(
    "change", [*CHANGES.values(), REMOVALS["a report"]], ids=[*CHANGES, "a report removed"]
)
def test_control_without_the_guards_a_closed_period_is_changed(closed, change):
    guards.remove("default", roadmap_guards.GUARDS)
    try:
        # Its correction would hold a report in place by its own foreign key.
        PeriodCorrection.objects.all()._raw_delete("default")
        undone(change, closed)
    finally:
        guards.install("default", roadmap_guards.GUARDS)


@pytest.mark.parametrize("change", CORRECTION_CHANGES.values(), ids=CORRECTION_CHANGES)
def test_control_without_the_guards_a_correction_is_changed(closed, change):
    guards.remove("default", roadmap_guards.GUARDS)
    try:
        undone(change)
    finally:
        guards.install("default", roadmap_guards.GUARDS)
