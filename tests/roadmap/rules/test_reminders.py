"""Who is told what, and when: every edge of the stages, without a database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from roadmap.enums import Audience, Outlook, Precision, RuleSubject, RuleUnit
from roadmap.rules import dates, reminders
from roadmap.rules.reminders import Group, Rule

ACTION, MILESTONE = RuleSubject.ACTION, RuleSubject.MILESTONE
DAY, WORKING = RuleUnit.DAY, RuleUnit.WORKING_DAY
ACTION_RULES = (
    Rule(ACTION, -7, DAY),
    Rule(ACTION, -3, WORKING),
    Rule(ACTION, -1, WORKING),
    Rule(ACTION, 0, DAY),
    Rule(ACTION, 1, DAY),
    Rule(ACTION, 4, WORKING),
    Rule(ACTION, 7, WORKING),
    Rule(ACTION, 10, WORKING),
    Rule(ACTION, 21, DAY, repeat=7),
)
MILESTONE_RULES = (
    *(Rule(MILESTONE, amount, DAY) for amount in (-30, -14, -7, -1, 0, 1)),
    Rule(MILESTONE, 7, DAY, repeat=7),
)
DUE = date(2018, 10, 3)  # a Wednesday with no holiday near


def told_on(today, due=DUE, told=(), rules=ACTION_RULES):
    """Name the stage told on a day, or None."""
    telling = reminders.to_tell(reminders.reached(rules, due, today), frozenset(told))
    return telling and telling.stage.name


def a_run_of_mornings(rules, due, first, last, *, skipping=frozenset()):
    """Tell what is to be told on each working morning, and give the days with their stages."""
    told, found = set(), {}
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if day not in skipping and (stage := told_on(day, due, told, rules)):
            told.add(stage)
            found[day] = stage
    return found


class TestStages:
    @pytest.mark.parametrize(
        ("today", "stage"),
        [
            (date(2018, 9, 25), None),
            (date(2018, 9, 26), "-7d"),
            (date(2018, 9, 27), "-7d"),
            (date(2018, 9, 28), "-3wd"),
            (date(2018, 10, 2), "-1wd"),
            (date(2018, 10, 3), "0d"),  # due today is not late
            (date(2018, 10, 4), "+1d"),  # late by one
            (date(2018, 10, 8), "+1d"),
            (date(2018, 10, 9), "+4wd"),
            (date(2018, 10, 12), "+7wd"),
            (date(2018, 10, 17), "+10wd"),
            (date(2018, 10, 24), "+21d"),
            (date(2018, 10, 31), "+28d"),
        ],
        ids=str,
    )
    def test_of_an_action(self, today, stage):
        assert told_on(today) == stage

    @pytest.mark.parametrize(
        ("today", "stage"),
        [
            (date(2018, 9, 2), None),
            (date(2018, 9, 3), "-30d"),
            (date(2018, 9, 19), "-14d"),
            (date(2018, 9, 26), "-7d"),
            (date(2018, 10, 2), "-1d"),
            (date(2018, 10, 3), "0d"),
            (date(2018, 10, 4), "+1d"),
            (date(2018, 10, 10), "+7d"),
            (date(2018, 10, 17), "+14d"),
            (date(2018, 10, 24), "+21d"),
        ],
        ids=str,
    )
    def test_of_a_milestone(self, today, stage):
        assert told_on(today, rules=MILESTONE_RULES) == stage

    def test_weekly_repeats_are_stages_of_their_own(self):
        found = a_run_of_mornings(MILESTONE_RULES, DUE, DUE + timedelta(2), DUE + timedelta(30))

        assert list(found.values()) == ["+1d", "+7d", "+14d", "+21d", "+28d"]

    @pytest.mark.parametrize(
        ("amount", "unit", "due", "day"),
        [
            (0, DAY, date(2018, 9, 30), date(2018, 9, 28)),  # due on a Sunday
            (1, DAY, date(2018, 9, 28), date(2018, 10, 1)),  # late on a Saturday
            (0, DAY, date(2018, 6, 15), date(2018, 6, 8)),  # due on Idul Fitri
            (1, DAY, date(2018, 6, 8), date(2018, 6, 21)),  # cuti bersama is free too
            (-7, DAY, date(2018, 6, 22), date(2018, 6, 8)),
            (-1, WORKING, date(2018, 6, 21), date(2018, 6, 8)),
            (4, WORKING, date(2018, 6, 8), date(2018, 6, 26)),
            (0, WORKING, date(2018, 9, 23), date(2018, 9, 21)),
        ],
        ids=str,
    )
    def test_on_free_days_move_before_the_date_back_and_after_it_on(self, amount, unit, due, day):
        assert reminders.stage_day(unit, amount, due) == day

    def test_over_lebaran_are_told_once_each_and_never_backwards(self):
        due = date(2018, 6, 12)

        found = a_run_of_mornings(ACTION_RULES, due, date(2018, 6, 1), date(2018, 7, 10))

        assert found == {
            date(2018, 6, 5): "-7d",
            date(2018, 6, 6): "-3wd",
            date(2018, 6, 8): "0d",
            date(2018, 6, 21): "+1d",
            date(2018, 6, 26): "+4wd",
            date(2018, 7, 2): "+7wd",
            date(2018, 7, 3): "+21d",
            date(2018, 7, 10): "+28d",
        }

    @pytest.mark.parametrize(
        ("precision", "last_day"),
        [
            (Precision.DAY, date(2018, 11, 5)),
            (Precision.MONTH, date(2018, 11, 30)),
            (Precision.QUARTER, date(2018, 12, 31)),
            (Precision.YEAR, date(2018, 12, 31)),
        ],
    )
    def test_count_from_the_last_day_of_a_period(self, precision, last_day):
        due = dates.period_end(date(2018, 11, 5), precision)

        assert due == last_day
        assert told_on(last_day, due) == "0d"
        assert told_on(last_day - timedelta(days=20), due) is None


class TestWindow:
    def test_what_was_told_is_not_told_again(self):
        assert told_on(date(2018, 9, 27), told={"-7d"}) is None

    def test_nothing_less_urgent_follows_what_was_told(self):
        assert told_on(date(2018, 10, 4), told={"+4wd"}) is None

    def test_a_stage_whose_rule_is_gone_still_counts_as_told(self):
        assert told_on(date(2018, 10, 4), told={"+2d"}) is None

    @pytest.mark.parametrize("outage", [1, 3, 10, 45, 400])
    def test_after_an_outage_of_any_length_one_line_tells_the_truth(self, outage):
        back = DUE - timedelta(days=7) + timedelta(days=outage)
        ladder = reminders.reached(ACTION_RULES, DUE, back)

        telling = reminders.to_tell(ladder, frozenset({"-7d"}))

        untold = [stage.name for stage in ladder if stage.name != "-7d"]
        assert (telling and telling.stage.name) == (untold[-1] if untold else None)
        if len(untold) > 1:
            assert telling.supersedes == untold[0]

    def test_a_single_fresh_stage_supersedes_nothing(self):
        ladder = reminders.reached(ACTION_RULES, DUE, date(2018, 9, 26))

        assert reminders.to_tell(ladder, frozenset()).supersedes == ""

    def test_a_year_of_mornings_tells_each_stage_once(self):
        found = a_run_of_mornings(ACTION_RULES, DUE, DUE - timedelta(60), DUE + timedelta(300))

        assert len(set(found.values())) == len(found)

    def test_a_date_moved_away_and_back_is_another_occasion(self):
        generations = [reminders.due_occasion(generation) for generation in (0, 1, 2)]

        assert len(set(generations)) == 3

    def test_the_occasion_of_a_submission_does_not_change_with_edits(self):
        first = reminders.verification_occasion(date(2018, 9, 20), 5)

        assert first == reminders.verification_occasion(date(2018, 9, 20), 5)
        assert first != reminders.verification_occasion(date(2018, 9, 20), 9)


class TestUpdateOwed:
    RULES = (Rule(RuleSubject.UPDATE, 30, DAY, repeat=7),)

    @pytest.mark.parametrize(
        ("reported", "start", "created", "since"),
        [
            (date(2018, 8, 1), date(2018, 1, 1), date(2018, 1, 1), date(2018, 8, 1)),
            (None, date(2018, 3, 1), date(2018, 1, 1), date(2018, 3, 1)),
            (None, date(2018, 1, 1), date(2018, 3, 1), date(2018, 3, 1)),
            (None, None, date(2018, 3, 1), date(2018, 3, 1)),
        ],
    )
    def test_counts_from_the_last_report_or_the_beginning(self, reported, start, created, since):
        assert reminders.silent_since(reported, start, created) == since

    def test_is_told_after_thirty_days_then_weekly(self):
        since = date(2018, 8, 20)

        found = a_run_of_mornings(self.RULES, since, since, since + timedelta(days=50))

        assert found == {
            date(2018, 9, 19): "+30d",
            date(2018, 9, 26): "+37d",
            date(2018, 10, 3): "+44d",
        }


class TestVerificationOwed:
    RULES = (Rule(RuleSubject.VERIFICATION, 0, WORKING, Audience.SECRETARIAT, repeat=3),)

    def test_is_told_at_once_then_every_three_working_days(self):
        submitted = date(2018, 9, 20)

        found = a_run_of_mornings(self.RULES, submitted, submitted, date(2018, 10, 1))

        assert found == {
            date(2018, 9, 20): "secretariat:0wd",
            date(2018, 9, 25): "secretariat:+3wd",
            date(2018, 9, 28): "secretariat:+6wd",
        }

    def test_submitted_on_a_sunday_is_told_at_once_too(self):
        assert told_on(date(2018, 9, 23), date(2018, 9, 23), rules=self.RULES) == "secretariat:0wd"


class TestEscalation:
    @pytest.mark.parametrize(
        ("outlook", "expected", "stopped"),
        [
            (Outlook.WILL_BE_LATE, date(2018, 10, 20), True),
            (Outlook.WILL_BE_LATE, date(2018, 10, 10), True),  # until that date, itself included
            (Outlook.WILL_BE_LATE, date(2018, 10, 9), False),
            (Outlook.WILL_BE_LATE, None, False),
            (Outlook.AT_RISK, date(2018, 10, 20), False),
            ("", None, False),
        ],
    )
    def test_stops_until_the_date_a_report_expects(self, outlook, expected, stopped):
        today = date(2018, 10, 10)

        assert reminders.escalation_stopped(outlook, expected, today) is stopped


class TestGroups:
    @pytest.mark.parametrize(
        ("days", "group"),
        [
            (-1, Group.LATE),
            (0, Group.DUE_TODAY),
            (1, Group.WITHIN_3),
            (3, Group.WITHIN_3),
            (4, Group.WITHIN_7),
            (7, Group.WITHIN_7),
            (8, Group.LATER),
        ],
    )
    def test_of_a_due_date(self, days, group):
        assert reminders.due_group(DUE + timedelta(days=days), DUE) == group

    @pytest.mark.parametrize(
        ("occasion", "audience", "group"),
        [
            ("due:0", Audience.OWNER, Group.LATE),
            ("due:0", Audience.LEAD, Group.ESCALATION),
            ("report:2018-08-01", Audience.OWNER, Group.UPDATE_OWED),
            ("submission:2018-09-20:5", Audience.SECRETARIAT, Group.VERIFICATION),
            ("period:3", Audience.OWNER, Group.UPDATE_OWED),
            ("notice:7", Audience.OWNER, Group.NOTICE),
            ("comment:7", Audience.OWNER, Group.NOTICE),
            ("request:7", Audience.OWNER, Group.NOTICE),
            ("answer:7", Audience.OWNER, Group.NOTICE),
        ],
    )
    def test_of_any_reminder(self, occasion, audience, group):
        assert reminders.group_of(occasion, audience, DUE, DUE + timedelta(days=2)) == group


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Asia/Jakarta", datetime(2018, 9, 24, 1, tzinfo=UTC)),
        ("Asia/Makassar", datetime(2018, 9, 24, 0, tzinfo=UTC)),
        ("Asia/Jayapura", datetime(2018, 9, 23, 23, tzinfo=UTC)),
    ],
)
def test_eight_in_the_morning_is_each_members_own(zone, expected):
    assert reminders.instant(date(2018, 9, 24), 8, zone) == expected


NEW_YORK, LORD_HOWE = "America/New_York", "Australia/Lord_Howe"


@pytest.mark.parametrize(
    ("zone", "day", "hour", "expected"),
    [
        ("Asia/Jakarta", date(2026, 3, 8), 8, "03-08 01:00"),
        ("Asia/Makassar", date(2026, 3, 8), 8, "03-08 00:00"),
        ("Asia/Jayapura", date(2026, 3, 8), 8, "03-07 23:00"),
        ("Asia/Kathmandu", date(2026, 3, 8), 8, "03-08 02:15"),
        ("Pacific/Apia", date(2026, 3, 8), 8, "03-07 19:00"),
        ("Pacific/Honolulu", date(2026, 3, 8), 8, "03-08 18:00"),
        (NEW_YORK, date(2026, 3, 7), 2, "03-07 07:00"),
        (NEW_YORK, date(2026, 3, 8), 2, "03-08 07:00"),  # 02:00-03:00 is skipped: 03:00 EDT
        (NEW_YORK, date(2026, 3, 9), 2, "03-09 06:00"),
        (NEW_YORK, date(2026, 11, 1), 1, "11-01 05:00"),  # 01:00-02:00 comes twice: EDT
        (NEW_YORK, date(2026, 11, 2), 1, "11-02 06:00"),
        (LORD_HOWE, date(2026, 10, 3), 2, "10-02 15:30"),
        (LORD_HOWE, date(2026, 10, 4), 2, "10-03 15:30"),  # 02:00-02:30 is skipped: 02:30
        (LORD_HOWE, date(2026, 10, 5), 2, "10-04 15:00"),
    ],
    ids=str,
)
def test_an_hour_is_one_instant_in_every_zone(zone, day, hour, expected):
    """Hours are whole: of 02:30 in New York and 02:15 on Lord Howe, the hour's beginning."""
    assert f"{reminders.instant(day, hour, zone):%m-%d %H:%M}" == expected


@pytest.mark.parametrize("zone", [NEW_YORK, LORD_HOWE, "Asia/Kathmandu", "Pacific/Apia"])
def test_an_hour_never_falls_on_an_earlier_day_and_mornings_follow_each_other(zone):
    year = [date(2026, 1, 1) + timedelta(days=number) for number in range(366)]
    found = [reminders.instant(day, hour, zone) for day in year for hour in (1, 2, 8)]

    assert found == sorted(set(found))
    assert all(
        moment.astimezone(ZoneInfo(zone)).date() == day
        for day, moment in zip((day for day in year for _hour in range(3)), found, strict=True)
    )


def test_two_rules_of_one_name_are_one_stage_by_the_first_of_them():
    rules = (Rule(ACTION, -7, DAY, id=1), Rule(ACTION, -7, DAY, id=2, place=5))

    found = reminders.reached(rules, DUE, date(2018, 9, 26))

    assert [(stage.name, stage.rule.id) for stage in found] == [("-7d", 1)]
    assert reminders.to_tell(found, frozenset()).supersedes == ""
