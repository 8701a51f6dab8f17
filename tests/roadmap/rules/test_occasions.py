"""What stages count from and what they are called: names that stand in rows for years."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from roadmap.rules import preferences, reminders, signals
from roadmap.rules.letter_days import Habit
from roadmap.rules.preferences import Away, next_letter

DAY = date(2018, 10, 1)


def test_an_occasion_is_called_as_it_was_when_its_rows_were_written():
    assert reminders.due_occasion(3) == "due:3"
    assert reminders.update_occasion(DAY) == "report:2018-10-01"
    assert reminders.verification_occasion(DAY, 7) == "submission:2018-10-01:7"
    assert reminders.period_occasion(5) == "period:5"


@pytest.mark.parametrize("kind", ["notice", "slip", "comment", "request", "answer"])
def test_a_notice_stands_until_it_is_told(kind):
    assert reminders.is_notice(f"{kind}:1")
    assert not reminders.is_notice("due:1")


def test_a_notice_is_personal_unless_it_goes_to_whoever_answers():
    assert reminders.is_personal("notice:1", "decided")
    assert not reminders.is_personal("notice:1", "moved")
    assert reminders.is_personal("comment:1", "said")
    assert not reminders.is_personal("due:1", "+7d")


@pytest.mark.parametrize(
    ("stage", "place"),
    [("-7d", -7.0), ("0d", 0.0), ("+5wd", 7.0), ("lead:+10d", 10.0), ("?", float("-inf"))],
)
def test_a_stage_has_its_place_on_the_ladder_by_its_name(stage, place):
    assert reminders.order_of(stage) == place


def test_the_signals_begin_after_thirty_days_of_silence_and_seven_before_a_date():
    assert (signals.SILENT_AFTER, signals.DUE_SOON) == (30, 7)


def test_the_next_letter_is_looked_for_two_years_ahead_and_no_further():
    now = datetime(2018, 10, 1, 3, tzinfo=UTC)
    habit = Habit()
    today = date(2018, 10, 1)

    def away(days: int) -> Away:
        return Away(today, today + timedelta(days=days))

    assert timedelta(days=730) == preferences.FARTHEST
    assert next_letter(now, habit, away(700)) is not None
    assert next_letter(now, habit, away(730)) is None
