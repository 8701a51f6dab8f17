"""When the next letter may leave, and who is told in somebody's place: tables by hand."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from committee.rules.days import JAKARTA
from roadmap.rules.letter_days import Habit
from roadmap.rules.preferences import Away, next_letter, readers
from roadmap.rules.reminders import Desk, Person


def at(day, hour, minute=0, zone="Asia/Jakarta"):
    return datetime(2018, *day, hour, minute, tzinfo=ZoneInfo(zone))


MONDAY, FRIDAY = (9, 24), (9, 28)
# Now, the habit, the days away, and when the next letter leaves.
NEXT = {
    "before the hour, today": (at(MONDAY, 7), Habit(), None, at(MONDAY, 8)),
    "at the hour it has left": (at(MONDAY, 8), Habit(), None, at((9, 25), 8)),
    "after the hour, tomorrow": (at(MONDAY, 9), Habit(), None, at((9, 25), 8)),
    "after Friday's, on Monday": (at(FRIDAY, 9), Habit(), None, at((10, 1), 8)),
    "on a Sunday, on Monday": (at((9, 23), 12), Habit(), None, at(MONDAY, 8)),
    "on chosen days alone": (at(MONDAY, 9), Habit(days="14"), None, at((9, 27), 8)),
    "over a holiday, 11 September 2018": (at((9, 10), 9), Habit(), None, at((9, 12), 8)),
    "a chosen day that is a holiday": (at((9, 10), 9), Habit(days="2"), None, at((9, 18), 8)),
    "at one's own hour": (at(MONDAY, 9), Habit(hour=17), None, at(MONDAY, 17)),
    "in one's own zone": (
        at(MONDAY, 5),
        Habit(hour=8, zone="Asia/Jayapura"),
        None,
        at(MONDAY, 8, zone="Asia/Jayapura"),
    ),
    "east of Jakarta not before its day": (
        at(MONDAY, 9),
        Habit(hour=0, zone="Asia/Jayapura"),
        None,
        at((9, 25), 0),
    ),
    "after the days away": (
        at(MONDAY, 9),
        Habit(),
        Away(date(2018, 9, 25), date(2018, 9, 28)),
        at((10, 1), 8),
    ),
    "before days away that are to come": (
        at(MONDAY, 9),
        Habit(),
        Away(date(2018, 9, 26), date(2018, 9, 28)),
        at((9, 25), 8),
    ),
    "away for years": (at(MONDAY, 9), Habit(), Away(date(2018, 9, 1), date.max), None),
}


@pytest.mark.parametrize("case", NEXT)
def test_the_next_letter(case):
    now, habit, away, expected = NEXT[case]

    assert next_letter(now, habit, away) == expected


def test_days_away_are_over_after_the_last():
    away = Away(date(2018, 9, 20), date(2018, 9, 23))

    assert away.is_over(date(2018, 9, 24))
    assert not away.is_over(date(2018, 9, 23))
    assert datetime(2018, 9, 23, 12, tzinfo=JAKARTA).date() in away


ME, DEPUTY, LEAD, OFFICE = 1, 2, 3, 4
DESK = Desk(leads=(LEAD,), secretariat=(OFFICE,))


def people(deputy=None, **gone):
    found = {
        ME: Person(ME, is_away=True, deputy_id=deputy),
        DEPUTY: Person(DEPUTY),
        LEAD: Person(LEAD),
        OFFICE: Person(OFFICE),
    }
    for name, why in gone.items():
        pk = {"deputy_is": DEPUTY, "lead_is": LEAD, "office_is": OFFICE}[name]
        found[pk] = Person(pk, **{why: why == "is_away"})
    return found


READERS = {
    "the deputy": (people(DEPUTY), [DESK], (DEPUTY,)),
    "no deputy: the lead": (people(), [DESK], (LEAD,)),
    "the deputy is away too: the lead": (people(DEPUTY, deputy_is="is_away"), [DESK], (LEAD,)),
    "nor can the lead: the secretariat": (
        people(DEPUTY, deputy_is="is_away", lead_is="is_reachable"),
        [DESK],
        (OFFICE,),
    ),
    "work in two places": (people(), [DESK, Desk(leads=(OFFICE,))], (LEAD, OFFICE)),
    "in two places, one deputy": (people(DEPUTY), [DESK, Desk()], (DEPUTY,)),
    "one leads the place oneself": (
        people(),
        [Desk(leads=(ME,), secretariat=(OFFICE,))],
        (OFFICE,),
    ),
    "nobody": (people(office_is="is_away"), [Desk(secretariat=(OFFICE,))], ()),
}


@pytest.mark.parametrize("case", READERS)
def test_who_is_told_in_ones_place(case):
    staff, desks, expected = READERS[case]

    assert readers(ME, desks, staff) == expected
