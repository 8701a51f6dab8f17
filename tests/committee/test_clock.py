"""What time it is: the real one, or the rehearsal's, which never reaches its midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from committee import clock
from committee.clock import JAKARTA
from committee.models import RehearsalClock

DAY = date(2018, 9, 24)
SINCE = datetime(2026, 1, 1, 12, tzinfo=UTC)
MORNING = datetime(2018, 9, 24, 8, 5, tzinfo=JAKARTA)


@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        (timedelta(0), MORNING),
        (timedelta(hours=2), MORNING + timedelta(hours=2)),
        (timedelta(hours=-5), MORNING),  # the real clock went back; this one does not
        (timedelta(hours=15, minutes=54), MORNING + timedelta(hours=15, minutes=54)),
        (timedelta(hours=16), clock.end_of(DAY)),
        (timedelta(days=400), clock.end_of(DAY)),
    ],
)
def test_a_rehearsals_day_goes_on_and_does_not_end_by_itself(passed, expected):
    row = RehearsalClock(day=DAY, target=DAY, since=SINCE)

    assert clock.rehearsal_now(row, SINCE + passed) == expected


def test_a_day_is_jakartas():
    assert clock.start_of(DAY).astimezone(UTC) == datetime(2018, 9, 23, 17, tzinfo=UTC)
    assert clock.end_of(DAY).astimezone(UTC) == datetime(2018, 9, 24, 16, 59, 59, tzinfo=UTC)


@pytest.mark.django_db
def test_the_rehearsals_clock_is_read_where_there_is_one(django_assert_num_queries):
    row = RehearsalClock.objects.create(day=DAY, target=DAY, since=timezone.now())

    with django_assert_num_queries(1):
        read = clock.read()

    assert (read.today, read.rehearsal) == (DAY, row)
    assert read.now.astimezone(JAKARTA).hour == 8


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("real", "today"),
    [
        (datetime(2019, 3, 4, 16, 59, tzinfo=UTC), date(2019, 3, 4)),
        (datetime(2019, 3, 4, 17, 0, tzinfo=UTC), date(2019, 3, 5)),
    ],
)
def test_else_the_real_one_with_jakartas_date(monkeypatch, real, today):
    monkeypatch.setattr(timezone, "now", lambda: real)

    read = clock.read()

    assert (read.now, read.today, read.rehearsal) == (real, today, None)
