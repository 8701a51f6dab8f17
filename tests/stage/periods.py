"""Reporting periods. Their addresses, forms, budgets, and what may not be stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from roadmap.models import Period, PeriodCorrection, PeriodReport, PeriodRule
from tests import committee_factories, factories
from tests.factories import TODAY, days, moment


def make(cast: Any) -> dict[str, Any]:
    """Make a period that is open and one that was closed, each with the cast's workstream."""
    place, lead = cast.open.workstream, cast.people["lead"]
    still_open = committee_factories.period()
    report = committee_factories.report(still_open, workstream=place)
    over = committee_factories.period(ends_on=days(-86), opens_on=days(-93), closes_on=days(-76))
    frozen = committee_factories.report(
        over, workstream=place, signed=True, signed_by=lead, actions=3, late=1
    )
    Period.objects.filter(pk=over.pk).update(closed_on=days(-75))
    return {
        "period": still_open,
        "report": report,
        "closed_period": over,
        "closed_report": frozen,
        "period_rule": PeriodRule.objects.order_by("pk").first(),
    }


def arguments(cast: Any) -> dict[str, list[Any]]:
    """Give the arguments of each address, by its name."""
    more = cast.more
    return {
        "periods": [],
        "period": [more["period"].pk],
        "period-close": [more["period"].pk],
        "period-correct": [more["closed_period"].pk],
        "report-sign": [more["period"].pk, cast.open.workstream.code],
    }


def forms(cast: Any) -> dict[str, dict[str, Any]]:
    """Give what the right person would send to each address: it is accepted from them."""
    made_from = {"version": 0, "token": str(uuid4())}
    correction = {"report": cast.more["closed_report"].pk, "figure": "late", "new": "2"}
    return {
        "period-close": made_from,
        "period-correct": made_from | correction | {"note": "Satu terlewat."},
        "report-sign": made_from | {"narrative": "Sesuai rencana."},
    }


def fill(cast: Any, number: int) -> None:
    """Grow the list of periods."""
    first = Period.objects.count()
    by = cast.people["secretariat"]
    Period.objects.bulk_create([_period(first + n, by) for n in range(number)])


def _period(number: int, by: Any) -> Period:
    ends = days(-200 - number)
    return Period(
        code=f"Z{number}",
        year=ends.year,
        ends_on=ends,
        opens_on=ends - timedelta(days=7),
        closes_on=ends + timedelta(days=10),
        closed_on=TODAY,
        closed_by=by,
    )


# Queries of each page for whoever sees most; pages that answer GET with no page.
BUDGETS: dict[str, int] = {
    "admin:roadmap_periodrule_add": 4,
    "admin:roadmap_periodrule_change": 5,
    "admin:roadmap_periodrule_changelist": 6,
    "roadmap:period": 12,
    "roadmap:period-close": 8,
    "roadmap:period-correct": 9,
    "roadmap:periods": 8,
    "roadmap:report-sign": 8,
}
NO_PAGE: set[str] = set()


def _rule(**fields: Any) -> None:
    PeriodRule.objects.create(**{"code": "X01", "month": 1} | fields)


def _broken_period(**fields: Any) -> None:
    made = committee_factories.period()
    Period.objects.filter(pk=made.pk).update(**fields)


def _same_period_twice() -> None:
    for _ in range(2):
        committee_factories.period(code="B09", year=2018)


def _same_report_twice() -> None:
    period, place = committee_factories.period(), factories.workstream()
    for _ in range(2):
        committee_factories.report(period, workstream=place)


def _report(**fields: Any) -> None:
    made = committee_factories.report(committee_factories.period(), signed=True)
    PeriodReport.objects.filter(pk=made.pk).update(**fields)


def _correction(**fields: Any) -> None:
    report = committee_factories.report(committee_factories.period())
    values = {"figure": "late", "old": "1", "new": "2", "reason": "Salah hitung."}
    values |= {"by": factories.member(), "on": TODAY, "at": moment(TODAY)}
    PeriodCorrection.objects.create(report=report, **values | fields)


# What each constraint refuses, by its name.
BREAKS: dict[str, list[Callable[[], Any]]] = {
    "period_rule_month_is_1_to_12": [lambda: _rule(month=0), lambda: _rule(month=13)],
    "period_rule_days_are_sensible": [
        lambda: _rule(opens_before=61),
        lambda: _rule(closes_after=61),
    ],
    "period_exists_once": [_same_period_twice],
    "period_closes_after_it_opens": [lambda: _broken_period(closes_on=days(-2))],
    "period_closed_by_somebody_has_its_day": [
        lambda: _broken_period(closed_by=factories.member("secretariat"))
    ],
    "report_is_one_per_workstream": [_same_report_twice],
    "report_signed_has_a_narrative": [
        lambda: _report(narrative=""),
        lambda: _report(signed_on=None),
        lambda: _report(signed_by=None),
    ],
    "period_correction_changes_something": [lambda: _correction(new="1")],
    "period_correction_has_a_reason": [lambda: _correction(reason="")],
    "period_correction_figure_is_known": [lambda: _correction(figure="mood")],
}


def sound() -> None:
    """Make what the breaks start from: only the break can be what a case is refused for."""
    for make_one in (_rule, _broken_period, _report, _correction):
        make_one()
