"""What tests of reporting periods share: keep them, sign, close and correct."""

from __future__ import annotations

from datetime import date, timedelta

from roadmap.enums import PeriodFigure
from roadmap.services import periods
from tests.factories import TODAY, moment
from tests.roadmap.services.verbs import attempt

CLOSES = date(2018, 10, 10)
AFTER = CLOSES + timedelta(days=1)
NAMES = ("actions", "claimed", "verified", "expected", "done", "late", "silent", "blocked")


def keep(day=TODAY, hour=8):
    return periods.keep(now=moment(day, hour))


def sign(report, by, *, narrative="Sesuai rencana.", tried=None, day=TODAY):
    return periods.sign_report(
        report=report, attempt=tried or attempt(by, report, day=day), narrative=narrative
    )


def close(period, by, *, tried=None, day=TODAY):
    return periods.close_period(period=period, attempt=tried or attempt(by, period, day=day))


def correct(report, by, *, figure="late", new="7", reason="Satu terlewat.", tried=None):
    return periods.correct_figure(
        report=report,
        attempt=tried or attempt(by, day=AFTER),
        figure=PeriodFigure(figure),
        new=new,
        reason=reason,
    )


def figures(report):
    report.refresh_from_db()
    return {name: getattr(report, name) for name in NAMES}
